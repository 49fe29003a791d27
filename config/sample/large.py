"""A large programme for measuring: one workshop with 500 people, 60 tables and 20,000 notes, alike for the same seed.

What is said is put together from the sentences of the small sample. Rows are written in bulk, yet as the actions would
have left them: stored ops for each note, `seq` without gaps, a registration for each person. Only history and mails
of the people are left out.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from config.sample import clock, people, plan, tables
from config.sample.load import story
from config.sample.plan import Stage
from feedback.models import Note, Op, RatingTally
from feedback.notes.rows import row
from feedback.states import Answer, OpState
from ledger.history import Actor
from ledger.models import ActorKind
from participants.models import Device, Person, Registration, Seat
from participants.states import AgeBand, RegistrationState
from workshops.actions.evening import move_session
from workshops.actions.groups import CODES_LAST
from workshops.actions.moving import move_workshop
from workshops.models import Group, Programme
from workshops.states import SessionState, WorkshopState

SLUG = "milano-grande"
KEY = "habits-ratings"
PEOPLE, TABLES, NOTES = 500, 60, 20_000
SEATS = 9
BATCH = 1000
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@transaction.atomic
def load_large(now: dt.datetime, *, seed: int = 1, notes: int = NOTES) -> Programme:
    """The large programme, in the middle of its evening at `now`. Does nothing when it is there already."""
    if found := Programme.objects.filter(slug=SLUG).first():
        return found
    chance, told = random.Random(seed), _one_large_workshop()  # noqa: S311 (nothing here is secret)
    stage = plan.lay_out(told, owner=people.make_cast()["organiser"])
    _hold(stage, told, now)
    _fill_places(stage, told, chance)
    _say(stage, told, chance, notes)
    _count_answers(stage, chance)
    return stage.programme


def _one_large_workshop() -> dict[str, Any]:
    """The small sample's file, narrowed to its second workshop, with many tables."""
    told = story()
    workshop = next(workshop for workshop in told["workshops"] if workshop["key"] == KEY)
    trees = workshop["groups"]
    workshop |= {"slug": f"{workshop['slug']}-grande", "places": PEOPLE}
    workshop["groups"] = [
        {**tree, "name": f"{tree['name']} {row_of_tables}", "seats": SEATS}
        for row_of_tables in range(1, TABLES // len(trees) + 1)
        for tree in trees
    ]
    return {**told, "programme": {**told["programme"], "slug": SLUG}, "workshops": [workshop]}


def _hold(stage: Stage, told: dict[str, Any], now: dt.datetime) -> None:
    """The evening as far as `now`: everything before the open session is closed."""
    workshop, [plan_told] = stage.workshops[KEY], told["workshops"]
    for state in (WorkshopState.ANNOUNCED, WorkshopState.LIVE):
        move_workshop(workshop, state, by=stage.organiser)
    for (_key, name), session in stage.sessions.items():
        move_session(session, SessionState.OPEN, by=stage.organiser)
        if name == clock.OPEN_SESSION:
            break
        move_session(session, SessionState.CLOSED, by=stage.organiser)
    begun = clock.beginning(stage, KEY, plan_told, now)
    clock.set_workshop(stage, KEY, begun)
    clock.set_sessions(stage, plan_told, begun, now)


def _fill_places(stage: Stage, told: dict[str, Any], chance: random.Random) -> None:
    """Everybody has a place and a seat; nineteen of twenty have come."""
    workshop, groups = stage.workshops[KEY], list(stage.groups.values())
    opens_at = clock.sign_up_opens(stage, KEY)
    first, last = zip(*(person["name"].split(" ", 1) for person in told["people"]), strict=True)
    persons = Person.objects.bulk_create(
        Person(
            programme=stage.programme,
            name=f"{chance.choice(first)} {chance.choice(last)}",
            email=f"persona{number}@posta.example",
            language=chance.choice(("it", "it", "en")),
            age_band=chance.choice(AgeBand.values),
        )
        for number in range(1, PEOPLE + 1)
    )
    registrations = Registration.objects.bulk_create(
        Registration(
            workshop=workshop,
            person=person,
            state=RegistrationState.CONFIRMED,
            occasion=1,
            asked_at=opens_at + dt.timedelta(minutes=7 * turn),
            arrived_at=workshop.doors_at + dt.timedelta(seconds=2 * turn) if chance.random() < 0.95 else None,
            theme=chance.choice(list(stage.themes.values())),
            first_time=chance.random() < 0.5,
        )
        for turn, person in enumerate(persons)
    )
    Seat.objects.bulk_create(
        Seat(registration=registration, group=groups[turn % TABLES])
        for turn, registration in enumerate(registrations)
        if registration.arrived_at
    )


def _say(stage: Stage, told: dict[str, Any], chance: random.Random, notes: int) -> None:
    """The notes of each table in the order of their minutes, with the ops that made them."""
    sentences = _sentences(told)
    said = [note for note in told["notes"][KEY] if note["session"] == "habits" or note["minute"] <= clock.MINUTE]
    for number, group in enumerate(stage.groups.values()):
        share = notes // TABLES + (number < notes % TABLES)
        in_order = sorted((chance.choice(said) for _note in range(share)), key=lambda each: _moment(stage, each))
        rows, ops = _table(stage, group, (_retold(each, sentences, chance) for each in in_order), chance)
        Note.objects.bulk_create(rows, batch_size=BATCH)
        Op.objects.bulk_create(ops, batch_size=BATCH)
        Group.objects.filter(pk=group.pk).update(seq=len(ops))


def _sentences(told: dict[str, Any]) -> dict[tuple[str, str], list[str]]:
    """What was said in the small sample, sentence by sentence, by language and theme."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for note in itertools.chain.from_iterable(told["notes"].values()):
        found[note["lang"], note["theme"]] += SENTENCE_END.split(note["text"])
    return found


def _retold(said: dict[str, Any], sentences: dict[tuple[str, str], list[str]], chance: random.Random) -> dict[str, Any]:
    """One of its sentences, followed by one that somebody else said about the theme; and other dots."""
    own, other = chance.choice(SENTENCE_END.split(said["text"])), chance.choice(sentences[said["lang"], said["theme"]])
    return {**said, "text": f"{own} {other}", "dots": chance.choice((0, 0, 0, 1, 2))}


def _moment(stage: Stage, said: dict[str, Any]) -> dt.datetime:
    """When the small sample said it, in this evening."""
    return stage.sessions[KEY, said["session"]].starts_on_the_clock + dt.timedelta(minutes=said["minute"])


def _table(
    stage: Stage, group: Group, said: Iterable[dict[str, Any]], chance: random.Random
) -> tuple[list[Note], list[Op]]:
    """A table's notes and ops: each note is written by one op and takes up to two dots by one op each."""
    device = Device.objects.create(group=group, name="Wei Chen", until=stage.workshops[KEY].ends_at + CODES_LAST)
    notes: list[Note] = []
    ops: list[Op] = []
    for each in said:
        note = _note(stage, group, device, each, chance)
        for body in tables.ops_for(stage, KEY, note.pk, each):
            note.seq, note.revision, note.dots = len(ops) + 1, note.revision + 1, note.dots + body.get("add", 0)
            ops.append(_op(note, body, _new_id(chance), device))
        notes.append(note)
    return notes, ops


def _note(stage: Stage, group: Group, device: Device, said: dict[str, Any], chance: random.Random) -> Note:
    """A note before its first op."""
    return Note(
        id=_new_id(chance),
        group=group,
        session=stage.sessions[KEY, said["session"]],
        prompt=stage.prompts[KEY, said["session"]][said["prompt"] - 1],
        theme=stage.themes[said["theme"]],
        kind=said["kind"],
        lang=said["lang"],
        text=said["text"],
        initiative=stage.initiatives.get((KEY, said["initiative"])),
        rating=said["rating"],
        revision=0,
        seq=0,
        by=device.first_name,
        author_key=Actor(ActorKind.DEVICE, str(device.pk)).key,
        written_at=_moment(stage, said),
        created_at=_moment(stage, said),
    )


def _op(note: Note, body: dict[str, Any], op_id: uuid.UUID, device: Device) -> Op:
    return Op(
        id=op_id,
        group=note.group,
        note=note.pk,
        state=OpState.STORED,
        body={**body, "op": str(op_id)},
        after=row(note),
        revision=note.revision,
        seq=note.seq,
        actor_kind=ActorKind.DEVICE,
        actor_id=str(device.pk),
        at=note.created_at,
    )


def _new_id(chance: random.Random) -> uuid.UUID:
    return uuid.UUID(int=chance.getrandbits(128), version=4)


def _count_answers(stage: Stage, chance: random.Random) -> None:
    """What each table's people answered about each initiative asked about so far."""
    asked = [prompt.initiative for prompt in stage.prompts[KEY, clock.OPEN_SESSION][:3]]
    RatingTally.objects.bulk_create(
        RatingTally(
            group=group,
            session=stage.sessions[KEY, clock.OPEN_SESSION],
            initiative=initiative,
            answer=answer,
            people=people,
        )
        for group in stage.groups.values()
        for initiative in asked
        for answer, people in sorted(Counter(chance.choices(Answer.values, k=SEATS - 1)).items())
    )
