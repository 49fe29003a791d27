"""A storm of joining, leaving, answering offers and changing the places, played by many threads and then read again.

The history is written under the workshop's lock, so its order is the order in which places were given. `Reading` walks
through it with a model of its own and names whatever should not have happened. `TAVOLO_TEST_STORMS=20x500` plays more
seeds with more acts each than the tests of every day.
"""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from ledger.history import SYSTEM, record
from ledger.models import Event, Mail
from participants.actions.offers import OfferGone, accept_offer, decline_offer
from participants.actions.places import give_up, hold, promote_waiting, register
from participants.free_places import FreePlaces, Holders
from participants.models import Registration
from participants.states import HOLDING
from tests.factories import make_workshop
from workshops.actions.audiences import add_audience
from workshops.actions.details import change_details
from workshops.models import Workshop
from workshops.states import Promotion

SEEDS, ACTS = map(int, os.environ.get("TAVOLO_TEST_STORMS", "3x240").split("x"))
THREADS, PEOPLE, LEAST, MOST = 6, 30, 5, 9
EVERY_S = 0.05
ACTIONS = ("join", "join", "join", "leave", "leave", "take", "decline", "lapse", "places")


# The storm


def make_hall(seed: int) -> Workshop:
    """Places for residents and workers and some for everybody; every other seed offers places before it gives them."""
    workshop = make_workshop(places=MOST, promotion=Promotion.OFFER if seed % 2 else Promotion.AT_ONCE)
    for name, places in (("Residents", 3), ("Workers", 2)):
        add_audience(workshop, name={"en": name}, places=places, by=SYSTEM)
    workshop.refresh_from_db()
    return workshop


