"""The organisers' list of people: who has a place, who waits, what is corrected by hand."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from ledger.history import SYSTEM
from ledger.models import Event, Mail
from participants.actions.door import check_in
from participants.actions.links import new_link
from participants.actions.places import give_up
from participants.forms_org import PersonForm
from participants.models import Registration
from participants.models.people import RegistrationQuerySet
from participants.states import RegistrationState
from tests.factories import (
    make_group,
    make_organiser,
    make_programme,
    make_registration,
    make_theme,
    make_workshop,
)
from workshops.models import Workshop
from workshops.states import TeamRole, WorkshopState

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop():
    return make_workshop(places=2)


@pytest.fixture
def organiser(client, workshop):
    user = make_organiser(workshop.programme)
    client.force_login(user)
    return user


def url(name, *args):
    return reverse(name, args=args)


def names(response):
    return [each.person.name for each in response.context["people"]]


def test_people_are_listed_by_name_and_the_waiting_list_by_turn(client, workshop, organiser):
    for name in ("Teresa", "Carlo", "Zoe", "Anna"):
        make_registration(workshop, name=name)
    assert names(client.get(url("org_people", workshop.pk))) == ["Carlo", "Teresa"]
    waiting = client.get(url("org_people", workshop.pk), {"tab": "waiting"})
    assert [(each.turn, each.person.name) for each in waiting.context["people"]] == [(1, "Zoe"), (2, "Anna")]
    assert waiting.context["sums"] == {
        "signed_up": 2,
        "offered": 0,
        "unsure": 2,
        "taken": 2,
        "waiting": 2,
        "here": 0,
    }


def test_a_search_keeps_the_turn_in_the_whole_waiting_list(client, workshop, organiser):
    for name in ("Teresa", "Carlo", "Zoe", "Anna"):
        make_registration(workshop, name=name)
    found = client.get(url("org_people", workshop.pk), {"tab": "waiting", "q": "ann"}).context["people"]
    assert [(each.turn, each.person.name) for each in found] == [(2, "Anna")]


def test_came_before_is_the_last_earlier_workshop_the_person_was_at(client, organiser, workshop):
    later = make_workshop(workshop.programme)
    came = make_registration(workshop, name="Nadia", email="nadia@posta.example")
    check_in(came, by=SYSTEM)
    make_registration(later, name="Nadia", email="nadia@posta.example")
    make_registration(later, name="Omar")
    people = client.get(url("org_people", later.pk)).context["people"]
    assert [each.came_before for each in people] == [workshop.local_start, None]


def test_whoever_phones_gets_a_place_or_a_turn_like_everybody(client, workshop, organiser):
    for name in ("Teresa", "Carlo", "Zoe"):
        client.post(url("org_add_person", workshop.pk), {"name": name, "email": ""})
    states = Registration.objects.order_by("asked_at").values_list("person__name", "person__email", "state")
    assert list(states) == [
        ("Teresa", None, RegistrationState.CONFIRMED),
        ("Carlo", None, RegistrationState.CONFIRMED),
        ("Zoe", None, RegistrationState.WAITING),
    ]


def test_adding_the_same_address_twice_takes_one_place(client, workshop, organiser):
    data = {"name": "Teresa", "email": "Teresa@posta.example"}
    client.post(url("org_add_person", workshop.pk), data)
    response = client.post(url("org_add_person", workshop.pk), data, follow=True)
    assert [str(message) for message in response.context["messages"]] == [
        "Teresa has a place.",
        "Teresa has signed up already. Nothing has changed.",
    ]
    assert Registration.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"name": "", "email": ""}, "Write a name."),
        ({"name": "Teresa", "email": "teresa"}, "This address is not complete. It looks like name@example.org."),
    ],
)
def test_each_mistake_has_its_sentence_and_nobody_is_added(client, workshop, organiser, data, sentence):
    assert sentence in client.post(url("org_add_person", workshop.pk), data).content.decode()
    assert not Registration.objects.exists()


def test_nobody_is_added_while_sign_up_is_closed(client, workshop, organiser):
    Workshop.objects.filter(pk=workshop.pk).update(closes_at=timezone.now() - dt.timedelta(hours=1))
    text = client.post(url("org_add_person", workshop.pk), {"name": "Teresa"}).content.decode()
    assert "Sign-up is closed. Announce the workshop, or change when sign-up ends." in text
    assert not Registration.objects.exists()


def test_what_is_corrected_is_written_and_history_names_fields_only(client, workshop, organiser):
    registration = make_registration(workshop, name="Teresa Donati", email="teresa@posta.example")
    theme = make_theme(workshop.programme)
    data = {"name": "Teresa Doni", "email": "doni@posta.example", "needs": "Hearing loop", "theme": theme.pk}
    client.post(url("org_person", workshop.pk, registration.pk), data)
    registration.refresh_from_db()
    person = registration.person
    saved = (person.name, person.email, registration.needs, registration.theme)
    assert saved == ("Teresa Doni", "doni@posta.example", "Hearing loop", theme)
    event = Event.objects.get(verb="registration.corrected")
    assert event.data == {"fields": ["email", "name", "needs", "theme"]}


def test_nobody_is_given_the_address_of_somebody_else(client, workshop, organiser):
    make_registration(workshop, name="Carlo", email="carlo@posta.example")
    teresa = make_registration(workshop, name="Teresa", email="teresa@posta.example")
    data = {"name": "Teresa", "email": "Carlo@posta.example"}
    text = client.post(url("org_person", workshop.pk, teresa.pk), data).content.decode()
    assert "Somebody else in this programme has this address." in text
    teresa.person.refresh_from_db()
    assert teresa.person.email == "teresa@posta.example"


def test_taking_somebody_off_the_list_gives_the_place_to_the_next(client, workshop, organiser):
    first, _second, third = (make_registration(workshop, name=name) for name in ("Ada", "Bea", "Cleo"))
    client.post(url("org_give_up", workshop.pk, first.pk))
    third.refresh_from_db()
    assert third.state == RegistrationState.CONFIRMED


def test_the_link_is_sent_again_by_mail(client, workshop, organiser):
    registration = make_registration(workshop)
    client.post(url("org_send_link", workshop.pk, registration.pk))
    assert Mail.objects.filter(kind="link_again", subject_id=str(registration.pk)).count() == 1


@pytest.mark.parametrize("role", [TeamRole.HELPER, TeamRole.OBSERVER, None])
def test_people_are_for_organisers_of_the_workshop(client, workshop, role):
    user = make_organiser(workshop.programme, role=role) if role else make_organiser(make_programme())
    client.force_login(user)
    registration = make_registration(workshop)
    assert client.get(url("org_people", workshop.pk)).status_code == 404
    assert client.get(url("org_person", workshop.pk, registration.pk)).status_code == 404
    assert client.post(url("org_give_up", workshop.pk, registration.pk)).status_code == 404


def test_a_person_of_another_workshop_is_not_found(client, workshop, organiser):
    foreign = make_registration(make_workshop())
    assert client.get(url("org_person", workshop.pk, foreign.pk)).status_code == 404
    assert client.post(url("org_give_up", workshop.pk, foreign.pk)).status_code == 404


@pytest.mark.parametrize("people", [1, 3, 200])
def test_more_people_need_no_more_queries(client, organiser, workshop, people, django_assert_num_queries):
    Workshop.objects.filter(pk=workshop.pk).update(places=200, state=WorkshopState.ANNOUNCED)
    for number in range(people):
        make_registration(workshop, name=f"Person {number}")
    with django_assert_num_queries(19):
        client.get(url("org_people", workshop.pk))


def test_a_corrected_address_ends_the_links_that_went_to_the_former_one(client, workshop, organiser):
    registration = make_registration(workshop, name="Ada Conti", email="wrong@posta.example")
    token = new_link(registration)
    page = reverse("my_place", args=[token])
    data = {"name": "Ada Conti", "email": "wrong@posta.example", "needs": "A ramp"}
    client.post(url("org_person", workshop.pk, registration.pk), data)
    before = client.get(page).status_code
    client.post(url("org_person", workshop.pk, registration.pk), data | {"email": "ada@posta.example"})
    assert (before, client.get(page).status_code) == (200, 404)


def test_an_address_that_was_taken_a_moment_ago_is_a_sentence(client, workshop, organiser, monkeypatch):
    registration = make_registration(workshop, name="Ada Conti", email="ada@posta.example")
    make_registration(workshop, name="Bruno Re", email="bruno@posta.example")
    monkeypatch.setattr(PersonForm, "clean_email", lambda form: form.cleaned_data["email"])
    data = {"name": "Ada Conti", "email": "bruno@posta.example", "needs": ""}
    page = client.post(url("org_person", workshop.pk, registration.pk), data)
    assert page.context["form"].errors == {"email": ["Somebody else in this programme has this address."]}


def test_whoever_gave_up_a_moment_ago_cannot_be_ticked_or_seated(client, workshop, organiser, monkeypatch):
    registration, group = make_registration(workshop), make_group(workshop)
    everybody = RegistrationQuerySet.all
    monkeypatch.setattr(RegistrationQuerySet, "confirmed", everybody)  # as the row was when the page was read
    give_up(registration, by=SYSTEM)
    data = {"registration": registration.pk, "here": "1", "group": group.pk}
    answers = [client.post(url(name, workshop.pk), data).status_code for name in ("org_desk_here", "org_seat")]
    registration.refresh_from_db()
    assert (answers, registration.arrived_at, registration.seats.count()) == ([302, 302], None, 0)
