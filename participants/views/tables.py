"""Who sits where: move people, suggest a mix, undo it, keep rules; the tables themselves and their sheets."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ledger.models import Event
from participants import actions, seating
from participants.forms_org import RuleForm, TableForm
from participants.models import SeatingRule
from workshops import actions as plan
from workshops.access import actor_of, organises
from workshops.models import Group, Workshop


@require_http_methods(["GET"])
@organises
def tables(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """All tables with who sits there. `?moved=<registration>&from=<group>` offers the way back from a move."""
    return _page(request, workshop)


def _page(
    request: HttpRequest,
    workshop: Workshop,
    *,
    table_form: TableForm | None = None,
    rule_form: RuleForm | None = None,
) -> HttpResponse:
    """The page with the form that was sent in place of a fresh one, when there is one with errors."""
    board = seating.board_of(workshop)
    sent = {table_form.group: table_form} if table_form else {}
    size = board.tables[0].group.size if board.tables else seating.PEOPLE_AT_A_TABLE
    context = {
        "section": "tables",
        "board": board,
        "tables": [(table, sent.get(table.group) or _filled_form(table)) for table in board.tables],
        "new_table": sent.get(None) or TableForm(workshop=workshop, initial={"size": size}),
        "rule_form": rule_form or RuleForm(workshop=workshop),
        "sent": table_form or rule_form,
        "has_mix": actions.last_mix(workshop) is not None,
        "suggested": seating.tables_for(len(board.people) or workshop.places),
        "moved": _moved(request, board),
    }
    return render(request, "org/tables.html", context)


def _filled_form(table: seating.TableView) -> TableForm:
    group = table.group
    initial = {"name": group.name, "size": group.size, "room": group.room, **table.moderators}
    return TableForm(workshop=group.workshop, group=group, initial=initial)


def _moved(request: HttpRequest, board: seating.Board) -> dict[str, Any] | None:
    """The last move in words, and the fields that undo it."""
    sitter = board.sitters.get(request.GET.get("moved", ""))
    if sitter is None:
        return None
    fields = {"registration": sitter.id, "group": request.GET.get("from", "")}
    if sitter.group is None:
        return {"text": _("%(name)s has no seat now.") % {"name": sitter.name}, "fields": fields}
    seated = sum(other.group == sitter.group for other in board.sitters.values())
    text = _("%(name)s moved to %(table)s, seat %(n)s of %(size)s.") % {
        "name": sitter.name,
        "table": sitter.group.name,
        "n": seated,
        "size": sitter.group.size,
    }
    return {"text": text, "fields": fields}


@require_POST
@organises
def seat(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Seat the person `registration` at the table `group`, or at none when it is empty."""
    registration = _sent(request, "registration", workshop.registrations.confirmed())
    if registration is None:
        return HttpResponseBadRequest(_("Say who sits where."))
    before = registration.seats.for_the_evening().values_list("group_id", flat=True).first()
    group = None
    if request.POST.get("group"):
        group = _sent(request, "group", workshop.groups)
        if group is None:
            return HttpResponseBadRequest(_("There is no such table."))
    try:
        actions.seat(registration, group, by=actor_of(request))
    except actions.NotAtThisWorkshop:
        messages.error(request, _("%(name)s has no place any more.") % {"name": registration.person.name})
        return _back(workshop)
    return _back(workshop, moved=str(registration.pk), **{"from": str(before or "")})


def _sent(request: HttpRequest, name: str, rows: Any) -> Any:
    """The row whose id was sent as `name`; None for what is no id, 404 for a foreign one."""
    try:
        wanted = UUID(request.POST.get(name, ""))
    except ValueError:
        return None
    return get_object_or_404(rows, pk=wanted)


def _back(workshop: Workshop, **query: str) -> HttpResponse:
    address = reverse("org_tables", args=[workshop.pk])
    return redirect(f"{address}?{urlencode(query)}" if query else address)


