"""Coming to the whole series with one act: each place is counted alone, and one mail tells of all."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from icalendar import Calendar

from ledger import outbox
from ledger.history import SYSTEM
from ledger.models import Mail
from participants.actions.links import new_link
from participants.actions.places import give_up
from participants.actions.series import enrol_in_series
from participants.models import Person, Registration
from participants.series import rest_of_series
from tests.factories import make_programme, make_question, make_registration, make_workshop
from workshops.models import Programme, Workshop
from workshops.states import Access, WorkshopState

pytestmark = pytest.mark.django_db


def in_days(days: int) -> dt.datetime:
    return timezone.now() + dt.timedelta(days=days)


@pytest.fixture
def programme() -> Programme:
    return make_programme()


@pytest.fixture
def place(programme: Programme) -> Registration:
    """A place at the first workshop, five days from now."""
    return make_registration(make_workshop(programme, starts_at=in_days(5)), "Teresa Donati", "teresa@posta.example")


def states(place: Registration) -> dict[int, tuple[str, int | None]]:
    rows = place.person.registrations.select_related("workshop")
    return {row.workshop.number: (row.state, row.queue_no) for row in rows}


def full(programme: Programme, **fields: Any) -> Workshop:
    workshop = make_workshop(programme, places=1, **fields)
    make_registration(workshop)
    return workshop


def test_one_press_takes_a_place_at_each_and_a_turn_where_all_are_taken(client, programme, place):
    make_workshop(programme, starts_at=in_days(20))
    full(programme, starts_at=in_days(30))
    url = reverse("my_series", args=[new_link(place)])
    page = client.post(url, follow=True).content.decode()
    assert "You have a place at 1 more workshop. You wait at 1 workshop." in page
    expected = {1: ("confirmed", None), 2: ("confirmed", None), 3: ("waiting", 1)}
    assert states(place) == expected
    page = client.post(url, follow=True).content.decode()
    assert "You have a place, or wait, at all of them already." in page
    assert states(place) == expected


def test_one_mail_tells_of_all_places_with_a_link_to_each_and_one_calendar(programme, place):
    make_workshop(programme, starts_at=in_days(20))
    full(programme, starts_at=in_days(30))
    Mail.objects.all().delete()
    new = enrol_in_series(place, by=SYSTEM)
    assert list(Mail.objects.filter(recipient_id=str(place.person_id)).values_list("kind", flat=True)) == [
        "series_taken"
    ]
    message = outbox.compose(Mail.objects.get(kind="series_taken"))
    assert (message.to, message.subject) == ("teresa@posta.example", "Your places at Shared urban services")
    assert (message.text.count("You have a place."), message.text.count("You are on the waiting list.")) == (2, 1)
    links = re.findall(r"http://localhost:8000(/en/my/\S+/)", message.text)
    opened = [Client().get(link).context["place"].pk for link in links]
    assert opened == [place.pk, *[each.pk for each in new]]
    [(_name, file, media_type)] = message.attachments
    uids = {str(event["UID"]) for event in Calendar.from_ical(file).walk("VEVENT")}
    assert (uids, media_type) == ({f"{place.pk}@localhost", f"{new[0].pk}@localhost"}, "text/calendar; method=PUBLISH")


def test_only_coming_public_workshops_that_take_names_are_offered(programme, place):
    wanted = make_workshop(programme, starts_at=in_days(20))
    make_workshop(programme, state=WorkshopState.DRAFT)
    make_workshop(programme, state=WorkshopState.CANCELLED)
    make_workshop(programme, access=Access.LINK)
    make_workshop(programme, access=Access.INVITED)
    make_workshop(programme, opens_at=in_days(1))
    make_workshop(programme, opens_at=in_days(-9), closes_at=in_days(-1))
    make_workshop(programme, starts_at=in_days(-2))
    make_workshop(make_programme())
    make_registration(make_workshop(programme), email="teresa@posta.example")
    sensitive, asking = make_workshop(programme, sensitive=True), make_workshop(programme)
    make_question(asking, required=True)
    make_question(wanted, required=False)
    rest = rest_of_series(place, timezone.now())
    assert (rest.at_once, rest.by_form) == ([wanted], [sensitive, asking])
    enrol_in_series(place, by=SYSTEM)
    assert set(states(place)) == {1, wanted.number, 10}


def test_whoever_gave_up_a_place_may_take_it_again_with_the_series(programme, place):
    other = make_registration(make_workshop(programme, starts_at=in_days(20)), email="teresa@posta.example")
    give_up(other, by=SYSTEM)
    enrol_in_series(place, by=SYSTEM)
    assert states(place) == {1: ("confirmed", None), 2: ("confirmed", None)}


def test_somebody_without_an_address_is_not_made_a_second_person(programme):
    by_phone = make_registration(make_workshop(programme, starts_at=in_days(5)))
    Person.objects.filter(pk=by_phone.person_id).update(email=None)
    by_phone.person.refresh_from_db()
    make_workshop(programme, starts_at=in_days(20))
    assert (enrol_in_series(by_phone, by=SYSTEM), Person.objects.count()) == ([], 1)


def test_a_place_that_was_given_up_takes_nobody_to_the_series(client, programme, place):
    make_workshop(programme, starts_at=in_days(20))
    give_up(place, by=SYSTEM)
    client.post(reverse("my_series", args=[new_link(place)]))
    assert states(place) == {1: ("cancelled", None)}


def test_a_wrong_link_takes_nothing(client, programme, place):
    make_workshop(programme, starts_at=in_days(20))
    assert client.post(reverse("my_series", args=["nonsense"])).status_code == 404
    assert states(place) == {1: ("confirmed", None)}


def test_the_ticket_says_where_one_would_wait(client, programme, place):
    make_workshop(programme, starts_at=in_days(20), title={"en": "Design"})
    full(programme, starts_at=in_days(30), title={"en": "Verify"})
    with translation.override("en"):
        page = client.get(reverse("my_place", args=[new_link(place)])).content.decode()
    assert ("Take a place at all 2" in page, page.count("full: you would wait")) == (True, 1)


@pytest.mark.parametrize(("workshops", "queries"), [(0, 1), (1, 2), (3, 2), (200, 2)])
def test_the_rest_of_a_series_is_two_queries_and_one_where_nothing_is_coming(
    programme, place, workshops, queries, django_assert_num_queries
):
    for number in range(workshops):
        make_workshop(programme, starts_at=in_days(6 + number))
    place = Registration.objects.select_related("person", "workshop__programme").get(pk=place.pk)
    with django_assert_num_queries(queries):
        assert len(rest_of_series(place, timezone.now()).at_once) == workshops
