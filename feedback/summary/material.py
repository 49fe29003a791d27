"""What the compiler reads: notes as they stand, section by section, with what people have said about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from feedback.compiler.document import digest
from feedback.models import Confirmation, Draft, Note, RatingTally
from feedback.models.notes import NoteQuerySet
from feedback.states import Tier
from workshops.models import Workshop

ANSWERS = 5

Document = dict[str, Any]


@dataclass(frozen=True)
class Heard:
    """The notes of a workshop at one moment, in reading order."""

    workshop: Workshop
    notes: Sequence[Note]
    at: datetime

    @property
    def tables(self) -> int:
        return len({note.group_id for note in self.notes})


def gather(workshop: Workshop, sections: Sequence[str] = ()) -> Heard:
    """Every standing note with words in it, or those of some sections. The moment is taken first: a note stored
    meanwhile counts as later."""
    now = timezone.now()
    notes = _in_sections(Note.objects.of_workshop(workshop).standing().exclude(text=""), sections)
    return Heard(workshop, list(notes.in_reading_order().defer("variants", "corrections")), now)


def section_of(note: Note) -> str:
    """`session:prompt:theme`, the frame people gave the note."""
    return f"{note.session_id}:{note.prompt_id or ''}:{note.theme_id or ''}"


def _in_sections(notes: NoteQuerySet, sections: Sequence[str]) -> NoteQuerySet:
    if not sections:
        return notes
    wanted = Q()
    for session, prompt, theme in (section.split(":") for section in sections):
        wanted |= Q(session=session, prompt=prompt or None, theme=theme or None)
    return notes.filter(wanted)


def source_digest(documents: dict[str, Document], ratings: list[dict[str, Any]]) -> str:
    """The same for the same notes and ratings, whatever an earlier draft made of them; another one with meanings."""
    read = [[[one["language"], one["notes"]] for one in documents.values()], ratings]
    return digest([*read, "meaning"] if settings.SEMANTIC else read)


def documents_of(heard: Heard) -> dict[str, Document]:
    """One document for each session, question and theme, by key.

    Points of the present draft pass their keys on. Once people have curated it, what stands stays where it is, and the
    other notes only join it or stand beside it.
    """
    draft = heard.workshop.drafts.current().first()
    frozen = draft is not None and draft.curated_at is not None
    confirmed = _confirmed(heard.workshop)
    by_section: dict[str, list[Note]] = defaultdict(list)
    for note in heard.notes:
        by_section[section_of(note)].append(note)
    earlier = _earlier(draft, {note.pk: key for key, notes in by_section.items() for note in notes})
    return {
        key: {
            "settings": _settings(frozen),
            "language": _language(heard.workshop),
            "notes": [_row(note, confirmed) | {"section": key} for note in by_section[key]],
            "earlier": earlier.get(key, []),
        }
        for key in sorted(by_section)
    }


def ratings_of(workshop: Workshop) -> list[dict[str, Any]]:
    """Five counts for each initiative, table and scale."""
    counts: dict[tuple[str, str, str], list[int]] = {}
    tallies = RatingTally.objects.filter(group__workshop=workshop)
    for initiative, group, scale, answer, people in tallies.values_list(
        "initiative", "group", "session__scale", "answer", "people"
    ):
        counts.setdefault((str(initiative), str(group), scale), [0] * ANSWERS)[answer - 1] += people
    names = ("initiative", "group", "scale")
    return [dict(zip(names, key, strict=True)) | {"counts": five} for key, five in sorted(counts.items())]


def _settings(frozen: bool) -> dict[str, bool]:
    """Only what is not as usual, so that what is usual keeps its bytes."""
    return {name: True for name, is_so in (("frozen", frozen), ("meaning", settings.SEMANTIC)) if is_so}


def _language(workshop: Workshop) -> str:
    languages = workshop.programme.languages
    return languages[0] if languages else settings.LANGUAGE_CODE


def _row(note: Note, confirmed: dict[UUID, int]) -> dict[str, Any]:
    """A note as the compiler takes it; what nobody said about it is left out."""
    row = {
        "id": str(note.pk),
        "group": str(note.group_id),
        "kind": note.kind,
        "lang": note.lang,
        "text": note.text,
        "dots": note.dots,
    }
    said = {
        "same_as": str(note.same_as_id) if note.same_as_id else None,
        "backers": note.backers,
        "disagreed": note.disagreed,
        "confirmed": confirmed.get(note.pk, 0) >= note.words_revision,
    }
    return row | {name: value for name, value in said.items() if value}


def _confirmed(workshop: Workshop) -> dict[UUID, int]:
    """The highest revision of each note that its table heard and confirmed."""
    heard: dict[UUID, int] = {}
    for notes in Confirmation.objects.of_workshop(workshop).values_list("notes", flat=True):
        for note, revision in notes.items():
            heard[UUID(note)] = max(heard.get(UUID(note), 0), revision)
    return heard


def _earlier(draft: Draft | None, sections: dict[UUID, str]) -> dict[str, list[dict[str, Any]]]:
    """The points of the draft in each section. A finding whose notes come from several is a point in each of them.

    The answers to one question were put together by the question, not by what they say: they are no point.
    """
    if draft is None:
        return {}
    placed: dict[UUID, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for finding_id, note_id in draft.placements.order_by("order", "pk").values_list("finding", "note"):
        if note_id in sections:
            placed[finding_id][sections[note_id]].append(str(note_id))
    earlier: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for finding in draft.findings.exclude(tier=Tier.QUESTION).order_by("order", "pk"):
        key = str(finding.pk) if draft.curated_at else finding.key
        claims = finding.hidden or finding.tier in (Tier.SAME, Tier.CONFIRMED)
        for section, notes in placed[finding.pk].items():
            tier = "same" if claims else "related"
            earlier[section].append({"section": section, "key": key, "tier": tier, "notes": notes})
    return earlier
