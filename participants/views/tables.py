"""All tables: suggest a mix, undo it, keep rules; the tables themselves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ledger.models import Event
from participants import seating
from participants.actions import seats
from participants.actions.rebalance import last_change
from participants.actions.table_needs import tell_table_needs
from participants.forms_org import TableForm
from participants.forms_rules import RuleForm
from participants.forms_tables import MixForm, TableNeedsForm
from participants.leading import led
from participants.models import SeatingRule
from participants.moderators import clashes
from participants.regrouping import rounds_of
from participants.views.seats import back
from workshops.access import actor_of, organises
from workshops.actions import changing, removing
from workshops.actions import groups as plan
from workshops.actions.groups import NameTaken
from workshops.actions.removing import StillNeeded
from workshops.models import Group, Workshop
from workshops.states import ModeratorRole


@require_http_methods(["GET"])
@organises
def tables(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """All tables with who sits there, and the way back from a move (`?moved=<registration>&from=<group>`) or a swap
    (`?moved=<registration>&with=<registration>`)."""
    return _page(request, workshop)


def _page(
    request: HttpRequest,
    workshop: Workshop,
    *,
    new_table: TableForm | None = None,
    rule_form: RuleForm | None = None,
) -> HttpResponse:
    """The page with the form that was sent in place of a fresh one, when there is one with errors."""
    board = seating.board_of(workshop)
    size = board.tables[0].group.size if board.tables else seating.PEOPLE_AT_A_TABLE
    context = {
        "section": "tables",
        "board": board,
        "new_table": new_table or TableForm(workshop=workshop, initial={"size": size}),
        "rule_form": rule_form or RuleForm(workshop=workshop),
        "mix_form": MixForm(fields=board.fields, initial={"mixed_by": [field.name for field in board.mixed_by]}),
        "sent": new_table or rule_form,
        "last_change": last_change(workshop),
        "clashes": clashes(workshop, [table.group for table in board.tables], request.user),
        "is_the_day": any(sitter.registration.arrived_at for sitter in board.sitters.values()),
        "suggested": seating.tables_for(len(board.people) or workshop.places),
        "moved": _moved(request, board),
        "rounds": rounds_of(workshop),
        "led": led(workshop, [table.group for table in board.tables], timezone.now()),
    }
    return render(request, "org/tables.html", context)


def _moved(request: HttpRequest, board: seating.Board) -> dict[str, Any] | None:
    """The last move or swap in words, and the form that undoes it."""
    sitter, other = (board.sitters.get(request.GET.get(name, "")) for name in ("moved", "with"))
    if sitter is None:
        return None
    if other:
        text = _("%(one)s and %(other)s have swapped.") % {"one": sitter.name, "other": other.name}
        return {"text": text, "undo": "org_swap", "fields": {"registration": sitter.id, "other": other.id}}
    fields = {"registration": sitter.id, "group": request.GET.get("from", "")}
    return {"text": _where_now(sitter, board), "undo": "org_seat", "fields": fields}


def _where_now(sitter: seating.Sitter, board: seating.Board) -> str:
    if sitter.group is None:
        return _("%(name)s has no seat now.") % {"name": sitter.name}
    return _("%(name)s moved to %(table)s, seat %(n)s of %(size)s.") % {
        "name": sitter.name,
        "table": sitter.group.name,
        "n": sum(other.group == sitter.group for other in board.sitters.values()),
        "size": sitter.group.size,
    }


@require_POST
@organises
def mix(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Seat everybody, well mixed; pressing again gives another mix."""
    board = seating.board_of(workshop)
    if not board.tables:
        messages.error(request, _("Add a table first."))
        return back(workshop)
    earlier_mixes = Event.objects.in_scope(workshop.pk).filter(verb="people.mixed").count()
    found = board.suggest(seed=earlier_mixes)
    seats.seat_all(workshop, found, by=actor_of(request))
    seated = sum(group is not None for group in found.values())
    messages.success(request, seating.seated_sentence(seated, len(board.tables)))
    return back(workshop)


