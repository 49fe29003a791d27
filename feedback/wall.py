"""What the projector shows: the room's time, question, tables and most dotted notes. Never the name of a person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import segno
from django.conf import settings
from django.db.models import Count, Q, Sum
from django.utils.safestring import SafeString, mark_safe

from feedback.models import Note
from feedback.models.notes import NoteQuerySet
from feedback.summary.people import first_names
from feedback.summary.quotes import held_back
from feedback.summary.redact import without_names
from participants.models import Seat
from workshops.models import Group, Prompt, Session, Theme, Workshop
from workshops.models.agenda import timed
from workshops.states import PUBLIC_STATES, SessionKind, WallMode

NOTES_SHOWN = 4
DOTTED_NOTES_SHOWN = 6
LAST_MINUTES = dt.timedelta(minutes=5)


@dataclass
class Countdown:
    """Time running from `starts_at` to `ends_at`; `left` as minutes and seconds, `"0:00"` when it is up."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    now: dt.datetime

    @property
    def seconds_left(self) -> int:
        return max(0, int((self.ends_at - self.now).total_seconds()))

    @property
    def left(self) -> str:
        return f"{self.seconds_left // 60}:{self.seconds_left % 60:02d}"

    @property
    def minutes_left(self) -> int:
        return self.seconds_left // 60

    @property
    def total_seconds(self) -> int:
        return max(1, int((self.ends_at - self.starts_at).total_seconds()))

    @property
    def seconds_gone(self) -> int:
        return self.total_seconds - min(self.seconds_left, self.total_seconds)

    @property
    def is_last(self) -> bool:
        """In the last five minutes."""
        return self.ends_at - self.now <= LAST_MINUTES

    @property
    def is_up(self) -> bool:
        return self.now >= self.ends_at


def countdown_of(session: Session, now: dt.datetime) -> Countdown:
    """The clock of a session that runs; it comes from `timed`."""
    return Countdown(session.starts_on_the_clock, session.ends_on_the_clock, now)


@dataclass
class WallTable:
    """A table as the room sees it: counts, no names. `turn` is `"done"`, `"now"`, `"next"` or empty."""

    group: Group
    notes: int = 0
    expected: int = 0
    here: int = 0
    turn: str = ""

    @property
    def seats(self) -> int:
        return max(self.group.size, self.expected)

    @property
    def coming(self) -> int:
        return self.expected - self.here


@dataclass
class WallNote:
    """A note without the moderator who wrote it, as `note_card` takes it."""

    kind: str
    kind_label: str
    theme: Theme | None
    text: str
    dots: int
    lang: str


@dataclass
class WallPicture:
    """One picture of the wall. `mode` is one of `WallMode`; what a mode does not show stays empty."""

    workshop: Workshop
    mode: str
    now: dt.datetime
    session: Session | None = None
    following: Session | None = None
    clock: Countdown | None = None
    prompt: Prompt | None = None
    prompt_no: int = 0
    prompts: int = 0
    tables: list[WallTable] = field(default_factory=list)
    themes: list[tuple[Theme, int]] = field(default_factory=list)
    notes: list[WallNote] = field(default_factory=list)
    speaking: WallTable | None = None
    speaking_no: int = 0
    next_up: WallTable | None = None
    dots: int = 0
    qr: SafeString | str = ""
    address: str = ""
    ahead: list[Workshop] = field(default_factory=list)


def wall_picture_of(workshop: Workshop, now: dt.datetime) -> WallPicture:
    """Gather the picture the cockpit chose, in at most twelve queries whatever the number of tables."""
    picture = WallPicture(workshop=workshop, mode=workshop.wall_mode, now=now)
    _add_session(picture)
    if picture.mode in (WallMode.WELCOME, WallMode.NEXT):
        _add_address(picture)
    if picture.mode == WallMode.NEXT:
        picture.ahead = list(
            workshop.programme.workshops.filter(number__gt=workshop.number, state__in=PUBLIC_STATES).order_by("number")[
                :2
            ]
        )
    if picture.mode in (WallMode.SESSION, WallMode.REPORT):
        _add_tables(picture)
    if picture.mode == WallMode.SESSION:
        _add_question(picture)
    if picture.mode == WallMode.DOTS:
        _add_dots(picture)
    if picture.mode == WallMode.REPORT:
        _add_report(picture)
    return picture


def _add_session(picture: WallPicture) -> None:
    """The session that runs, its clock, and what comes after it."""
    agenda = timed(picture.workshop, picture.workshop.sessions.all())
    running = [session for session in agenda if session.is_open]
    picture.session = max(running, key=lambda session: session.starts_on_the_clock, default=None)
    if picture.session is None:
        picture.following = next((session for session in agenda if session.closed_at is None), None)
        return
    place = agenda.index(picture.session)
    picture.following = agenda[place + 1] if place + 1 < len(agenda) else None
    picture.clock = countdown_of(picture.session, picture.now)


