"""Reads of what was published: an outcome rendered from rows, with every redaction applied."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from feedback.models import Note, Op, Outcome, Redaction
from feedback.states import NoteKind
from feedback.summary.redact import shown_text, shown_words
from feedback.summary.wording import said_often, template_title
from workshops.models import Group, Initiative, Theme, Workshop
from workshops.states import AFTER_THE_DAY, Access, WorkshopState
from workshops.words import Words

MOST_OTHERS = 60
"""Notes without a finding that the page shows of each theme."""


@dataclass(frozen=True)
class ShownNote:
    """A note as anybody may read it, under the text of one revision and without hidden words."""

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
    """A finding with the notes behind it; `title` is a person's or, in this reader's language, a template."""

    id: str
    title: str
    title_lang: str
    text: Words
    quote: ShownNote | None
    notes: list[ShownNote]

    @property
    def spread(self) -> list[tuple[str, int]]:
        return spread_of(note.group for note in self.notes)

    @property
    def dots(self) -> int:
        return sum(note.dots for note in self.notes)


@dataclass
class ThemePart:
    """What was said on one theme, or (theme None) on none of them."""

    theme: Theme | None
    findings: list[ShownFinding] = field(default_factory=list)
    others: list[ShownNote] = field(default_factory=list)

    @property
    def shown_others(self) -> list[ShownNote]:
        """The first of those that stand alone; a page of thousands would help nobody, the open data has them all."""
        return self.others[:MOST_OTHERS]

    @property
    def more_others(self) -> int:
        return max(len(self.others) - MOST_OTHERS, 0)

    @property
    def count(self) -> int:
        return sum(len(finding.notes) for finding in self.findings) + len(self.others)


@dataclass(frozen=True)
class RatedInitiative:
    """Five counts, from never to every week."""

    initiative: Initiative
    counts: list[int]

    @property
    def people(self) -> int:
        return sum(self.counts)

    @property
    def often(self) -> int:
        return said_often(self.counts)


@dataclass
class OutcomePage:
    """Everything the outcome's page, its PDF and its open data show."""

    outcome: Outcome
    parts: list[ThemePart]
    initiatives: list[RatedInitiative]
    following: Workshop | None

    @property
    def workshop(self) -> Workshop:
        return self.outcome.workshop

    @cached_property
    def notes(self) -> list[ShownNote]:
        """All notes: those behind findings, then those that stand alone, by theme."""
        behind = [note for part in self.parts for finding in part.findings for note in finding.notes]
        return behind + [note for part in self.parts for note in part.others]

    @cached_property
    def groups(self) -> list[Group]:
        return in_order(note.group for note in self.notes)

    @property
    def tables(self) -> list[str]:
        return [group.name for group in self.groups]

    @property
    def answered(self) -> int:
        """How many people answered about the initiative with the most answers."""
        return max((rated.people for rated in self.initiatives), default=0)

    @property
    def heat(self) -> list[tuple[Theme, list[int]]]:
        """Notes of each theme at each table, the tables in order."""
        cells = Counter((note.theme.pk, note.group.pk) for note in self.notes if note.theme)
        themes = [part.theme for part in self.parts if part.theme]
        return [(theme, [cells[theme.pk, group.pk] for group in self.groups]) for theme in themes]


def in_order(groups: Iterable[Group]) -> list[Group]:
    """The different tables, in their order."""
    return sorted({group.pk: group for group in groups}.values(), key=lambda group: (group.order, str(group.pk)))


def spread_of(groups: Iterable[Group]) -> list[tuple[str, int]]:
    """How often each table comes up, in the order of tables."""
    every = list(groups)
    counts = Counter(group.pk for group in every)
    return [(group.name, counts[group.pk]) for group in in_order(every)]


def standing_outcomes() -> QuerySet[Outcome]:
    """Outcomes that everybody may read: published, and not withdrawn."""
    return (
        Outcome.objects.standing()
        .filter(workshop__state=WorkshopState.PUBLISHED)
        .select_related("workshop__programme")
        .order_by("-workshop__starts_at")
    )


def listed_outcomes() -> QuerySet[Outcome]:
    """Those of workshops that are on public lists, the latest evening first."""
    return standing_outcomes().filter(workshop__access=Access.PUBLIC)


def outcome_page(slug: str) -> OutcomePage | None:
    """The published outcome of a workshop; None when there is none for everybody to read."""
    outcome = standing_outcomes().filter(workshop__slug=slug).first()
    return page_of(outcome) if outcome else None


