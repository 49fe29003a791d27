"""Why somebody waits, as organisers see it, and what they do about it: never past a limit without a reason."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from ledger.history import SYSTEM
from ledger.models import Event, Mail
from participants import attendance
from participants.actions.overrides import ReasonMissing, give_place
from participants.actions.places import NotAtThisWorkshop, RegistrationClosed, give_up
from participants.models import Override, Registration
from participants.waiting import tell_why
from tests.factories import make_organiser, make_registration, make_workshop
from workshops.actions.audiences import add_audience
from workshops.actions.details import change_details
from workshops.models import Workshop
from workshops.states import Promotion, WorkshopState

pytestmark = pytest.mark.django_db

START = dt.datetime(2027, 4, 17, 8, 0, tzinfo=dt.UTC)


def reasons(workshop: Workshop) -> list[tuple[int, str, str]]:
    workshop.refresh_from_db()
    people = attendance.tell(workshop, attendance.unsure(workshop))
    tell_why(workshop, people)
    return [(each.turn, each.person.first_name, each.why) for each in people]


def fresh(registration: Registration) -> Registration:
    return Registration.objects.get(pk=registration.pk)


@pytest.fixture
def organiser(client):
    workshop = make_workshop(places=1)
    client.force_login(make_organiser(workshop.programme))
    return workshop


# Why


def test_all_places_are_taken():
    workshop = make_workshop(places=2)
    for name in ("Anna", "Luca", "Irene"):
        make_registration(workshop, name)
    assert reasons(workshop) == [(1, "Irene", "All 2 places are taken.")]
    Workshop.objects.filter(pk=workshop.pk).update(places=1)
    assert reasons(workshop) == [(1, "Irene", "The only place is taken.")]


def test_the_free_places_are_reserved_for_others():
    workshop = make_workshop(places=3)
    residents = add_audience(workshop, name={"en": "Residents"}, places=1, by=SYSTEM)
    add_audience(workshop, name={"en": "Workers"}, places=2, by=SYSTEM)
    make_registration(workshop, "Anna", audience=residents)
    make_registration(workshop, "Luca", audience=residents)
    make_registration(workshop, "Irene")
    assert reasons(workshop) == [
        (1, "Luca", "No place for “Residents” is free. Free: Workers 2."),
        (2, "Irene", "Every free place is reserved. Free: Workers 2."),
    ]


def test_a_place_is_offered_and_until_when(time_machine_at_start):
    workshop = make_workshop(places=1, promotion=Promotion.OFFER, starts_at=START)
    first = make_registration(workshop, "Teresa")
    make_registration(workshop, "Anna Keller")
    make_registration(workshop, "Luca")
    give_up(first, by=SYSTEM)
    assert reasons(workshop) == [
        (0, "Anna", "Offer to Anna until Thursday 8 April at 20:00."),
        (1, "Luca", "The only place is taken."),
    ]


@pytest.fixture
def time_machine_at_start():
    import time_machine

    with time_machine.travel(dt.datetime(2027, 4, 6, 17, 30, tzinfo=dt.UTC), tick=False):
        yield


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (WorkshopState.DRAFT, "Sign-up is paused: the workshop is a draft."),
        (WorkshopState.CANCELLED, "The workshop is cancelled."),
        (WorkshopState.CURATING, "The workshop is over."),
    ],
)
def test_nobody_is_given_a_place_now(state, sentence):
    workshop = make_workshop(places=1)
    make_registration(workshop, "Teresa")
    make_registration(workshop, "Anna")
    Workshop.objects.filter(pk=workshop.pk).update(state=state)
    assert reasons(workshop) == [(1, "Anna", sentence)]


def test_a_workshop_that_is_a_draft_again_promotes_nobody_until_it_is_announced():
    workshop = make_workshop(places=1)
    make_registration(workshop, "Teresa")
    waiting = make_registration(workshop, "Anna")
    Workshop.objects.filter(pk=workshop.pk).update(state=WorkshopState.DRAFT)
    workshop.refresh_from_db()
    change_details(workshop, places=2, by=SYSTEM)
    assert fresh(waiting).state == "waiting"


# Past a limit


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nobody_gets_a_place_past_the_limit(client, organiser, reason):
    make_registration(organiser, "Teresa")
    waiting = make_registration(organiser, "Anna")
    with pytest.raises(ReasonMissing):
        give_place(waiting, reason=reason, by=SYSTEM)
    answer = client.post(reverse("org_give_place", args=[organiser.pk, waiting.pk]), {"reason": reason})
    sentence = "Say why. Without a reason nobody gets a place past the limit."
    assert (answer.context["override"].errors, sentence in answer.content.decode()) == ({"reason": [sentence]}, True)
    assert (fresh(waiting).state, Override.objects.count(), Mail.objects.filter(kind="promoted").count()) == (
        "waiting",
        0,
        0,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Override.objects.create(registration=waiting, reason="", actor_kind="system")


def test_with_a_reason_they_get_it_and_the_history_tells_which_limit_and_who(client, organiser):
    make_registration(organiser, "Teresa")
    first, second = make_registration(organiser, "Anna"), make_registration(organiser, "Luca")
    page = reverse("org_give_place", args=[organiser.pk, second.pk])
    client.post(page, {"reason": "Interprets for the deaf guest"})
    client.post(page, {"reason": "Pressed twice"})
    assert (fresh(first).state, fresh(second).state, fresh(first).position()) == ("waiting", "confirmed", 1)
    override, event = Override.objects.get(), Event.objects.get(verb="registration.overridden")
    assert (override.reason, event.data) == (
        "Interprets for the deaf guest",
        {"limit": "places", "override": override.pk},
    )
    assert (event.actor_kind, event.actor_id) == ("user", override.actor_id)
    assert Mail.objects.filter(kind="promoted", recipient_id=str(second.person_id)).count() == 1
    assert (
        "Interprets for the deaf guest"
        in client.get(reverse("org_person", args=[organiser.pk, second.pk])).content.decode()
    )


def test_a_place_given_past_the_limit_is_not_given_again_when_it_comes_back(organiser):
    first, second, third = (make_registration(organiser) for _ in range(3))
    give_place(second, reason="Interprets", by=SYSTEM)
    give_up(first, by=SYSTEM)
    assert (fresh(third).state, organiser.registrations.holding().count()) == ("waiting", 1)


def test_out_of_turn_is_told_apart_from_past_the_number_of_places():
    workshop = make_workshop(places=1, promotion=Promotion.OFFER)
    first, second = make_registration(workshop), make_registration(workshop)
    give_up(first, by=SYSTEM)
    assert fresh(second).state == "offered"
    give_place(second, reason="Phoned and said yes", by=SYSTEM)
    assert (fresh(second).state, Event.objects.get(verb="registration.overridden").data["limit"]) == (
        "confirmed",
        "turn",
    )


def test_nobody_is_put_on_a_list_that_gives_no_places_or_that_they_left():
    workshop = make_workshop(places=1)
    first, second = make_registration(workshop), make_registration(workshop)
    give_up(second, by=SYSTEM)
    with pytest.raises(NotAtThisWorkshop):
        give_place(second, reason="Came with the interpreter", by=SYSTEM)
    waiting = make_registration(workshop)
    Workshop.objects.filter(pk=workshop.pk).update(state=WorkshopState.CANCELLED)
    with pytest.raises(RegistrationClosed):
        give_place(waiting, reason="Came with the interpreter", by=SYSTEM)
    assert (fresh(first).state, fresh(waiting).state, Override.objects.count()) == ("confirmed", "waiting", 0)


# Answering for somebody who phones


def test_an_organiser_answers_an_offer_for_somebody_who_phones(client):
    workshop = make_workshop(places=2, promotion=Promotion.OFFER)
    client.force_login(make_organiser(workshop.programme))
    first, second = make_registration(workshop), make_registration(workshop)
    third, fourth = make_registration(workshop, "Anna"), make_registration(workshop, "Luca")
    give_up(first, by=SYSTEM)
    give_up(second, by=SYSTEM)
    pages = [reverse("org_answer_offer", args=[workshop.pk, each.pk]) for each in (third, fourth)]
    assert client.post(pages[0], {"answer": "perhaps"}).status_code == 400
    client.post(pages[0], {"answer": "take"})
    client.post(pages[1], {"answer": "decline"})
    assert (fresh(third).state, fresh(fourth).state) == ("confirmed", "cancelled")
    late = client.post(pages[0], {"answer": "decline"}, follow=True).content.decode()
    assert ("Anna has no offer any more." in late, fresh(third).state) == (True, "confirmed")


@pytest.mark.parametrize("people", [1, 3])
def test_a_longer_waiting_list_needs_no_more_queries(client, people, django_assert_num_queries):
    workshop = make_workshop(places=2)
    client.force_login(make_organiser(workshop.programme))
    residents = add_audience(workshop, name={"en": "Residents"}, places=2, by=SYSTEM)
    for number in range(people):
        make_registration(workshop, name=f"Resident {number}", audience=residents)
        make_registration(workshop, name=f"Person {number}")
    now = timezone.now()
    with django_assert_num_queries(24):
        page = client.get(reverse("org_people", args=[workshop.pk]), {"tab": "waiting"})
    assert len(page.context["people"]) == people + max(people - 2, 0)
    assert all(each.asked_at <= now for each in page.context["people"])