def play(workshop: Workshop, seed: int, acts: int) -> list[str]:
    """All threads at once, each with a fixed row of acts; gives the errors, and what was seen to be wrong meanwhile."""
    faults: list[str] = []
    audiences = [*workshop.audiences.all(), None]
    start = threading.Barrier(THREADS)

    def act_on(number: int) -> None:
        dice = random.Random(f"{seed}-{number}")
        with closing(connection):
            start.wait(60)
            for _act in range(acts // THREADS):
                try:
                    act(workshop, dice, audiences)
                except OfferGone:
                    pass
                except Exception as problem:
                    faults.append(f"error: {problem!r}")

    threads = [threading.Thread(target=act_on, args=(number,)) for number in range(THREADS)]
    with watched(workshop, faults):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return faults


def act(workshop: Workshop, dice: random.Random, audiences: list) -> None:
    """One thing somebody does, chosen by the dice."""
    what, number = dice.choice(ACTIONS), dice.randrange(PEOPLE)
    if what == "join":
        email, audience = f"{workshop.pk}-{number}@posta.example", audiences[number % 3]
        register(workshop, name="Anna", email=email, language="en", by=SYSTEM, audience=audience)
    elif what == "places":
        with transaction.atomic():
            hold(workshop.pk)
            places = dice.randint(LEAST, MOST)
            record(workshop, "storm.places", by=SYSTEM, scope=workshop.pk, places=places)
            change_details(Workshop.objects.get(pk=workshop.pk), places=places, by=SYSTEM)
    elif what == "lapse":
        with transaction.atomic():
            held = hold(workshop.pk)
            if late := workshop.registrations.offered().first():
                Registration.objects.filter(pk=late.pk).update(offered_until=timezone.now())
            promote_waiting(held)
    else:
        do_with_one(what, workshop, dice)


def do_with_one(what: str, workshop: Workshop, dice: random.Random) -> None:
    """Somebody who is on the list leaves it, or answers an offer."""
    people = workshop.registrations.standing() if what == "leave" else workshop.registrations.offered()
    found = list(people.order_by("pk")[:PEOPLE])
    if found:
        {"leave": give_up, "take": accept_offer, "decline": decline_offer}[what](dice.choice(found), by=SYSTEM)


@contextmanager
def watched(workshop: Workshop, faults: list[str]) -> Iterator[None]:
    """Look at the list every 50 ms, as somebody outside would: never more than the places, and no number that rises."""
    over, best = threading.Event(), {}

    def look() -> None:
        with closing(connection):
            while not over.wait(EVERY_S):
                rows = list(workshop.registrations.order_by("queue_no").values_list("pk", "state", "occasion"))
                if sum(state in HOLDING for _pk, state, _occasion in rows) > MOST:
                    faults.append("seen: more than the places")
                queue = [(pk, occasion) for pk, state, occasion in rows if state == "waiting"]
                for position, turn in enumerate(queue):
                    if position > best.setdefault(turn, position):
                        faults.append("seen: a number that rose")
                    best[turn] = position

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


# Reading it again


class Reading:
    """The history once more, in a model of its own: places by audience, and the queue as it was joined."""

    def __init__(self, workshop: Workshop) -> None:
        reserved = {audience.pk: audience.places for audience in workshop.audiences.all()}
        self.free = FreePlaces(MOST, Holders(), reserved)
        self.audience_of = dict(workshop.registrations.values_list("pk", "audience"))
        self.queue: list[UUID] = []
        self.holding: set[UUID] = set()
        self.faults: list[str] = []
        self.promoted: Counter[str] = Counter()

    def read(self, workshop: Workshop) -> Reading:
        events = Event.objects.filter(scope_id=workshop.pk).exclude(verb="workshop.changed").order_by("pk")
        for event in events:
            self.step(event)
        self.rest()
        return self

    def step(self, event: Event) -> None:
        if event.verb not in ("registration.promoted", "registration.offered", "offer.lapsed"):
            self.rest()
        if event.verb == "storm.places":
            self.free.total = event.data["places"]
        elif event.verb in ("registration.promoted", "registration.offered"):
            self.promote(UUID(event.thing_id), event.verb)
        elif event.verb == "registration.asked":
            self.ask(UUID(event.thing_id), event.data["state"])
        elif event.verb in ("registration.given_up", "offer.declined", "offer.lapsed"):
            self.leave(UUID(event.thing_id))

    def ask(self, person: UUID, state: str) -> None:
        if state == "waiting":
            self.queue.append(person)
        else:
            self.give(person)

    def give(self, person: UUID) -> None:
        audience = self.audience_of[person]
        if not self.free.for_audience(audience):
            self.faults.append("a place that was not free")
        self.free.take(audience)
        self.holding.add(person)

    def promote(self, person: UUID, verb: str) -> None:
        first = next((each for each in self.queue if self.free.for_audience(self.audience_of[each])), None)
        if person != first:
            self.faults.append("out of turn")
        self.promoted[verb.partition(".")[2]] += 1
        if person in self.queue:
            self.queue.remove(person)
        self.give(person)

    def leave(self, person: UUID) -> None:
        if person in self.holding:
            self.holding.remove(person)
            self.free.held[self.audience_of[person]] -= 1
        elif person in self.queue:
            self.queue.remove(person)

    def rest(self) -> None:
        """Between two acts nobody waits while a place is free for them."""
        if any(self.free.for_audience(self.audience_of[person]) for person in self.queue):
            self.faults.append("somebody waits while a place is free for them")


def read_again(workshop: Workshop) -> list[str]:
    """What the history and the mails say went wrong; the rows must say the same as the history at the end."""
    reading = Reading(workshop).read(workshop)
    faults = reading.faults
    if set(workshop.registrations.holding().values_list("pk", flat=True)) != reading.holding:
        faults.append("rows and history differ in who holds a place")
    if list(workshop.registrations.waiting().values_list("pk", flat=True)) != reading.queue:
        faults.append("rows and history differ in who waits")
    mails = Counter(Mail.objects.about(workshop.pk).values_list("kind", flat=True))
    if {kind: mails[kind] for kind in ("promoted", "offered")} != {
        kind: reading.promoted[kind] for kind in ("promoted", "offered")
    }:
        faults.append("not one mail for each promotion")
    return faults


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_whatever_people_do_at_once_no_place_is_given_twice_and_nobody_is_forgotten(seed):
    workshop = make_hall(seed)
    faults = play(workshop, seed, ACTS)
    assert faults + read_again(workshop) == []
    assert Event.objects.filter(verb__in=("registration.promoted", "registration.offered")).count() > 0


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_storm_is_seen_to_fail(monkeypatch):
    """The control: PostgreSQL's row lock and SQLite's IMMEDIATE are taken away, inside this test only."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self.all())
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "transaction_mode", "DEFERRED")
    faults: list[str] = []
    for seed in range(1, 4):
        workshop = make_hall(seed)
        faults += play(workshop, seed, ACTS) + read_again(workshop)
    assert faults != []
