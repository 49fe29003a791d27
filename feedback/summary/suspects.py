"""Notes of a draft that may still hold a name."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import cache

from feedback.summary.drafted import DraftNote
from feedback.summary.names import probable_names

KEPT_SECONDS = 3600
AROUND = 40
"""Characters shown on each side of a probable name."""


@dataclass(frozen=True)
class NameLeft:
    """A note that may hold a name, the words, and the text on both sides of the first of them."""

    note: DraftNote
    words: str
    before: str
    after: str


def suspects(notes: Sequence[DraftNote], known: frozenset[str]) -> list[DraftNote]:
    """Notes that may hold a name. Looking through thousands of texts is the dearest part of the page, so the places of
    those found are kept for as long as texts and names are the same."""
    told = "\0".join([*sorted(known), "", *(note.shown for note in notes)])
    key = f"suspects:{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()}"
    places = cache.get(key)
    if places is None:
        places = [place for place, note in enumerate(notes) if probable_names(note.shown, known)]
        cache.set(key, places, KEPT_SECONDS)
    return [notes[place] for place in places]


def names_left_in(note: DraftNote, known: frozenset[str]) -> list[NameLeft]:
    """Each probable name in a note, with the text around it."""
    left = []
    for words in probable_names(note.shown, known):
        before, _words, after = note.shown.partition(words)
        left.append(NameLeft(note, words, _last_words(before), _first_words(after)))
    return left


def _last_words(text: str) -> str:
    return text if len(text) <= AROUND else f"…{text[-AROUND:]}"


def _first_words(text: str) -> str:
    return text if len(text) <= AROUND else f"{text[:AROUND]}…"
