"""The page of the tables: rows turned into the plain values `allocation` works with, and its answers into words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from participants import allocation, mix
from participants.models import Registration, Seat, SeatingRule
from workshops.models import Group, Session, Theme, Workshop
from workshops.states import ModeratorRole, TableNeed

TABLE_NAMES = (
    "Gelso", "Olmo", "Tiglio", "Platano", "Acero", "Betulla", "Faggio", "Frassino", "Ontano", "Quercia",
    "Salice", "Pioppo", "Carpino", "Leccio", "Noce", "Nocciolo", "Sorbo", "Corniolo", "Ginepro", "Alloro",
)  # fmt: skip
PEOPLE_AT_A_TABLE = 6
HINTS_SHOWN = 3


def met_before(workshop: Workshop, person_to_registration: dict[UUID, str]) -> Counter[tuple[str, str]]:
    """How often two people shared a table at earlier workshops of the programme, by pairs of registration ids.

    Seats for one session count too: whoever changed tables for a session met the people there.
    """
    tables = defaultdict(list)
    earlier = Seat.objects.filter(
        group__workshop__programme=workshop.programme_id,
        group__workshop__number__lt=workshop.number,
        registration__person__registrations__workshop=workshop,
    )
    for group, person in earlier.values_list("group_id", "registration__person_id").distinct():
        if person in person_to_registration:
            tables[group].append(person_to_registration[person])
    return Counter(pair for those in tables.values() for pair in combinations(sorted(those), 2))


@dataclass(frozen=True)
class Sitter:
    """A person at a table, or still without one; `line` is what helps to mix, in words."""

    registration: Registration
    group: Group | None
    kept: bool

    @property
    def id(self) -> str:
        return str(self.registration.pk)

    @property
    def name(self) -> str:
        return self.registration.person.name

    @property
    def line(self) -> str:
        person = self.registration.person
        told = [mix.EXPERIENCES.get(mix.told_first_time(self.registration), ""), person.get_age_band_display()]
        return ", ".join(str(each) for each in told if each)

    @property
    def needs(self) -> list[str]:
        """What the table must offer them, in words."""
        return needs_in_words(self.registration.table_needs)


def needs_in_words(needs: Iterable[str]) -> list[str]:
    return [str(TableNeed(need).label) for need in needs]


@dataclass(frozen=True)
class TableView:
    """A table with everybody who sits there. `top` and `bottom` are the two long sides, None is a free seat."""

    group: Group
    sitters: list[Sitter]

    @property
    def free(self) -> int:
        return max(self.group.size - len(self.sitters), 0)

    @property
    def chairs(self) -> list[Sitter | None]:
        return [*self.sitters, *[None] * self.free]

    @property
    def offers(self) -> list[str]:
        """What the table offers, in words."""
        return needs_in_words(self.group.offers)

    @property
    def top(self) -> list[Sitter | None]:
        return self.chairs[: (len(self.chairs) + 1) // 2]

    @property
    def bottom(self) -> list[Sitter | None]:
        return self.chairs[(len(self.chairs) + 1) // 2 :]

    @cached_property
    def moderators(self) -> dict[str, str]:
        """The names of who asks and who writes; empty when nobody is named."""
        names = {seat.role: seat.name for seat in self.group.moderators.all()}
        return {role.value: names.get(role, "") for role in ModeratorRole}

    @property
    def as_told(self) -> dict[str, Any]:
        """What an organiser tells about the table, by the names of the form."""
        told = {name: getattr(self.group, name) for name in ("name", "size", "room", "offers")}
        return {**told, **self.moderators, **self.addresses}

    @property
    def addresses(self) -> dict[str, str]:
        """The addresses of both, as `asks_email` and `writes_email`."""
        addresses = {seat.role: seat.address for seat in self.group.moderators.all()}
        return {f"{role.value}_email": addresses.get(role, "") for role in ModeratorRole}


@dataclass(frozen=True)
class MixRow:
    """How many people with one trait sit at each table; `theme` is set when the trait is a favourite theme."""

    label: str
    theme: Theme | None
    counts: list[int]


@dataclass(frozen=True)
class NeedOf:
    """Somebody who needs something of their table, and what of it that table does not offer."""

    sitter: Sitter
    lacks: list[str]


@dataclass(frozen=True)
class Advice:
    """A sentence about what could be better and the move that would do it."""

    text: str
    sitter: Sitter
    group: Group


@dataclass(frozen=True)
class SitterMove:
    """Somebody goes from one table to another; None is no table."""

    sitter: Sitter
    origin: Group | None
    to: Group | None

    @property
    def key(self) -> str:
        """The move as a form sends it: ids of person and tables between colons, nothing for no table."""
        return ":".join([self.sitter.id, *(str(group.pk) if group else "" for group in (self.origin, self.to))])


@dataclass(frozen=True)
class EvenedOut:
    """What evens out the tables: who moves, who leaves a seat because they are absent, sizes before and after by table,
    and the rules that do not hold afterwards, in words."""

    moves: list[SitterMove]
    leaving: list[SitterMove]
    sizes: list[tuple[str, int, int]]
    broken: list[str]

    @property
    def everything(self) -> list[SitterMove]:
        return [*self.leaving, *self.moves]


@dataclass(frozen=True)
class Board:
    """Everybody with a place, every table, every rule."""

    workshop: Workshop
    tables: list[TableView]
    unseated: list[Sitter]
    rules: list[SeatingRule]
    themes: dict[str, Theme]
    fields: list[mix.MixField]
    met: Counter[tuple[str, str]]

    @cached_property
    def sitters(self) -> dict[str, Sitter]:
        everybody = [*self.unseated, *(sitter for table in self.tables for sitter in table.sitters)]
        return {sitter.id: sitter for sitter in everybody}

    @cached_property
    def groups(self) -> dict[str, Group]:
        return {str(table.group.pk): table.group for table in self.tables}

    @property
    def needs(self) -> list[NeedOf]:
        """People with a need: what is ticked is met by the mix, what they wrote is seen to by people."""
        in_need = [s for s in self.sitters.values() if s.registration.table_needs or s.registration.needs]
        return [NeedOf(sitter, self._lacking(sitter)) for sitter in in_need]

    def _lacking(self, sitter: Sitter) -> list[str]:
        if sitter.group is None:
            return []
        offered = sitter.group.offers
        return needs_in_words(need for need in sitter.registration.table_needs if need not in offered)

    @cached_property
    def mixed_by(self) -> list[mix.MixField]:
        """The fields the organiser chose."""
        return mix.chosen(self.workshop, self.fields)

    # What the allocation works with

    @cached_property
    def people(self) -> list[allocation.Person]:
        first_come = sorted(self.sitters.values(), key=lambda s: (s.registration.asked_at, s.id))
        return [self._plain_person(sitter) for sitter in first_come]

    def _plain_person(self, sitter: Sitter) -> allocation.Person:
        told = {field.name: field.values[sitter.id] for field in self.mixed_by if sitter.id in field.values}
        return allocation.Person(sitter.id, told, frozenset(sitter.registration.table_needs))

    @cached_property
    def plain_tables(self) -> list[allocation.Table]:
        return [
            allocation.Table(
                str(table.group.pk),
                seats=table.group.size,
                has=frozenset(table.group.offers),
                fixed=tuple(sitter.id for sitter in table.sitters if sitter.kept),
            )
            for table in self.tables
        ]

    @cached_property
    def plain_rules(self) -> allocation.Rules:
        pairs: dict[str, list[tuple[str, str]]] = {kind: [] for kind in SeatingRule.Kind.values}
        for rule in self.rules:
            pairs[rule.kind].append((str(rule.one_id), str(rule.other_id)))
        return allocation.Rules(
            together=tuple(pairs[SeatingRule.Kind.TOGETHER]),
            apart=tuple(pairs[SeatingRule.Kind.APART]),
            met=self.met,
        )

    @property
    def seating(self) -> allocation.Seating:
        return {str(table.group.pk): [sitter.id for sitter in table.sitters] for table in self.tables}

    def even_out(self, absent: Collection[str]) -> EvenedOut:
        """The moves that even out the tables when the people in `absent` (ids) do not come; they leave their seats."""
        people = [person for person in self.people if person.id not in absent]
        found = allocation.rebalance(people, self.plain_tables, self.plain_rules, self.seating)
        return EvenedOut(
            moves=[
                SitterMove(self.sitters[move["person"]], self.groups.get(move["origin"] or ""), self.groups[move["to"]])
                for move in found.moves
            ],
            leaving=[SitterMove(s, s.group, None) for s in self.sitters.values() if s.id in absent and s.group],
            sizes=[
                (table.group.name, len(table.sitters), len(found.seating[str(table.group.pk)])) for table in self.tables
            ],
            broken=[self._in_words(rule, found.seating) for rule in found.broken],
        )

    def suggest(self, seed: int) -> dict[str, str | None]:
        """A mix as `{registration id: group id or None}`; people seated by hand stay where they are."""
        mix = allocation.suggest(self.people, self.plain_tables, self.plain_rules, seed)
        seated = {person: group for group, those in mix.seating.items() for person in those}
        return {person.id: seated.get(person.id) for person in self.people}

    # Its answers in words

    @cached_property
    def broken(self) -> list[str]:
        """A sentence for each rule that does not hold; who has no seat is shown elsewhere."""
        found = allocation.broken_rules(self.people, self.plain_tables, self.plain_rules, self.seating)
        worth_saying = [rule for rule in found if rule["rule"] != "seats" or rule.get("tables")]
        return [self._in_words(rule, self.seating) for rule in worth_saying] if any(self.seating.values()) else []

    def _in_words(self, broken: allocation.Broken, seating: allocation.Seating) -> str:
        names = sorted(self.sitters[person].name for person in broken["people"])
        tables = [self.groups[table].name for table in broken.get("tables", [])]
        if broken["rule"] == "together":
            return _("%(one)s and %(other)s should sit together.") % {"one": names[0], "other": names[1]}
        if broken["rule"] == "apart":
            return _("%(one)s and %(other)s should not share a table.") % {"one": names[0], "other": names[1]}
        if broken["rule"] == "need":
            words = {"table": tables[0], "name": names[0], "need": TableNeed(broken["need"]).label}
            return _("Table %(table)s does not offer what %(name)s needs: %(need)s.") % words
        if broken["rule"] == "seats" and not tables:
            return _("There is no seat for: %(names)s.") % {"names": ", ".join(names)}
        if broken["rule"] == "seats":
            return _("Table %(table)s has more people than seats.") % {"table": tables[0]}
        told = [f"{self.groups[table].name} {len(seating.get(table, []))}" for table in broken["tables"]]
        return _("The tables are uneven: %(tables)s.") % {"tables": ", ".join(told)}

    @cached_property
    def again(self) -> int:
        """Pairs who have shared a table before and do so again."""
        seat_of = {person: group for group, those in self.seating.items() for person in those}
        return sum(one in seat_of and seat_of[one] == seat_of.get(other) for one, other in self.met)

    @cached_property
    def _balance(self) -> allocation.Balance:
        return allocation.balance(self.people, self.plain_tables, self.seating)

    @property
    def mixed(self) -> list[MixRow]:
        """A row for each value of each chosen field, in the order of the fields and of their values."""
        rows = {(row["field"], row["value"]): row for row in self._balance.rows}
        return [
            MixRow(label, self.themes.get(value), list(rows[field.name, value]["counts"].values()))
            for field in self.mixed_by
            for value, label in field.words.items()
            if (field.name, value) in rows
        ]

    @property
    def advice(self) -> list[Advice]:
        """What one move would better, favourite themes first; nobody is asked to move to two tables."""
        hints = sorted(self._balance.hints, key=lambda hint: hint["field"] == mix.THEME)
        of_person = {hint["person"]: hint for hint in hints}
        best = sorted(of_person.values(), key=lambda hint: hint["field"] != mix.THEME)[:HINTS_SHOWN]
        return [
            Advice(self._hint_in_words(hint), self.sitters[hint["person"]], self.groups[hint["table"]]) for hint in best
        ]

    def _hint_in_words(self, hint: allocation.Hint) -> str:
        field = next(field for field in self.mixed_by if field.name == hint["field"])
        return field.lacking % {
            "table": self.groups[hint["table"]].name,
            "what": field.words[hint["value"]],
            "name": self.sitters[hint["person"]].name,
            "other": self.groups[hint["at"]].name,
        }


def board_of(workshop: Workshop) -> Board:
    """Everything about who sits where, in ten queries at most, however many people there are."""
    registrations = list(workshop.registrations.confirmed().with_people())
    seats = {
        seat.registration_id: seat for seat in Seat.objects.for_the_evening().filter(registration__workshop=workshop)
    }
    groups = list(workshop.groups.with_rounds())
    by_id = {group.pk: group for group in groups}
    at: dict[Any, list[Sitter]] = defaultdict(list)
    for registration in registrations:
        seat = seats.get(registration.pk)
        at[seat and seat.group_id].append(Sitter(registration, seat and by_id[seat.group_id], bool(seat and seat.kept)))
    rules = SeatingRule.objects.filter(one__workshop=workshop).select_related("one__person", "other__person")
    themes = {str(theme.pk): theme for theme in workshop.programme.themes.all()}
    return Board(
        workshop=workshop,
        tables=[TableView(group, at[group.pk]) for group in groups],
        unseated=at[None],
        rules=list(rules.order_by("kind", "pk")),
        themes=themes,
        fields=[*mix.fields_of(registrations, themes.values()), *mix.asked_fields(workshop, registrations)],
        met=met_before(workshop, {each.person_id: str(each.pk) for each in registrations}),
    )


@dataclass(frozen=True)
class PlacesFor:
    """Where somebody could sit instead: the other tables with their free seats, and whom they could swap with."""

    group: Group | None
    kept: bool
    tables: list[tuple[Group, int]]
    others: list[Seat]


def places_for(registration: Registration, session: Session | None = None) -> PlacesFor:
    """For a session, or for the evening; in two queries, however many tables and people there are."""
    here = Seat.objects.in_session(session.pk if session else None)
    at_tables = here.filter(registration__workshop=registration.workshop_id)
    seats = list(at_tables.select_related("registration__person", "group").order_by("registration__person__name", "pk"))
    own = next((seat for seat in seats if seat.registration_id == registration.pk), None)
    taken = Counter(seat.group_id for seat in seats)
    groups = [group for group in registration.workshop.groups.all() if not own or group.pk != own.group_id]
    return PlacesFor(
        group=own and own.group,
        kept=bool(own and own.kept),
        tables=[(group, max(group.size - taken[group.pk], 0)) for group in groups],
        others=[seat for seat in seats if not own or seat.group_id != own.group_id],
    )


def tables_for(people: int) -> list[tuple[str, int]]:
    """Names and seats of even tables of about six for so many people: 18 people are 3 tables of 6."""
    tables = max(-(-people // PEOPLE_AT_A_TABLE), 1)
    size = max(-(-people // tables), 1)
    return [(_table_name(number), size) for number in range(tables)]


def _table_name(number: int) -> str:
    lap, tree = divmod(number, len(TABLE_NAMES))
    return TABLE_NAMES[tree] if not lap else f"{TABLE_NAMES[tree]} {lap + 1}"


def seated_sentence(people: int, tables: int) -> str:
    """`"18 people at 3 tables."`"""
    who = ngettext("%(n)s person", "%(n)s people", people) % {"n": people}
    where = ngettext("%(n)s table", "%(n)s tables", tables) % {"n": tables}
    return _("%(people)s at %(tables)s.") % {"people": who, "tables": where}
