"""The page of the tables: rows turned into the plain values `allocation` works with, and its answers into words."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from participants import allocation
from participants.models import Registration, Seat, SeatingRule
from participants.states import AgeBand
from workshops.models import Group, Theme, Workshop
from workshops.states import ModeratorRole

TABLE_NAMES = (
    "Gelso", "Olmo", "Tiglio", "Platano", "Acero", "Betulla", "Faggio", "Frassino", "Ontano", "Quercia",
    "Salice", "Pioppo", "Carpino", "Leccio", "Noce", "Nocciolo", "Sorbo", "Corniolo", "Ginepro", "Alloro",
)  # fmt: skip
PEOPLE_AT_A_TABLE = 6
HINTS_SHOWN = 3

NEW, RETURNING = "new", "returning"
EXPERIENCE: dict[str, Promise] = {NEW: gettext_lazy("New"), RETURNING: gettext_lazy("Returning")}


def fields_of(registration: Registration) -> dict[str, str]:
    """What tables are mixed by: theme, age band and whether it is the first time; only what the person told us."""
    fields = {}
    if registration.theme_id:
        fields["theme"] = str(registration.theme_id)
    if registration.person.age_band:
        fields["age"] = registration.person.age_band
    if registration.first_time is not None:
        fields["experience"] = NEW if registration.first_time else RETURNING
    return fields


def met_before(workshop: Workshop, person_to_registration: dict[UUID, str]) -> Counter[tuple[str, str]]:
    """How often two people shared a table at earlier workshops of the programme, by pairs of registration ids."""
    tables = defaultdict(list)
    earlier = Seat.objects.for_the_evening().filter(
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
        fields = fields_of(self.registration)
        told = [EXPERIENCE[fields["experience"]]] if "experience" in fields else []
        told += [AgeBand(fields["age"]).label] if "age" in fields else []
        return ", ".join(str(each) for each in told)


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


@dataclass(frozen=True)
class MixRow:
    """How many people with one trait sit at each table; `theme` is set when the trait is a favourite theme."""

    label: str
    theme: Theme | None
    counts: list[int]


@dataclass(frozen=True)
class Advice:
    """A sentence about what could be better and the move that would do it."""

    text: str
    sitter: Sitter
    group: Group


@dataclass(frozen=True)
class Board:
    """Everybody with a place, every table, every rule."""

    workshop: Workshop
    tables: list[TableView]
    unseated: list[Sitter]
    rules: list[SeatingRule]
    themes: dict[str, Theme]
    met: Counter[tuple[str, str]]

    @cached_property
    def sitters(self) -> dict[str, Sitter]:
        everybody = [*self.unseated, *(sitter for table in self.tables for sitter in table.sitters)]
        return {sitter.id: sitter for sitter in everybody}

    @cached_property
    def groups(self) -> dict[str, Group]:
        return {str(table.group.pk): table.group for table in self.tables}

    @property
    def needs(self) -> list[Sitter]:
        """People who wrote what they need. It is free text, so people and not the mix see to it."""
        return [sitter for sitter in self.sitters.values() if sitter.registration.needs]

    # What the allocation works with

    @cached_property
    def people(self) -> list[allocation.Person]:
        first_come = sorted(self.sitters.values(), key=lambda s: (s.registration.asked_at, s.id))
        return [allocation.Person(sitter.id, fields_of(sitter.registration)) for sitter in first_come]

    @cached_property
    def plain_tables(self) -> list[allocation.Table]:
        return [
            allocation.Table(
                str(table.group.pk),
                seats=table.group.size,
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
        return [self._in_words(rule) for rule in worth_saying] if any(self.seating.values()) else []

    def _in_words(self, broken: allocation.Broken) -> str:
        names = sorted(self.sitters[person].name for person in broken["people"])
        tables = [self.groups[table].name for table in broken.get("tables", [])]
        if broken["rule"] == "together":
            return _("%(one)s and %(other)s should sit together.") % {"one": names[0], "other": names[1]}
        if broken["rule"] == "apart":
            return _("%(one)s and %(other)s should not share a table.") % {"one": names[0], "other": names[1]}
        if broken["rule"] == "seats":
            return _("Table %(table)s has more people than seats.") % {"table": tables[0]}
        sizes = {str(table.group.pk): len(table.sitters) for table in self.tables}
        told = [f"{self.groups[table].name} {sizes[table]}" for table in broken["tables"]]
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
        """First-timers, then ages, then favourite themes in the programme's order."""
        order = [*EXPERIENCE, *AgeBand.values, *self.themes]
        rows = sorted(self._balance.rows, key=lambda row: order.index(row["value"]))
        return [
            MixRow(self._label(row["field"], row["value"]), self.themes.get(row["value"]), list(row["counts"].values()))
            for row in rows
        ]

    def _label(self, field: str, value: str) -> str:
        if field == "theme":
            return str(self.themes[value].name)
        return str(EXPERIENCE[value] if field == "experience" else AgeBand(value).label)

    @property
    def advice(self) -> list[Advice]:
        """What one move would better, favourite themes first; nobody is asked to move to two tables."""
        hints = sorted(self._balance.hints, key=lambda hint: hint["field"] == "theme")
        of_person = {hint["person"]: hint for hint in hints}
        best = sorted(of_person.values(), key=lambda hint: hint["field"] != "theme")[:HINTS_SHOWN]
        return [
            Advice(self._hint_in_words(hint), self.sitters[hint["person"]], self.groups[hint["table"]]) for hint in best
        ]

    def _hint_in_words(self, hint: allocation.Hint) -> str:
        words = {
            "table": self.groups[hint["table"]].name,
            "what": self._label(hint["field"], hint["value"]),
            "name": self.sitters[hint["person"]].name,
            "other": self.groups[hint["at"]].name,
        }
        if hint["field"] == "theme":
            return _("Nobody at %(table)s chose %(what)s. %(name)s, at %(other)s, did.") % words
        if hint["field"] == "age":
            return _("Nobody at %(table)s is aged %(what)s. %(name)s, at %(other)s, is.") % words
        if hint["value"] == NEW:
            return _("Nobody at %(table)s is new. %(name)s, at %(other)s, is.") % words
        return _("Nobody at %(table)s has come before. %(name)s, at %(other)s, has.") % words


def board_of(workshop: Workshop) -> Board:
    """Everything about who sits where, in seven queries however many people there are."""
    registrations = list(workshop.registrations.confirmed().with_people())
    seats = {
        seat.registration_id: seat for seat in Seat.objects.for_the_evening().filter(registration__workshop=workshop)
    }
    groups = list(workshop.groups.prefetch_related("moderators"))
    by_id = {group.pk: group for group in groups}
    at: dict[Any, list[Sitter]] = defaultdict(list)
    for registration in registrations:
        seat = seats.get(registration.pk)
        at[seat and seat.group_id].append(Sitter(registration, seat and by_id[seat.group_id], bool(seat and seat.kept)))
    rules = SeatingRule.objects.filter(one__workshop=workshop).select_related("one__person", "other__person")
    return Board(
        workshop=workshop,
        tables=[TableView(group, at[group.pk]) for group in groups],
        unseated=at[None],
        rules=list(rules.order_by("kind", "pk")),
        themes={str(theme.pk): theme for theme in workshop.programme.themes.all()},
        met=met_before(workshop, {each.person_id: str(each.pk) for each in registrations}),
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
