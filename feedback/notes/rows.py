"""Notes as they travel."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F

from feedback.models import Note
from feedback.notes import confirmations, tallies
from ledger.epochs import epoch, rename_epoch
from workshops.models import Group

KINDS_OF_ROWS = ("notes", "tallies", "confirmations")
"""What a table's readers are told, each kind with a `seq`."""


def row(note: Note) -> dict[str, Any]:
    """A note on the wire, as docs/sync.md shows it."""
    return {
        "id": str(note.pk),
        "seq": note.seq,
        "revision": note.revision,
        "base": note.base,
        "words_revision": note.words_revision,
        "deleted": note.deleted,
        "session": str(note.session_id),
        "prompt": _id(note.prompt_id),
        "kind": note.kind,
        "theme": _id(note.theme_id),
        "lang": note.lang,
        "text": note.text,
        "initiative": _id(note.initiative_id),
        "rating": note.rating,
        "dots": note.dots,
        "backers": note.backers,
        "disagreed": note.disagreed,
        "same_as": _id(note.same_as_id),
        "by": note.by,
        "text_by": note.text_by or note.by,
        "text_at": (note.text_at or note.created_at).isoformat(),
        "written_at": note.written_at.isoformat() if note.written_at else None,
        "variants": note.variants,
        "corrections": note.corrections,
    }


def _id(value: Any) -> str | None:
    return str(value) if value else None


@transaction.atomic
def renew_epoch() -> tuple[str, str]:
    """Give the history a new name after a restore; the old and the new one. Tablets then offer everything again.

    Each note's row says from now on up to which revision it holds the history before, so that a tablet can tell a row
    that is only older from one that somebody has written on since.
    """
    names = rename_epoch()
    Note.objects.update(base=F("revision"))
    return names


def changes(group_id: Any, since: int, most: int = 500) -> dict[str, Any]:
    """What a reader who has seen up to `since` has not seen: a dict with the lists of `KINDS_OF_ROWS`, `epoch`,
    `seq` and `more`.

    At most `most` notes, lowest seq first. The counter is read before the rows: what is stored meanwhile may be among
    them already, but the reader's place stays below it and it comes again. A `seq` below `since` tells a reader that
    the server was restored and has forgotten.
    """
    stored = Group.objects.values_list("seq", flat=True).get(pk=group_id)
    found = list(Note.objects.filter(group=group_id).after(since)[: most + 1])
    notes, more = [row(note) for note in found[:most]], len(found) > most
    return {
        "epoch": epoch(),
        "seq": notes[-1]["seq"] if more else stored,
        "notes": notes,
        "tallies": tallies.rows(group_id, since),
        "confirmations": confirmations.rows(group_id, since),
        "more": more,
    }


def told(epoch_name: str, before: int, seq: int, acks: list[dict[str, Any]]) -> dict[str, Any]:
    """What `changes` would give whoever has seen up to `before`, made from the acks of one request."""
    notes = {ack["note"]["id"]: ack["note"] for ack in acks if ack["note"]}
    counted = {(row["session"], row["initiative"]): row for ack in acks if (row := ack.get("tally"))}
    confirmed = {row["id"]: row for ack in acks if (row := ack.get("confirmation"))}
    return {
        "after": before,
        "epoch": epoch_name,
        "seq": seq,
        "notes": _since(before, notes.values()),
        "tallies": _since(before, counted.values()),
        "confirmations": _since(before, confirmed.values()),
        "more": False,
    }


def _since(seq: int, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted((row for row in rows if row["seq"] > seq), key=lambda row: row["seq"])
