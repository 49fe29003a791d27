"""The door: ticks, codes, walk-ins, and who may stand there."""

import pytest
from django.urls import reverse

from ledger.history import SYSTEM
from ledger.models import Event
from participants.actions import seats
from participants.models import Registration
from participants.states import RegistrationState
from tests.factories import make_group, make_organiser, make_programme, make_registration, make_workshop
from workshops.actions.audiences import add_audience
from workshops.states import TeamRole

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop():
    return make_workshop(places=3)


@pytest.fixture
def helper(client, workshop):
    user = make_organiser(workshop.programme, role=TeamRole.HELPER)
    client.force_login(user)
    return user


def url(name, *args):
    return reverse(name, args=args)


def tick(client, workshop, registration, here="1"):
    return client.post(url("org_desk_here", workshop.pk), {"registration": registration.pk, "here": here})


def is_here(registration):
    return Registration.objects.get(pk=registration.pk).arrived_at is not None


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_a_tick_shows_the_person_with_their_table_and_can_be_taken_back(client, workshop, helper):
    teresa = make_registration(workshop)
    seats.seat(teresa, make_group(workshop, "Olmo"), by=SYSTEM)
    page = client.get(tick(client, workshop, teresa).url)
    assert (page.context["seen"], page.context["seen"].table.name) == (teresa, "Olmo")
    assert is_here(teresa)
    tick(client, workshop, teresa, here="0")
    assert not is_here(teresa)


def test_ticking_twice_is_one_arrival(client, workshop, helper):
    teresa = make_registration(workshop)
    tick(client, workshop, teresa)
    tick(client, workshop, teresa)
    assert Event.objects.filter(verb="person.arrived").count() == 1


@pytest.mark.parametrize("typed", ["{code}", " {code_small} ", "{code_joined}"])
def test_a_code_checks_in_however_it_is_typed(client, workshop, helper, typed):
    teresa = make_registration(workshop)
    code = teresa.spoken_code
    q = typed.format(code=code, code_small=code.lower(), code_joined=code.replace("-", ""))
    client.post(url("org_desk_find", workshop.pk), {"q": q})
    assert is_here(teresa)


def test_a_code_used_twice_says_since_when(client, workshop, helper):
    teresa = make_registration(workshop)
    tick(client, workshop, teresa)
    teresa.refresh_from_db()
    response = client.post(url("org_desk_find", workshop.pk), {"q": teresa.spoken_code}, follow=True)
    since = f"{teresa.arrived_at.astimezone(workshop.zone):%H:%M}"
    assert said(response) == [f"Teresa Donati is here already, since {since}."]


def test_a_code_of_another_workshop_names_its_day_and_changes_nothing(client, workshop, helper):
    other = make_workshop(workshop.programme)
    teresa = make_registration(other)
    response = client.post(url("org_desk_find", workshop.pk), {"q": teresa.spoken_code}, follow=True)
    day = f"{other.local_start.day} {other.local_start:%B}"
    assert said(response) == [f"This code is for {day}, not for today's workshop."]
    assert not is_here(teresa)


def test_a_code_of_another_programme_is_only_a_name_nobody_has(client, workshop, helper):
    stranger = make_registration(make_workshop())
    response = client.post(url("org_desk_find", workshop.pk), {"q": stranger.spoken_code}, follow=True)
    assert (response.context["to_come"], is_here(stranger)) == ([], False)


def test_whoever_waits_is_not_let_in_by_their_code(client, workshop, helper):
    for number in range(3):
        make_registration(workshop, name=f"Person {number}")
    zoe = make_registration(workshop, name="Zoe")
    response = client.post(url("org_desk_find", workshop.pk), {"q": zoe.spoken_code}, follow=True)
    assert said(response) == ["Zoe is on the waiting list and has no place yet."]
    assert not is_here(zoe)


def test_a_name_narrows_the_list_and_changes_nothing(client, workshop, helper):
    make_registration(workshop, name="Anna Keller")
    make_registration(workshop, name="Carlo Ferri")
    response = client.post(url("org_desk_find", workshop.pk), {"q": "KELL"}, follow=True)
    assert [each.person.name for each in response.context["to_come"]] == ["Anna Keller"]
    assert not Registration.objects.filter(arrived_at__isnull=False).exists()


