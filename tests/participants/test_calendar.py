"""Calendar files, read back by the library that calendars are tested with."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from ledger.history import SYSTEM
from participants.actions.links import new_link
from participants.actions.places import give_up
from participants.calendar import method_of, place_calendar
from participants.models import Registration
from tests.factories import make_programme, make_registration, make_workshop
from workshops.models import Workshop
from workshops.states import WorkshopState

pytestmark = pytest.mark.django_db

START = dt.datetime(2027, 4, 10, 16, 0, tzinfo=dt.UTC)


def event_in(file: bytes) -> Calendar:
    [event] = Calendar.from_ical(file).walk("VEVENT")
    return event


def sequence_of(registration: Registration) -> int:
    return int(event_in(place_calendar(Registration.objects.get(pk=registration.pk)))["SEQUENCE"])


def test_a_place_becomes_an_event_with_time_place_and_page() -> None:
    workshop = make_workshop(
        make_programme(organisation="Laboratorio, Civico"), starts_at=START, minutes=180, directions={"en": "Bus 77"}
    )
    registration = make_registration(workshop)
    file = place_calendar(registration)
    event = event_in(file)
    assert method_of(file) == "PUBLISH"
    assert {
        "uid": str(event["UID"]),
        "start": event["DTSTART"].dt,
        "end": event["DTEND"].dt,
        "status": str(event["STATUS"]),
        "summary": str(event["SUMMARY"]),
        "location": str(event["LOCATION"]),
        "description": str(event["DESCRIPTION"]),
        "url": str(event["URL"]),
        "organiser": (str(event["ORGANIZER"]), str(event["ORGANIZER"].params["CN"])),
    } == {
        "uid": f"{registration.pk}@localhost",
        "start": START,
        "end": START + dt.timedelta(hours=3),
        "status": "CONFIRMED",
        "summary": "Habits and initiatives",
        "location": "Casa di Quartiere, Via San Dionigi 36",
        "description": "\n".join(
            ["Doors open at 17:45.", "Bus 77", f"http://localhost:8000{workshop.get_absolute_url()}"]
        ),
        "url": f"http://localhost:8000{workshop.get_absolute_url()}",
        "organiser": ("mailto:no-reply@localhost", "Laboratorio, Civico"),
    }


def test_the_sequence_rises_with_each_taking_moving_and_giving_up_and_the_uid_stays() -> None:
    workshop = make_workshop()
    registration = make_registration(workshop, email="teresa@posta.example")
    uid = str(event_in(place_calendar(registration))["UID"])
    sequences = [sequence_of(registration)]
    give_up(registration, by=SYSTEM)
    sequences.append(sequence_of(registration))
    make_registration(workshop, email="teresa@posta.example")
    sequences.append(sequence_of(registration))
    Workshop.objects.filter(pk=workshop.pk).update(calendar_sequence=1)
    sequences.append(sequence_of(registration))
    Workshop.objects.filter(pk=workshop.pk).update(state=WorkshopState.CANCELLED)
    sequences.append(sequence_of(registration))
    assert sequences == sorted(set(sequences))
    assert str(event_in(place_calendar(Registration.objects.get(pk=registration.pk)))["UID"]) == uid


def test_a_place_given_up_takes_its_event_away() -> None:
    registration = make_registration(make_workshop())
    give_up(registration, by=SYSTEM)
    registration.refresh_from_db()
    file = place_calendar(registration)
    assert (method_of(file), str(event_in(file)["STATUS"])) == ("CANCEL", "CANCELLED")


def test_a_cancelled_workshop_takes_the_events_of_its_places_away() -> None:
    registration = make_registration(make_workshop())
    registration.workshop.state = WorkshopState.CANCELLED
    assert method_of(place_calendar(registration)) == "CANCEL"


def test_the_file_behind_my_place_is_a_download_without_the_link(client: Client) -> None:
    registration = make_registration(make_workshop())
    token = new_link(registration)
    answer = client.get(reverse("my_calendar", args=[token]))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{registration.workshop.slug}.ics"'
    assert token not in answer.content.decode()
    assert str(event_in(answer.content)["UID"]) == f"{registration.pk}@localhost"


def test_anybody_can_take_the_date_from_the_page_of_a_workshop(client: Client) -> None:
    workshop = make_workshop(starts_at=START)
    event = event_in(client.get(reverse("workshop_calendar", args=[workshop.slug])).content)
    assert (str(event["UID"]), event["DTSTART"].dt) == (f"{workshop.pk}@localhost", START)
