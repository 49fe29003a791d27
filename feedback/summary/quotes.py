"""Quotes that belong to somebody: shown outside the table only while that person allows it.

Whether a quote may be read is looked up each time something is shown, so that no copy can be forgotten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from feedback.models import Finding, Note, SaidBy
from feedback.states import NoteKind
from ledger.history import Actor, record
from participants.consents import those_who_allow
from participants.models import Registration, Seat
from participants.purposes import QUOTES


class NotOfThisTable(Exception):
    """The person sat elsewhere, or the note is no quote."""


def held_back(workshop_id: Any) -> set[UUID]:
    """Quotes of a workshop that nobody outside the table may read now; one query where no quote belongs to anybody."""
    rows = list(SaidBy.objects.filter(note__group__workshop=workshop_id).values_list("note", "registration"))
    people = Registration.objects.filter(pk__in={person for _note, person in rows if person}) if rows else []
    allowed = those_who_allow(people, QUOTES) if rows else set()
    return {note for note, person in rows if person not in allowed}


def instead_of_quote() -> str:
    """What organisers read in a draft where a quote stood that was taken back."""
    return _("[a quote that its speaker has taken back]")


def without_quotes(text: str, taken_back: Iterable[str]) -> str:
    """A text that people wrote, with every quote that was taken back, word for word, shown as `[…]`."""
    for quote in sorted(taken_back, key=len, reverse=True):
        if bare := quote.strip().strip("«»“”\"'").strip():
            text = text.replace(bare, "[…]")
    return text


def tell_speakers(notes: Iterable[Any], chosen: Any = None) -> None:
    """Give each quote, and the note `chosen` as one, `people`, who sat at its table by name, and `speaker`, the id of
    whoever said it or None."""
    said = [note for note in notes if note.kind == NoteKind.QUOTE or note == chosen]
    if not said:
        return
    seats = Seat.objects.for_the_evening().filter(group__in={note.group_id for note in said})
    people: dict[Any, list[Registration]] = defaultdict(list)
    for seat in seats.select_related("registration__person").order_by("registration__person__name", "pk"):
        people[seat.group_id].append(seat.registration)
    speakers = dict(SaidBy.objects.filter(note__in=[note.pk for note in said]).values_list("note", "registration"))
    for note in said:
        note.people, note.speaker = people[note.group_id], speakers.get(note.pk)


@transaction.atomic
def say_who(note: Note, registration: Registration | None, *, by: Actor) -> None:
    """Say whose words a quote is, or (None) that nobody knows. Raises `NotOfThisTable`."""
    if registration is None:
        SaidBy.objects.filter(note=note).delete()
    elif not _is_quote(note) or not _sat_there(note, registration):
        raise NotOfThisTable(note.pk)
    else:
        SaidBy.objects.update_or_create(note=note, defaults={"registration": registration})
    record(note, "quote.said_by", by=by, scope=note.group.workshop_id, known=registration is not None)


def _is_quote(note: Note) -> bool:
    """Written down as somebody's words, or chosen to stand for a finding."""
    return note.kind == NoteKind.QUOTE or Finding.objects.filter(quote=note).exists()


def _sat_there(note: Note, registration: Registration) -> bool:
    return Seat.objects.filter(registration=registration, group=note.group_id).exists()


def let_go(registration_ids: Collection[Any]) -> list[Note]:
    """Quotes of these people no longer stand for a finding in any draft; returns the notes."""
    notes = list(Note.objects.filter(said_by__registration__in=registration_ids).select_related("group"))
    Finding.objects.filter(quote__in=notes).update(quote=None)
    return notes
