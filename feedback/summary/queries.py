"""Reads of what was published: an outcome rendered from rows, with every redaction applied."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, QuerySet

from feedback.models import Carried, Note, Op, Outcome, Redaction
from feedback.review.turnout import checked_sentences
from feedback.states import NoteKind
from feedback.summary.quotes import held_back, without_quotes
from feedback.summary.rated import RatedInitiative, RatedWith, by_scale, rated_of
from feedback.summary.redact import shown_text
from feedback.summary.series import Way, origins_of, ways_from
from feedback.summary.tally import EVERYTHING, LARGE, Caps, Counted, Tally, kept_tally, tally_of
from feedback.summary.versions import Edition, days_until_out, editions
from feedback.summary.wording import reached, said_by_people, template_title
from workshops.models import Group, Theme, Workshop
from workshops.states import AFTER_THE_DAY, Access, WorkshopState
from workshops.words import Words

NO_THEME = "none"
MOST_TABLES = 12
"""Tables that the drawer of a finding lists."""
FINDINGS_A_PAGE, NOTES_A_PAGE = 20, 100
"""Of a theme's own page, and of a finding's."""


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


def page_of(outcome: Outcome, caps: Caps = EVERYTHING) -> OutcomePage:
    """An outcome (stored or a preview) with its notes, or as many of them as `caps` lets through, in a fixed number of
    queries."""
    reading = Reading(outcome, caps)
    workshop = outcome.workshop
    return OutcomePage(
        outcome,
        reading.parts(),
        rated_of(outcome.body.get("initiatives", []), workshop),
        following_of(workshop),
        reading.tables,
        reading.heat,
        len(reading.held),
        editions(workshop.pk),
        origins_of(workshop),
    )


class Reading:
    """One reading of an outcome. Its notes are counted first, of a large one no more often than they change; then the
    texts of those to be shown are read from their rows, with what is hidden in them now."""

    def __init__(self, outcome: Outcome, caps: Caps = EVERYTHING) -> None:
        self.outcome, self.caps = outcome, caps
        self.workshop = outcome.workshop
        self.themes = {str(theme.pk): theme for theme in self.workshop.programme.themes.all()}
        self.revisions = dict(_pairs(outcome.body))
        self.held = {str(pk) for pk in held_back(self.workshop.pk)} & self.revisions.keys()
        self.notes: dict[str, ShownNote] = {}
        self.tally = kept_tally(outcome, self.held, self._count) if caps.is_large else self._count()
        groups = self.workshop.groups.all() if caps.is_large else [note.group for note in self.notes.values()]
        self._groups = {str(group.pk): group for group in groups}
        if self.held:
            self._read(self.held - self.notes.keys())
            _leave_out(outcome, [note.text for key, note in self.notes.items() if key in self.held])

    def _read(self, keys: Collection[str] | None = None) -> None:
        self.notes |= _notes(self.outcome, self.revisions, self.themes, keys)

    def _count(self) -> Tally:
        self._read()
        return tally_of(self.outcome.body, {key: note for key, note in self.notes.items() if key not in self.held})

    @cached_property
    def tables(self) -> list[Group]:
        """The tables with notes, in order."""
        return in_order(self._groups[pk] for pk in self.tally.groups if pk in self._groups)

    @cached_property
    def _names(self) -> dict[str, str]:
        return {str(each.pk): each.name for each in self.tables}

    @property
    def heat(self) -> list[tuple[Theme, list[int]]]:
        """Notes of each theme at each table, the tables in order."""
        tables = [str(each.pk) for each in self.tables]
        return [(theme, [self.tally.heat[key, each] for each in tables]) for key, theme in self.themes.items()]

    def raw(self) -> dict[str | None, list[dict[str, Any]]]:
        """The findings as stored, by theme."""
        found: dict[str | None, list[dict[str, Any]]] = {key: [] for key in [*self.themes, None]}
        for each in self.outcome.body.get("findings", []):
            found[each["theme"] if each["theme"] in self.themes else None].append(each)
        return found

    def others(self) -> dict[str | None, list[str]]:
        """The ids of notes that stand alone, by theme."""
        found: dict[str | None, list[str]] = {key: [] for key in [*self.themes, None]}
        for key, ids in self.tally.others.items():
            found[key if key in self.themes else None] += ids
        return found

    def parts(self) -> list[ThemePart]:
        """All themes, and what is on none if there is anything."""
        raw, others = self.raw(), self.others()
        shown = {
            key: self.caps.of_theme(found, len(self.outcome.body.get("findings", []))) for key, found in raw.items()
        }
        alone = {key: ids[: self.caps.others] for key, ids in others.items()}
        self.read_for([each for found in shown.values() for each in found], *alone.values())
        parts = []
        for key, found in raw.items():
            count = sum(len(self.tally.findings[each["id"]].notes) for each in found) + len(others[key])
            if key is None and not count and not found:
                continue
            parts.append(
                ThemePart(
                    self.themes.get(key or ""),
                    self.findings(shown[key]),
                    [self.notes[note] for note in alone[key] if note in self.notes],
                    len(found),
                    len(others[key]),
                    count,
                )
            )
        return parts

    def read_for(self, raw: Iterable[dict[str, Any]], *others: Iterable[str]) -> None:
        """Read the texts these findings show, and those of other notes, in one go."""
        wanted = {note for ids in others for note in ids}
        for each in raw:
            wanted.update(self.tally.findings[each["id"]].notes[: self.caps.behind])
            wanted.update([each["quote"]] if each["quote"] in self.revisions else [])
        if missing := wanted - self.notes.keys():
            self._read(missing)

    def findings(self, raw: Iterable[dict[str, Any]], behind: slice | None = None) -> list[ShownFinding]:
        """Findings of which the texts have been read; `behind` are the notes to show, or as many as `caps` says."""
        ways = self._ways
        return [self._finding(each, ways, behind or slice(self.caps.behind)) for each in raw]

    @cached_property
    def _ways(self) -> dict[str, Way]:
        return ways_from(self.workshop)

    def _finding(self, raw: dict[str, Any], ways: dict[str, Way], behind: slice) -> ShownFinding:
        counted, written = self.tally.findings[raw["id"]], Words(raw["title"])
        spread = [(name, counted.spread[key]) for key, name in self._names.items() if key in counted.spread]
        asked = str(Words(raw.get("asked", {})))
        return ShownFinding(
            id=raw["id"],
            title=str(written)
            or template_title(raw.get("tier", ""), counted.words, asked, len(counted.spread), counted.of),
            title_lang=written.lang if written else "",
            text=Words(raw["text"]),
            quote=self.notes.get(raw["quote"] or "") if raw["quote"] not in self.held else None,
            notes=[self.notes[key] for key in counted.notes[behind] if key in self.notes],
            counted=counted,
            spread=spread,
            views_differ=raw.get("views_differ", False) or bool(counted.disagreed),
            way=ways.get(raw["id"]),
        )


@dataclass(frozen=True)
class Shown:
    """One page of a finding's notes, or of a theme's findings and of the notes that stand alone there."""

    part: ThemePart
    page: Page
    finding: ShownFinding | None = None


def finding_page(outcome: Outcome, finding: str, number: str) -> Shown | None:
    """A finding with one page of the notes behind it; None where the outcome has no such finding."""
    reading = Reading(outcome, LARGE)
    for key, raw in reading.raw().items():
        for each in raw:
            if each["id"] == finding:
                page = Paginator(reading.tally.findings[finding].notes, NOTES_A_PAGE).get_page(number)
                reading.read_for([], page.object_list, [each["quote"] or ""])
                part = ThemePart(reading.themes.get(key or ""), all_findings=len(raw))
                behind = slice(page.start_index() - 1, page.end_index()) if page.paginator.count else slice(0)
                part.findings = reading.findings([each], behind)
                return Shown(part, page, part.findings[0])
    return None


def theme_page(outcome: Outcome, theme: str, number: str) -> Shown | None:
    """A page of a theme: its findings, and with the last of them the first notes that stand alone; None without it."""
    reading, key = Reading(outcome, LARGE), None if theme == NO_THEME else theme
    raw, others = reading.raw().get(key), reading.others().get(key, [])
    if raw is None:
        return None
    findings = [raw[at : at + FINDINGS_A_PAGE] for at in range(0, len(raw), FINDINGS_A_PAGE)] or [[]]
    alone = [others[at : at + NOTES_A_PAGE] for at in range(0, len(others), NOTES_A_PAGE)] or [[]]
    slices = [*((each, []) for each in findings[:-1]), (findings[-1], alone[0]), *(([], each) for each in alone[1:])]
    page = Paginator(slices, 1).get_page(number)
    here, beside = page.object_list[0]
    reading.read_for(here, beside)
    part = ThemePart(reading.themes.get(key or ""), all_findings=len(raw), all_others=len(others))
    part.count = sum(len(reading.tally.findings[each["id"]].notes) for each in raw) + len(others)
    part.findings = reading.findings(here)
    part.others = [reading.notes[note] for note in beside if note in reading.notes]
    return Shown(part, page)


def _leave_out(outcome: Outcome, taken_back: list[str]) -> None:
    """Take quotes that were taken back out of what people wrote, on this reading of the outcome; no row changes."""

    def words(written: dict[str, str]) -> Words:
        return Words({code: without_quotes(text, taken_back) for code, text in written.items()})

    outcome.headline, outcome.lead = words(outcome.headline), words(outcome.lead)
    findings = outcome.body.get("findings", [])
    rewritten = [each | {"title": words(each["title"]), "text": words(each["text"])} for each in findings]
    outcome.body = outcome.body | {"findings": rewritten}


def _pairs(body: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for finding in body.get("findings", []):
        yield from (tuple(pair) for pair in finding["notes"])
    yield from (tuple(pair) for pair in body.get("remainder", []))


def _notes(
    outcome: Outcome, revisions: dict[str, int], themes: dict[str, Theme], keys: Collection[str] | None
) -> dict[str, ShownNote]:
    """The notes an outcome names, or those of `keys`, by id. One that was erased, or whose revision is gone, is left
    out."""
    rows = Note.objects.filter(group__workshop=outcome.workshop_id).select_related("group", "session", "prompt")
    rows = rows.annotate(has_hidden=Exists(Redaction.objects.filter(note=OuterRef("pk"))))
    if keys is not None:
        rows = rows.filter(pk__in=keys)
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
        asked=(note.session_id, note.prompt_id),
        session=str(note.session),
        question=str(note.prompt or ""),
    )


def following_of(workshop: Workshop) -> Workshop | None:
    """The next public workshop of the same programme that is not over, where one is planned."""
    after = Workshop.objects.public().filter(programme=workshop.programme_id, number__gt=workshop.number)
    following = after.exclude(state__in=[*AFTER_THE_DAY, WorkshopState.CANCELLED]).order_by("number").first()
    if following is not None:
        following.programme = workshop.programme
    return following