def page_of(outcome: Outcome) -> OutcomePage:
    """An outcome (stored or a preview) with its notes, in a fixed number of queries."""
    workshop = outcome.workshop
    themes = {str(theme.pk): theme for theme in workshop.programme.themes.all()}
    notes = _notes(outcome, themes)
    parts = {key: ThemePart(theme) for key, theme in [*themes.items(), (None, None)]}
    tables = len({note.group.pk for note in notes.values()})
    for raw in outcome.body.get("findings", []):
        parts[raw["theme"] if raw["theme"] in parts else None].findings.append(_finding(raw, notes, tables))
    for note_id, _revision in outcome.body.get("remainder", []):
        if note := notes.get(note_id):
            parts[str(note.theme.pk) if note.theme else None].others.append(note)
    shown = [part for part in parts.values() if part.theme or part.count]
    return OutcomePage(outcome, shown, _initiatives(outcome), _following(workshop))


def _pairs(body: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for finding in body.get("findings", []):
        yield from (tuple(pair) for pair in finding["notes"])
    yield from (tuple(pair) for pair in body.get("remainder", []))


def _notes(outcome: Outcome, themes: dict[str, Theme]) -> dict[str, ShownNote]:
    """The notes an outcome names, by id. One that was erased, or whose revision is gone, is left out."""
    revisions = dict(_pairs(outcome.body))
    rows = Note.objects.filter(group__workshop=outcome.workshop_id).select_related("group", "session", "prompt")
    rows = rows.annotate(has_hidden=Exists(Redaction.objects.filter(note=OuterRef("pk"))))
    notes = {key: note for note in rows if (key := str(note.pk)) in revisions}
    older = [note for key, note in notes.items() if note.revision != revisions[key]]
    befores = _befores(older, revisions)
    hidden = _redactions([note for note in notes.values() if note.has_hidden])
    shown = {}
    for key, note in notes.items():
        said = _now(note) if note.revision == revisions[key] else befores.get(key)
        if said is not None:
            shown[key] = _shown(note, said, themes, hidden[key])
    return shown


def _redactions(notes: list[Note]) -> dict[str, list[Redaction]]:
    """Hidden words by note; one query, and none when nothing is hidden."""
    hidden: dict[str, list[Redaction]] = defaultdict(list)
    if notes:
        for redaction in Redaction.objects.filter(note__in=notes):
            hidden[str(redaction.note_id)].append(redaction)
    return hidden


def _now(note: Note) -> dict[str, Any]:
    names = ("text", "kind", "lang", "dots", "rating", "backers", "disagreed")
    return {name: getattr(note, name) for name in names}


def _befores(older: Sequence[Note], revisions: dict[str, int]) -> dict[str, dict[str, Any]]:
    """The stored rows of notes that have changed since; one query, and none when nothing has."""
    if not older:
        return {}
    stored = Op.objects.filter(note__in=[note.pk for note in older])
    return {str(op.note): op.after for op in stored if op.after and op.revision == revisions[str(op.note)]}


def _shown(note: Note, said: dict[str, Any], themes: dict[str, Theme], hidden: list[Redaction]) -> ShownNote:
    return ShownNote(
        id=note.pk,
        kind=said["kind"],
        theme=themes.get(str(note.theme_id)),
        text=shown_text(said["text"], hidden),
        lang=said["lang"],
        dots=said["dots"],
        rating=said["rating"],
        backers=said.get("backers"),  # rows stored before these were counted have none
        disagreed=said.get("disagreed"),
        group=note.group,
        session=str(note.session),
        question=str(note.prompt or ""),
    )


def _finding(raw: dict[str, Any], notes: dict[str, ShownNote], tables: int) -> ShownFinding:
    members = [note for note_id, _revision in raw["notes"] if (note := notes.get(note_id))]
    written = Words(raw["title"])
    raised = len({note.group.pk for note in members})
    words = shown_words(raw.get("words", []), (note.text for note in members))
    return ShownFinding(
        id=raw["id"],
        title=str(written)
        or template_title(raw.get("tier", ""), words, str(Words(raw.get("asked", {}))), raised, tables),
        title_lang=written.lang if written else "",
        text=Words(raw["text"]),
        quote=notes.get(raw["quote"] or ""),
        notes=members,
    )


def _initiatives(outcome: Outcome) -> list[RatedInitiative]:
    """Rated initiatives, those that most people would use often first."""
    known = {str(initiative.pk): initiative for initiative in outcome.workshop.initiatives.all()}
    rated = [
        RatedInitiative(known[line["id"]], line["counts"])
        for line in outcome.body.get("initiatives", [])
        if line["id"] in known and any(line["counts"])
    ]
    return sorted(rated, key=lambda each: (-each.often, each.initiative.order))


def _following(workshop: Workshop) -> Workshop | None:
    """The next public workshop of the same programme that is not over, where one is planned."""
    after = Workshop.objects.public().filter(programme=workshop.programme_id, number__gt=workshop.number)
    following = after.exclude(state__in=[*AFTER_THE_DAY, WorkshopState.CANCELLED]).order_by("number").first()
    if following is not None:
        following.programme = workshop.programme
    return following
