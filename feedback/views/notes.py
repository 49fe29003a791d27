"""All notes of a workshop: filter, search, export, and decide about those that came late."""

from __future__ import annotations

import csv
import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from feedback.models import Note, Op
from feedback.notes import exported
from feedback.notes.actions import accept_held, refuse_held
from feedback.notes.confirmations import Heard, Table, heard_in
from feedback.notes.copies import MOST_BYTES, NotACopy, TakenIn, read_copy, take_in
from feedback.notes.shape import LONGEST_TEXT
from feedback.states import NoteKind, OpState
from feedback.summary.quotes import held_back
from ledger.cells import MARK, safe_cell
from ledger.shapes import Refused
from workshops.access import actor_of, observes, organises
from workshops.forms import offer
from workshops.models import Group, Session, Theme, Workshop
from workshops.permissions import can_organise

NOTES_A_PAGE = 50


class Filter(forms.Form):
    """Which notes to show; what is not understood is left out."""

    table = forms.ModelChoiceField(
        Group.objects.none(), required=False, label=gettext_lazy("Table"), empty_label=gettext_lazy("All tables")
    )
    session = forms.ModelChoiceField(
        Session.objects.none(), required=False, label=gettext_lazy("Session"), empty_label=gettext_lazy("All sessions")
    )
    theme = forms.ModelChoiceField(
        Theme.objects.none(), required=False, label=gettext_lazy("Theme"), empty_label=gettext_lazy("All themes")
    )
    kind = forms.ChoiceField(
        choices=[("", gettext_lazy("All kinds")), *NoteKind.choices], required=False, label=gettext_lazy("Kind")
    )
    q = forms.CharField(required=False, max_length=100, strip=True, label=gettext_lazy("Words in the note"))

    def __init__(self, workshop: Workshop, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "table", workshop.groups.all())
        offer(self, "session", workshop.sessions.at_the_tables())
        offer(self, "theme", workshop.programme.themes.all())

    def notes_of(self, workshop: Workshop) -> Any:
        """The standing notes that fit, newest first."""
        shown = Note.objects.standing().of_workshop(workshop).exclude(pk__in=held_back(workshop.pk))
        notes = shown.with_places().newest_first()
        self.is_valid()
        wanted = self.cleaned_data
        for name, column in (("table", "group"), ("session", "session"), ("theme", "theme"), ("kind", "kind")):
            if wanted.get(name):
                notes = notes.filter(**{column: wanted[name]})
        return notes.filter(text__icontains=wanted["q"]) if wanted.get("q") else notes


