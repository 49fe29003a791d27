"""The organisers' table of all notes of a workshop, and what its columns mean."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from feedback.models import Note
from feedback.summary.opendata import MEANINGS
from feedback.summary.quotes import held_back
from workshops.models import Workshop
from workshops.scales import steps

COLUMNS: dict[str, Any] = {
    "note": _("The note’s id"),
    "table": MEANINGS["table"],
    "session": MEANINGS["session"],
    "question": MEANINGS["question"],
    "theme": MEANINGS["theme"],
    "kind": MEANINGS["kind"],
    "text": _("What was said, as written at the table"),
    "language": MEANINGS["language"],
    "initiative": _("The initiative it is about, where it is about one"),
    "rating": _("The step of the session’s scale that goes with the note, from 1 to 5; empty for none"),
    "rating_in_words": _("The same step in the words of the scale, in the language of this file"),
    "dots": MEANINGS["dots"],
    "stood_behind_it": MEANINGS["stood_behind_it"],
    "disagreed": MEANINGS["disagreed"],
    "same_as": _("The id of the note that says the same, where somebody linked them"),
    "stored_at": _("When the note arrived, at the workshop’s own time"),
    "said_before": _("The text before its last correction in the plenary; empty for none"),
    "corrected_at": _("When that correction was made"),
}


def notes_rows(workshop: Workshop) -> Iterator[list[str]]:
    """A header, then a row for each standing note in reading order that is not held back."""
    yield list(COLUMNS)
    shown = Note.objects.standing().of_workshop(workshop).exclude(pk__in=held_back(workshop.pk))
    notes = shown.with_places().select_related("prompt").in_reading_order()
    for note in notes.iterator(chunk_size=500):
        cells = _cells(note, workshop)
        yield ["" if cells[name] is None else str(cells[name]) for name in COLUMNS]


def fields_rows() -> Iterator[list[str]]:
    """A header, then each column with its meaning in the reader's language."""
    yield ["field", "meaning"]
    for name, meaning in COLUMNS.items():
        yield [name, str(meaning)]


def _cells(note: Note, workshop: Workshop) -> dict[str, Any]:
    corrected = note.corrections[-1] if note.corrections else None
    return {
        "note": note.pk,
        "table": note.group,
        "session": note.session,
        "question": note.prompt,
        "theme": note.theme,
        "kind": note.kind,
        "text": note.text,
        "language": note.lang,
        "initiative": note.initiative,
        "rating": note.rating,
        "rating_in_words": steps(note.session.scale)[note.rating - 1] if note.rating else None,
        "dots": note.dots,
        "stood_behind_it": note.backers,
        "disagreed": note.disagreed,
        "same_as": note.same_as_id,
        "stored_at": _in_zone(note.created_at, workshop),
        "said_before": corrected["from"] if corrected else None,
        "corrected_at": _in_zone(dt.datetime.fromisoformat(corrected["at"]), workshop) if corrected else None,
    }


def _in_zone(moment: dt.datetime, workshop: Workshop) -> str:
    return moment.astimezone(workshop.zone).isoformat(timespec="seconds")
