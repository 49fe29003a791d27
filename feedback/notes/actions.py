"""Taking ops: one transaction under the group's lock, an ack for each op, and a wake-up after the commit."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.models import Confirmation, Note, Op
from feedback.notes import confirmations, tallies
from feedback.notes.corrections import correct
from feedback.notes.desk import REFERENCES, Desk
from feedback.notes.merge import carried_on, merge_field, undecided, without_variants
from feedback.notes.rows import row, told
from feedback.notes.shape import OP_KEYS, checked
from feedback.states import NoteKind, OpState
from ledger import wakeups
from ledger.history import SYSTEM, Actor, record
from ledger.shapes import SAME_NEXT_TIME, Refused, named
from participants.queries.tables import people_at
from workshops.models import Group, Session, Workshop
from workshops.states import SessionState

Ack = dict[str, Any]
LEFT_OUT = "left_out"
logger = logging.getLogger(__name__)


class SessionClosed(Exception):
    """The note's session is not open, for the reason `code`: the op is kept."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def apply_ops(group: Group, ops: list[Any], *, by: Actor, name: str, late: bool = False) -> list[Ack]:
    """Take the ops of one request in order and answer each one; see docs/sync.md for shapes.

    `name` is the first name shown beside notes made now. `late` lets an organiser's decision write into closed
    sessions. Ops are idempotent: a known op id answers with the stored note and changes nothing.
    """
    asked = {"by": by, "name": name, "late": late}
    return _together_or_alone(_take_together, group, ops, asked)


def _together_or_alone(
    work: Callable[..., list[Ack]], group: Group, ops: list[Any], asked: dict[str, Any]
) -> list[Ack]:
    """All at once; where one breaks that, each by itself. What is wrong with one is no affair of the others."""
    try:
        return work(group, ops, **asked)
    except SAME_NEXT_TIME:
        return [_alone(work, group, op, asked) for op in ops]


def _alone(work: Callable[..., list[Ack]], group: Group, raw: Any, asked: dict[str, Any]) -> Ack:
    """One op, whole or not at all."""
    try:
        [ack] = work(group, [raw], **asked)
    except SAME_NEXT_TIME:
        logger.exception("An op could not be taken")
        sentence = _("The server could not take this change.")
        return _ack(named(raw), OpState.REFUSED, code="failed", sentence=sentence)
    return ack


@transaction.atomic
def _take_together(group: Group, ops: list[Any], **asked: Any) -> list[Ack]:
    """All ops or none: read at once, judged one after the other, written at once."""
    desk = Desk.of(group, ops, **asked)
    before = desk.group.seq
    acks = [_take(desk, op) for op in ops]
    desk.write_out()
    group.seq = desk.group.seq
    if group.seq != before:
        wakeups.changed(group.topic, told=told(desk.epoch, before, group.seq, acks))
    if group.seq != before or desk.has_held:
        wakeups.changed(f"room:{group.workshop_id}")
    return acks


@transaction.atomic
def hold_ops(group: Group, ops: list[Any], *, by: Actor, name: str) -> list[Ack]:
    """Keep the ops of a tablet that is no longer at the table: the organiser decides about each.

    Nothing of the table is told: an op that was stored earlier is answered with its note as it was then.
    """
    return _together_or_alone(_keep_together, group, ops, {"by": by, "name": name})


@transaction.atomic
def _keep_together(group: Group, ops: list[Any], **asked: Any) -> list[Ack]:
    desk = Desk.of(group, ops, **asked)
    acks = [_keep(desk, op) for op in ops]
    if desk.has_held:
        wakeups.changed(f"room:{desk.group.workshop_id}")
    return acks


def _keep(desk: Desk, raw: Any) -> Ack:
    try:
        op = checked(raw)
        known = desk.ops.get(op["op"])
        if known is None:
            return _hold(desk, op, raw, "removed")
        if known.state != OpState.STORED:
            return _answer_again(desk, known)
        if known.group_id != desk.group.pk or _said(known.body) != _said(raw):  # whoever wrote it knows what it says
            raise Refused("op_elsewhere", _("This op id was used at another table."))
        return _stored_ack(known, known.after)
    except Refused as refusal:
        return _ack(named(raw), OpState.REFUSED, code=refusal.code, sentence=refusal.sentence)


def _said(raw: dict[str, Any]) -> dict[str, Any]:
    """What an op says, as it is kept."""
    return {name: raw[name] for name in OP_KEYS if name in raw}