def test_a_walk_in_takes_a_free_place_and_is_here(client, workshop, helper):
    client.post(url("org_desk_walk_in", workshop.pk), {"name": "Omar"})
    omar = Registration.objects.get(person__name="Omar")
    assert (omar.state, is_here(omar)) == (RegistrationState.CONFIRMED, True)


def test_a_walk_in_waits_when_all_places_are_taken(client, workshop, helper):
    for number in range(3):
        make_registration(workshop, name=f"Person {number}")
    response = client.post(url("org_desk_walk_in", workshop.pk), {"name": "Omar"}, follow=True)
    assert said(response) == ["All places are taken. Omar is on the waiting list."]
    assert not is_here(Registration.objects.get(person__name="Omar"))


def test_a_walk_in_has_the_places_of_the_audience_they_name_and_no_others(client, workshop, helper):
    residents = add_audience(workshop, name={"en": "Residents", "it": "Residenti"}, places=1, by=SYSTEM)
    for number in range(2):
        make_registration(workshop, name=f"Person {number}")
    page = client.get(url("org_desk", workshop.pk)).content.decode()
    assert '<option value="" selected>None of these</option>' in page
    nobody = client.post(url("org_desk_walk_in", workshop.pk), {"name": "Ugo", "audience": ""}, follow=True)
    assert said(nobody) == ["No place is free for Ugo, who is on the waiting list now."]
    client.post(url("org_desk_walk_in", workshop.pk), {"name": "Omar", "audience": str(residents.pk)})
    omar = Registration.objects.get(person__name="Omar")
    assert (omar.state, omar.audience, is_here(omar)) == (RegistrationState.CONFIRMED, residents, True)


def test_the_form_for_walk_ins_names_no_audience_where_no_place_is_reserved_and_none_of_another_workshop(
    client, workshop, helper
):
    other = make_workshop(workshop.programme)
    foreign = add_audience(other, name={"en": "Workers", "it": "Lavoratori"}, places=1, by=SYSTEM)
    assert "Takes part as" not in client.get(url("org_desk", workshop.pk)).content.decode()
    add_audience(workshop, name={"en": "Residents", "it": "Residenti"}, places=1, by=SYSTEM)
    answer = client.post(url("org_desk_walk_in", workshop.pk), {"name": "Omar", "audience": str(foreign.pk)})
    assert (answer.status_code, Registration.objects.count()) == (200, 0)


def test_a_walk_in_needs_a_name(client, workshop, helper):
    assert "Write a name." in client.post(url("org_desk_walk_in", workshop.pk), {"name": " "}).content.decode()


@pytest.mark.parametrize("data", [{}, {"registration": "x", "here": "1"}])
def test_a_malformed_tick_is_a_bad_request(client, workshop, helper, data):
    assert client.post(url("org_desk_here", workshop.pk), data).status_code == 400


def test_neither_yes_nor_no_is_a_bad_request(client, workshop, helper):
    assert tick(client, workshop, make_registration(workshop), here="maybe").status_code == 400


def test_a_person_of_another_workshop_is_not_found(client, workshop, helper):
    foreign = make_registration(make_workshop())
    assert tick(client, workshop, foreign).status_code == 404
    assert not is_here(foreign)


def test_a_helper_reaches_the_door_and_nothing_else(client, workshop, helper):
    names = ("org_desk", "org_people", "org_tables", "org_details", "org_agenda", "org_table_sheets")
    assert [client.get(url(name, workshop.pk)).status_code for name in names] == [200, 404, 404, 404, 404, 404]


@pytest.mark.parametrize("role", [TeamRole.OBSERVER, None])
def test_the_door_is_closed_to_observers_and_strangers(client, workshop, role):
    user = make_organiser(workshop.programme, role=role) if role else make_organiser(make_programme())
    client.force_login(user)
    assert client.get(url("org_desk", workshop.pk)).status_code == 404


@pytest.mark.parametrize("people", [1, 3])
def test_more_people_need_no_more_queries(client, workshop, helper, people, django_assert_num_queries):
    for number in range(people):
        make_registration(workshop, name=f"Person {number}")
    with django_assert_num_queries(8):
        client.get(url("org_desk", workshop.pk))
