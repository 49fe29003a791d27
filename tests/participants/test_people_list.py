"""The organisers' lists of people: narrowed, page by page, and taken along as a file."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.urls import reverse

from ledger.history import SYSTEM
from ledger.models import Event
from participants.actions.consents import decide
from participants.actions.door import check_in
from participants.actions.questions import Said, change_answers, remove_question
from participants.actions.signing_up import Wanted, sign_up
from participants.models import Person, Registration
from participants.people_csv import FIELDS
from participants.states import Channel
from tests.factories import make_organiser, make_question, make_registration, make_theme, make_workshop
from workshops.actions.audiences import add_audience
from workshops.models import Workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop():
    return make_workshop(places=100)


@pytest.fixture
def organiser(client, workshop):
    user = make_organiser(workshop.programme)
    client.force_login(user)
    return user


def listed(client, workshop, **asked):
    return [each.person.name for each in page_of(client, workshop, **asked).context["people"]]


def page_of(client, workshop, **asked):
    return client.get(reverse("org_people", args=[workshop.pk]), asked)


def file_of(client, workshop, query=""):
    answer = client.post(reverse("org_people_csv", args=[workshop.pk]) + query)
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def answer_of(name, workshop, *said):
    registration, _new = sign_up(
        workshop, Wanted(name=name, email=f"{name}@posta.example", language="en", said=list(said)), by=SYSTEM
    )
    return registration


@pytest.fixture
def asked(workshop):
    """Where do they live? Ada here, Bea there, Cleo has not said; with what each of them can be asked for by."""
    question = make_question(workshop, "choice", "Where do you live?", ["In the quarter", "Elsewhere"])
    here, there = (option["key"] for option in question.options)
    answer_of("Ada", workshop, said(question, here))
    answer_of("Bea", workshop, said(question, there))
    answer_of("Cleo", workshop)
    return {"here": f"{question.pk}:{here}", "there": f"{question.pk}:{there}", "unsaid": f"{question.pk}:none"}


def said(question, key):
    return Said(question, keys=(key,))


def test_fifty_come_on_a_page_and_the_filter_stays(client, workshop, organiser):
    for number in range(51):
        make_registration(workshop, name=f"Ada {number:02}")
    make_registration(workshop, name="Bea")
    page = page_of(client, workshop, q="ada")
    assert (len(page.context["people"]), "?q=ada&amp;page=2" in page.content.decode()) == (50, True)
    assert listed(client, workshop, q="ada", page="2") == ["Ada 50"]
    for nonsense in ("0", "-1", "x", "9" * 5000, "٣"):
        assert page_of(client, workshop, page=nonsense).status_code == 200


def test_a_turn_on_the_second_page_is_the_turn_in_the_whole_list(client, workshop, organiser):
    Workshop.objects.update(places=1)
    for number in range(52):
        make_registration(workshop, name=f"Person {number:02}")
    last = page_of(client, workshop, tab="waiting", page="2").context["people"]
    assert [(each.turn, each.person.name) for each in last] == [(51, "Person 51")]


def test_a_search_finds_letters_with_accents_in_any_case(client, workshop, organiser):
    for name in ("Élise Roux", "Ada Conti"):
        make_registration(workshop, name=name)
    assert listed(client, workshop, q="éLI") == ["Élise Roux"]


def test_people_are_narrowed_by_audience(client, workshop, organiser):
    residents, workers = (add_audience(workshop, name={"en": name}, places=5, by=SYSTEM) for name in ("R", "W"))
    for name, audience in (("Ada", residents), ("Bea", workers), ("Cleo", None)):
        make_registration(workshop, name=name, audience=audience)
    assert listed(client, workshop, audience=str(workers.pk)) == ["Bea"]
    assert listed(client, workshop, audience="nobody") == ["Ada", "Bea", "Cleo"]


def test_a_yes_stands_in_the_list_with_what_it_says_yes_to(client, workshop, organiser):
    bus = make_question(workshop, "choice", "How do you come?", ["By bus"])
    before = make_question(workshop, "yes_no", "Shared before?")
    answer_of("Ada", workshop, said(bus, bus.options[0]["key"]), said(before, "yes"))
    page = page_of(client, workshop).content.decode()
    asked = re.findall(r'<span( class="visually-hidden")? lang="en">(How do you come\?|Shared before\?)</span>', page)
    assert asked == [(' class="visually-hidden"', "How do you come?"), ("", "Shared before?")]


def test_people_are_narrowed_by_an_answer_and_by_having_given_none(client, workshop, organiser, asked):
    found = {what: listed(client, workshop, answer=answer) for what, answer in asked.items()}
    assert found == {"here": ["Ada"], "there": ["Bea"], "unsaid": ["Cleo"]}


def test_a_question_of_another_workshop_narrows_nothing(client, workshop, organiser, asked):
    foreign = make_question(make_workshop(), "choice", "Which floor?", ["First", "Second"])
    for nonsense in (f"{foreign.pk}:none", "none", ":", "x" * 5000):
        assert listed(client, workshop, answer=nonsense) == ["Ada", "Bea", "Cleo"]


def test_nobody_fits_says_so_and_keeps_the_filter_in_sight(client, workshop, organiser, asked):
    page = page_of(client, workshop, q="zaira")
    assert "Nobody fits. Take the filter away." in page.content.decode()
    assert 'value="zaira"' in page.content.decode()


def test_the_file_has_what_the_organiser_sees_of_each_person(client, workshop, organiser):
    earlier = Workshop.objects.get(pk=workshop.pk)
    later = make_workshop(workshop.programme, places=5)
    check_in(make_registration(earlier, name="Ada Conti", email="ada@posta.example"), by=SYSTEM)
    question = make_question(later, "choice", "Where do you live?", ["In the quarter", "Elsewhere"])
    wanted = Wanted(
        name="Ada Conti", email="ada@posta.example", language="en", needs="A ramp",
        said=[said(question, question.options[0]["key"])], theme=make_theme(workshop.programme, "Mobility"),
    )  # fmt: skip
    ada, _new = sign_up(later, wanted, by=SYSTEM)
    decide(ada, "photos", given=True, channel=Channel.WEB, by=SYSTEM)
    Registration.objects.filter(pk=ada.pk).update(first_time=False, table_needs=["step-free"])
    Person.objects.update(age_band="25-34", area="Corvetto")
    ada.refresh_from_db()
    [row] = file_of(client, later)
    local = ada.asked_at.astimezone(later.zone).isoformat(timespec="minutes")
    assert row == {
        "name": "Ada Conti",
        "email": "ada@posta.example",
        "language": "en",
        "state": "confirmed",
        "number": "",
        "audience": "",
        "table": "",
        "theme": "Mobility",
        "needs": "A ramp",
        "table_needs": "Step-free access",
        "age_band": "25-34",
        "area": "Corvetto",
        "first_time": "no",
        "came_before": earlier.local_start.isoformat(timespec="minutes"),
        "here_since": "",
        "asked_at": local,
        "channel": "web",
        "allows_quotes": "no",
        "allows_photos": "yes",
        "allows_contact": "no",
        "Where do you live?": "In the quarter",
    }


def test_the_file_holds_all_pages_of_the_list_as_it_is_narrowed_and_nobody_else(client, workshop, organiser):
    for number in range(51):
        make_registration(workshop, name=f"Ada {number:02}")
    make_registration(workshop, name="Bea")
    make_registration(make_workshop(workshop.programme), name="Ada Elsewhere")
    names = [row["name"] for row in file_of(client, workshop, "?q=ada&page=2")]
    assert names == [f"Ada {number:02}" for number in range(51)]
    event = Event.objects.in_scope(workshop.pk).get(verb="people.exported")
    assert (event.actor_id, event.data) == (str(organiser.pk), {"listed": "signed-up", "people": 51})


def test_whoever_waits_is_in_the_file_of_the_waiting_list_with_their_number(client, workshop, organiser):
    Workshop.objects.update(places=1)
    for name in ("Teresa", "Zoe", "Anna"):
        make_registration(workshop, name=name)
    rows = file_of(client, workshop, "?tab=waiting")
    assert [(row["number"], row["name"], row["state"]) for row in rows] == [
        ("1", "Zoe", "waiting"),
        ("2", "Anna", "waiting"),
    ]


def test_an_answer_stays_in_the_file_when_its_question_is_asked_no_more(client, workshop, organiser):
    question = make_question(workshop, "text", "Anything else?")
    answer_of("Ada", workshop, Said(question, text="No"))
    remove_question(question, by=SYSTEM)
    [row] = file_of(client, workshop)
    assert row["Anything else?"] == "No"


def test_no_cell_is_a_formula(client, workshop, organiser):
    question = make_question(workshop, "text", "=HYPERLINK(1)")
    registration = make_registration(workshop, name="=1+1", needs="@SUM(A1)")
    Person.objects.update(area="+39")
    change_answers(registration, [Said(question, text="-2")], by=SYSTEM)
    [row] = file_of(client, workshop)
    assert [row[field] for field in ("name", "needs", "area", "'=HYPERLINK(1)")] == [
        "'=1+1",
        "'@SUM(A1)",
        "'+39",
        "'-2",
    ]


def test_opening_the_address_takes_nothing_along(client, workshop, organiser):
    assert client.get(reverse("org_people_csv", args=[workshop.pk])).status_code == 405
    assert not Event.objects.filter(verb="people.exported").exists()


@pytest.mark.parametrize("people", [1, 3, 200])
def test_a_longer_file_needs_no_more_queries(client, organiser, workshop, people, django_assert_num_queries):
    Workshop.objects.update(places=200)
    for number in range(people):
        make_registration(workshop, name=f"Person {number}")
    with django_assert_num_queries(17):
        client.post(reverse("org_people_csv", args=[workshop.pk]))


def test_every_column_has_its_own_name():
    assert len(set(FIELDS)) == len(FIELDS)