def _take(desk: Desk, raw: Any) -> Ack:
    """One op: answered from the store when known, else checked, merged and written."""
    try:
        op = checked(raw)
        if (known := desk.ops.get(op["op"])) is not None:
            return _answer_again(desk, known)
        if op["do"] in _WITHOUT_A_NOTE:
            return _WITHOUT_A_NOTE[op["do"]](desk, op, raw)
        note = desk.notes.get(op["note"])
        if note is not None and note.group_id != desk.group.pk:
            raise Refused("note_elsewhere", _("This note belongs to another table."))
        return _write(desk, op, raw, note)
    except Refused as refusal:
        return _ack(named(raw), OpState.REFUSED, code=refusal.code, sentence=refusal.sentence)
    except SessionClosed as closed:
        return _hold(desk, op, raw, closed.code)


def _answer_again(desk: Desk, known: Op) -> Ack:
    if known.group_id != desk.group.pk:
        raise Refused("op_elsewhere", _("This op id was used at another table."))
    if known.state == OpState.HELD:
        return _ack(str(known.pk), OpState.HELD, code=known.code, sentence=_held_sentence(known.code))
    if known.state == OpState.REFUSED:
        raise Refused(known.code, _("The organiser has left this note out."))
    if known.note is not None:
        return _stored_ack(known, row(desk.notes[known.note]))
    if known.body["do"] == "confirm":
        return _stored_ack(known, confirmations.row(Confirmation.objects.get(pk=known.pk)))
    return _stored_ack(known, tallies.row_of(desk.group, checked(known.body)))


def _stored_ack(known: Op, after: dict[str, Any] | None) -> Ack:
    """The answer to an op that is in, with the note or, where it is about none, the tally or the confirmation."""
    if known.note is None:
        return _ack(str(known.pk), OpState.STORED) | {_ROW_OF[known.body["do"]]: after}
    return _ack(str(known.pk), OpState.STORED, note=after)


_ROW_OF = {"tally": "tally", "confirm": "confirmation"}
"""Under which name the answer to an op that is about no note shows what became of it."""


def _ack(op: Any, status: str, *, code: str = "", sentence: str = "", note: dict | None = None) -> Ack:
    ack: Ack = {"op": op, "status": str(status), "note": note}
    return ack | {"code": code, "sentence": sentence} if code else ack


def _held_sentence(code: str) -> str:
    if code == "removed":
        return _("This tablet is no longer at the table. The organiser has the note and decides.")
    if code == "session_not_open":
        return _("This session has not begun. The note is kept and goes in by itself when it does.")
    if code == "no_report_back":
        return _("The tables are not reporting back. The organiser has the correction and decides.")
    return _("This session is closed. The organiser has the note and decides.")


def _write(desk: Desk, op: dict[str, Any], raw: Any, note: Note | None) -> Ack:
    is_new = note is None
    if note is None:
        note = _new_note(desk, op)
    if op["do"] == "correct":
        _require_report_back(desk)
    else:
        _require_open(desk, note.session_id)
    _check_references(desk, op)
    _check_same(desk, op, note)
    before = _words(note)
    _DOINGS[op["do"]](desk, op, note)
    desk.group.seq += 1
    note.seq = desk.group.seq
    _count_revision(note, op["knew"], is_new=is_new)
    if _words(note) != before:
        note.words_revision = note.revision
    after = row(note)
    desk.take(_stored(desk, op, raw, after, note=note.pk, revision=note.revision), note)
    return _ack(str(op["op"]), OpState.STORED, note=after)


def _count_revision(note: Note, knew: int, *, is_new: bool) -> None:
    """One more; an offer of revision `knew` after a restore lifts a note to it on which nobody has written since."""
    is_as_restored = is_new or note.revision == note.base
    note.revision = 1 if is_new else note.revision + 1
    if is_as_restored and knew:
        note.revision = note.base = max(note.revision, knew)


def _words(note: Note) -> tuple[str, str, bool]:
    """What is read aloud of a note: a table that confirmed it has to hear it again when this changes."""
    return note.kind, note.text, note.deleted


def _stored(desk: Desk, op: dict[str, Any], raw: Any, after: dict[str, Any], **fields: Any) -> Op:
    """The op's own row, under the seq it has just got."""
    return Op(
        id=op["op"],
        group=desk.group,
        state=OpState.STORED,
        body=raw,
        after=after,
        seq=desk.group.seq,
        actor_kind=desk.by.kind,
        actor_id=desk.by.id,
        **fields,
    )


def _count(desk: Desk, op: dict[str, Any], raw: Any) -> Ack:
    """One answer of the rating round more or fewer; a refusal says what the server has counted."""
    session = desk.sessions.get(op["session"])
    if session is None or not session.rates:
        raise Refused("unknown_session", _("This session is not known here."))
    if op["initiative"] not in desk.known["initiative"]:
        raise Refused("unknown_initiative", _("The note refers to something that is not part of this workshop."))
    _require_open(desk, session.pk)
    try:
        after = tallies.count(desk.group, op, desk.group.seq + 1)
    except Refused as refusal:
        ack = _ack(str(op["op"]), OpState.REFUSED, code=refusal.code, sentence=refusal.sentence)
        return ack | {"tally": tallies.row_of(desk.group, op)}
    desk.group.seq += 1
    desk.take(_stored(desk, op, raw, after))
    return _ack(str(op["op"]), OpState.STORED) | {"tally": after}


