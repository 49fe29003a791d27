"""What organisers put right in notes themselves."""

from __future__ import annotations

import uuid

from django.db import transaction

from feedback.models import Note
from feedback.notes.actions import apply_ops
from feedback.states import OpState
from ledger.history import Actor
from ledger.shapes import Refused
from workshops.models import Group


class ChangedMeanwhile(Exception):
    """The note says something else than what the organiser saw."""


@transaction.atomic
def correct_note(note: Note, text: str, *, seen: str, by: Actor, name: str) -> None:
    """Correct a note for the room, at any time. `seen` is the text that is corrected, `name` stands beside the new one.

    Raises `ChangedMeanwhile`, or `Refused` with the reason.
    """
    group = Group.objects.select_for_update().get(pk=note.group_id)
    note.refresh_from_db()
    if note.text != seen:
        raise ChangedMeanwhile
    if text == seen:
        return
    op = {
        "op": str(uuid.uuid4()),
        "note": str(note.pk),
        "do": "correct",
        "set": {"text": {"from": seen, "to": text}},
    }
    [ack] = apply_ops(group, [op], by=by, name=name, late=True)
    if ack["status"] != OpState.STORED:
        raise Refused(ack["code"], ack["sentence"])
