"""What a compile could not use as given, in words for the organiser's page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from feedback.models import Draft
from workshops.models import Session

_LINKED = re.compile(
    r"linked to (?P<other>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}), which is not in the same section"
)
MOST = 20
"""Problems the page shows; more than these have one cause."""


@dataclass(frozen=True)
class Move:
    """What puts two linked notes together: `note` goes from the finding `seen` (None: from none) to `into`."""

    note: Any
    seen: UUID | None
    into: UUID


@dataclass(frozen=True)
class Problem:
    """One thing that did not work: `sentence` in the reader's language, `reason` as the compiler gave it.

    Of a link to a note of another question or theme, `other` is that note, and `move` what puts them together.
    """

    sentence: str
    reason: str
    note: Any = None
    other: Any = None
    move: Move | None = None


def problems_of(draft: Draft, notes: Iterable[Any]) -> list[Problem]:
    """The first problems of a draft's last compile, without links that people have followed since. `notes` are those of
    the draft as organisers read them (`curation.DraftNote`); one query, and none where there is no problem."""
    found = draft.problems[:MOST]
    if not found:
        return []
    sessions = {str(each.pk): each for each in Session.objects.filter(workshop=draft.workshop_id)}
    by_id = {str(note.pk): note for note in notes}
    return [problem for each in found if (problem := _of(each, sessions, by_id))]


def _linked_to(problem: dict[str, Any]) -> str | None:
    """The id of the note that a note of another question or theme is linked to."""
    match = _LINKED.match(problem["reason"])
    return match["other"] if match else None


def _of(problem: dict[str, Any], sessions: dict[str, Session], notes: dict[str, Any]) -> Problem | None:
    """None for a link whose two notes stand in one finding by now."""
    told, other = _in_words(problem, sessions, notes), notes.get(_linked_to(problem) or "")
    if told.note is None or other is None:
        return told
    here, there = told.note.home, other.home
    if here is not None and here == there:
        return None
    move = Move(told.note, here, there) if there else Move(other, None, here) if here else None
    return replace(told, other=other, move=move)


def _in_words(problem: dict[str, Any], sessions: dict[str, Session], notes: dict[str, Any]) -> Problem:
    note = notes.get(problem["note"] or "")
    session = sessions.get((problem["section"] or "").split(":")[0])
    if _linked_to(problem):
        sentence = _("This note is linked to one of another question or theme. Put them together if they belong.")
    elif problem["note"]:
        sentence = _("A note could not be read. It waits among the notes without a place.")
    elif session is not None:
        sentence = _("Some notes of “%(session)s” could not be grouped. They are all there, for you to place.") % {
            "session": session.title
        }
    else:
        sentence = _("Some answers about an initiative could not be added up.")
    return Problem(sentence, problem["reason"], note)
