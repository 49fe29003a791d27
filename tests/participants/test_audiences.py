"""Reserved places: who can have which, who is promoted when, and what organisers may reserve."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.db.models import RestrictedError
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.history import SYSTEM
from ledger.models import Event
from participants.actions.places import correct_registration, give_up, register
from participants.free_places import FreePlaces, Holders, free_places
from participants.models import Registration
from participants.queries.asked import what_is_asked
from tests.factories import make_group, make_organiser, make_registration, make_session, make_theme, make_workshop
from workshops.actions.audiences import TooManyReserved, add_audience, change_audience, remove_audience
from workshops.actions.details import change_details
from workshops.actions.removing import StillNeeded
from workshops.models import Audience, Workshop

pytestmark = pytest.mark.django_db


def make_audience(workshop: Workshop, name: str = "Residents", places: int = 2) -> Audience:
    audience = add_audience(workshop, name={"en": name, "it": name}, places=places, by=SYSTEM)
    workshop.refresh_from_db()
    return audience


def states(*registrations: Registration) -> list[str]:
    return [Registration.objects.get(pk=each.pk).state for each in registrations]


# Counting


@pytest.mark.parametrize(
    ("held", "for_one", "for_other", "for_nobody"),
    [
        ({}, 5, 4, 3),
        ({"one": 1}, 4, 4, 3),
        ({"one": 2}, 3, 4, 3),
        ({"one": 5}, 0, 1, 0),
        ({None: 3}, 2, 1, 0),
        ({None: 4}, 2, 1, 0),
        ({None: 6}, 0, 0, 0),
        ({"one": 2, "other": 1, None: 3}, 0, 0, 0),
    ],
)
def test_an_audience_has_its_own_places_and_those_for_everybody(held, for_one, for_other, for_nobody):
    free = FreePlaces(6, Holders(held), {"one": 2, "other": 1})
    assert [free.for_audience(audience) for audience in ("one", "other", None)] == [for_one, for_other, for_nobody]


def test_a_place_reserved_for_an_audience_goes_to_nobody_else():
    workshop = make_workshop(places=3)
    residents = make_audience(workshop, places=2)
    stranger, second = make_registration(workshop), make_registration(workshop)
    resident, another, third = (make_registration(workshop, audience=residents) for _ in range(3))
    assert states(stranger, second, resident, another, third) == [
        "confirmed", "waiting", "confirmed", "confirmed", "waiting",
    ]  # fmt: skip


def test_more_of_an_audience_than_reserved_take_the_places_for_everybody():
    workshop = make_workshop(places=3)
    residents = make_audience(workshop, places=1)
    people = [make_registration(workshop, audience=residents) for _ in range(4)]
    assert states(*people) == ["confirmed", "confirmed", "confirmed", "waiting"]


def test_a_freed_place_goes_to_whoever_waits_longest_of_those_it_is_free_for():
    workshop = make_workshop(places=2)
    residents, workers = make_audience(workshop, "Residents", 1), make_audience(workshop, "Workers", 1)
    resident, worker = make_registration(workshop, audience=residents), make_registration(workshop, audience=workers)
    neither, late_worker, late_resident = (
        make_registration(workshop, audience=audience) for audience in (None, workers, residents)
    )
    give_up(resident, by=SYSTEM)
    assert states(worker, neither, late_worker, late_resident) == ["confirmed", "waiting", "waiting", "confirmed"]
    neither.refresh_from_db()
    assert neither.position() == 1


def test_nobody_overtakes_somebody_who_waits_for_the_same_place():
    workshop = make_workshop(places=1)
    first, waiting = make_registration(workshop), make_registration(workshop)
    Registration.objects.filter(pk=first.pk).delete()  # past the actions: nobody was promoted
    newcomer = make_registration(workshop)
    assert states(waiting, newcomer) == ["confirmed", "waiting"]


def test_whoever_turns_out_to_belong_to_another_audience_may_find_a_place_free():
    workshop = make_workshop(places=2)
    residents = make_audience(workshop, places=1)
    make_registration(workshop)
    waiting = make_registration(workshop)
    correct_registration(
        waiting, name="Teresa Donati", email=waiting.person.email, theme=None, needs="", audience=residents, by=SYSTEM
    )
    assert states(waiting) == ["confirmed"]


STEPS = st.tuples(st.sampled_from(["join", "leave", "more", "fewer", "reserve", "release"]), st.integers(0, 8))


@pytest.mark.django_db(transaction=True)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.integers(2, 4), steps=st.lists(STEPS, max_size=24))
def test_nobody_waits_while_a_place_is_free_for_them(places, steps):
    workshop = make_workshop(places=places)
    audiences = [make_audience(workshop, "Residents", 1), make_audience(workshop, "Workers", 1), None]
    most, last = 0, {}
    for step, number in steps:
        workshop.refresh_from_db()
        before = free_places(workshop).taken
        _do(step, number, workshop, audiences)
        workshop.refresh_from_db()
        free, most = free_places(workshop), max(workshop.places, before)
        waiting = list(workshop.registrations.waiting())
        assert free.taken <= most
        assert workshop.reserved == sum(audience.places for audience in workshop.audiences.all()) <= workshop.places
        assert [free.for_audience(each.audience_id) for each in waiting] == [0] * len(waiting)
        now = {(each.pk, each.occasion): each.position() for each in waiting}
        assert list(now.values()) == list(range(1, len(now) + 1))
        assert {key: at for key, at in now.items() if at > last.get(key, at)} == {}
        last = now


def _do(step: str, number: int, workshop: Workshop, audiences: list[Audience | None]) -> None:
    email = f"{workshop.pk}-{number}@posta.example"
    if step == "join":
        register(workshop, name="Anna", email=email, language="en", by=SYSTEM, audience=audiences[number % 3])
    elif step == "leave":
        for found in Registration.objects.filter(workshop=workshop, person__email=email):
            give_up(found, by=SYSTEM)
    elif step in ("more", "fewer"):
        places = max(workshop.reserved, workshop.places + (1 if step == "more" else -1))
        change_details(workshop, places=places, by=SYSTEM)
    else:
        audience = workshop.audiences.all()[number % 2]
        places = max(1, audience.places + (1 if step == "reserve" else -1))
        if workshop.reserved + places - audience.places <= workshop.places:
            change_audience(audience, name=audience.name, places=places, by=SYSTEM)


# Reserving


def test_no_more_places_are_reserved_than_there_are_and_the_places_stay_at_least_the_reserved_ones():
    workshop = make_workshop(places=3)
    residents = make_audience(workshop, places=2)
    with pytest.raises(TooManyReserved):
        add_audience(workshop, name={"en": "Workers"}, places=2, by=SYSTEM)
    with pytest.raises(TooManyReserved):
        change_audience(residents, name={"en": "Residents"}, places=4, by=SYSTEM)
    with pytest.raises(TooManyReserved):
        change_details(workshop, places=1, by=SYSTEM)
    workshop.refresh_from_db()
    assert (workshop.places, workshop.reserved, workshop.audiences.get().places) == (3, 2, 2)


def test_the_database_holds_what_the_actions_promise():
    workshop = make_workshop(places=3)
    residents = make_audience(workshop, places=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Workshop.objects.filter(pk=workshop.pk).update(reserved=4)
    with pytest.raises(IntegrityError), transaction.atomic():
        Audience.objects.filter(pk=residents.pk).update(places=0)
    make_registration(workshop, audience=residents)
    with pytest.raises(RestrictedError):
        residents.delete()


def test_places_released_go_to_whoever_waits_and_an_audience_people_have_chosen_stays():
    workshop = make_workshop(places=2)
    residents = make_audience(workshop, places=2)
    waiting, resident = make_registration(workshop), make_registration(workshop, audience=residents)
    with pytest.raises(StillNeeded):
        remove_audience(residents, by=SYSTEM)
    assert states(waiting, resident) == ["waiting", "confirmed"]
    change_audience(residents, name={"en": "Residents"}, places=1, by=SYSTEM)
    assert states(waiting, resident) == ["confirmed", "confirmed"]


def test_an_audience_nobody_chose_is_removed_and_its_places_are_for_everybody():
    workshop = make_workshop(places=1)
    residents = make_audience(workshop, places=1)
    waiting = make_registration(workshop)
    remove_audience(residents, by=SYSTEM)
    workshop.refresh_from_db()
    assert (states(waiting), workshop.reserved, Audience.objects.count()) == (["confirmed"], 0, 0)
    assert Event.objects.filter(verb="audience.removed").count() == 1


# The pages


@pytest.fixture
def organiser(client):
    workshop = make_workshop(places=6)
    client.force_login(make_organiser(workshop.programme))
    return workshop


def test_the_organiser_reserves_places_beside_the_details(client, organiser):
    page = reverse("org_add_audience", args=[organiser.pk])
    client.post(page, {"name_it": "Residenti", "name_en": "Residents", "places": 4})
    residents = organiser.audiences.get()
    assert (residents.name, residents.places) == ({"it": "Residenti", "en": "Residents"}, 4)
    answer = client.post(page, {"name_it": "Lavoratori", "places": 3})
    assert answer.context["asked"].errors == {"places": ["There are not so many places: 2 are not reserved yet."]}
    changed = reverse("org_change_audience", args=[organiser.pk, residents.pk])
    client.post(changed, {"name_it": "Abitanti", "name_en": "Residents", "places": 5})
    residents.refresh_from_db()
    assert (residents.name["it"], residents.places, organiser.audiences.count()) == ("Abitanti", 5, 1)
    text = client.get(reverse("org_details", args=[organiser.pk])).content.decode()
    assert ("Abitanti" in text or "Residents" in text, "5 places" in text, "1 place" in text) == (True, True, True)
    client.post(reverse("org_remove_audience", args=[organiser.pk, residents.pk]))
    organiser.refresh_from_db()
    assert (organiser.audiences.count(), organiser.reserved) == (0, 0)


def test_an_audience_that_people_chose_is_not_removed_and_a_sentence_says_why(client, organiser):
    residents = make_audience(organiser)
    make_registration(organiser, audience=residents)
    answer = client.post(reverse("org_remove_audience", args=[organiser.pk, residents.pk]), follow=True)
    assert "People have signed up as Residents. Reserve fewer places instead." in answer.content.decode()
    assert organiser.audiences.count() == 1


def test_fewer_places_than_are_reserved_are_refused_at_the_field(client, organiser):
    from tests.workshops.test_organise import details_of

    make_audience(organiser, places=5)
    answer = client.post(reverse("org_details", args=[organiser.pk]), details_of(organiser, places=4))
    assert answer.context["form"].errors == {"places": ["5 places are reserved. Reserve fewer first."]}
    organiser.refresh_from_db()
    assert organiser.places == 6


PERSON = {"name": "Teresa Donati", "email": "teresa@posta.example"}


def test_people_say_who_they_are_and_get_the_place_reserved_for_them(client):
    workshop = make_workshop(places=1)
    residents = make_audience(workshop, places=1)
    form = reverse("place_form", args=[workshop.slug])
    unsaid = client.post(form, PERSON)
    assert unsaid.context["form"].errors == {"audience": ["Choose one, or “None of these”"]}
    neither = client.post(form, {**PERSON, "audience": "none", "saw": "open"}, follow=True).content.decode()
    assert ("You are number 1 on the waiting list" in neither, "Every free place is reserved." in neither) == (
        True,
        True,
    )
    other = {"name": "Nadia Haddad", "email": "nadia@posta.example", "audience": str(residents.pk)}
    assert "You have a place, Nadia" in client.post(form, other, follow=True).content.decode()
    assert list(Registration.objects.order_by("asked_at").values_list("state", "audience")) == [
        ("waiting", None),
        ("confirmed", residents.pk),
    ]


def test_the_form_says_for_whom_only_the_waiting_list_is_left(client):
    workshop = make_workshop(places=2)
    residents, _workers = make_audience(workshop, "Residents", 1), make_audience(workshop, "Workers", 1)
    make_registration(workshop, audience=residents)
    waiting = make_registration(workshop, audience=residents)
    text = client.get(reverse("place_form", args=[workshop.slug])).content.decode()
    assert (waiting.state, "Residents (waiting list)" in text, "Workers (waiting list)" in text) == (
        "waiting",
        True,
        False,
    )
    assert "1 of 2 places left" in text
    assert [each.left for each in what_is_asked(workshop).audiences] == [0, 1]


def test_a_workshop_without_audiences_asks_for_none(client):
    workshop = make_workshop()
    make_audience(make_workshop(), "Residents")
    text = client.get(reverse("place_form", args=[workshop.slug])).content.decode()
    assert ('name="audience"' in text, "Residents" in text) == (False, False)


def test_an_audience_of_another_workshop_is_refused(client):
    workshop, foreign = make_workshop(), make_audience(make_workshop(), "Residents")
    make_audience(workshop, "Workers")
    answer = client.post(reverse("place_form", args=[workshop.slug]), {**PERSON, "audience": str(foreign.pk)})
    assert answer.context["form"].errors == {"audience": ["Choose one of those named here"]}
    assert Registration.objects.count() == 0


@pytest.mark.parametrize("audiences", [1, 3])
def test_more_audiences_need_no_more_queries(client, audiences, django_assert_num_queries):
    workshop = make_workshop(places=9)
    for number in range(audiences):
        make_registration(workshop, audience=make_audience(workshop, f"Audience {number}"))
        make_session(workshop, prompts=audiences)
        make_theme(workshop.programme)
        make_group(workshop)
    with django_assert_num_queries(5):  # the workshop, agenda, themes, tables, audiences
        client.get(workshop.get_absolute_url())
