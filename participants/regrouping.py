"""Who sits where in one session: people change tables for it, and whoever does not stays at their first table.

World Café rounds: each round meets new people. Whom somebody has met already counts as at earlier workshops.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from uuid import UUID

from participants.models import Seat
from participants.seating import Board, Sitter, TableView, board_of
from workshops.models import ModeratorRound, ModeratorSeat, Session, Workshop
from workshops.models.agenda import timed
from workshops.rounds import leaders

Tables = dict[str, UUID]


@dataclass(frozen=True)
class Round:
    """A session at the tables, and how many sit elsewhere for it than at their first table."""

    session: Session
    moved: int
    moderators: int = 0
    """Moderators who lead another table than their own."""

    @property
    def has_to_be_mixed(self) -> bool:
        """Whether the agenda says that people change tables, and nobody does yet."""
        return self.session.regroups and not self.moved


@dataclass(frozen=True)
class RoundBoard:
    """The board of one session; `first` are the tables of the evening by registration."""

    session: Session
    board: Board
    first: Tables

    @cached_property
    def leaders(self) -> dict[UUID, list[ModeratorSeat]]:
        """Who leads each table in this session, who asks first."""
        return leaders(self.board.groups.values(), self.session.pk)

    @property
    def tables(self) -> list[tuple[TableView, list[ModeratorSeat]]]:
        """The tables in order with who leads them."""
        return [(table, self.leaders[table.group.pk]) for table in self.board.tables]

    @property
    def moved(self) -> int:
        """People who sit elsewhere than at their first table."""
        tables = {sitter.id: sitter.group.pk for sitter in self.board.sitters.values() if sitter.group}
        return sum(self.first.get(person) != table for person, table in tables.items())


def tables_in_words(first: str, elsewhere: Mapping[UUID, str], sessions: Iterable[Session]) -> str:
    """`Olmo`, or where somebody changes tables `1: Olmo · 2: Tiglio`, a table for each session.

    `elsewhere` are names of tables by session; `sessions` are those at the tables, in order.
    """
    if not elsewhere:
        return first
    names = [elsewhere.get(session.pk, first) for session in sessions]
    return " · ".join(f"{number}: {name}" for number, name in enumerate(names, start=1) if name)


@dataclass(frozen=True)
class TablesInWords:
    """The tables of people and moderators over all sessions, for lists and badges."""

    sessions: list[Session]
    people: dict[UUID, dict[UUID, str]]
    """Names of tables by registration and session."""
    moderators: dict[int, dict[UUID, str]]
    """The same by moderator's seat."""

    def of(self, registration_id: UUID, first: str) -> str:
        return tables_in_words(first, self.people.get(registration_id, {}), self.sessions)

    def of_moderator(self, seat: ModeratorSeat, own: str) -> str:
        return tables_in_words(own, self.moderators.get(seat.pk, {}), self.sessions)


def tables_of_people(workshop: Workshop) -> TablesInWords:
    """Who sits where in each session at the tables: one query, and a second one where anybody changes tables."""
    people: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    seats = Seat.objects.filter(session__workshop=workshop)
    for registration, session, table in seats.values_list("registration", "session", "group__name"):
        people[registration][session] = table
    return TablesInWords(_at_the_tables(workshop) if people else [], people, {})


def tables_of_all(workshop: Workshop) -> TablesInWords:
    """The same with what moderators lead, in one query more."""
    found = tables_of_people(workshop)
    moderators: dict[int, dict[UUID, str]] = defaultdict(dict)
    rounds = ModeratorRound.objects.filter(session__workshop=workshop)
    for seat, session, table in rounds.values_list("seat", "session", "group__name"):
        moderators[seat][session] = table
    sessions = found.sessions or (_at_the_tables(workshop) if moderators else [])
    return replace(found, sessions=sessions, moderators=moderators)


def _at_the_tables(workshop: Workshop) -> list[Session]:
    return list(workshop.sessions.at_the_tables().order_by("order", "pk"))


def rounds_of(workshop: Workshop) -> list[Round]:
    """The sessions at the tables in order with planned times, in three queries."""
    sessions = [session for session in timed(workshop, workshop.sessions.all()) if session.is_at_the_tables]
    seats = Seat.objects.filter(session__workshop=workshop, session__isnull=False)
    moved = Counter(seats.values_list("session", flat=True))
    leading = Counter(ModeratorRound.objects.filter(session__workshop=workshop).values_list("session", flat=True))
    return [Round(session, moved[session.pk], leading[session.pk]) for session in sessions]


def round_board(workshop: Workshop, session: Session) -> RoundBoard:
    """Who sits where in a session, in two queries more than the evening's board. `session` comes from `timed`.

    What was met before counts pairs of earlier workshops and of this one's other sessions up to this one.
    """
    evening = board_of(workshop)
    first = {sitter.id: sitter.group.pk for sitter in evening.sitters.values() if sitter.group}
    sessions = [each for each in workshop.sessions.all() if each.is_at_the_tables]
    seats = list(Seat.objects.filter(session__in=[each.pk for each in sessions]))
    here = {str(seat.registration_id): seat for seat in seats if seat.session_id == session.pk}
    met = Counter(evening.met)
    for other in (each for each in sessions if each.order < session.order):
        elsewhere = {str(seat.registration_id): seat.group_id for seat in seats if seat.session_id == other.pk}
        met.update(_pairs(first | elsewhere))
    return RoundBoard(session, _moved(evening, here, met), first)


def _pairs(tables: Tables) -> Iterable[tuple[str, str]]:
    at: dict[UUID, list[str]] = {}
    for person, table in tables.items():
        at.setdefault(table, []).append(person)
    return (pair for those in at.values() for pair in combinations(sorted(those), 2))


def _moved(evening: Board, here: dict[str, Seat], met: Counter[tuple[str, str]]) -> Board:
    """The evening's board with people at the tables of the session; only what was done by hand for it is kept."""
    groups = {group.pk: group for group in evening.groups.values()}
    sitters = []
    for sitter in evening.sitters.values():
        seat = here.get(sitter.id)
        group = groups[seat.group_id] if seat else sitter.group
        sitters.append(Sitter(sitter.registration, group, bool(seat and seat.kept)))
    tables = [
        TableView(table.group, [sitter for sitter in sitters if sitter.group == table.group])
        for table in evening.tables
    ]
    return replace(evening, tables=tables, unseated=[s for s in sitters if s.group is None], met=met)