@require_GET
@observes
def org_notes(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """The list, fifty a page, with late notes on top for organisers."""
    chosen = Filter(workshop, request.GET)
    page = Paginator(chosen.notes_of(workshop), NOTES_A_PAGE).get_page(request.GET.get("page"))
    acts = can_organise(request.user, workshop)
    heard = heard_in(workshop)
    for note in page:
        note.said_before = [one if acts else {**one, "by": ""} for one in _told(note.corrections)]
        note.since_read = _since_read(note, heard)
        note.variants = [variant["text"] for variant in note.variants]
        note.by = note.by if acts else ""
    context = {
        "section": "notes",
        "filter": chosen,
        "filtered": any(value for name, value in request.GET.items() if name in chosen.fields),
        "page": page,
        "acts": acts,
        "heard": sorted(heard.values(), key=_newest_first),
        "partial": sum(not one.is_whole for one in heard.values()),
        "longest": LONGEST_TEXT,
        "held": (held := [_held_shown(op) for op in _held(workshop)] if acts else []),
        "waiting": sum(not item["left_out"] for item in held),
    }
    with timezone.override(workshop.zone):
        return render(request, "org/notes.html", context)


def _told(corrections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The corrections of a note, the last one first, each with its moment as a `datetime`."""
    return [{**one, "at": dt.datetime.fromisoformat(one["at"])} for one in reversed(corrections)]


def _since_read(note: Note, heard: dict[Table, Heard]) -> str:
    """What became of a note after its table confirmed the session: `"changed"`, `"added"` or nothing."""
    found = heard.get((note.group_id, note.session_id))
    if found is None:
        return ""
    return "changed" if note.pk in found.changed else "added" if note.pk in found.added else ""


def _newest_first(heard: Heard) -> tuple[Any, ...]:
    return -heard.confirmation.session.order, heard.confirmation.group.order


def _held(workshop: Workshop) -> Any:
    found = Op.objects.of_organiser().filter(group__workshop=workshop).select_related("group")
    return found.order_by("-state", "at", "pk")


def _held_shown(op: Op) -> dict[str, Any]:
    """A held op in words: what it would do, and the text it brings, if any."""
    changes = op.body.get("set") or {}
    doings = {
        "delete": _("Delete a note"),
        "restore": _("Bring a deleted note back"),
        "dot": _("Change the dots of a note"),
        "settle": _("Settle two texts of a note"),
        "tally": _("Change the answers about an initiative"),
        "confirm": _("Confirm the notes that were read back"),
        "correct": _("Correct a note before the whole room"),
    }
    return {
        "op": op,
        "does": doings.get(op.body.get("do"), _("A note")),
        "text": changes.get("text", {}).get("to") or "",
        "lang": changes.get("lang", {}).get("to") or "",
        "by": op.body.get("by", ""),
        "why": _HELD_BECAUSE.get(op.code, ""),
        "left_out": op.state == OpState.REFUSED,
    }


_HELD_BECAUSE = {
    "session_closed": gettext_lazy("after the session had closed"),
    "removed": gettext_lazy("from a tablet no longer at the table"),
    "session_not_open": gettext_lazy("before the session has begun"),
    "no_report_back": gettext_lazy("while no table was reporting back"),
    "left_out": gettext_lazy("left out"),
}


@require_POST
@organises
def org_held_accept(request: HttpRequest, workshop: Workshop, op_id: uuid.UUID) -> HttpResponse:
    """Take a late change in, as if it had come in time."""
    op = get_object_or_404(_held(workshop), pk=op_id)
    try:
        accept_held(op, by=actor_of(request))
    except Refused as refusal:
        messages.error(request, _("It cannot be taken in any more. %(reason)s") % {"reason": refusal.sentence})
    else:
        messages.success(request, _("The late note of Table %(table)s is in.") % {"table": op.group.name})
    return redirect("org_notes", workshop.pk)


@require_POST
@organises
def org_held_refuse(request: HttpRequest, workshop: Workshop, op_id: uuid.UUID) -> HttpResponse:
    """Leave a late change out; until the workshop is over it can be accepted after all."""
    op = get_object_or_404(_held(workshop), pk=op_id)
    try:
        refuse_held(op, by=actor_of(request))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The late note of Table %(table)s was left out.") % {"table": op.group.name})
    return redirect("org_notes", workshop.pk)


@require_POST
@organises
def org_take_copy(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Take in the file `copy` that a tablet saved, and say what was new."""
    sent = request.FILES.get("copy")
    if sent is None:
        messages.error(request, _("Choose the file that was saved on the tablet."))
        return redirect("org_notes", workshop.pk)
    try:
        taken = take_in(read_copy(workshop, sent.read(MOST_BYTES + 1)), by=actor_of(request))
    except NotACopy as wrong:
        messages.error(request, _("%(reason)s Nothing was changed.") % {"reason": wrong.sentence})
    else:
        say = messages.warning if taken.refused or taken.left else messages.success
        say(request, " ".join(_sentences(taken)))
    return redirect("org_notes", workshop.pk)


def _sentences(taken: TakenIn) -> list[str]:
    """What a copy brought, in words: what is new, what was here, what is not taken and why."""
    table = {"table": taken.group.name}
    told = [
        (taken.new, ngettext("%(count)d note is new or changed.", "%(count)d notes are new or changed.", taken.new)),
        (taken.known, ngettext("%(count)d change was here.", "%(count)d changes were here.", taken.known)),
        (
            taken.held,
            ngettext(
                "%(count)d change waits for your decision.", "%(count)d changes wait for your decision.", taken.held
            ),
        ),
        (
            taken.left,
            ngettext(
                "%(count)d note needs somebody at the tablet.",
                "%(count)d notes need somebody at the tablet.",
                taken.left,
            ),
        ),
    ]
    counted = [sentence % {"count": count} for count, sentence in told if count]
    nothing = [] if counted or taken.refused else [_("There was nothing unsent in it.")]
    return [_("Copy of Table %(table)s:") % table, *counted, *nothing, *taken.refused]


@require_GET
@organises
def org_notes_csv(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """All standing notes in reading order, one a row, without the names of those who wrote them."""
    return _table(f"{workshop.slug}-notes.csv", exported.notes_rows(workshop))


@require_GET
@organises
def org_notes_fields(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """What the columns of that table mean."""
    return _table(f"{workshop.slug}-notes-fields.csv", exported.fields_rows())


def _table(name: str, rows: Iterable[list[str]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write(MARK)
    csv.writer(response).writerows([safe_cell(cell) for cell in row] for row in rows)
    return response
