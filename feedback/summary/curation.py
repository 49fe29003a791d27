"""Reads for the organisers' summary: notes and where each is used, findings, evidence, and what is left to check."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import FilteredRelation, Q
from django.utils.text import Truncator, get_text_list
from django.utils.translation import gettext as _

from feedback.models import Draft, Finding, Note, Redaction
from feedback.states import NoteKind, Origin, Tier
from feedback.summary.actions import CURATED_IN
from feedback.summary.names import probable_names
from feedback.summary.people import first_names
from feedback.summary.problems import Problem, problems_of
from feedback.summary.queries import in_order, spread_of
from feedback.summary.quotes import held_back, instead_of_quote
from feedback.summary.redact import shown_text, shown_words
from feedback.summary.tally import at_least, how_many_asked, tables_asked
from feedback.summary.wording import reached, said_by_people, template_title
from ledger.jobs import MOST_ATTEMPTS
from ledger.models import Job
from workshops.models import Group, Theme, Workshop
from workshops.states import WorkshopState
from workshops.words import Words

MOST_NOTES = 20
"""Notes of one list on a page."""
MOST_EVIDENCE, FIRST_EVIDENCE = 20, 3
"""Notes of the chosen finding on a page, and as long as nobody asks for more."""
MOST_CHECKS = 20
"""Lines of one check on the page; of more, the others follow once these are dealt with."""
NO_THEME = "none"
MOST_TARGETS = 12
"""Findings on a page, and findings that the menus of notes offer: the chosen one and its neighbours."""
KEPT_SECONDS = 3600
AROUND = 40
"""Characters shown on each side of a probable name."""


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

    note: DraftNote
    words: str
    before: str
    after: str


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
    findings = _findings(draft, notes)
    read = Curation(
        workshop=workshop,
        draft=draft,
        findings=findings,
        notes=notes,
        themes=themes,
        names=[left for each in _suspects(notes, known) for left in _names_left(each, known)],
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


def _findings(draft: Draft, notes: Sequence[DraftNote]) -> list[DraftFinding]:
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


def _suspects(notes: Sequence[DraftNote], known: frozenset[str]) -> list[DraftNote]:
    """Notes that may hold a name. Looking through thousands of texts is the dearest part of the page, so the places of
    those found are kept for as long as texts and names are the same."""
    told = "\0".join([*sorted(known), "", *(note.shown for note in notes)])
    key = f"suspects:{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()}"
    places = cache.get(key)
    if places is None:
        places = [place for place, note in enumerate(notes) if probable_names(note.shown, known)]
        cache.set(key, places, KEPT_SECONDS)
    return [notes[place] for place in places]


def _names_left(note: DraftNote, known: frozenset[str]) -> list[NameLeft]:
    left = []
    for words in probable_names(note.shown, known):
        before, _words, after = note.shown.partition(words)
        left.append(NameLeft(note, words, _last_words(before), _first_words(after)))
    return left


def _last_words(text: str) -> str:
    return text if len(text) <= AROUND else f"…{text[-AROUND:]}"


def _first_words(text: str) -> str:
    return text if len(text) <= AROUND else f"{text[:AROUND]}…"


@dataclass(frozen=True)
class CompileState:
    """How far a compile is. `counts` come from the workers: notes, tables, sections."""

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
    def sections(self) -> int | None:
        """How many sections there are to group."""
        return self._progress.get("sections")

    @property
    def grouped(self) -> int:
        """How many of them are."""
        return self._progress.get("done", 0)

    @property
    def reached(self) -> int:
        """How far it is, in percent."""
        if self.step == 2:
            return 10 + 80 * self.grouped // max(self.sections or 1, 1)
        return 95 if self.step == 3 else 5

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
