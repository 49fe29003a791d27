"""What may be a name in what is about to be read by others, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.models import Draft, Finding, Note
from feedback.summary.names import probable_names
from feedback.summary.people import first_names
from feedback.summary.quotes import held_back, instead_of_quote
from feedback.summary.redact import shown_text


@dataclass(frozen=True)
class NamedNote:
    """A note and the words in it that may be names; `is_placed` in a finding, or waiting in the list of notes."""

    note: Note
    words: list[str]
    is_placed: bool


@dataclass(frozen=True)
class NamedText:
    """Words that may be names in what organisers wrote: in a finding, or (None) in the headline or introduction."""

    words: list[str]
    finding: Finding | None = None


def names_that_stop(draft: Draft) -> list[str]:
    """The sentences about what may be names, in notes and in what organisers wrote; empty when there is none."""
    blocks = []
    if count := len(names_left(draft)):
        blocks.append(
            ngettext(
                "%(count)d note may have a name in it. Hide the name, or say that it is not one.",
                "%(count)d notes may have a name in them. Hide the names, or say that they are not names.",
                count,
            )
            % {"count": count}
        )
    if written := names_written(draft):
        words = dict.fromkeys(word for text in written for word in text.words)
        blocks.append(
            _("“%(words)s” in your own texts may be a name. Write it differently, or say that it is not one.")
            % {"words": "”, “".join(words)}
        )
    return blocks


def names_left(draft: Draft) -> list[NamedNote]:
    """Notes whose shown text still holds what looks like a name, in reading order.

    A quote that was taken back counts, for it may be allowed again; of its words nothing is told.
    """
    known, taken_back = first_names(draft.workshop_id), held_back(draft.workshop_id)
    placed = set(draft.placements.values_list("note", flat=True))
    notes = Note.objects.filter(group__workshop=draft.workshop_id).standing().in_reading_order()
    found = []
    for note in notes.select_related("group").prefetch_related("redactions"):
        if words := probable_names(shown_text(note.text, note.redactions.all()), known):
            told = [instead_of_quote()] if note.pk in taken_back else words
            found.append(NamedNote(note, told, note.pk in placed))
    return found


def names_written(draft: Draft) -> list[NamedText]:
    """What looks like a name in the headline, the introduction and the findings as people have written them."""
    known = first_names(draft.workshop_id)
    texts = [(None, [draft.headline, draft.lead])]
    texts += [(finding, [finding.title, finding.text]) for finding in draft.findings.shown().in_order()]
    found = []
    for finding, by_language in texts:
        written = [text for words in by_language for text in words.values()]
        if words := list(dict.fromkeys(name for text in written for name in probable_names(text, known))):
            found.append(NamedText(words, finding))
    return found
