"""An outcome read from rows, with every redaction applied."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef

from feedback.models import Note, Op, Outcome, Redaction
from feedback.summary.quotes import held_back, without_quotes
from feedback.summary.redact import shown_text
from feedback.summary.series import Way, ways_from
from feedback.summary.shown import ShownFinding, ShownNote, ThemePart
from feedback.summary.spread import in_order
from feedback.summary.tally import EVERYTHING, Caps, Tally, kept_tally, tally_of
from feedback.summary.wording import template_title
from workshops.models import Group, Theme
from workshops.words import Words


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
