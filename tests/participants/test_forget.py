"""Forgetting while others come and go: nobody waits beside a free place, and nobody is forgotten by mistake."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.history import SYSTEM
from ledger.models import Erasure, Mail
from participants.actions.forget import erase_person
from participants.actions.places import give_up
from participants.models import Person
from tests.factories import make_programme, make_registration, make_workshop
from workshops.models import Workshop


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.integers(1, 3), steps=st.lists(st.sampled_from(["join", "leave", "erase"]), max_size=12))
def test_nobody_waits_while_a_place_is_free_however_people_leave(places: int, steps: list[str]) -> None:
    programme = make_programme()
    workshops = [make_workshop(programme, places=places), make_workshop(programme, places=places)]
    erased = 0
    for number, step in enumerate(steps):
        people = list(Person.objects.filter(programme=programme).order_by("created_at"))
        if step == "join":
            for workshop in workshops:
                make_registration(workshop, f"Person {number}", f"{programme.slug}-{number}@posta.example")
        elif step == "leave" and people:
            place = people[0].registrations.standing().first()
            if place:
                give_up(place, by=SYSTEM)
        elif step == "erase" and people:
            erase_person(people[len(people) // 2], by=SYSTEM)
            erased += 1
        for workshop in workshops:
            taken, waiting = workshop.registrations.confirmed().count(), workshop.registrations.waiting().count()
            assert taken <= places
            assert not waiting or taken == places
    joined = steps.count("join")
    assert Person.objects.filter(programme=programme).count() == joined - erased


def at_once(*acts: Any) -> list[Exception]:
    """Do all at the same moment, each in a thread with a connection of its own; what they raised."""
    gate, raised = threading.Barrier(len(acts)), []

    def run(act: Any) -> None:
        try:
            gate.wait()
            act()
        except Exception as problem:
            raised.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.mark.django_db(transaction=True)
def test_many_who_forget_themselves_at_once_free_each_place_once() -> None:
    programme = make_programme()
    workshops = [make_workshop(programme, places=4) for _two in range(2)]
    people = []
    for number in range(10):
        for workshop in workshops if number % 2 else reversed(workshops):
            place = make_registration(workshop, f"Person {number}", f"storm{number}@posta.example")
        people.append(place.person)
    leaving = [people[number] for number in (0, 1, 2, 5, 9)]
    raised = at_once(*[lambda person=person: erase_person(person, by=SYSTEM) for person in leaving])
    assert raised == []
    assert (Erasure.objects.count(), Person.objects.count()) == (5, 5)
    for workshop in Workshop.objects.all():
        assert [workshop.registrations.confirmed().count(), workshop.registrations.waiting().count()] == [4, 1]
    written = {str(person.pk) for person in leaving}
    assert not Mail.objects.filter(recipient_id__in=written).exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_erase_the_same_person_at_once_get_one_receipt() -> None:
    person = make_registration(make_workshop()).person
    raised = at_once(*[lambda: erase_person(person, by=SYSTEM)] * 2)
    assert [type(problem) for problem in raised] == [Person.DoesNotExist]
    assert Erasure.objects.count() == 1
