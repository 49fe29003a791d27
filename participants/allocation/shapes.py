"""The people, the tables and the answers, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NotRequired, TypeAlias, TypedDict

Seating: TypeAlias = dict[str, list[str]]
"""Table id to the ids of the people who sit there."""


@dataclass(frozen=True)
class Person:
    """Somebody to seat; `fields` are what tables should be mixed by, `needs` what the table must offer."""

    id: str
    fields: Mapping[str, str] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Table:
    """A table with its number of `seats`, the needs it `has` an answer to, and who must stay (`fixed`)."""

    id: str
    seats: int
    has: frozenset[str] = frozenset()
    fixed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rules:
    """Pairs of person ids: together, apart, and how often a pair has shared a table before."""

    together: tuple[tuple[str, str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    met: Mapping[tuple[str, str], int] = field(default_factory=dict)


class Broken(TypedDict):
    """A rule that does not hold, and for whom.

    `together` and `apart` name a pair; `need` a person, the need and the table without it; `seats` the people
    without a seat, or a table with more people than seats; `even` tables whose sizes lie two or more apart.
    """

    rule: Literal["together", "apart", "need", "seats", "even"]
    people: list[str]
    tables: NotRequired[list[str]]
    need: NotRequired[str]


@dataclass(frozen=True)
class Allocation:
    """A suggested mix. A lower `penalty` is a better mix; `repeats` are pairs who meet again."""

    seating: Seating
    unseated: list[str]
    broken: list[Broken]
    repeats: list[tuple[str, str]]
    penalty: float


class Row(TypedDict):
    """How many people with one value of a field sit at each table."""

    field: str
    value: str
    counts: dict[str, int]
    total: int


class Hint(TypedDict):
    """Nobody at `table` has this value; `person`, who sits `at` a table with several, does."""

    table: str
    field: str
    value: str
    person: str
    at: str


@dataclass(frozen=True)
class Balance:
    """How mixed the tables are: a row for each value of each field, and what could be better."""

    rows: list[Row]
    hints: list[Hint]


class Move(TypedDict):
    """One person changes table; `origin` is None for somebody who had no seat."""

    person: str
    origin: str | None
    to: str


@dataclass(frozen=True)
class Rebalance:
    """The moves that even out the tables, the seating after them, and the rules it breaks."""

    moves: list[Move]
    seating: Seating
    unseated: list[str]
    broken: list[Broken]
