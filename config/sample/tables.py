"""An evening of the sample: tablets join, sessions open and close, and what is said is written as ops."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

from config.sample.plan import Stage
from feedback.models import Note, RatingTally
from feedback.notes.actions import apply_ops
from feedback.notes.confirmations import fingerprint
from ledger.history import Actor
from ledger.models import ActorKind
from ledger.shapes import MOST_OPS
from participants.actions.tablets import join_table
from participants.queries.tables import people_at
from workshops.actions.evening import ask_prompt, move_session
from workshops.models import Group, Prompt
from workshops.states import ModeratorRole, SessionKind, SessionState

Telling = tuple[int, dict[str, Any]]
"""A note's place in the file and the note."""


def hold(stage: Stage, told: dict[str, Any], key: str, *, until: str | None, minute: int) -> None:
    """Hold all sessions of a workshop or, with `until`, those before it and the first `minute` minutes of it."""
    _join(stage, told, key)
    for name in [name for workshop, name in stage.sessions if workshop == key]:
        session = stage.sessions[key, name]
        move_session(session, SessionState.OPEN, by=stage.organiser)
        said = [(n, _first_said(told, key, n)) for n, note in enumerate(told["notes"][key]) if note["session"] == name]
        if name == until:
            said = [(n, note) for n, note in said if note["minute"] <= minute]
        _write(stage, key, said)
        if said:
            ask_prompt(session, _prompt(stage, key, said[-1][1]), by=stage.organiser)
        if name == until:
            return
        _read_back(stage, key, [stage.notes[key, n] for n, _note in said])
        if session.kind == SessionKind.REPORT and told["corrected"]["workshop"] == key:
            _correct(stage, told["corrected"], told["notes"][key])
        move_session(session, SessionState.CLOSED, by=stage.organiser)


def _first_said(told: dict[str, Any], key: str, place: int) -> dict[str, Any]:
    """A note as it was written; one of them was corrected in plenary later."""
    note, corrected = told["notes"][key][place], told["corrected"]
    if (corrected["workshop"], corrected["note_index"]) == (key, place):
        return {**note, "text": corrected["before"]}
    return note


def _read_back(stage: Stage, key: str, notes: list[Note]) -> None:
    """At the end of a session each table hears its notes, and whoever asks there presses the button."""
    for table, heard in itertools.groupby(sorted(notes, key=lambda note: str(note.group_id)), lambda note: note.group):
        seat = table.moderators.get(role=ModeratorRole.ASKS)
        op = {
            "op": str(uuid.uuid4()),
            "do": "confirm",
            "session": str(notes[0].session_id),
            "people": people_at(table),
            "notes": {str(note.pk): fingerprint(note.kind, note.text) for note in heard},
        }
        send(stage, key, table.name, seat.first_name, [op])


def _correct(stage: Stage, corrected: dict[str, Any], told: list[dict[str, Any]]) -> None:
    """The room hears a note, and its table puts it right."""
    place, key = corrected["note_index"], corrected["workshop"]
    change = {"text": {"from": corrected["before"], "to": told[place]["text"]}}
    note = stage.notes[key, place]
    send(stage, key, told[place]["group"], corrected["by"], [_op(note.pk, do="correct", set=change)])


def _join(stage: Stage, told: dict[str, Any], key: str) -> None:
    """Both moderators of each table join with its code, each with a tablet."""
    for planned in next(workshop for workshop in told["workshops"] if workshop["key"] == key)["groups"]:
        group = stage.groups[key, planned["name"]]
        group.refresh_from_db()
        for moderator in planned["moderators"]:
            device = join_table(group.code or "", name=moderator["name"])
            stage.devices[key, group.name, device.first_name] = device


def _write(stage: Stage, key: str, said: list[Telling]) -> None:
    """Send the notes table by table, writer by writer, in the order of their minutes."""
    in_order = sorted(said, key=lambda telling: (telling[1]["group"], telling[1]["minute"]))
    turns = itertools.groupby(in_order, lambda telling: (telling[1]["group"], telling[1]["by"]))
    for (table, writer), tellings in turns:
        ids = {place: (uuid.uuid4(), note) for place, note in tellings}
        ops = [op for note_id, note in ids.values() for op in ops_for(stage, key, note_id, note)]
        send(stage, key, table, writer, ops)
        stored = Note.objects.in_bulk([note_id for note_id, _note in ids.values()])
        stage.notes.update({(key, place): stored[note_id] for place, (note_id, _note) in ids.items()})


def send(stage: Stage, key: str, table: str, writer: str, ops: list[dict[str, Any]]) -> None:
    """What the writer's tablet sends; an op that is not stored is a mistake in the sample."""
    group: Group = stage.groups[key, table]
    by = Actor(ActorKind.DEVICE, str(stage.devices[key, table, writer].pk))
    for first in range(0, len(ops), MOST_OPS):
        for ack in apply_ops(group, ops[first : first + MOST_OPS], by=by, name=writer):
            if ack["status"] != "stored":
                raise ValueError(f"The sample's {ack['op']} was {ack['status']}: {ack['sentence']}")


def ops_for(stage: Stage, key: str, note_id: uuid.UUID, note: dict[str, Any]) -> list[dict[str, Any]]:
    """One op that makes the note, and one for each dot."""
    initiative = stage.initiatives.get((key, note["initiative"]))
    values = {
        "session": str(stage.sessions[key, note["session"]].pk),
        "prompt": str(_prompt(stage, key, note).pk),
        "kind": note["kind"],
        "theme": str(stage.themes[note["theme"]].pk),
        "lang": note["lang"],
        "text": note["text"],
        "initiative": str(initiative.pk) if initiative else None,
        "rating": note["rating"],
    }
    written = _op(note_id, do="set", set={name: {"to": value} for name, value in values.items()})
    return [written, *(_op(note_id, do="dot", add=1) for _dot in range(note["dots"]))]


def _op(note_id: uuid.UUID, **fields: Any) -> dict[str, Any]:
    return {"op": str(uuid.uuid4()), "note": str(note_id), **fields}


def _prompt(stage: Stage, key: str, note: dict[str, Any]) -> Prompt:
    """The question the note answers; the file counts them from 1."""
    return stage.prompts[key, note["session"]][note["prompt"] - 1]


def disagree(stage: Stage, told: dict[str, Any], key: str) -> None:
    """Two tablets changed the same text from the same start: the second one's text stays as a variant."""
    conflict = told["conflict"]
    place = conflict["note_index"]
    table = told["notes"][key][place]["group"]
    change = {"text": {"from": "", "to": conflict["theirs"]}}
    send(stage, key, table, conflict["by"], [_op(stage.notes[key, place].pk, do="set", set=change)])


def count_answers(stage: Stage, told: dict[str, Any], key: str) -> None:
    """How many people of each table gave each answer about each initiative asked about so far."""
    session = next(s for (workshop, _name), s in stage.sessions.items() if workshop == key and s.rates)
    asked = {note.initiative_id for (workshop, _place), note in stage.notes.items() if workshop == key}
    RatingTally.objects.bulk_create(
        RatingTally(
            group=stage.groups[key, table], session=session, initiative=initiative, answer=answer, people=people
        )
        for name, tables in told["tallies"][key].items()
        if (initiative := stage.initiatives[key, name]).pk in asked
        for table, counts in tables.items()
        for answer, people in enumerate(counts, start=1)
        if people
    )
