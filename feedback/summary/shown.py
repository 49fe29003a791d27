"""What an outcome shows: notes, findings and themes, as anybody may read them, and the page of them all."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from feedback.models import Carried, Outcome
from feedback.review.turnout import checked_sentences
from feedback.states import NoteKind
from feedback.summary.rated import RatedInitiative, RatedWith, by_scale
from feedback.summary.series import Way
from feedback.summary.tally import Counted
from feedback.summary.versions import Edition, days_until_out
from feedback.summary.wording import reached, said_by_people
from workshops.models import Group, Theme, Workshop
from workshops.words import Words

NO_THEME = "none"
MOST_TABLES = 12
"""Tables that the drawer of a finding lists."""


@dataclass(frozen=True)
class ShownNote:
    """A note as anybody may read it, under the text of one revision and without hidden words; `asked` are its session
    and question."""

    id: UUID
    kind: str
    theme: Theme | None
    text: str
    lang: str
    dots: int
    rating: int | None
    backers: int | None
    disagreed: int | None
    group: Group
    asked: tuple[Any, Any]
    session: str
    question: str

    @property
    def kind_label(self) -> str:
        return str(NoteKind(self.kind).label)

    @property
    def by(self) -> str:
        """Under a note stands its table, never a person."""
        return self.group.name


@dataclass(frozen=True)
class ShownFinding:
    """A finding with notes behind it; `title` is a person's or, in this reader's language, a template.

    `notes` are those to be shown, `counted` says what all of them amount to.
    """

    id: str
    title: str
    title_lang: str
    text: Words
    quote: ShownNote | None
    notes: list[ShownNote]
    counted: Counted
    spread: list[tuple[str, int]]
    views_differ: bool = False
    way: Way | None = None

    @property
    def count(self) -> int:
        """How many notes are behind it."""
        return len(self.counted.notes)

    @property
    def is_at_one_table(self) -> bool:
        return len(self.spread) == 1

    @property
    def shown_spread(self) -> list[tuple[str, int]]:
        """The notes of each table, for the drawer; of a hall with dozens of tables nothing, `reach` says it."""
        return self.spread if len(self.spread) <= MOST_TABLES else []

    @property
    def reach(self) -> str:
        """At how many of the tables that were asked it came up, in words; empty without notes."""
        return reached(len(self.spread), self.counted.of) if self.spread else ""

    @property
    def facts(self) -> list[str]:
        """Dots and people, as sentences with plain numbers."""
        return said_by_people(self.counted.dots, self.counted.backers, self.counted.disagreed)


@dataclass
class ThemePart:
    """What was said on one theme, or (theme None) on none of them. `findings` and `others` are those to be shown, of
    `all_findings` findings and `all_others` notes that stand alone; `count` are all its notes."""

    theme: Theme | None
    findings: list[ShownFinding] = field(default_factory=list)
    others: list[ShownNote] = field(default_factory=list)
    all_findings: int = 0
    all_others: int = 0
    count: int = 0

    @property
    def key(self) -> str:
        """What addresses call it."""
        return str(self.theme.pk) if self.theme else NO_THEME

    @property
    def is_whole(self) -> bool:
        return (len(self.findings), len(self.others)) == (self.all_findings, self.all_others)


@dataclass
class OutcomePage:
    """Everything the outcome's page, its PDF and its open data show."""

    outcome: Outcome
    parts: list[ThemePart]
    initiatives: list[RatedInitiative]
    following: Workshop | None
    groups: list[Group]
    heat: list[tuple[Theme, list[int]]]
    held_back: int = 0
    editions: list[Edition] = field(default_factory=list)
    origins: list[Carried] = field(default_factory=list)

    @property
    def workshop(self) -> Workshop:
        return self.outcome.workshop

    @property
    def checked(self) -> list[str]:
        """Who checked it, in sentences; empty when nobody was asked."""
        return checked_sentences(self.outcome.body.get("review"))

    @property
    def waited(self) -> str:
        """How long after the workshop it came out, in words."""
        first = min((each.outcome.published_at for each in self.editions), default=self.outcome.published_at)
        return days_until_out(self.workshop, first)

    @property
    def corrections(self) -> list[Edition]:
        """Every version that followed another one, the newest first."""
        return [each for each in self.editions if each.outcome.version > 1]

    @cached_property
    def notes(self) -> list[ShownNote]:
        """All notes that were read: those behind findings, then those that stand alone, by theme."""
        behind = [note for part in self.parts for finding in part.findings for note in finding.notes]
        return behind + [note for part in self.parts for note in part.others]

    @property
    def tables(self) -> list[str]:
        return [group.name for group in self.groups]

    @property
    def rated(self) -> list[RatedWith]:
        """The rated initiatives, by scale."""
        return by_scale(self.initiatives)
