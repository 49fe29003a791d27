"""Reads for the organisers' summary: notes and where each is used, findings, evidence, and what is left to check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from feedback.models import Draft, Evidence, Finding, Note
from feedback.states import Origin, Tier
from feedback.summary.actions import CURATED_IN
from feedback.summary.names import probable_names
from feedback.summary.publish import first_names
from feedback.summary.queries import in_order, spread_of
from feedback.summary.redact import shown_text, shown_words
from feedback.summary.wording import template_title
from ledger.jobs import MOST_ATTEMPTS
from ledger.models import Job
from workshops.models import Theme, Workshop
from workshops.states import WorkshopState

MOST_NOTES = 100
"""Notes of one list on the page; a search finds the others."""
NO_THEME = "none"
MOST_TARGETS = 12
"""Findings that the menus of notes offer; of more findings, the chosen one and its neighbours."""
AROUND = 40
"""Characters shown on each side of a probable name."""


@dataclass(eq=False)
class DraftFinding:
    """A finding of the draft with its notes in order, and its number among those of its theme."""

    row: Finding
    notes: list[Note]
    tables: int
    number: int = 0

    @property
    def pk(self) -> UUID:
        return self.row.pk

    @property
    def template(self) -> str:
        """What titles it while no person has."""
        raised = len({note.group_id for note in self.notes})
        words = shown_words(self.row.words, (note.shown for note in self.notes))  # type: ignore[attr-defined]
        return template_title(self.row.tier, words, str(self.row.asked), raised, self.tables)

    @property
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
    def quote(self) -> Note | None:
        return next((note for note in self.notes if note.pk == self.row.quote_id), None)

    @property
    def groups(self) -> list[str]:
        return [group.name for group in in_order(note.group for note in self.notes)]

    @property
    def spread(self) -> list[tuple[str, int]]:
        return spread_of(note.group for note in self.notes)

    @property
    def dots(self) -> int:
        return sum(note.dots for note in self.notes)


@dataclass(frozen=True)
class Tab:
    """A theme with its counts; `key` is what the address says, the theme None stands for notes without one."""

    key: str
    theme: Theme | None
    notes: int
    findings: int


@dataclass(frozen=True)
class NameLeft:
    """A note that may hold a name, the words, and the text on both sides of the first of them."""

    note: Note
    words: str
    before: str
    after: str


@dataclass
class Curation:
    """One reading of a draft, narrowed to a theme, a search and a chosen finding."""

    workshop: Workshop
    draft: Draft
    findings: list[DraftFinding]
    notes: list[Note]
    themes: list[Theme]
    names: list[NameLeft]
    tab_key: str = ""
    search: str = ""
    chosen_key: str = ""
    where: dict[UUID, DraftFinding] = field(default_factory=dict)

    @cached_property
    def tabs(self) -> list[Tab]:
        notes = Counter(_key(note.theme_id) for note in self.notes)
        findings = Counter(_key(finding.row.theme_id) for finding in self.findings)
        tabs = [Tab(_key(theme.pk), theme, notes[_key(theme.pk)], findings[_key(theme.pk)]) for theme in self.themes]
        if notes[NO_THEME] or findings[NO_THEME]:
            tabs.append(Tab(NO_THEME, None, notes[NO_THEME], findings[NO_THEME]))
        return tabs

    @cached_property
    def tab(self) -> Tab | None:
        """The theme on show: the one asked for, the chosen finding's, or the first with anything in it."""
        by_key = {tab.key: tab for tab in self.tabs}
        asked = by_key.get(self.tab_key)
        filled = next((tab for tab in self.tabs if tab.findings or tab.notes), None)
        return asked or filled or next(iter(self.tabs), None)

    @cached_property
    def here(self) -> list[DraftFinding]:
        """The findings of the theme on show, numbered."""
        return [finding for finding in self.findings if self.tab and _key(finding.row.theme_id) == self.tab.key]

    @cached_property
    def chosen(self) -> DraftFinding | None:
        """The finding whose evidence is shown: the one asked for, else the first of the theme."""
        asked = next((finding for finding in self.here if str(finding.pk) == self.chosen_key), None)
        return asked or next(iter(self.here), None)

    @cached_property
    def targets(self) -> list[DraftFinding]:
        """Where the menus can put a note: the findings of the theme, or of many those around the chosen one."""
        if len(self.here) <= MOST_TARGETS or self.chosen is None:
            return self.here
        first = max(self.here.index(self.chosen) - MOST_TARGETS // 2, 0)
        return self.here[first : first + MOST_TARGETS]

    def _matching(self, test: Callable[[Note], bool]) -> list[Note]:
        words = self.search.casefold()
        return [
            note
            for note in self.notes
            if self.tab
            and _key(note.theme_id) == self.tab.key
            and words in note.shown.casefold()  # type: ignore[attr-defined]
            and test(note)
        ]

    @cached_property
    def all_unplaced(self) -> list[Note]:
        return [note for note in self.notes if note.pk not in self.where]

    @cached_property
    def unplaced(self) -> list[Note]:
        return self._matching(lambda note: note.pk not in self.where)

    @cached_property
    def placed(self) -> list[tuple[Note, DraftFinding]]:
        return [(note, self.where[note.pk]) for note in self._matching(lambda note: note.pk in self.where)]

    @property
    def shown_unplaced(self) -> list[Note]:
        return self.unplaced[:MOST_NOTES]

    @property
    def shown_placed(self) -> list[tuple[Note, DraftFinding]]:
        return self.placed[:MOST_NOTES]

    @property
    def more(self) -> int:
        """How many notes only a search brings up."""
        return max(len(self.unplaced) - MOST_NOTES, 0) + max(len(self.placed) - MOST_NOTES, 0)

    @property
    def thin(self) -> list[DraftFinding]:
        """Shown findings with fewer than two notes."""
        return [finding for finding in self.findings if not finding.row.hidden and len(finding.notes) < 2]


def _key(theme_id: Any) -> str:
    return str(theme_id) if theme_id else NO_THEME


def curation(workshop: Workshop, *, theme: str = "", search: str = "", finding: str = "") -> Curation | None:
    """The draft people work on, in a fixed number of queries; None before the first compile."""
    draft = workshop.drafts.current().first()
    if draft is None:
        return None
    notes = list(
        Note.objects.of_workshop(workshop)
        .standing()
        .exclude(text="")
        .select_related("group", "theme")
        .prefetch_related("redactions")
        .in_reading_order()
    )
    known = first_names(workshop.pk)
    for note in notes:
        note.shown = shown_text(note.text, note.redactions.all())
    findings = _findings(draft, notes)
    return Curation(
        workshop=workshop,
        draft=draft,
        findings=findings,
        notes=notes,
        themes=list(workshop.programme.themes.all()),
        names=[left for note in notes for left in _names_left(note, known)],
        tab_key=theme,
        search=search.strip(),
        chosen_key=finding,
        where={note.pk: finding for finding in findings for note in finding.notes},
    )


def _findings(draft: Draft, notes: Sequence[Note]) -> list[DraftFinding]:
    """All findings in order, numbered within their theme."""
    by_id = {note.pk: note for note in notes}
    tables = len({note.group_id for note in notes})
    members: dict[UUID, list[Note]] = {}
    placements = Evidence.objects.filter(draft=draft).order_by("order", "pk")
    for finding_id, note_id in placements.values_list("finding", "note"):
        if note_id in by_id:
            members.setdefault(finding_id, []).append(by_id[note_id])
    numbers: Counter[Any] = Counter()
    out = []
    for row in draft.findings.order_by("order", "pk"):
        numbers[row.theme_id] += 1
        out.append(DraftFinding(row, members.get(row.pk, []), tables, numbers[row.theme_id]))
    return out


def _names_left(note: Note, known: set[str]) -> list[NameLeft]:
    left = []
    for words in probable_names(note.shown, known):  # type: ignore[attr-defined]
        before, _words, after = note.shown.partition(words)  # type: ignore[attr-defined]
        left.append(NameLeft(note, words, _last_words(before), _first_words(after)))
    return left


def _last_words(text: str) -> str:
    return text if len(text) <= AROUND else f"…{text[-AROUND:]}"


def _first_words(text: str) -> str:
    return text if len(text) <= AROUND else f"{text[:AROUND]}…"


@dataclass(frozen=True)
class CompileState:
    """How far a compile is. `counts` come from the worker: notes, tables."""

    state: str
    job: Job | None

    @property
    def is_waiting(self) -> bool:
        return self.job is not None and self.job.is_waiting

    @property
    def has_failed(self) -> bool:
        """A try ended with a problem; the next one follows by itself unless `rests`."""
        return self.is_waiting and bool(self.job.error)  # type: ignore[union-attr]

    @property
    def rests(self) -> bool:
        """The last attempt failed: nothing happens until somebody asks again."""
        return self.has_failed and self.job.attempts >= MOST_ATTEMPTS  # type: ignore[union-attr]

    @property
    def step(self) -> int:
        """1 gathering, 2 grouping, 3 writing."""
        return {"group": 2, "write": 3}.get(self._progress.get("step", ""), 1)

    @property
    def notes(self) -> int | None:
        return self._progress.get("notes")

    @property
    def tables(self) -> int | None:
        return self._progress.get("tables")

    @property
    def _progress(self) -> dict[str, Any]:
        return self.job.progress if self.job is not None else {}

    @property
    def is_first(self) -> bool:
        """The workshop waits for its draft; otherwise late notes are added beside people's work."""
        return self.state == WorkshopState.COMPILING

    @property
    def mark(self) -> str:
        """Changes when a page that shows this state should be read again."""
        return "waiting" if self.is_waiting and not self.rests else "rests" if self.rests else "done"


def compile_state(workshop: Workshop) -> CompileState:
    """The job behind a workshop's draft, as it is now."""
    job = Job.objects.filter(kind="compile", subject_id=str(workshop.pk)).first()
    return CompileState(workshop.state, job)


def can_curate(workshop: Workshop) -> bool:
    return workshop.state in CURATED_IN


def steps_of_life(workshop: Workshop) -> tuple[list[str], int]:
    """The last steps of a workshop's life, and which of them (counted from 4) is now."""
    names = [_("Run"), _("Compile"), _("Curate"), _("Ask people"), _("Publish")]
    now = {
        WorkshopState.LIVE: 4,
        WorkshopState.COMPILING: 5,
        WorkshopState.CURATING: 6,
        WorkshopState.ASKING: 7,
        WorkshopState.PUBLISHED: 9,
    }
    return names, now.get(WorkshopState(workshop.state), 0)