def _confirm(desk: Desk, op: dict[str, Any], raw: Any) -> Ack:
    """The table heard its notes of a session."""
    if op["session"] not in desk.sessions:
        raise Refused("unknown_session", _("This session is not known here."))
    _require_open(desk, op["session"])
    desk.group.seq += 1
    here = desk.at_the_table(op["session"])
    confirmation = confirmations.confirm(
        op, group=desk.group, here=here, by=desk.by, name=desk.name, seq=desk.group.seq
    )
    after = confirmations.row(confirmation)
    desk.take(_stored(desk, op, raw, after))
    record(confirmation, "notes.confirmed", by=desk.by, scope=desk.group.workshop_id, notes=len(op["read"]))
    return _ack(str(op["op"]), OpState.STORED) | {"confirmation": after}


_WITHOUT_A_NOTE = {"tally": _count, "confirm": _confirm}


def _new_note(desk: Desk, op: dict[str, Any]) -> Note:
    values = {name: wanted for name, (_seen, wanted) in op["set"].items()}
    if op["do"] != "set":
        raise Refused("unknown_note", _("This note is not known here."))
    if values.get("session") not in desk.sessions:
        raise Refused("unknown_session", _("This session is not known here."))
    if "kind" not in values:
        raise Refused("no_kind", _("Say what kind of note it is."))
    return Note(
        pk=op["note"],
        group=desk.group,
        session_id=values["session"],
        kind=NoteKind(values["kind"]),
        by=desk.name,
        author_key=desk.by.key,
        written_at=op["written_at"],
        created_at=timezone.now(),
    )


def _require_open(desk: Desk, session_id: uuid.UUID) -> None:
    state = desk.sessions[session_id].state
    if not desk.late and state != SessionState.OPEN:
        raise SessionClosed("session_not_open" if state == SessionState.PLANNED else "session_closed")


def _require_report_back(desk: Desk) -> None:
    """What the room hears may be put right while it hears it; the session of the note is over then."""
    if not desk.late and not desk.is_reporting_back:
        raise SessionClosed("no_report_back")


def _check_references(desk: Desk, op: dict[str, Any]) -> None:
    for name in REFERENCES:
        _seen, wanted = op["set"].get(name, (None, None))
        if wanted is not None and wanted not in desk.known[name]:
            raise Refused(f"unknown_{name}", _("The note refers to something that is not part of this workshop."))


def _check_same(desk: Desk, op: dict[str, Any], note: Note) -> None:
    """The note it says the same as is one of this table and session, and does not lead back here. Raises `Refused`."""
    other = op["set"].get("same_as", (None, None))[1]
    notes = desk.at_the_table(note.session_id) if other is not None else {}
    if other is not None and other not in notes and other != note.pk:
        raise Refused("unknown_same_as", _("The note it is said to be the same as is not one of this table."))
    while other is not None:
        if other == note.pk:
            raise Refused("same_as_itself", _("Two notes cannot each be the same as the other."))
        other = notes[other].same_as_id if other in notes else None


def _set(desk: Desk, op: dict[str, Any], note: Note) -> None:
    """Merge each field; edit beats delete; a clashing text becomes a variant."""
    for name, (seen, wanted) in op["set"].items():
        if name == "session":
            continue
        attribute = f"{name}_id" if name in (*REFERENCES, "same_as") else name
        verdict = merge_field(name, getattr(note, attribute), seen, wanted)
        if verdict == "take":
            setattr(note, attribute, wanted)
            if name == "text":
                note.text_by, note.text_at = desk.name, timezone.now()
        if name == "text":
            variant = _variant(desk, op, wanted) if verdict == "clash" else None
            open_ones = carried_on(note.variants, _own_variants(desk, note, seen), variant)
            note.variants = undecided(open_ones, note.text)
    if "text" in op["set"]:
        note.deleted = False


def _own_variants(desk: Desk, note: Note, seen: Any) -> list[str]:
    """The open variants this author goes on writing: those that hold the text the author saw before the change."""
    names = [uuid.UUID(variant["op"]) for variant in note.variants if variant["text"] == seen]
    desk.look_up(names)
    writers = {name: desk.ops[name] for name in names if name in desk.ops}
    return [str(name) for name, op in writers.items() if (op.actor_kind, op.actor_id) == (desk.by.kind, desk.by.id)]


def _variant(desk: Desk, op: dict[str, Any], text: str) -> dict[str, Any]:
    return {"op": str(op["op"]), "text": text, "by": desk.name, "at": timezone.now().isoformat()}


