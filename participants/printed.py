"""What is printed for the day as plain data, the same for the page and the PDF: badges, lists, table sheets."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import segno
from django.conf import settings
from django.template.defaultfilters import date
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from participants.regrouping import TablesInWords, tables_of_all, tables_of_people
from participants.seating import Board, Sitter, TableView
from workshops.models import Group, Session, Workshop
from workshops.rounds import leaders, moved
from workshops.states import ModeratorRole, NoteKind

MARK = (settings.ROOT / "static" / "img" / "mark.svg").read_text(encoding="utf-8")
BRAND, INK = "#0B5A48", "#14241E"
ON_A_SHEET = 10
PAPER_NOTES = 12
BLANK_ROWS = 8
"""Rows for people who come without a place."""

EXAMPLES: dict[str, Promise] = {
    NoteKind.HABIT: gettext_lazy("On Wednesdays I go to the market when the stalls close."),
    NoteKind.EXPERIENCE: gettext_lazy("Six of us ordered rice together for a year. Then nobody had time."),
    NoteKind.IDEA: gettext_lazy("A shelf by the front door for things we lend."),
    NoteKind.CONCERN: gettext_lazy("If it comes back broken, who pays?"),
    NoteKind.QUESTION: gettext_lazy("Can somebody who rents share a solar roof?"),
    NoteKind.QUOTE: gettext_lazy("I give my keys to whoever has seen me cry."),
}


def badges(board: Board) -> dict[str, Any]:
    """Sheets of ten badges, table by table: moderators first, then people; who has no table comes last.

    A badge has `first`, `family`, `role` (a word, for moderators), `table` (those of all sessions, where they change),
    and for the drawing `seats`, `yours` (which
    seat, from 1, 0 for none) and `moderator` (which end, 1 or 2, 0 for none). Nothing on it leads to a person's place.
    """
    tables = tables_of_all(board.workshop)
    all_of_them = [badge for table in board.tables for badge in _badges_at(table, tables)]
    all_of_them += [_badge(sitter.name, "", 0) for sitter in board.unseated]
    return {
        **sheet(board.workshop, _("Badges")),
        "sheets": [all_of_them[first : first + ON_A_SHEET] for first in range(0, len(all_of_them), ON_A_SHEET)],
        "marks": {"person": MARK, "moderator": MARK.replace(BRAND, INK)},
        "labels": {
            "table": _("Table"),
            "none": _("Ask at the desk"),
            "help": _("Badges 90 × 55 mm, print at 100 %, cut on the marks"),
            "sheet": _("Sheet"),
        },
    }


def _badges_at(table: TableView, tables: TablesInWords) -> list[dict[str, Any]]:
    name, seats = table.group.name, max(table.group.size, len(table.sitters))
    ends = list(ModeratorRole.values)
    moderators = [
        _badge(seat.name, tables.of_moderator(seat, name), seats, moderator=ends.index(seat.role) + 1)
        for seat in table.group.moderators.all()
    ]
    return moderators + [
        _badge(sitter.name, tables.of(sitter.registration.pk, name), seats, yours=place)
        for place, sitter in enumerate(table.sitters, start=1)
    ]


def _badge(name: str, table: str, seats: int, *, yours: int = 0, moderator: int = 0) -> dict[str, Any]:
    first, _space, family = name.partition(" ")
    role = _("moderator") if moderator else ""
    drawing = {"seats": seats, "yours": yours, "moderator": moderator}
    return {"first": first, "family": family, "role": role, "table": table, **drawing}


def attendance(board: Board, *, is_organisers_copy: bool) -> dict[str, Any]:
    """Everybody with a place by name, with table and room to sign, and blank rows; needs on the organiser's copy."""
    tables = tables_of_people(board.workshop)
    everybody = sorted(board.sitters.values(), key=lambda sitter: (sitter.name.casefold(), sitter.id))
    title = _("Attendance list") if is_organisers_copy else _("Signature sheet")
    return {
        **sheet(board.workshop, title),
        "has_needs": is_organisers_copy,
        "rows": [
            {
                "name": sitter.name,
                "table": tables.of(sitter.registration.pk, sitter.group.name if sitter.group else ""),
                **({"needs": _needs(sitter)} if is_organisers_copy else {}),
            }
            for sitter in everybody
        ],
        "blank": BLANK_ROWS,
        "labels": {
            "name": _("Name"),
            "table": _("Table"),
            "needs": _("Needs"),
            "signature": _("Signature"),
            "copy": _("Organiser’s copy: do not leave it lying about.") if is_organisers_copy else "",
        },
    }


def _needs(sitter: Sitter) -> str:
    return ". ".join(part for part in (", ".join(sitter.needs), sitter.registration.needs) if part)


def table_sheets(board: Board, sessions: Iterable[Session]) -> dict[str, Any]:
    """A tent and a page of empty note frames for each table. `code` is empty until the tables have one."""
    asked = list(sessions)
    questions = [_questions(session) for session in asked]
    return {
        **sheet(board.workshop, _("Table sheets")),
        "tables": [
            {
                "name": table.group.name,
                "people": [sitter.registration.person.first_name for sitter in table.sitters],
                "moderators": [seat.name for seat in table.group.moderators.all()],
                "led": _led(table.group, board, asked),
                "code": table.group.code or "",
                "join_qr": qr_of(_join_address(table.group)) if table.group.code else "",
                "paper": _("Table %(name)s, notes on paper") % {"name": table.group.name},
            }
            for table in board.tables
        ],
        "questions": questions,
        "kinds": [
            {"kind": kind, "name": str(NoteKind(kind).label), "example": str(EXAMPLES[kind])}
            for kind in board.workshop.kinds
        ],
        "frames": PAPER_NOTES,
        "join": f"{settings.ORIGIN}/table/",
        "labels": {
            "kinds": _("What a note can be"),
            "tablets": _("For the tablets"),
            "qr": _("QR code for the tablets"),
            "no_code": _("The code comes when the workshop starts."),
            "paper": _(
                "If a tablet gives up: one thing said in each frame, in the words it was said in. Tick what kind it is."
            ),
        },
    }


def _led(group: Group, board: Board, sessions: Iterable[Session]) -> list[str]:
    """Who leads the table in sessions for which its moderators change, a line for each."""
    changing = [session for session in sessions if moved(board.groups.values(), session.pk)]
    then = [(session, leaders(board.groups.values(), session.pk)[group.pk]) for session in changing]
    return [f"{session.title}: {', '.join(seat.name for seat in seats)}" for session, seats in then if seats]


def _questions(session: Session) -> dict[str, Any]:
    return {
        "title": str(session.title),
        "lang": session.title.lang,
        "prompts": [{"text": str(prompt.text), "lang": prompt.text.lang} for prompt in session.prompts.all()],
    }


def _join_address(group: Group) -> str:
    return f"{settings.ORIGIN}/table/?code={group.code}"


def sheet(workshop: Workshop, title: str) -> dict[str, Any]:
    """What every printed sheet says: its title and language, the workshop, its date, and the way to its page."""
    link = settings.ORIGIN + workshop.get_absolute_url()
    return {
        "language": get_language(),
        "title": title,
        "workshop": str(workshop.title),
        "programme": str(workshop.programme.title),
        "organisation": workshop.programme.organisation,
        "date": date(workshop.local_start, "l j F Y"),
        "link": link,
        "qr": qr_of(link),
        "qr_label": _("The workshop on the web"),
    }


def qr_of(address: str) -> str:
    """The address as an SVG drawing."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", border=0, omitsize=True, xmldecl=False, svgclass="qr", lineclass=None
    )
    return out.getvalue().decode()
