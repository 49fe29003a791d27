"""Reading back: a table hears its notes and confirms them; what changed since is never taken for confirmed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from feedback.models import Confirmation, Note
from ledger.history import Actor
from workshops.models import Group, Workshop

Row = dict[str, Any]
UNHEARD = 0
"""In place of a revision: the server has other words than those that were read."""
_OFFSET, _PRIME = 0xCBF29CE484222325, 0x100000001B3


def fingerprint(kind: str, text: str) -> str:
    """FNV-1a of 64 bits over `kind`, a line feed and `text` in UTF-8, as 16 hex digits; see docs/sync.md."""
    said = _OFFSET
    for byte in f"{kind}\n{text}".encode():
        said = ((said ^ byte) * _PRIME) & 0xFFFFFFFFFFFFFFFF
    return f"{said:016x}"


def row(confirmation: Confirmation) -> Row:
    """A confirmation on the wire, as docs/sync.md shows it."""
    return {
        "id": str(confirmation.pk),
        "session": str(confirmation.session_id),
        "seq": confirmation.seq,
        "by": confirmation.by,
        "at": confirmation.said_at.isoformat(),
        "people": confirmation.people,
        "notes": confirmation.notes,
    }


def rows(group_id: uuid.UUID, since: int = 0) -> list[Row]:
    """A table's confirmations stored after `since`, lowest seq first."""
    return [row(one) for one in Confirmation.objects.filter(group=group_id).after(since).in_order()]


def confirm(
    op: dict[str, Any], *, group: Group, here: dict[uuid.UUID, Note], by: Actor, name: str, seq: int
) -> Confirmation:
    """Store what the table heard, with the revision of each note whose words are those that were read.

    `here` are the table's notes of the session; the caller holds the group's lock.
    """
    return Confirmation.objects.create(
        id=op["op"],
        group=group,
        session_id=op["session"],
        seq=seq,
        notes={str(note): _revision_heard(here.get(note), said) for note, said in op["read"].items()},
        people=op["people"],
        by=name,
        author_key=by.key,
        written_at=op["written_at"],
    )


def _revision_heard(note: Note | None, said: str) -> int:
    if note is None or note.deleted or fingerprint(note.kind, note.text) != said:
        return UNHEARD
    return note.revision


@dataclass(frozen=True)
class Words:
    """What is known of a standing note to tell whether it is what the table heard."""

    note: uuid.UUID
    revision: int
    """Its `words_revision`."""


@dataclass(frozen=True)
class Heard:
    """What the newest confirmation of a table for a session is worth now."""

    confirmation: Confirmation
    changed: frozenset[uuid.UUID] = frozenset()
    added: frozenset[uuid.UUID] = frozenset()
    earlier: list[Confirmation] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many notes were read."""
        return len(self.confirmation.notes)

    @property
    def at(self) -> dt.datetime:
        return self.confirmation.said_at

    @property
    def since(self) -> int:
        """Notes changed, deleted or added since."""
        return len(self.changed) + len(self.added)

    @property
    def is_whole(self) -> bool:
        return self.since == 0


def heard(confirmations: list[Confirmation], standing: Iterable[Words]) -> Heard | None:
    """The last of a table's confirmations of a session against its `standing` notes; None when there is none."""
    if not confirmations:
        return None
    *earlier, last = confirmations
    now = {words.note: words.revision for words in standing}
    read = {uuid.UUID(note): revision for note, revision in last.notes.items()}
    return Heard(
        confirmation=last,
        changed=frozenset(note for note, revision in read.items() if note not in now or now[note] > revision),
        added=frozenset(now.keys() - read.keys()),
        earlier=earlier[::-1],
    )


Table = tuple[uuid.UUID, uuid.UUID]
"""Ids of a group and of a session."""


def heard_in(workshop: Workshop) -> dict[Table, Heard]:
    """For each table and session with a confirmation, what it is worth now; two queries."""
    said: dict[Table, list[Confirmation]] = {}
    for confirmation in Confirmation.objects.of_workshop(workshop).select_related("group", "session").in_order():
        said.setdefault((confirmation.group_id, confirmation.session_id), []).append(confirmation)
    standing: dict[Table, list[Words]] = {}
    notes = Note.objects.of_workshop(workshop).standing() if said else Note.objects.none()
    for group, session, note, revision in notes.values_list("group", "session", "pk", "words_revision"):
        standing.setdefault((group, session), []).append(Words(note, revision))
    found = {table: heard(each, standing.get(table, [])) for table, each in said.items()}
    return {table: one for table, one in found.items() if one is not None}
