"""What a draft holds: its notes, each with its place, and its findings with their evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import FilteredRelation, Q
from django.utils.text import Truncator

from feedback.models import Draft, Finding, Note
from feedback.states import NoteKind, Origin, Tier
from feedback.summary.redact import shown_words
from feedback.summary.spread import in_order, spread_of
from feedback.summary.tally import at_least, how_many_asked, tables_asked
from feedback.summary.wording import reached, said_by_people, template_title
from workshops.models import Group, Theme
from workshops.words import Words


@dataclass(eq=False)
class DraftNote:
    """A note as organisers read it in a draft: `shown` is its text without hidden words, `home` the finding that holds
    it and `place` its turn there. Rows of thousands of notes are read as plain values, because making a model of each
    costs more than all the rest of the page. `people` and `speaker` are told of quotes of the chosen finding only
    (`quotes.tell_speakers`).
    """

    home: UUID | None
    place: int | None
    pk: UUID
    group: Group
    theme: Theme | None
    session_order: int
    prompt_order: int | None
    kind: str
    lang: str
    text: str
    dots: int
    backers: int | None
    disagreed: int | None
    shown: str = ""
    people: list[Any] = field(default_factory=list)
    speaker: Any = None

    @property
    def asked(self) -> tuple[int, int | None]:
        """What its table was answering: the orders of the session and of the question."""
        return self.session_order, self.prompt_order

    @property
    def group_id(self) -> UUID:
        return self.group.pk

    @property
    def get_kind_display(self) -> str:
        return str(NoteKind(self.kind).label)


@dataclass(eq=False)
class DraftFinding:
    """A finding of the draft with its notes in order, and its number among those of its theme."""

    row: Finding
    notes: list[DraftNote]
    asked: Mapping[Any, set[Any]]
    number: int = 0

    @property
    def pk(self) -> UUID:
        return self.row.pk

    @cached_property
    def template(self) -> str:
        """What titles it while no person has."""
        raised = len(self.groups)
        words = shown_words(self.row.words, (note.shown for note in self.notes))
        return template_title(self.row.tier, words, str(self.row.asked), raised, self.of)

    @cached_property
    def title(self) -> str:
        return str(self.row.title) or self.template

    @property
    def title_lang(self) -> str:
        """Its language, where a person wrote it."""
        return self.row.title.lang if self.row.title else ""

    @property
    def state(self) -> str:
        """`ready`, `in-progress`, or `grouped` as long as nobody has touched it."""
        if self.row.tier == Tier.CONFIRMED:
            return "ready"
        return "in-progress" if self.row.origin == Origin.HUMAN else "grouped"

    @property
    def hint(self) -> Words:
        """The first words of its first note, where no person has titled it: templates may be alike."""
        if self.row.title or not self.notes:
            return Words()
        first = self.notes[0]
        return Words({first.lang: Truncator(first.shown).words(8)})

    @property
    def quote(self) -> DraftNote | None:
        return next((note for note in self.notes if note.pk == self.row.quote_id), None)

    @cached_property
    def of(self) -> int:
        """How many tables were asked what its notes answer."""
        return how_many_asked(self.notes, self.asked)

    @property
    def reach(self) -> str:
        """At how many of those tables it came up, in words; empty without notes."""
        return reached(len(self.groups), self.of) if self.notes else ""

    @property
    def people(self) -> list[str]:
        """Who stood behind it and who disagreed, as sentences with plain numbers."""
        return said_by_people(0, self.backers, self.disagreed)

    @cached_property
    def backers(self) -> int:
        return at_least(self.notes, "backers")

    @cached_property
    def disagreed(self) -> int:
        return at_least(self.notes, "disagreed")

    @property
    def views_differ(self) -> bool:
        return self.row.views_differ or bool(self.disagreed)

    @cached_property
    def groups(self) -> list[str]:
        return [group.name for group in in_order(note.group for note in self.notes)]

    @property
    def spread(self) -> list[tuple[str, int]]:
        return spread_of(note.group for note in self.notes)

    @property
    def dots(self) -> int:
        return sum(note.dots for note in self.notes)


ROW = (
    "pk",
    "group",
    "theme",
    "session__order",
    "prompt__order",
    "kind",
    "lang",
    "text",
    "dots",
    "backers",
    "disagreed",
)


def draft_notes(draft: Draft, themes: Mapping[UUID, Theme]) -> list[DraftNote]:
    """All standing notes of a draft's workshop in reading order, each with its place; two queries."""
    groups = {group.pk: group for group in draft.workshop.groups.all()}
    said = Note.objects.filter(group__in=groups).standing().exclude(text="").in_reading_order()
    placed = FilteredRelation("placements", condition=Q(placements__draft=draft.pk))
    rows = said.annotate(placed=placed).values_list("placed__finding", "placed__order", *ROW)
    return [
        DraftNote(home, place, pk, groups[group], themes.get(theme), *rest)
        for home, place, pk, group, theme, *rest in rows
    ]


def draft_findings(draft: Draft, notes: Sequence[DraftNote]) -> list[DraftFinding]:
    """All findings in order, numbered within their theme."""
    asked = tables_asked(notes)
    members: dict[UUID | None, list[DraftNote]] = defaultdict(list)
    for note in notes:
        members[note.home].append(note)
    for placed in members.values():
        placed.sort(key=lambda note: note.place or 0)
    numbers: Counter[Any] = Counter()
    out = []
    for row in draft.findings.order_by("order", "pk"):
        numbers[row.theme_id] += 1
        out.append(DraftFinding(row, members[row.pk], asked, numbers[row.theme_id]))
    return out
