"""The run sheet as plain data, the same for the page and the PDF: when what happens, who does it, with what."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from participants.printed import sheet
from workshops.models import Group, ModeratorSeat, Session, Theme, Workshop
from workshops.queries import agenda_of
from workshops.rounds import moved
from workshops.scales import steps
from workshops.states import NoteKind


def run_sheet(workshop: Workshop) -> dict[str, Any]:
    """A row for each session: `start`, `end`, `minutes`, `kind`, `title` and `lang`, `asked` (questions and initiatives
    as text and language), `tablets` (what they offer, in words), `roles` and `materials` (lines); then the tables.
    """
    plan = agenda_of(workshop)
    tables = list(workshop.groups.with_rounds())
    return {
        **sheet(workshop, _("Run sheet")),
        "hours": f"{workshop.local_start:%H:%M}–{workshop.local_end:%H:%M}",
        "place": ", ".join(part for part in (workshop.venue, workshop.address) if part),
        "rows": [_row(session, plan.themes, tables) for session in plan.sessions],
        "tables": [_table(group) for group in tables],
        "labels": {
            "time": _("Time"),
            "what": _("What happens"),
            "who": _("Who does what"),
            "materials": _("Materials"),
            "tables": _("Tables"),
            "room": _("Room"),
            "seats": _("Seats"),
            "moderators": _("Moderators"),
            "minutes": _("min"),
            "doors": _("Doors open at %(time)s.") % {"time": f"{workshop.local_doors:%H:%M}"},
            "too_long": _too_long(plan.too_long),
        },
    }


def _too_long(minutes: int) -> str:
    if not minutes:
        return ""
    return ngettext(
        "The agenda is %(count)d minute longer than the workshop.",
        "The agenda is %(count)d minutes longer than the workshop.",
        minutes,
    ) % {"count": minutes}


def _row(session: Session, themes: list[Theme], tables: list[Group]) -> dict[str, Any]:
    return {
        "start": f"{session.planned_at:%H:%M}",
        "end": f"{session.planned_end:%H:%M}",
        "minutes": session.minutes,
        "kind": str(session.get_kind_display()),  # type: ignore[attr-defined]
        "title": str(session.title),
        "lang": session.title.lang,
        "asked": [{"text": str(prompt.text), "lang": prompt.text.lang} for prompt in session.prompts.all()],
        "tablets": on_the_tablets(session, themes),
        "roles": [*session.roles.lines(), *changing_tables(tables, session)],
        "materials": session.materials.lines(),
    }


def changing_tables(tables: list[Group], session: Session, *, of: Group | None = None) -> list[str]:
    """Who leads another table than their own in a session, a sentence for each; only those who leave or come to the
    table `of`, if one is given."""
    return [
        _("%(name)s, who %(does)s, leads table %(table)s.")
        % {"name": seat.name, "does": seat.get_role_display(), "table": group.name}  # type: ignore[attr-defined]
        for seat, group in moved(tables, session.pk)
        if of is None or of.pk in (seat.group_id, group.pk)
    ]


def on_the_tablets(session: Session, themes: list[Theme]) -> list[str]:
    """What tablets offer in a session, in words; nothing where no tablet is used."""
    if not session.is_at_the_tables:
        return []
    told = [", ".join(str(NoteKind(kind).label) for kind in session.kinds_offered())]
    told += [", ".join(str(theme) for theme in session.themes_offered(themes))] if themes else []
    if session.dots_per_person:
        dots = session.dots_per_person
        told.append(ngettext("%(count)d dot for each person", "%(count)d dots for each person", dots) % {"count": dots})
    if session.rates:
        first, *_between, last = steps(session.scale)
        told.append(_("initiatives are rated from “%(first)s” to “%(last)s”") % {"first": first, "last": last})
    if session.regroups:
        told.append(_("people change tables"))
    return told


def _table(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "room": group.room,
        "seats": group.size,
        "moderators": [_moderator(seat) for seat in group.moderators.all()],
    }


def _moderator(seat: ModeratorSeat) -> str:
    return f"{seat.name} ({seat.get_role_display()})"  # type: ignore[attr-defined]
