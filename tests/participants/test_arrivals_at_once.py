"""Desks that tell at the same moment: each op once, and no more people than places."""

import threading
import uuid

import pytest
from django.db import connection

from ledger.history import SYSTEM
from ledger.models import Event
from participants.actions.arrivals import take_arrivals
from participants.models import Person, Registration
from tests.factories import make_registration, make_workshop
from workshops.models import Workshop

pytestmark = pytest.mark.django_db(transaction=True)

DESKS = 12


def walk_in(name):
    return {"op": str(uuid.uuid4()), "do": "walk_in", "registration": str(uuid.uuid4()), "name": name}


def tell_at_once(workshop, batches):
    """Every batch by a desk of its own, started together; the status of each ack, and what went wrong."""
    barrier, statuses, errors = threading.Barrier(len(batches)), [], []

    def tell(ops):
        try:
            barrier.wait(20)
            acks = take_arrivals(workshop, ops, by=SYSTEM, may_exceed=False)
            statuses.extend(ack.get("code") or ack["status"] for ack in acks)
        except Exception as problem:
            errors.append(repr(problem))
        finally:
            connection.close()

    threads = [threading.Thread(target=tell, args=(ops,)) for ops in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(statuses), errors


def test_the_same_op_from_many_tabs_is_one_person():
    workshop = make_workshop(places=3, opens_at=None)
    one = walk_in("Omar")
    assert tell_at_once(workshop, [[one]] * DESKS) == (["stored"] * DESKS, [])
    assert (Person.objects.count(), Event.objects.filter(verb="person.arrived").count()) == (1, 1)


def test_many_desks_that_tick_one_person_agree_on_one_arrival():
    workshop = make_workshop(places=3, opens_at=None)
    teresa = make_registration(workshop)
    ticks = [[{"op": str(uuid.uuid4()), "do": "here", "registration": str(teresa.pk)}] for _desk in range(DESKS)]
    assert tell_at_once(workshop, ticks) == (["here_already"] * (DESKS - 1) + ["stored"], [])


def test_the_last_places_are_given_once_and_the_others_are_asked_about():
    workshop = make_workshop(places=3, opens_at=None)
    people = [[walk_in(f"Person {number}")] for number in range(DESKS)]
    assert tell_at_once(workshop, people) == (["full"] * (DESKS - 3) + ["stored"] * 3, [])
    assert (Registration.objects.count(), Person.objects.count()) == (3, 3)


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite is saved by IMMEDIATE, not by the row lock")
def test_without_the_lock_the_same_desks_give_too_many_places(monkeypatch):
    """The control: with the lock switched off this must be seen to fail."""
    monkeypatch.setattr(type(Workshop.objects.all()), "select_for_update", lambda self, **options: self.all())
    workshop = make_workshop(places=3, opens_at=None)
    tell_at_once(workshop, [[walk_in(f"Person {number}")] for number in range(DESKS)])
    assert workshop.registrations.confirmed().count() > 3
