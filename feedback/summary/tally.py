"""What the notes of an outcome amount to, counted without their texts, and how many of them one page shows.

A version never changes; what its notes amount to does only when a note is erased, or words or a quote are taken back.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Sum

from feedback.compiler.document import digest
from feedback.models import Note, Outcome, Redaction
from feedback.summary.redact import shown_words

MOST_NOTES = 300
"""An outcome of up to so many notes is one page, with all of them."""
MOST_FINDINGS, FEWEST_FINDINGS = 16, 3
"""Findings of a large outcome on its page, and of each theme at least."""
MOST_BEHIND, MOST_OTHERS = 3, 6
"""Of a large outcome, the notes a finding's drawer holds, and the notes that stand alone shown of each theme."""
KEPT_SECONDS = 3600


@dataclass(frozen=True)
class Caps:
    """How many findings a page shows in all, notes behind each, and notes that stand alone on each theme; None is all.
    A large outcome's notes are counted once for each state of the rows."""

    findings: int | None = None
    behind: int | None = None
    others: int | None = None
    themes: int = 1
    is_large: bool = False

    def of_theme(self, found: list[Any], all_findings: int) -> list[Any]:
        """Those of a theme's findings that fit on the page; everything while the whole outcome fits."""
        if self.findings is None or all_findings <= self.findings:
            return found
        return found[: max(math.ceil(self.findings / self.themes), FEWEST_FINDINGS)]


EVERYTHING = Caps()
LARGE = Caps(MOST_FINDINGS, MOST_BEHIND, MOST_OTHERS, is_large=True)


def caps_for(outcome: Outcome) -> Caps:
    """What the page of an outcome shows at once."""
    if outcome.note_count <= MOST_NOTES:
        return EVERYTHING
    themes = {finding["theme"] for finding in outcome.body.get("findings", [])}
    return replace(LARGE, themes=max(len(themes), 1))


@dataclass
class Counted:
    """What the notes of one finding amount to: their ids in order, how many each table has, `of` how many tables that
    were asked, dots, and people: at least so many stood behind it, so many disagreed. `words` are what they share."""

    notes: list[str] = field(default_factory=list)
    spread: dict[str, int] = field(default_factory=dict)
    of: int = 0
    dots: int = 0
    backers: int = 0
    disagreed: int = 0
    words: list[str] = field(default_factory=list)


@dataclass
class Tally:
    """Findings by id, the notes that stand alone by theme, notes by theme and table, and the tables; all ids are texts,
    which the cache reads fastest."""

    findings: dict[str, Counted]
    others: dict[str | None, list[str]]
    heat: Counter[tuple[str, str]]
    groups: set[str]


def tally_of(body: dict[str, Any], notes: Mapping[str, Any]) -> Tally:
    """Count what an outcome's body names of these notes (`shown.ShownNote`); others are gone or may not be read."""
    asked = tables_asked(notes.values())
    findings = {}
    for raw in body.get("findings", []):
        keys = [key for key, _revision in raw["notes"] if key in notes]
        findings[raw["id"]] = counted(keys, [notes[key] for key in keys], asked, raw.get("words", []))
    others: dict[str | None, list[str]] = defaultdict(list)
    for key, _revision in body.get("remainder", []):
        if note := notes.get(key):
            others[str(note.theme.pk) if note.theme else None].append(key)
    heat = Counter((str(note.theme.pk), str(note.group.pk)) for note in notes.values() if note.theme)
    return Tally(findings, dict(others), heat, {str(note.group.pk) for note in notes.values()})


def tables_asked(notes: Collection[Any]) -> dict[tuple[Any, Any], set[Any]]:
    """The tables with a note in each session and question."""
    tables: dict[tuple[Any, Any], set[Any]] = defaultdict(set)
    for note in notes:
        tables[note.asked].add(note.group.pk)
    return tables


def counted(keys: list[str], notes: list[Any], asked: Mapping[Any, set[Any]], words: list[str]) -> Counted:
    """What these notes of one finding amount to. `asked` are the tables that wrote on each question."""
    return Counted(
        notes=keys,
        spread=dict(Counter(str(note.group.pk) for note in notes)),
        of=how_many_asked(notes, asked),
        dots=sum(note.dots for note in notes),
        backers=at_least(notes, "backers"),
        disagreed=at_least(notes, "disagreed"),
        words=shown_words(words, [note.text for note in notes]) if words else [],
    )


def how_many_asked(notes: Collection[Any], asked: Mapping[Any, set[Any]]) -> int:
    """How many tables wrote on any of the questions that these notes answer, on whatever theme."""
    return len(set().union(*(asked[frame] for frame in {note.asked for note in notes})))


def at_least(notes: Collection[Any], name: str) -> int:
    """How many different people that were, at least: the same people may stand behind several notes of their table, so
    of each table only the note with most people counts."""
    most: dict[Any, int] = defaultdict(int)
    for note in notes:
        most[note.group.pk] = max(most[note.group.pk], getattr(note, name) or 0)
    return sum(most.values())


def kept_tally(outcome: Outcome, held: Collection[str], count: Callable[[], Tally]) -> Tally:
    """The tally of a stored version, counted again whenever its notes, hidden words or held quotes have changed."""
    if outcome._state.adding:
        return count()
    notes = Note.objects.filter(group__workshop=outcome.workshop_id)
    state = notes.aggregate(Count("pk"), Sum("seq"), Sum("revision"))
    hidden = Redaction.objects.filter(note__group__workshop=outcome.workshop_id).aggregate(Count("pk"), Sum("pk"))
    name = f"tally:{digest([str(outcome.pk), *map(str, [*state.values(), *hidden.values()]), sorted(held)])}"
    found = cache.get(name)
    if found is None:
        cache.set(name, found := count(), KEPT_SECONDS)
    return found
