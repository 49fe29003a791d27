"""Taking in a copy that a tablet saved as a file: for the tablet that cannot send any more.

The ops in it carry the ids the tablet would send them with. So a copy taken in twice, or before the tablet sends after
all, makes no note twice.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from feedback.models import Op
from feedback.notes.actions import apply_ops
from feedback.states import OpState
from ledger.history import Actor, record
from ledger.shapes import MOST_OPS
from ledger.storable import fault_of
from workshops.models import Group, Workshop

FORMAT, VERSION = "tavolo-notes", 1
MOST_BYTES = 4 * 1024 * 1024
MOST_OPS_OF_A_COPY = 2000
LONGEST_NAME = 40


class NotACopy(Exception):
    """The file cannot be taken in; `sentence` says why, for people."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Copy:
    """A saved copy of a tablet. `left` counts its unsent notes without an op: the tablet asks about them."""

    group: Group
    name: str
    ops: list[Any]
    left: int


@dataclass(frozen=True)
class TakenIn:
    """What came of the ops of a copy. `refused` holds the sentences, each once."""

    group: Group
    new: int
    known: int
    held: int
    refused: list[str]
    left: int


def read_copy(workshop: Workshop, content: bytes) -> Copy:
    """What the file says, checked. Raises `NotACopy`; a table of another workshop is as unknown as none."""
    if len(content) > MOST_BYTES:
        raise NotACopy(_("This file is too large for a copy of a table’s notes."))
    try:
        said = json.loads(content.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotACopy(_("This file is not a copy saved on a tablet.")) from None
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise NotACopy(_("This file is not a copy saved on a tablet."))
    if said.get("version") != VERSION:
        raise NotACopy(_("This copy was saved by another version of Tavolo. Send the notes from the tablet instead."))
    ops, notes, name = said.get("ops"), said.get("notes"), said.get("by")
    if not isinstance(ops, list) or not isinstance(notes, list) or not isinstance(name, str):
        raise NotACopy(_("This copy is not whole. Save it again on the tablet."))
    if len(ops) > MOST_OPS_OF_A_COPY:
        raise NotACopy(_("This copy holds too many changes."))
    group_id = _group_id(said)
    group = workshop.groups.filter(pk=group_id).first() if group_id else None
    if group is None:
        raise NotACopy(_("This copy belongs to another workshop."))
    return Copy(group, "" if fault_of(name) else name.split(" ")[0][:LONGEST_NAME], ops, _left(notes, ops))


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _group_id(said: dict[str, Any]) -> uuid.UUID | None:
    group = said.get("group")
    try:
        return uuid.UUID(group["id"]) if isinstance(group, dict) and isinstance(group.get("id"), str) else None
    except ValueError:
        return None


def _left(notes: list[Any], ops: list[Any]) -> int:
    """Unsent notes for which the tablet has no op to send: refused ones, which wait for a person there."""
    sent = {str(op.get("note")) for op in ops if isinstance(op, dict)}
    unsent = [note for note in notes if isinstance(note, dict) and note.get("unsent") is True]
    return sum(str(note.get("id")) not in sent for note in unsent)


def _thing(ack: dict[str, Any]) -> str:
    """What a stored op was about: a note, the answers about an initiative, or a confirmation."""
    if ack["note"]:
        return ack["note"]["id"]
    if "confirmation" in ack:
        return ack["confirmation"]["id"]
    return f"{ack['tally']['session']}:{ack['tally']['initiative']}"


@transaction.atomic
def take_in(copy: Copy, *, by: Actor) -> TakenIn:
    """Apply the ops of a copy, also into closed sessions; those known already change nothing."""
    before = set(Op.objects.filter(group=copy.group).values_list("pk", flat=True))
    acks = []
    for start in range(0, len(copy.ops), MOST_OPS):
        acks += apply_ops(copy.group, copy.ops[start : start + MOST_OPS], by=by, name=copy.name, late=True)
    stored = [ack for ack in acks if ack["status"] == OpState.STORED]
    new = {ack["op"] for ack in stored if uuid.UUID(ack["op"]) not in before}
    taken = TakenIn(
        group=copy.group,
        new=len({_thing(ack) for ack in stored if ack["op"] in new}),
        known=sum(ack["op"] not in new for ack in stored),
        held=sum(ack["status"] == OpState.HELD for ack in acks),
        refused=sorted({ack["sentence"] for ack in acks if ack["status"] == OpState.REFUSED}),
        left=copy.left,
    )
    if new:
        record(copy.group, "copy.taken", by=by, scope=copy.group.workshop_id, notes=taken.new)
    return taken
