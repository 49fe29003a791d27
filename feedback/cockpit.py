"""Everything an organiser sees while a workshop runs, gathered in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, Prefetch, Q
from django.utils.translation import gettext as _

from feedback.models import Confirmation, Message, Note, Op
from feedback.notes.confirmations import Heard, Words, heard
from feedback.states import OpState
from feedback.wall import Countdown, countdown_of, seats_by_table
from participants.models import Device, Registration
from participants.states import HOLDING, RegistrationState
from workshops.models import Group, ModeratorSeat, Prompt, Session, Theme, Workshop
from workshops.models.agenda import timed
from workshops.rounds import leaders
from workshops.states import SessionState, WorkshopState

SILENT_AFTER = dt.timedelta(minutes=3)
LATELY = dt.timedelta(minutes=5)
PACE_MINUTES = (5, 10, 15, 30)
PACE_COLUMNS = 24
COMING_IN = 6
NAMES_READ = 60
MESSAGES_SHOWN = 5


@dataclass
class CockpitTable:
    """One table: who is there, what it wrote in the counted notes, and how its tablets are."""

    group: Group
    expected: int
    here: int
    notes: int
    themes: list[tuple[Theme, int]]
    devices: list[Device]
    is_silent: bool
    silent_since: dt.datetime | None
    pace: list[int | None]
    last: Note | None = None
    heard: Heard | None = None
    """What it confirmed of the session that is read back, or None."""
    to_read: int = 0
    """Its notes of that session."""
    led_by: list[ModeratorSeat] = field(default_factory=list)
    """Its moderators in the counted session, the one who asks first."""

    @property
    def seats(self) -> int:
        return max(self.group.size, self.expected)

    @property
    def coming(self) -> int:
        return self.expected - self.here

    @property
    def seen_at(self) -> dt.datetime | None:
        return max((device.seen_at for device in self.devices if device.seen_at), default=None)

    @property
    def unsent(self) -> int:
        """Notes on its tablets that the server does not have, as they said last."""
        return sum(device.unsent or 0 for device in self.devices)

    @property
    def low_battery(self) -> int | None:
        """Percent of its emptiest tablet that is low and not being charged."""
        return min((device.battery or 0 for device in self.devices if device.is_battery_low), default=None)

    @property
    def has_to_confirm(self) -> bool:
        """Whether it has notes of the session that nobody at the table has heard and confirmed as they are."""
        return self.to_read > 0 and (self.heard is None or not self.heard.is_whole)

    @property
    def moderators(self) -> list[str]:
        """First names of who leads it now, the one who asks first."""
        return [seat.first_name for seat in self.led_by]


@dataclass
class People:
    """Places of the workshop. Names and needs stay empty for observers."""

    taken: int = 0
    """With places on offer."""
    confirmed: int = 0
    here: int = 0
    waiting: int = 0
    unseated: int = 0
    late: list[str] = field(default_factory=list)
    needs: list[tuple[str, str]] = field(default_factory=list)

    @property
    def absent(self) -> int:
        return self.confirmed - self.here


@dataclass
class Cockpit:
    """The whole page. `counted` is the session at the tables whose notes are counted, or None for all notes;
    `read_back` the one whose notes the tables confirm: that one, else the last one that is over."""

    workshop: Workshop
    now: dt.datetime
    agenda: list[Session]
    current: Session | None
    also_open: list[Session]
    upcoming: Session | None
    last_closed: Session | None
    counted: Session | None
    read_back: Session | None
    prompts: list[Prompt]
    tables: list[CockpitTable]
    themes: list[Theme]
    notes: int
    notes_lately: int
    coming_in: list[Note]
    people: People
    held: int
    names: bool
    told: list[Message]

    @property
    def clock(self) -> Countdown | None:
        if self.current is None:
            return None
        return countdown_of(self.current, self.now)

    @property
    def current_name(self) -> str:
        """`Session 2` at the tables, the title of any other block."""
        if self.current is None or self.current.at_tables_no is None:
            return str(self.current or "")
        return _("Session %(number)d") % {"number": self.current.at_tables_no}

    @property
    def is_live(self) -> bool:
        return self.workshop.state == WorkshopState.LIVE

    @property
    def is_before_the_day(self) -> bool:
        return self.workshop.state in (WorkshopState.DRAFT, WorkshopState.ANNOUNCED)

    @property
    def table_names(self) -> list[str]:
        return [table.group.name for table in self.tables]

    @property
    def heat_rows(self) -> list[tuple[Theme, list[int]]]:
        """Themes with one count for each table."""
        return [(theme, [table.themes[place][1] for table in self.tables]) for place, theme in enumerate(self.themes)]

    @property
    def pace_highest(self) -> int:
        return max((count or 0 for table in self.tables for count in table.pace), default=0)

    @property
    def pace_slots(self) -> int:
        """Columns: those of the planned minutes, or more once the session runs on."""
        if self.counted is None:
            return 0
        planned = -(-self.counted.minutes // self.pace_minutes)
        return max([planned, *(len(table.pace) for table in self.tables)])

    @property
    def pace_minutes(self) -> int:
        return pace_minutes(self.counted) if self.counted else PACE_MINUTES[0]

    @property
    def pace_times(self) -> list[dt.datetime | None]:
        """When each second column begins, None for those between."""
        if self.counted is None or self.counted.opened_at is None:
            return []
        slot = dt.timedelta(minutes=self.pace_minutes)
        return [None if place % 2 else self.counted.opened_at + slot * place for place in range(self.pace_slots)]

    @property
    def asked(self) -> Prompt | None:
        """The question on wall and tablets."""
        chosen = next((prompt for prompt in self.prompts if self.current and prompt.pk == self.current.asked_id), None)
        return chosen or (self.prompts[0] if self.prompts else None)


def gather(workshop: Workshop, now: dt.datetime, *, names: bool) -> Cockpit:
    """Read the cockpit in at most fifteen queries. Without `names` no moderator and nobody who takes part is named."""
    agenda = timed(workshop, workshop.sessions.prefetch_related("prompts"))
    running = sorted((s for s in agenda if s.is_open), key=lambda s: s.starts_on_the_clock, reverse=True)
    current = running[0] if running else None
    counted = current if current is not None and current.is_at_the_tables else None
    closed = [s for s in agenda if s.state == SessionState.CLOSED]
    over = [s for s in closed if s.is_at_the_tables]
    read_back = counted or max(over, key=_ended_at, default=None)
    themes = list(workshop.programme.themes.all())
    marks = _marks(workshop, counted)
    lasts, coming_in = _texts(marks)
    seats = seats_by_table(workshop, counted)
    tables = [
        _table(group, now, themes, [m for m in marks if m.group == group.pk], seats.get(group.pk, (0, 0)), counted)
        for group in _groups(workshop, now)
    ]
    led_by = leaders((table.group for table in tables), counted.pk if counted else None)
    for table in tables:
        table.last, table.led_by = lasts.get(table.group.pk), led_by[table.group.pk]
    _add_confirmations(tables, read_back, marks)
    return Cockpit(
        workshop=workshop,
        now=now,
        agenda=agenda,
        current=current,
        also_open=running[1:],
        upcoming=next((s for s in agenda if s.state == SessionState.PLANNED), None),
        last_closed=max(closed, key=_ended_at, default=None),
        counted=counted,
        read_back=read_back,
        prompts=list(current.prompts.all()) if current else [],
        tables=tables,
        themes=themes,
        notes=len(marks),
        notes_lately=sum(mark.at > now - LATELY for mark in marks),
        coming_in=coming_in,
        people=_people(workshop, seated=sum(expected for expected, _here in seats.values()), names=names),
        held=Op.objects.filter(group__workshop=workshop, state=OpState.HELD).count(),
        names=names,
        told=list(Message.objects.filter(workshop=workshop).select_related("group").newest_first()[:MESSAGES_SHOWN]),
    )


@dataclass(frozen=True)
class _Mark:
    """What is counted of a note."""

    pk: uuid.UUID
    group: uuid.UUID
    session: uuid.UUID
    theme: uuid.UUID | None
    at: dt.datetime
    words_revision: int


def _marks(workshop: Workshop, counted: Session | None) -> list[_Mark]:
    """The counted notes, newest first, without their texts."""
    names = ("pk", "group", "session", "theme", "created_at", "words_revision")
    notes = Note.objects.standing().of_workshop(workshop).newest_first()
    if counted is not None:
        notes = notes.filter(session=counted)
    return [_Mark(*row) for row in notes.values_list(*names)]


def _ended_at(session: Session) -> dt.datetime:
    return session.closed_at or session.planned_end


def _add_confirmations(tables: list[CockpitTable], session: Session | None, marks: list[_Mark]) -> None:
    """What each table confirmed of the session, against its notes as they are now; one query."""
    if session is None:
        return
    said: dict[uuid.UUID, list[Confirmation]] = {}
    for confirmation in Confirmation.objects.filter(session=session).in_order():
        said.setdefault(confirmation.group_id, []).append(confirmation)
    for table in tables:
        group = table.group.pk
        standing = [Words(m.pk, m.words_revision) for m in marks if (m.group, m.session) == (group, session.pk)]
        table.to_read = len(standing)
        table.heard = heard(said.get(group, []), standing)


def _texts(marks: list[_Mark]) -> tuple[dict[uuid.UUID, Note], list[Note]]:
    """The last note of each table by group id, and the newest ones of all, in one query."""
    newest: dict[uuid.UUID, uuid.UUID] = {}
    for mark in marks:
        newest.setdefault(mark.group, mark.pk)
    incoming = [mark.pk for mark in marks[:COMING_IN]]
    notes = {note.pk: note for note in Note.objects.with_places().filter(pk__in={*newest.values(), *incoming})}
    lasts = {group: notes[pk] for group, pk in newest.items() if pk in notes}
    return lasts, [notes[pk] for pk in incoming if pk in notes]


def _groups(workshop: Workshop, now: dt.datetime) -> list[Group]:
    working = Prefetch("devices", Device.objects.working_at(now).order_by("joined_at"))
    return list(workshop.groups.with_rounds().prefetch_related(working))


def _table(
    group: Group,
    now: dt.datetime,
    themes: list[Theme],
    marks: list[_Mark],
    seats: tuple[int, int],
    counted: Session | None,
) -> CockpitTable:
    counts = Counter(mark.theme for mark in marks)
    devices = list(group.devices.all())
    seen = max((device.seen_at for device in devices if device.seen_at), default=None)
    is_silent = bool(devices) and (seen is None or now - seen > SILENT_AFTER)
    return CockpitTable(
        group=group,
        expected=seats[0],
        here=seats[1],
        notes=len(marks),
        themes=[(theme, counts[theme.pk]) for theme in themes],
        devices=devices,
        is_silent=is_silent,
        silent_since=seen if is_silent else None,
        pace=_pace(marks, counted, now, is_silent),
    )


def pace_minutes(session: Session) -> int:
    """How many minutes one column of the pace covers, so that the session fits into the drawing."""
    return next((minutes for minutes in PACE_MINUTES if session.minutes <= minutes * PACE_COLUMNS), PACE_MINUTES[-1])


def _pace(marks: list[_Mark], counted: Session | None, now: dt.datetime, is_silent: bool) -> list[int | None]:
    """Notes in each column since the session opened; None at the end for a tablet out of touch."""
    if counted is None or counted.opened_at is None:
        return []
    slot = dt.timedelta(minutes=pace_minutes(counted))
    columns = min(max(1, -int(-(now - counted.opened_at) // slot)), PACE_COLUMNS)
    counts = Counter(int((mark.at - counted.opened_at) // slot) for mark in marks)
    pace: list[int | None] = [counts[column] for column in range(columns)]
    if is_silent and not pace[-1]:
        pace[-1] = None
    return pace


def _people(workshop: Workshop, *, seated: int, names: bool) -> People:
    """Counts for everybody; names of those not here yet, and needs, only for organisers."""
    confirmed = Q(state=RegistrationState.CONFIRMED)
    registrations = Registration.objects.filter(workshop=workshop)
    people = People(
        **registrations.aggregate(
            taken=Count("pk", filter=Q(state__in=HOLDING)),
            confirmed=Count("pk", filter=confirmed),
            here=Count("pk", filter=confirmed & Q(arrived_at__isnull=False)),
            waiting=Count("pk", filter=Q(state=RegistrationState.WAITING)),
        )
    )
    people.unseated = people.confirmed - seated
    if not names:
        return people
    told = registrations.confirmed().filter(Q(arrived_at=None) | ~Q(needs="")).order_by("-needs")
    for name, arrived_at, needs in told.values_list("person__name", "arrived_at", "needs")[:NAMES_READ]:
        if needs:
            people.needs.append((name, needs))
        if arrived_at is None:
            people.late.append(name)
    people.late.sort()
    people.needs.sort()
    return people
