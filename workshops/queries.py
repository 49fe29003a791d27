"""Reads that gather a page of the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from workshops.models import Initiative, Programme, Session, Theme, Workshop
from workshops.models.agenda import timed
from workshops.states import ORGANISING_ROLES, SessionKind, WallMode, WorkshopState

ICONS: dict[str, str] = {
    SessionKind.ARRIVAL: "coffee",
    SessionKind.PLENARY: "megaphone",
    SessionKind.TABLES: "users",
    SessionKind.BREAK: "coffee",
    SessionKind.REPORT: "presentation",
    SessionKind.CLOSING: "flag",
}
PAUSES = {SessionKind.ARRIVAL, SessionKind.BREAK}
TIGHT_MINUTES = 8
"""Less than this for one initiative, or for one table that reports, is hurried."""


def is_reporting_back(workshop: Workshop, sessions: Iterable[Session]) -> bool:
    """Whether the room hears the tables now: a session for that is open, or the wall shows it on the day."""
    if workshop.state != WorkshopState.LIVE:
        return False
    is_open = any(session.kind == SessionKind.REPORT and session.is_open for session in sessions)
    return is_open or workshop.wall_mode == WallMode.REPORT


def sort_of(session: Session) -> str:
    """How a session counts in the time bar: `"tables"`, `"break"` or `"together"`."""
    if session.is_at_the_tables:
        return "tables"
    return "break" if session.kind in PAUSES else "together"


@dataclass(frozen=True)
class Agenda:
    """The agenda of one workshop, drawn to time. Minutes everywhere; `spare` is below zero when it does not fit."""

    workshop: Workshop
    sessions: list[Session]
    initiatives: list[Initiative]
    themes: list[Theme]

    @property
    def minutes(self) -> int:
        return sum(session.minutes for session in self.sessions)

    @property
    def spare(self) -> int:
        return self.workshop.minutes - self.minutes

    @property
    def too_long(self) -> int:
        """Minutes over the end of the workshop, 0 when everything fits."""
        return max(-self.spare, 0)

    @property
    def ends(self) -> dt.datetime:
        """When the last session ends, on the workshop's clock."""
        return (self.workshop.starts_at + dt.timedelta(minutes=self.minutes)).astimezone(self.workshop.zone)

    @property
    def pieces(self) -> list[tuple[int, str]]:
        return [(session.minutes, session.sort) for session in self.sessions]

    @property
    def sums(self) -> dict[str, int]:
        """Minutes at the tables, together and in breaks."""
        sums = {"tables": 0, "together": 0, "break": 0}
        for minutes, sort in self.pieces:
            sums[sort] += minutes
        return sums


def agenda_of(workshop: Workshop) -> Agenda:
    """The agenda with questions, initiatives and tables, in six queries however long it is."""
    sessions = timed(workshop, workshop.sessions.prefetch_related("prompts__initiative"))
    themes = list(workshop.programme.themes.all())
    initiatives = list(workshop.initiatives.select_related("theme"))
    tables = workshop.groups.count()
    for session in sessions:
        session.sort, session.icon = sort_of(session), ICONS[session.kind]
        session.each = _minutes_for_each(session, initiatives=len(initiatives), tables=tables)
        session.is_tight = session.each is not None and session.each < TIGHT_MINUTES
        session.offered = session.themes_offered(themes)
    return Agenda(workshop, sessions, initiatives, themes)


def _minutes_for_each(session: Session, *, initiatives: int, tables: int) -> int | None:
    """Minutes for one initiative to rate, or for one table that reports."""
    parts = initiatives if session.rates else tables if session.kind == SessionKind.REPORT else 0
    return session.minutes // parts if parts else None


def programmes_of(user: Any) -> list[Programme]:
    """The programmes whose team the user is in, with their workshops in order; `may` is the user's role there."""
    programmes = list(
        Programme.objects.visible_to(user)
        .order_by("created_at")
        .prefetch_related(Prefetch("workshops", Workshop.objects.order_by("number")), "team")
    )
    for programme in programmes:
        role = next(seat.role for seat in programme.team.all() if seat.user_id == user.pk)
        programme.may = "organise" if role in ORGANISING_ROLES else role
        for workshop in programme.workshops.all():
            workshop.programme = programme
    return programmes