def _add_address(picture: WallPicture) -> None:
    """Where people find the workshop's page on their phones, while it has one."""
    if picture.workshop.state not in PUBLIC_STATES:
        return
    url = settings.ORIGIN + picture.workshop.get_absolute_url()
    picture.address = url.partition("://")[2]
    drawing = segno.make(url, error="m").svg_inline(border=0, omitsize=True, svgclass=None, lineclass=None)
    picture.qr = mark_safe(drawing)  # noqa: S308 — drawn from our own address


def _add_question(picture: WallPicture) -> None:
    """The question that is asked now: the one the organiser chose, else the first."""
    if picture.session is None:
        return
    prompts = list(picture.session.prompts.all())
    picture.prompts = len(prompts)
    asked = next((prompt for prompt in prompts if prompt.pk == picture.session.asked_id), None)
    picture.prompt = asked or (prompts[0] if prompts else None)
    picture.prompt_no = prompts.index(picture.prompt) + 1 if picture.prompt else 0


def _add_tables(picture: WallPicture) -> None:
    """Tables with notes and seats. During a session at the tables the notes of that session count, else all."""
    notes = Note.objects.standing().of_workshop(picture.workshop)
    if picture.session is not None and picture.session.is_at_the_tables and picture.mode == WallMode.SESSION:
        notes = notes.filter(session=picture.session)
    counts = dict(notes.order_by().values_list("group").annotate(Count("pk")))
    seats = seats_by_table(picture.workshop, picture.session)
    picture.tables = [
        WallTable(group, counts.get(group.pk, 0), *seats.get(group.pk, (0, 0)))
        for group in picture.workshop.groups.all()
    ]


def seats_by_table(workshop: Workshop, session: Session | None) -> dict[Any, tuple[int, int]]:
    """`{group id: (people expected, people here)}` in a session, or at their first tables, in one query."""
    seats = Seat.objects.in_session(session.pk if session else None).filter(group__workshop=workshop).order_by()
    counted = seats.values_list("group").annotate(
        expected=Count("pk"), here=Count("pk", filter=Q(registration__arrived_at__isnull=False))
    )
    return {group: (expected, here) for group, expected, here in counted}


def _add_report(picture: WallPicture) -> None:
    """Whose turn it is, that table's most dotted notes, and how often each theme came up in the room."""
    if picture.session is not None and picture.session.kind == SessionKind.REPORT:
        _give_turns(picture)
    notes = Note.objects.standing().of_workshop(picture.workshop)
    shown = notes.filter(group=picture.speaking.group) if picture.speaking else notes
    _show_most_dotted(picture, shown, NOTES_SHOWN)
    counts = dict(notes.order_by().values_list("theme").annotate(Count("pk")))
    picture.themes = [(theme, counts.get(theme.pk, 0)) for theme in picture.workshop.programme.themes.all()]


def _add_dots(picture: WallPicture) -> None:
    """The notes with the most dots and the dots of each theme: of the session at the tables, else of the evening."""
    notes = Note.objects.standing().of_workshop(picture.workshop).filter(dots__gt=0)
    if picture.session is not None and picture.session.is_at_the_tables:
        notes = notes.filter(session=picture.session)
    _show_most_dotted(picture, notes, DOTTED_NOTES_SHOWN)
    counts = dict(notes.order_by().values_list("theme").annotate(Sum("dots")))
    picture.dots = sum(counts.values())
    picture.themes = [(theme, counts.get(theme.pk, 0)) for theme in picture.workshop.programme.themes.all()]


def _show_most_dotted(picture: WallPicture, notes: NoteQuerySet, most: int) -> None:
    """The first notes by dots, with every name and what an organiser hid taken out."""
    allowed = notes.exclude(text="").exclude(pk__in=held_back(picture.workshop.pk))
    shown = allowed.select_related("theme").prefetch_related("redactions")
    known = first_names(picture.workshop.pk)
    picture.notes = [
        WallNote(
            note.kind,
            note.get_kind_display(),
            note.theme,
            without_names(note.text, note.redactions.all(), known),
            note.dots,
            note.lang,
        )
        for note in shown.order_by("-dots", "created_at", "pk")[:most]
    ]


def _give_turns(picture: WallPicture) -> None:
    """Share the session's minutes evenly among the tables, in their order; the clock becomes the speaking table's."""
    if not picture.tables or picture.clock is None:
        return
    starts_at, ends_at = picture.clock.starts_at, picture.clock.ends_at
    turn = (ends_at - starts_at) / len(picture.tables)
    now_at = min(max(int((picture.now - starts_at) / turn), 0), len(picture.tables) - 1)
    for place, table in enumerate(picture.tables):
        table.turn = "done" if place < now_at else "now" if place == now_at else "next" if place == now_at + 1 else ""
    picture.speaking, picture.speaking_no = picture.tables[now_at], now_at + 1
    picture.next_up = picture.tables[now_at + 1] if now_at + 1 < len(picture.tables) else None
    picture.clock = Countdown(starts_at + turn * now_at, starts_at + turn * (now_at + 1), picture.now)
