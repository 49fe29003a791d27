"""What the ops of one request need is read at once, and what they change is written at once, whatever their number."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import QuerySet, Subquery, Value

from feedback.models import Note, Op
from feedback.notes.shape import SAID_ABOUT_IT
from ledger.epochs import epoch
from ledger.history import Actor
from ledger.models import Epoch
from workshops.models import Group, Initiative, Prompt, Session, Theme
from workshops.queries import is_reporting_back

REFERENCES = ("prompt", "theme", "initiative")
CHANGING = (
    *(*REFERENCES, *SAID_ABOUT_IT, "kind", "lang", "text", "text_by", "text_at", "rating", "dots"),
    *("variants", "corrections", "deleted", "revision", "words_revision", "base", "seq"),
)
"""The fields of a note that an op may change; the others stay as they were when it was made."""


@dataclass
class Desk:
    """The locked group, what its notes may refer to, and the notes and ops that a request names.

    `ops` and `notes` hold what is stored and, as the ops are judged, what they make of it. Nothing of that is in the
    database before `write_out`.
    """

    group: Group
    epoch: str
    by: Actor
    name: str
    late: bool
    sessions: dict[uuid.UUID, Session]
    ops: dict[uuid.UUID, Op]
    notes: dict[uuid.UUID, Note]
    has_held: bool = False
    _changed: dict[uuid.UUID, Note] = field(default_factory=dict)
    _stored: dict[uuid.UUID, dict[uuid.UUID, Note]] = field(default_factory=dict)
    _taken: list[Op] = field(default_factory=list)

    @classmethod
    def of(cls, group: Group, ops: list[Any], *, by: Actor, name: str, late: bool = False) -> Desk:
        """Lock the group's row and load what the request names."""
        named = Epoch.objects.values("name")[:1]
        locked = Group.objects.select_for_update(of=("self",)).annotate(epoch=Subquery(named)).get(pk=group.pk)
        known = Op.objects.in_bulk(_named(ops, "op"))
        notes = {*_named(ops, "note"), *(op.note for op in known.values() if op.note)}
        return cls(
            group=locked,
            epoch=locked.epoch.hex if locked.epoch else epoch(),
            by=by,
            name=name,
            late=late,
            sessions={session.pk: session for session in Session.objects.filter(workshop=locked.workshop_id)},
            ops=known,
            notes=Note.objects.in_bulk(notes),
        )

    @cached_property
    def known(self) -> dict[str, set[uuid.UUID]]:
        """What notes of this workshop may refer to."""
        workshop = self.group.workshop_id
        things: dict[str, QuerySet[Any]] = {
            "prompt": Prompt.objects.filter(session__workshop=workshop),
            "theme": Theme.objects.filter(programme__workshops=workshop),
            "initiative": Initiative.objects.filter(workshop=workshop),
        }
        first, *others = (rows.order_by().values_list(Value(name), "pk") for name, rows in things.items())
        known: dict[str, set[uuid.UUID]] = {name: set() for name in things}
        for name, key in first.union(*others, all=True):
            known[name].add(key)
        return known

    @cached_property
    def is_reporting_back(self) -> bool:
        return is_reporting_back(self.group.workshop, self.sessions.values())

    def at_the_table(self, session_id: uuid.UUID) -> dict[uuid.UUID, Note]:
        """The table's notes of a session, as the ops judged so far make them."""
        if session_id not in self._stored:
            self._stored[session_id] = Note.objects.at_the_table(self.group, session_id).in_bulk()
        mine = {
            key: note
            for key, note in self.notes.items()
            if (note.group_id, note.session_id) == (self.group.pk, session_id)
        }
        return self._stored[session_id] | mine

    def look_up(self, ops: Iterable[uuid.UUID]) -> None:
        """Have these ops in `ops` too, as far as they are stored."""
        self.ops.update(Op.objects.in_bulk(set(ops) - set(self.ops)))

    def take(self, op: Op, note: Note | None = None) -> None:
        """This op was taken, and it changed or made this note."""
        self.ops[op.pk] = op
        self._taken.append(op)
        if note is not None:
            self.notes[note.pk] = self._changed[note.pk] = note

    def write_out(self) -> None:
        """Store what was taken: notes, ops and the group's counter in one statement each."""
        if not self._taken:
            return
        if self._changed:
            Note.objects.bulk_create(
                self._changed.values(), update_conflicts=True, unique_fields=["id"], update_fields=CHANGING
            )
        Op.objects.bulk_create(self._taken)
        Group.objects.filter(pk=self.group.pk).update(seq=self.group.seq)


def _named(ops: Iterable[Any], what: str) -> set[uuid.UUID]:
    """The ids under this name; what is no id is for the op's own judgement."""
    found = set()
    for op in ops:
        value = op.get(what) if isinstance(op, dict) else None
        if isinstance(value, str):
            try:
                found.add(uuid.UUID(value))
            except ValueError:
                continue
    return found
