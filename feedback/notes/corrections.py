"""Corrections before the whole room: "that is not what we said". What a note said before stays with it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from feedback.models import Note
from feedback.notes.desk import Desk
from feedback.notes.merge import UNSEEN
from ledger.history import record


def correct(desk: Desk, op: dict[str, Any], note: Note) -> None:
    """Give the note the words the room agreed on. The last correction wins; nothing is lost, each keeps what was there.

    A note that has these words already was corrected before the server was restored: then what the device saw is kept.
    """
    seen, wanted = op["set"]["text"]
    before = note.text if note.text != wanted else seen
    note.deleted = False
    if before is UNSEEN or before == wanted:
        return
    now = timezone.now()
    note.corrections = [
        *note.corrections,
        {"op": str(op["op"]), "from": before, "to": wanted, "by": desk.name, "at": now.isoformat()},
    ]
    note.text, note.text_by, note.text_at = wanted, desk.name, now
    record(note, "note.corrected", by=desk.by, scope=desk.group.workshop_id)
