"""The calendar feed: the same events as in the files, asked for again and again."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from ledger.history import SYSTEM
from participants.actions.forget import erase_person
from participants.actions.links import new_link
from participants.actions.places import correct_registration, give_up, register
from participants.calendar import feed_key, place_calendar
from participants.models import Person, Registration
from tests.factories import make_programme, make_registration, make_workshop
from workshops.actions.details import change_details
from workshops.actions.moving import move_workshop
from workshops.states import WorkshopState

pytestmark = pytest.mark.django_db


def events(client: Client, whose: Person | Registration) -> list[dict[str, Any]]:
    answer = client.get(reverse("my_feed", args=[feed_key(whose)]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return [told(event) for event in Calendar.from_ical(answer.content).walk("VEVENT")]


def told(event: Any) -> dict[str, Any]:
    return {
        "uid": str(event["UID"]),
        "sequence": event["SEQUENCE"],
        "status": event["STATUS"],
        "start": event["DTSTART"].dt,
    }


def in_file(place: Registration) -> dict[str, Any]:
    place = Registration.objects.select_related("workshop__programme").get(pk=place.pk)
    [event] = Calendar.from_ical(place_calendar(place)).walk("VEVENT")
    return told(event)


def test_one_event_lives_under_one_uid_and_its_sequence_only_rises(client: Client) -> None:
    workshop = make_workshop()
    place = make_registration(workshop)
    seen = events(client, place)
    assert seen == [in_file(place)]
    later = workshop.starts_at + dt.timedelta(days=1)
    change_details(workshop, by=SYSTEM, starts_at=later)
    seen += events(client, place)
    give_up(place, by=SYSTEM)
    seen += events(client, place)
    register(workshop, name="Teresa", email=place.person.email, language="en", by=SYSTEM)
    seen += events(client, place)
    move_workshop(workshop, WorkshopState.CANCELLED, by=SYSTEM)
    seen += events(client, place)
    assert seen[-1] == in_file(place)
    assert {event["uid"] for event in seen} == {f"{place.pk}@localhost"}
    assert [event["status"] for event in seen] == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CONFIRMED", "CANCELLED"]
    assert [event["start"] for event in seen[:2]] == [later - dt.timedelta(days=1), later]
    sequences = [event["sequence"] for event in seen]
    assert sequences == sorted(set(sequences))


def test_the_feed_of_a_person_holds_their_places_and_nobody_elses(client: Client) -> None:
    programme = make_programme()
    mine = [make_registration(make_workshop(programme), email="t@posta.example") for _n in range(2)]
    make_registration(mine[0].workshop, email="other@posta.example")
    assert {event["uid"] for event in events(client, mine[0].person)} == {f"{place.pk}@localhost" for place in mine}
    assert [event["uid"] for event in events(client, mine[0])] == [f"{mine[0].pk}@localhost"]


def test_a_turn_on_the_waiting_list_is_no_date_yet(client: Client) -> None:
    workshop = make_workshop(places=1)
    first, second = make_registration(workshop), make_registration(workshop)
    assert events(client, second) == []
    give_up(first, by=SYSTEM)
    assert [event["status"] for event in events(client, second)] == ["CONFIRMED"]


def test_a_wrong_key_opens_nothing(client: Client) -> None:
    place, other = make_registration(make_workshop()), make_registration(make_workshop())
    key = feed_key(place)
    wrong = [
        key[:-1] + ("0" if key[-1] != "0" else "1"),
        key[0] + other.pk.hex + key[33:],
        "a" + place.person_id.hex + key[33:],
        "b" + uuid.uuid4().hex + key[33:],
        "bnonsense",
        key + "0",
    ]
    assert [client.get(f"/en/my/{each}/places.ics").status_code for each in wrong] == [404] * len(wrong)


def test_another_address_ends_the_former_feed_and_so_does_being_forgotten(client: Client) -> None:
    place = make_registration(make_workshop(), email="t@posta.example")
    former = feed_key(place)
    correct_registration(
        place, name="Teresa", email="new@posta.example", theme=None, needs="", audience=None, by=SYSTEM
    )
    place.person.refresh_from_db()
    assert client.get(reverse("my_feed", args=[former])).status_code == 404
    assert len(events(client, place)) == 1
    key = feed_key(place)
    erase_person(place.person, by=SYSTEM)
    assert client.get(reverse("my_feed", args=[key])).status_code == 404


def test_the_ticket_shows_where_the_feed_is(client: Client) -> None:
    place = make_registration(make_workshop())
    page = client.get(reverse("my_place", args=[new_link(place)])).content.decode()
    [path] = re.findall(r"http://localhost:8000(/en/my/\w+/places\.ics|/it/my/\w+/places\.ics)", page)
    assert client.get(path).status_code == 200


def test_it_asks_the_database_as_often_for_three_places(client: Client, django_assert_num_queries: Any) -> None:
    programme = make_programme()
    for more in range(2):
        for _each in range(1 + more):
            person = make_registration(make_workshop(programme), email="t@posta.example").person
        with django_assert_num_queries(2):
            events(client, person)
