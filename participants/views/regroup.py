"""Who changes tables for one session: move people, suggest a mix, undo it, everybody back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ledger.models import Event
from participants import seating
from participants.actions import places
from participants.actions import regroup as actions
from participants.forms_tables import LeadersForm
from participants.moderators import clashes
from participants.regrouping import Round, round_board, rounds_of
from participants.views.seats import sent_row
from workshops.access import actor_of, organises
from workshops.actions.rounds import lead_in_session, move_on
from workshops.models import Group, Session, Workshop
from workshops.states import ModeratorRole


def _session(workshop: Workshop, session_id: UUID) -> Session:
    return get_object_or_404(workshop.sessions.at_the_tables().select_related("workshop__programme"), pk=session_id)


@require_http_methods(["GET"])
@organises
def page(request: HttpRequest, workshop: Workshop, session_id: UUID) -> HttpResponse:
    """All tables with who sits there in this session."""
    rounds = rounds_of(workshop)
    current = next((each.session for each in rounds if each.session.pk == session_id), None)
    if current is None:
        raise Http404("no such session at the tables")
    return _page(request, workshop, current, rounds=rounds)


def _page(
    request: HttpRequest, workshop: Workshop, session: Session, *, rounds: list[Round], form: LeadersForm | None = None
) -> HttpResponse:
    """The page with the form of the moderators that was sent, or a fresh one."""
    found = round_board(workshop, session)
    context = {
        "section": "tables",
        "session": session,
        "rounds": rounds,
        "round": found,
        "board": found.board,
        "can_undo": actions.last_regroup(session) is not None,
        "leaders_form": form or _leaders_form(found.board.groups.values(), session),
        "clashes": clashes(workshop, found.board.groups.values(), request.user),
    }
    return render(request, "org/regroup.html", context)


def _leaders_form(groups: Iterable[Group], session: Session, data: Any = None) -> LeadersForm:
    tables = list(groups)
    seats = [seat for group in tables for seat in group.moderators.all()]
    return LeadersForm(data, seats=seats, groups=tables, session=session)


@require_POST
@organises
def moderators(request: HttpRequest, workshop: Workshop, session_id: UUID) -> HttpResponse:
    """Which table each moderator leads in this session; `move_on=asks` (or `writes`) sends those one table on."""
    session = _session(workshop, session_id)
    role = request.POST.get("move_on", "")
    if role:
        if role not in ModeratorRole:
            return HttpResponseBadRequest(_("Choose from the list."))
        move_on(session, role, by=actor_of(request))
        return redirect("org_regroup", workshop.pk, session.pk)
    form = _leaders_form(workshop.groups.with_rounds(), session, request.POST)
    if not form.is_valid():
        rounds = rounds_of(workshop)
        current = next(each.session for each in rounds if each.session.pk == session.pk)
        return _page(request, workshop, current, rounds=rounds, form=form)
    lead_in_session(session, form.tables(), by=actor_of(request))
    messages.success(request, _("Saved."))
    return redirect("org_regroup", workshop.pk, session.pk)


@require_POST
@organises
def seat(request: HttpRequest, workshop: Workshop, session_id: UUID) -> HttpResponse:
    """Seat the person `registration` at the table `group` for the session; at none is their first table."""
    session = _session(workshop, session_id)
    registration = sent_row(request, "registration", workshop.registrations.confirmed())
    group = sent_row(request, "group", workshop.groups)
    if registration is None or (group is None and request.POST.get("group")):
        return HttpResponseBadRequest(_("Say who sits where."))
    try:
        actions.seat_in_session(registration, group, session, by=actor_of(request))
    except places.NotAtThisWorkshop:
        messages.error(request, _("%(name)s has no place any more.") % {"name": registration.person.name})
    return redirect("org_regroup", workshop.pk, session.pk)


@require_POST
@organises
def mix(request: HttpRequest, workshop: Workshop, session_id: UUID) -> HttpResponse:
    """Seat everybody anew for the session, with people they have not met; pressing again gives another mix."""
    session = _session(workshop, session_id)
    board = round_board(workshop, session).board
    if len(board.tables) < 2:
        messages.error(request, _("There is no other table to change to."))
        return redirect("org_regroup", workshop.pk, session.pk)
    earlier = Event.objects.of(session).filter(verb=actions.REGROUPED).count()
    found = board.suggest(seed=earlier)
    actions.regroup(session, found, by=actor_of(request))
    seated = sum(group is not None for group in found.values())
    messages.success(request, seating.seated_sentence(seated, len(board.tables)))
    return redirect("org_regroup", workshop.pk, session.pk)


@require_POST
@organises
def undo(request: HttpRequest, workshop: Workshop, session_id: UUID) -> HttpResponse:
    session = _session(workshop, session_id)
    if actions.undo_regroup(session, by=actor_of(request)):
        messages.success(request, _("Everybody sits as before the mix."))
    else:
        messages.warning(request, _("There is no mix to undo."))
    return redirect("org_regroup", workshop.pk, session.pk)


@require_POST
@organises
def clear(request: HttpRequest, workshop: Workshop, session_id: UUID) -> HttpResponse:
    """Everybody stays at their first table for this session."""
    session = _session(workshop, session_id)
    actions.stay_at_first_tables(session, by=actor_of(request))
    messages.success(request, _("Everybody sits at their first table in this session."))
    return redirect("org_regroup", workshop.pk, session.pk)
