"""The shapes that go in and come out, and the one way they are written as bytes."""

import hashlib
import json
from typing import Any, Literal, NotRequired, TypedDict

VERSION = "1"

Tier = Literal["same", "related", "single"]
Role = Literal["representative", "support", "counter"]


class Note(TypedDict):
    """One thing said; `dots` counts votes, `stance` is for (1) or against (-1) where a moderator said so.

    `backers` and `disagreed` count people of the table. `confirmed` says that the table heard these very words and
    agreed that it had said them.
    """

    id: str
    section: str
    group: str | None
    kind: str | None
    lang: NotRequired[str | None]
    text: str
    dots: NotRequired[int]
    same_as: NotRequired[str | None]
    stance: NotRequired[int | None]
    backers: NotRequired[int]
    disagreed: NotRequired[int]
    confirmed: NotRequired[bool]


class Earlier(TypedDict):
    """A point of an earlier summary, by its section, key, tier and notes."""

    section: str
    key: str
    tier: Tier
    notes: list[str]


class Evidence(TypedDict):
    """Why a note stands under a point; `score` is its mean likeness to the others there, 0 to 1."""

    note: str
    role: Role
    score: float


class Point(TypedDict):
    """Notes shown together. Only `tier` same may be worded as a claim that its groups made.

    `groups` of the `of` groups that said anything in this section are in it; it `converges` when they are half or more,
    and two at least. `confirmed` counts notes that their tables heard read back, `backers` and `disagreed` people.
    """

    key: str
    tier: Tier
    representative: str
    words: list[str]
    quotes: list[str]
    evidence: list[Evidence]
    groups: list[str]
    of: int
    converges: bool
    kinds: dict[str, int]
    dots: int
    backers: int
    disagreed: int
    confirmed: int
    views_differ: bool
    heard_at_one_table: bool
    order: int


class Section(TypedDict):
    """What one section says; `remainder` lists the notes that stand alone."""

    key: str
    notes: int
    points: list[Point]
    remainder: list[str]


class Initiative(TypedDict):
    """Ratings of one initiative; `counts` runs from the lowest mark to the highest.

    `mean` is given for thirty answers and more; of fewer only the counts are told.
    """

    initiative: str
    counts: list[int]
    n: int
    mean: float | None
    per_group: dict[str, list[int]]
    split: bool


class Exclusion(TypedDict):
    """A note that is not shown, and why."""

    note: str
    reason: str


class Audit(TypedDict):
    """`in` always equals `shown` plus the number of `excluded`."""

    shown: int
    excluded: list[Exclusion]


class Problem(TypedDict):
    """What could not be used as given."""

    section: str | None
    note: str | None
    reason: str


def dumps(document: Any) -> str:
    """Canonical JSON: sorted keys, no blanks, characters as they are. Equal documents give equal text."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(document: Any) -> str:
    """The SHA-256 of the canonical JSON, in hexadecimal; lone surrogates are hashed as they stand."""
    return hashlib.sha256(dumps(document).encode("utf-8", "surrogatepass")).hexdigest()


def bare(key: str, notes: list[str]) -> Section:
    """A section as its notes and nothing else, where nothing could be made of them."""
    return {"key": key, "notes": len(notes), "points": [], "remainder": notes}


def in_order(items: list[Any]) -> list[Any]:
    """The items sorted by their canonical JSON, so that the order they came in does not matter."""
    return sorted(items, key=dumps)
