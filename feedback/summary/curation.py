"""One reading of a draft for the organisers' page: a theme, a search, a chosen finding, and what is left to check."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil
from typing import Any
from uuid import UUID

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from feedback.models import Draft, Note, Redaction
from feedback.summary.drafted import DraftFinding, DraftNote, draft_findings, draft_notes
from feedback.summary.people import first_names
from feedback.summary.problems import Problem, problems_of
from feedback.summary.quotes import held_back, instead_of_quote
from feedback.summary.redact import shown_text
from feedback.summary.spread import in_order
from feedback.summary.suspects import NameLeft, names_left_in, suspects
from workshops.models import Theme, Workshop

MOST_NOTES = 20
"""Notes of one list on a page."""
MOST_EVIDENCE, FIRST_EVIDENCE = 20, 3
"""Notes of the chosen finding on a page, and as long as nobody asks for more."""
MOST_CHECKS = 20
"""Lines of one check on the page; of more, the others follow once these are dealt with."""
NO_THEME = "none"
MOST_TARGETS = 12
"""Findings on a page, and findings that the menus of notes offer: the chosen one and its neighbours."""


@dataclass(frozen=True)
class Tab:
    """A theme with its counts; `key` is what the address says, the theme None stands for notes without one."""

    key: str
    theme: Theme | None
    notes: int
    findings: int


@dataclass
class Curation:
    """One reading of a draft, narrowed to a theme, a search and a chosen finding."""

    workshop: Workshop
    draft: Draft
    findings: list[DraftFinding]
    notes: list[DraftNote]
    themes: list[Theme]
    names: list[NameLeft]
    tab_key: str = ""
    search: str = ""
    chosen_key: str = ""
    number: int = 1
    behind: int = 0
    homes: dict[UUID | None, DraftFinding] = field(default_factory=dict)
    hidden: dict[UUID, list[Redaction]] = field(default_factory=dict)

    def open_at(self, note_key: str) -> None:
        """Show what holds a note: its finding with the page of its evidence, or the page of notes without a place."""
        note = next((note for note in self.notes if str(note.pk) == note_key), None)
        if note is None:
            return
        home = self.homes.get(note.home)
        if home is None:
            self.tab_key = _key(note.theme.pk if note.theme else None)
            self.number = self.unplaced.index(note) // MOST_NOTES + 1 if note in self.unplaced else 1
        else:
            self.tab_key, self.chosen_key = _key(home.row.theme_id), str(home.pk)
            self.behind = home.notes.index(note) // MOST_EVIDENCE + 1

    @cached_property
    def tabs(self) -> list[Tab]:
        notes = Counter(_key(note.theme.pk if note.theme else None) for note in self.notes)
        findings = Counter(_key(finding.row.theme_id) for finding in self.findings)
        tabs = [Tab(_key(theme.pk), theme, notes[_key(theme.pk)], findings[_key(theme.pk)]) for theme in self.themes]
        if notes[NO_THEME] or findings[NO_THEME]:
            tabs.append(Tab(NO_THEME, None, notes[NO_THEME], findings[NO_THEME]))
        return tabs

    @cached_property
    def tab(self) -> Tab | None:
        """The theme on show: the one asked for, the chosen finding's, or the first with anything in it."""
        by_key = {tab.key: tab for tab in self.tabs}
        chosen = next((finding for finding in self.findings if str(finding.pk) == self.chosen_key), None)
        asked = by_key.get(self.tab_key) or by_key.get(_key(chosen.row.theme_id) if chosen else "")
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
    def shown_findings(self) -> list[DraftFinding]:
        """The page of the theme's findings that holds the chosen one."""
        first = self._place // MOST_TARGETS * MOST_TARGETS
        return self.here[first : first + MOST_TARGETS]

    @property
    def findings_before(self) -> DraftFinding | None:
        """The first finding of the page before; None on the first page."""
        first = self._place // MOST_TARGETS * MOST_TARGETS
        return self.here[first - MOST_TARGETS] if first else None

    @property
    def findings_after(self) -> DraftFinding | None:
        """The first finding of the next page; None on the last one."""
        after = (self._place // MOST_TARGETS + 1) * MOST_TARGETS
        return self.here[after] if after < len(self.here) else None

    @cached_property
    def _place(self) -> int:
        return self.here.index(self.chosen) if self.chosen else 0

    @property
    def evidence_pages(self) -> int:
        return max(ceil(len(self.chosen.notes) / MOST_EVIDENCE), 1) if self.chosen else 1

    @property
    def evidence_page(self) -> int:
        """The page of the chosen finding's notes on show: the one asked for, or the last one there is."""
        return min(max(self.behind, 1), self.evidence_pages)

    @property
    def shown_evidence(self) -> list[DraftNote]:
        """The notes of the page, or, as long as no page is asked for, the first few and the quote: what is to be
        checked follows."""
        here = self.evidence_here
        if self.behind or len(here) <= FIRST_EVIDENCE:
            return here
        first, quote = here[:FIRST_EVIDENCE], self.chosen.quote if self.chosen else None
        return first if quote is None or quote in first else [*first, quote]

    @property
    def evidence_here(self) -> list[DraftNote]:
        last = self.evidence_page * MOST_EVIDENCE
        return self.chosen.notes[last - MOST_EVIDENCE : last] if self.chosen else []

    @property
    def is_short(self) -> bool:
        """Few enough findings for every one to have its whole menu; of many, only the chosen one has."""
        return len(self.here) <= MOST_TARGETS

    @cached_property
    def targets(self) -> list[DraftFinding]:
        """Where the menus can put a note: the findings of the theme, or of many those around the chosen one."""
        if len(self.here) <= MOST_TARGETS or self.chosen is None:
            return self.here
        first = max(self._place - MOST_TARGETS // 2, 0)
        return self.here[first : first + MOST_TARGETS]

    def _matching(self, test: Callable[[DraftNote], bool]) -> list[DraftNote]:
        words = self.search.casefold()
        return [
            note
            for note in self.notes
            if self.tab and note.theme is self.tab.theme and test(note) and words in note.shown.casefold()
        ]

    @cached_property
    def all_unplaced(self) -> list[DraftNote]:
        return [note for note in self.notes if note.home is None]

    @cached_property
    def unplaced(self) -> list[DraftNote]:
        return self._matching(lambda note: note.home is None)

    @cached_property
    def placed(self) -> list[tuple[DraftNote, DraftFinding]]:
        return [(note, self.homes[note.home]) for note in self._matching(lambda note: note.home is not None)]

    @property
    def pages(self) -> int:
        """How many pages the longer of the two lists has."""
        return max(ceil(max(len(self.unplaced), len(self.placed)) / MOST_NOTES), 1)

    @property
    def page(self) -> int:
        """The page on show: the one asked for, or the last one there is."""
        return min(max(self.number, 1), self.pages)

    @property
    def _here(self) -> slice:
        return slice((self.page - 1) * MOST_NOTES, self.page * MOST_NOTES)

    @property
    def shown_unplaced(self) -> list[DraftNote]:
        return self.unplaced[self._here]

    @property
    def shown_placed(self) -> list[tuple[DraftNote, DraftFinding]]:
        return self.placed[self._here]

    @cached_property
    def late(self) -> list[tuple[DraftNote, DraftFinding | None]]:
        """Notes that came after people had begun, and were compiled since, each with the finding it went to."""
        since = self.draft.late_seen_at or self.draft.curated_at or self.draft.compiled_at
        said = Note.objects.of_workshop(self.workshop).filter(
            created_at__gte=since, created_at__lt=self.draft.compiled_at
        )
        late = set(said.values_list("pk", flat=True))
        return [(note, self.homes.get(note.home)) for note in self.notes if note.pk in late] if late else []

    @property
    def shown_names(self) -> list[NameLeft]:
        return self.names[:MOST_CHECKS]

    @property
    def more_names(self) -> int:
        return max(len(self.names) - MOST_CHECKS, 0)

    @property
    def late_tables(self) -> str:
        """The tables that late notes came from, as words."""
        return get_text_list([group.name for group in in_order(note.group for note, _home in self.late)], _("and"))

    @cached_property
    def hidden_words(self) -> list[tuple[DraftNote, Redaction]]:
        """Words that are hidden, with their notes."""
        return [(note, redaction) for note in self.notes for redaction in self.hidden.get(note.pk, ())]

    @cached_property
    def problems(self) -> list[Problem]:
        """What the last compile could not use as given."""
        return problems_of(self.draft, self.notes)

    @property
    def thin(self) -> list[DraftFinding]:
        """Shown findings with fewer than two notes."""
        return [finding for finding in self.findings if not finding.row.hidden and len(finding.notes) < 2]


def _key(theme_id: Any) -> str:
    return str(theme_id) if theme_id else NO_THEME


def curation(
    workshop: Workshop,
    *,
    theme: str = "",
    search: str = "",
    finding: str = "",
    page: str = "",
    behind: str = "",
    note: str = "",
) -> Curation | None:
    """The draft people work on, in a fixed number of queries; None before the first compile.

    `note` opens whatever shows this note, as far as nothing else is asked for.
    """
    draft = workshop.drafts.current().first()
    if draft is None:
        return None
    draft.workshop = workshop
    themes = list(workshop.programme.themes.all())
    notes = draft_notes(draft, {theme.pk: theme for theme in themes})
    hidden: dict[UUID, list[Redaction]] = defaultdict(list)
    for redaction in Redaction.objects.filter(note__group__workshop=workshop).order_by("pk"):
        hidden[redaction.note_id].append(redaction)
    known = first_names(workshop.pk)
    taken_back = held_back(workshop.pk)
    for each in notes:
        each.shown = instead_of_quote() if each.pk in taken_back else shown_text(each.text, hidden.get(each.pk, ()))
    findings = draft_findings(draft, notes)
    read = Curation(
        workshop=workshop,
        draft=draft,
        findings=findings,
        notes=notes,
        themes=themes,
        names=[left for each in suspects(notes, known) for left in names_left_in(each, known)],
        tab_key=theme,
        search=search.strip(),
        chosen_key=finding,
        number=_number(page),
        behind=_number(behind) if behind else 0,
        homes={finding.pk: finding for finding in findings},
        hidden=dict(hidden),
    )
    if note and not (theme or finding):
        read.open_at(note)
    return read


def _number(asked: str) -> int:
    return int(asked) if asked.isdecimal() and len(asked) < 6 else 1