def _delete(desk: Desk, op: dict[str, Any], note: Note) -> None:
    note.deleted = True


def _restore(desk: Desk, op: dict[str, Any], note: Note) -> None:
    note.deleted = False


def _dot(desk: Desk, op: dict[str, Any], note: Note) -> None:
    if op["add"] > 0:
        _require_dot_left(desk, note.session_id)
    note.dots = max(0, note.dots + op["add"])


def _require_dot_left(desk: Desk, session_id: uuid.UUID) -> None:
    """Each person at the table has so many dots for a session; who gives them is nobody's business."""
    given = sum(note.dots for note in desk.at_the_table(session_id).values() if not note.deleted)
    all_dots = people_at(desk.group, session_id) * desk.sessions[session_id].dots_per_person
    if given >= all_dots:
        sentence = ngettext("The table’s one dot is given.", "All %(count)d dots of the table are given.", all_dots)
        raise Refused("no_dots_left", sentence % {"count": all_dots})


def _settle(desk: Desk, op: dict[str, Any], note: Note) -> None:
    note.variants = without_variants(note.variants, op["variants"])
    _set(desk, op, note)


_DOINGS = {
    "set": _set,
    "delete": _delete,
    "restore": _restore,
    "dot": _dot,
    "settle": _settle,
    "correct": correct,
}


def _hold(desk: Desk, op: dict[str, Any], raw: Any, code: str) -> Ack:
    """Keep an op for the organiser; it counts for nothing until it is accepted."""
    desk.has_held = True
    held = Op.objects.create(
        id=op["op"],
        group=desk.group,
        note=op["note"],
        state=OpState.HELD,
        code=code,
        body=_said(raw) | {"by": desk.name},
        actor_kind=desk.by.kind,
        actor_id=desk.by.id,
    )
    desk.ops[held.pk] = held
    record(held, "op.held", by=desk.by, scope=desk.group.workshop_id)
    return _ack(str(held.pk), OpState.HELD, code=held.code, sentence=_held_sentence(code))


@transaction.atomic
def accept_held(op: Op, *, by: Actor) -> Ack:
    """The organiser takes a late op over: it is applied now, as its own author's, under its own id.

    Raises `Refused` when it has become impossible meanwhile; it then stays held.
    """
    group = Group.objects.select_for_update().get(pk=op.group_id)
    held = _still_held(op)
    body = dict(held.body)
    name = body.pop("by", "")
    Op.objects.filter(pk=op.pk).delete()
    [ack] = apply_ops(group, [body], by=Actor(held.actor_kind, held.actor_id), name=name, late=True)
    if ack["status"] != OpState.STORED:
        raise Refused(ack["code"], ack["sentence"])
    record(held, "op.accepted", by=by, scope=group.workshop_id)
    return ack


@transaction.atomic
def refuse_held(op: Op, *, by: Actor) -> None:
    """The organiser leaves a late op out. It can be accepted after all until the workshop is over. Raises `Refused`."""
    held = _still_held(op)
    if held.state == OpState.REFUSED:
        raise _decided()
    Op.objects.filter(pk=held.pk).update(state=OpState.REFUSED, code=LEFT_OUT)
    record(held, "op.refused", by=by, scope=op.group.workshop_id)
    wakeups.changed(f"room:{op.group.workshop_id}")


@transaction.atomic
def release_early(session: Session) -> int:
    """Take in what was written for a session before it began; how many ops. What has become impossible stays held."""
    early = Op.objects.filter(group__workshop=session.workshop_id, state=OpState.HELD, code="session_not_open")
    taken = 0
    for op in early.order_by("at", "pk"):
        if _session_of(op) != session.pk:
            continue
        with suppress(Refused), transaction.atomic():
            accept_held(op, by=SYSTEM)
            taken += 1
    return taken


def _session_of(op: Op) -> uuid.UUID | None:
    body = checked({name: value for name, value in op.body.items() if name != "by"})
    if body["do"] in _WITHOUT_A_NOTE:
        return body["session"]
    if "session" in body["set"]:
        return body["set"]["session"][1]
    return Note.objects.filter(pk=body["note"]).values_list("session", flat=True).first()


@transaction.atomic
def forget_left_out(workshop: Workshop) -> None:
    """When a workshop is over, the texts its organisers left out go for good; the rows stay as history."""
    Op.objects.filter(group__workshop=workshop, state=OpState.REFUSED).exclude(body={}).update(body={})


def _decided() -> Refused:
    return Refused("decided", _("Somebody else has decided about it."))


def _still_held(op: Op) -> Op:
    """The op under its lock, waiting or left out for now. Raises `Refused` when somebody has decided for good."""
    held = Op.objects.select_for_update().of_organiser().filter(pk=op.pk).first()
    if held is None:
        raise _decided()
    return held