@require_POST
@organises
def undo_mix(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    if seats.undo_mix(workshop, by=actor_of(request)):
        messages.success(request, _("Everybody sits as before the mix."))
    else:
        messages.warning(request, _("There is no mix to undo."))
    return back(workshop)


@require_POST
@organises
def mix_by(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Choose what a mix looks at; nobody moves."""
    form = MixForm(request.POST, fields=seating.board_of(workshop).fields)
    if not form.is_valid():
        return HttpResponseBadRequest(_("Choose from the list."))
    changing.change(workshop, by=actor_of(request), workshop=workshop, mixed_by=form.cleaned_data["mixed_by"])
    return back(workshop)


@require_POST
@organises
def start_tables(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Enough even tables for everybody, once, while there are none; `names=numbers`: called 1, 2, 3 …"""
    people = workshop.registrations.confirmed().count() or workshop.places
    tables = seating.tables_for(people)
    if request.POST.get("names") == "numbers":
        tables = [(str(number), size) for number, (_name, size) in enumerate(tables, start=1)]
    plan.start_groups(workshop, tables, by=actor_of(request))
    return back(workshop)


@require_POST
@organises
def add_table(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    form = TableForm(request.POST, workshop=workshop)
    if not form.is_valid():
        return _page(request, workshop, new_table=form)
    values = dict(form.cleaned_data)
    moderators, addresses = ([values.pop(f"{role}{end}") for role in ModeratorRole.values] for end in ("", "_email"))
    try:
        group = plan.add_group(workshop, moderators=moderators, addresses=addresses, by=actor_of(request), **values)
    except NameTaken:
        form.refuse_name()
        return _page(request, workshop, new_table=form)
    _warn_of_clashes(request, workshop, group)
    return back(workshop)


def _warn_of_clashes(request: HttpRequest, workshop: Workshop, group: Group) -> None:
    """Say at once when a moderator just named is needed elsewhere."""
    groups = workshop.groups.with_rounds()
    for clash in clashes(workshop, groups, request.user):
        if group.pk in clash.tables:
            messages.warning(request, clash.text)


@require_http_methods(["GET", "POST"])
@organises
def change_table(request: HttpRequest, workshop: Workshop, group_id: UUID) -> HttpResponse:
    """One table: its name, seats, room, what it offers and who moderates."""
    group = get_object_or_404(workshop.groups.prefetch_related("moderators"), pk=group_id)
    if request.method == "POST":
        form = TableForm(request.POST, workshop=workshop, group=group)
        if form.is_valid() and _change(request, group, form):
            return back(workshop)
    else:
        form = TableForm(workshop=workshop, group=group, initial=seating.TableView(group, []).as_told)
    return render(request, "org/table.html", {"section": "tables", "group": group, "form": form})


def _change(request: HttpRequest, group: Group, form: TableForm) -> bool:
    """Whether the table is changed; else the form says why not."""
    try:
        plan.change_group(group, by=actor_of(request), **form.cleaned_data)
    except NameTaken:
        form.refuse_name()
        return False
    messages.success(request, _("Table %(table)s is saved.") % {"table": group.name})
    _warn_of_clashes(request, group.workshop, group)
    return True


@require_POST
@organises
def remove_table(request: HttpRequest, workshop: Workshop, group_id: UUID) -> HttpResponse:
    group = get_object_or_404(workshop.groups, pk=group_id)
    try:
        removing.remove(group, by=actor_of(request), workshop=workshop)
    except StillNeeded:
        messages.error(request, _("Notes were written at table %(table)s, so it stays.") % {"table": group.name})
    else:
        messages.success(request, _("Table %(table)s is gone. Who sat there has no seat now.") % {"table": group.name})
    return back(workshop)


@require_POST
@organises
def table_needs(request: HttpRequest, workshop: Workshop, registration_id: UUID) -> HttpResponse:
    """What somebody needs of their table, from their own page."""
    registration = get_object_or_404(workshop.registrations.standing(), pk=registration_id)
    form = TableNeedsForm(request.POST)
    if form.is_valid():
        tell_table_needs(registration, by=actor_of(request), **form.cleaned_data)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, " ".join(str(sentence) for errors in form.errors.values() for sentence in errors))
    return redirect("org_person", workshop.pk, registration.pk)


@require_POST
@organises
def add_rule(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    form = RuleForm(request.POST, workshop=workshop)
    if not form.is_valid():
        return _page(request, workshop, rule_form=form)
    values = form.cleaned_data
    seats.add_rule(workshop, values["one"], values["other"], kind=values["kind"], by=actor_of(request))
    return back(workshop)


@require_POST
@organises
def remove_rule(request: HttpRequest, workshop: Workshop, rule_id: int) -> HttpResponse:
    rules = SeatingRule.objects.select_related("one")
    seats.remove_rule(get_object_or_404(rules, pk=rule_id, one__workshop=workshop), by=actor_of(request))
    return back(workshop)


@require_POST
@organises
def give_codes(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Six digits for each table ahead of the day, so that sheets can be printed."""
    plan.give_table_codes(workshop, by=actor_of(request))
    return redirect("org_table_sheets", workshop.pk)
