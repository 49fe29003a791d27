"""Places: never more than there are, nobody waiting while one is free, and the answer is the final state."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.history import SYSTEM
from ledger.models import Event, Mail
from participants.actions.places import RegistrationClosed, give_up, register
from participants.models import Person, Registration
from participants.states import RegistrationState
from tests.factories import make_programme, make_registration, make_session, make_workshop
from workshops.actions.details import change_details
from workshops.actions.moving import move_workshop
from workshops.models import Workshop
from workshops.states import WorkshopState


@pytest.mark.django_db
def test_the_first_gets_a_place_the_second_waits_and_both_are_written_to():
    workshop = make_workshop(places=1)
    first, second = make_registration(workshop, "Anna Keller"), make_registration(workshop, "Luca Ricci")
    assert (first.state, second.state, second.position()) == (RegistrationState.CONFIRMED, RegistrationState.WAITING, 1)
    assert list(Mail.objects.order_by("created_at").values_list("kind", flat=True)) == ["place_taken", "waiting"]


@pytest.mark.django_db
def test_asking_twice_changes_nothing_whatever_the_case_of_the_address():
    workshop = make_workshop()
    first = make_registration(workshop, email="teresa@posta.example")
    events, mails = Event.objects.count(), Mail.objects.count()
    again, is_new = register(workshop, name="T.", email="Teresa@Posta.example", language="it", by=SYSTEM)
    assert (again, is_new) == (first, False)
    assert (Event.objects.count(), Mail.objects.count()) == (events, mails)
    assert Registration.objects.get().person.name == "Teresa Donati"


@pytest.mark.django_db
def test_giving_up_promotes_the_next_in_the_same_act():
    workshop = make_workshop(places=1)
    first, second, third = (make_registration(workshop) for _ in range(3))
    give_up(first, by=SYSTEM)
    for each in (first, second, third):
        each.refresh_from_db()
    assert [r.state for r in (first, second, third)] == ["cancelled", "confirmed", "waiting"]
    assert third.position() == 1
    assert Mail.objects.filter(kind="promoted", recipient_id=str(second.person_id)).count() == 1


@pytest.mark.django_db
def test_whoever_comes_back_gets_a_new_turn():
    workshop = make_workshop(places=1)
    first, second = make_registration(workshop, email="a@posta.example"), make_registration(workshop)
    give_up(first, by=SYSTEM)
    back = make_registration(workshop, email="a@posta.example")
    second.refresh_from_db()
    assert (back.pk, back.state, back.position(), second.state) == (first.pk, "waiting", 1, "confirmed")


@pytest.mark.django_db
def test_more_places_promote_and_fewer_throw_nobody_out():
    workshop = make_workshop(places=1)
    people = [make_registration(workshop) for _ in range(3)]
    change_details(workshop, places=2, by=SYSTEM)
    change_details(workshop, places=1, by=SYSTEM)
    states = [Registration.objects.get(pk=p.pk).state for p in people]
    assert states == ["confirmed", "confirmed", "waiting"]


@pytest.mark.django_db
@pytest.mark.parametrize("state", [WorkshopState.DRAFT, WorkshopState.CANCELLED, WorkshopState.PUBLISHED])
def test_a_closed_workshop_takes_nobody(state):
    workshop = make_workshop(state=state)
    with pytest.raises(RegistrationClosed):
        make_registration(workshop)
    assert Registration.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    places=st.integers(1, 3),
    steps=st.lists(st.tuples(st.sampled_from(["join", "leave", "more", "fewer"]), st.integers(0, 5)), max_size=20),
)
def test_nobody_waits_while_a_place_is_free_and_positions_have_no_gap(places, steps):
    workshop = make_workshop(places=places)
    for step, person in steps:
        email = f"person-{workshop.pk}-{person}@posta.example"
        workshop.refresh_from_db()
        if step == "join":
            register(workshop, name="Anna", email=email, language="en", by=SYSTEM)
        elif step == "leave":
            for found in Registration.objects.filter(workshop=workshop, person__email=email):
                give_up(found, by=SYSTEM)
        else:
            change_details(workshop, places=max(1, workshop.places + (1 if step == "more" else -1)), by=SYSTEM)
        workshop.refresh_from_db()
        confirmed = workshop.registrations.confirmed().count()
        waiting = list(workshop.registrations.waiting())
        assert not waiting or confirmed >= workshop.places
        assert [r.position() for r in waiting] == list(range(1, len(waiting) + 1))


def storm(workshop: Workshop, people: int) -> tuple[Counter, list]:
    """All at once: a thread for each person, started together. Returns the answers by state, and the errors."""
    barrier, answers, errors = threading.Barrier(people), [], []

    def one(number: int) -> None:
        try:
            barrier.wait(20)
            email = f"storm{number}@posta.example"
            registration, _new = register(workshop, name="Anna", email=email, language="en", by=SYSTEM)
            answers.append((registration.pk, registration.state))
        except Exception as problem:
            errors.append(repr(problem))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = Counter(state for _pk, state in answers)
    final = dict(Registration.objects.values_list("pk", "state"))
    errors += [pk for pk, state in answers if final[pk] != state]
    return told, errors


@pytest.mark.django_db(transaction=True)
def test_sixty_at_once_for_eighteen_places():
    workshop = make_workshop(places=18)
    told, errors = storm(workshop, 60)
    assert (told, errors) == (Counter(waiting=42, confirmed=18), [])
    positions = [r.position() for r in workshop.registrations.waiting()]
    assert positions == list(range(1, 43))


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite is saved by IMMEDIATE, not by the row lock")
def test_without_the_lock_the_same_storm_gives_too_many_places(monkeypatch):
    """The control: with the lock switched off the storm must be seen to fail."""
    monkeypatch.setattr(type(Workshop.objects.all()), "select_for_update", lambda self, **options: self.all())
    workshop = make_workshop(places=18)
    storm(workshop, 60)
    assert workshop.registrations.confirmed().count() > 18


@pytest.mark.django_db(transaction=True)
def test_one_person_at_two_workshops_at_once_is_one_person():
    programme = make_programme()
    workshops = [make_workshop(programme) for _ in range(6)]
    barrier, errors = threading.Barrier(len(workshops)), []

    def one(workshop: Workshop) -> None:
        try:
            barrier.wait(20)
            register(workshop, name="Anna", email="anna@posta.example", language="en", by=SYSTEM)
        except Exception as problem:
            errors.append(repr(problem))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(workshop,)) for workshop in workshops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (errors, Person.objects.count(), Registration.objects.count()) == ([], 1, 6)


@pytest.mark.django_db
def test_a_place_given_up_at_a_cancelled_workshop_is_given_when_it_takes_place_after_all():
    workshop = make_workshop(places=1, venue="Casa")
    make_session(workshop)
    first, second = (make_registration(workshop) for _ in range(2))
    move_workshop(workshop, WorkshopState.CANCELLED, by=SYSTEM)
    give_up(first, by=SYSTEM)
    second.refresh_from_db()
    meanwhile = second.state
    move_workshop(workshop, WorkshopState.DRAFT, by=SYSTEM)
    move_workshop(workshop, WorkshopState.ANNOUNCED, by=SYSTEM)
    second.refresh_from_db()
    assert (meanwhile, second.state) == (RegistrationState.WAITING, RegistrationState.CONFIRMED)