@require_POST
@organises
def keep(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """`kept=1`: a mix leaves the person where they sit; `kept=0`: it may move them."""
    registration = _sent(request, "registration", workshop.registrations.confirmed())
    if registration is None or request.POST.get("kept") not in ("0", "1"):
        return HttpResponseBadRequest(_("Say who stays."))
    actions.keep_seat(registration, kept=request.POST["kept"] == "1", by=actor_of(request))
    return _back(workshop)


@require_POST
@organises
def mix(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Seat everybody, well mixed; pressing again gives another mix."""
    board = seating.board_of(workshop)
    if not board.tables:
        messages.error(request, _("Add a table first."))
        return _back(workshop)
    earlier_mixes = Event.objects.in_scope(workshop.pk).filter(verb="people.mixed").count()
    found = board.suggest(seed=earlier_mixes)
    actions.seat_all(workshop, found, by=actor_of(request))
    seated = sum(group is not None for group in found.values())
    messages.success(request, seating.seated_sentence(seated, len(board.tables)))
    return _back(workshop)


@require_POST
@organises
def undo_mix(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    if actions.undo_mix(workshop, by=actor_of(request)):
        messages.success(request, _("Everybody sits as before the mix."))
    else:
        messages.warning(request, _("There is no mix to undo."))
    return _back(workshop)


@require_POST
@organises
def start_tables(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Enough even tables for everybody, once, while there are none."""
    people = workshop.registrations.confirmed().count() or workshop.places
    plan.start_groups(workshop, seating.tables_for(people), by=actor_of(request))
    return _back(workshop)


@require_POST
@organises
def add_table(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    form = TableForm(request.POST, workshop=workshop)
    if not form.is_valid():
        return _page(request, workshop, table_form=form)
    values = dict(form.cleaned_data)
    moderators = [values.pop("asks"), values.pop("writes")]
    try:
        plan.add_group(workshop, moderators=moderators, by=actor_of(request), **values)
    except plan.NameTaken:
        form.refuse_name()
        return _page(request, workshop, table_form=form)
    return _back(workshop)


@require_POST
@organises
def change_table(request: HttpRequest, workshop: Workshop, group_id: UUID) -> HttpResponse:
    group = get_object_or_404(workshop.groups, pk=group_id)
    form = TableForm(request.POST, workshop=workshop, group=group)
    if not form.is_valid():
        return _page(request, workshop, table_form=form)
    try:
        plan.change_group(group, by=actor_of(request), **form.cleaned_data)
    except plan.NameTaken:
        form.refuse_name()
        return _page(request, workshop, table_form=form)
    messages.success(request, _("Table %(table)s is saved.") % {"table": group.name})
    return _back(workshop)


@require_POST
@organises
def remove_table(request: HttpRequest, workshop: Workshop, group_id: UUID) -> HttpResponse:
    group = get_object_or_404(workshop.groups, pk=group_id)
    try:
        plan.remove(group, by=actor_of(request), workshop=workshop)
    except plan.StillNeeded:
        messages.error(request, _("Notes were written at table %(table)s, so it stays.") % {"table": group.name})
    else:
        messages.success(request, _("Table %(table)s is gone. Who sat there has no seat now.") % {"table": group.name})
    return _back(workshop)


@require_POST
@organises
def add_rule(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    form = RuleForm(request.POST, workshop=workshop)
    if not form.is_valid():
        return _page(request, workshop, rule_form=form)
    values = form.cleaned_data
    actions.add_rule(workshop, values["one"], values["other"], kind=values["kind"], by=actor_of(request))
    return _back(workshop)


@require_POST
@organises
def remove_rule(request: HttpRequest, workshop: Workshop, rule_id: int) -> HttpResponse:
    rules = SeatingRule.objects.select_related("one")
    actions.remove_rule(get_object_or_404(rules, pk=rule_id, one__workshop=workshop), by=actor_of(request))
    return _back(workshop)


@require_POST
@organises
def give_codes(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Six digits for each table ahead of the day, so that sheets can be printed."""
    plan.give_table_codes(workshop, by=actor_of(request))
    return redirect("org_table_sheets", workshop.pk)


@require_http_methods(["GET"])
@organises
def table_sheets(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """A4 sheets to print: a tent for each table with its name, questions, code and QR, and paper notes behind."""
    board = seating.board_of(workshop)
    sessions = workshop.sessions.at_the_tables().prefetch_related("prompts")
    return render(
        request,
        "org/table_sheets.html",
        {
            "sheets": [(table, _qr_of_code(table.group)) for table in board.tables],
            "sessions": list(sessions),
            "paper_notes": range(12),
            "without_codes": any(table.group.code is None for table in board.tables),
        },
    )


def _qr_of_code(group: Group) -> SafeString | str:
    """The address where a tablet joins this table, as an SVG; nothing before the table has its code."""
    if group.code is None:
        return ""
    drawing = segno.make(f"{settings.ORIGIN}/table/?code={group.code}", error="m", micro=False)
    return mark_safe(  # noqa: S308 - drawn by us from digits
        drawing.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None)
    )
