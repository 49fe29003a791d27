"""The agenda with people by REST: questions, tables, moderators, and who sits where in each session."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ledger.history import SYSTEM
from participants.actions.places import give_up
from participants.actions.seats import seat
from participants.models import Seat
from tests.config.world import signed_in
from tests.factories import make_group, make_organiser, make_registration, make_session, make_workshop
from workshops.models import Workshop
from workshops.states import SessionKind, TeamRole

pytestmark = pytest.mark.django_db

START = dt.datetime(2027, 4, 10, 16, 0, tzinfo=dt.UTC)


def asked(client: Client, workshop: Workshop) -> list[dict[str, Any]]:
    return client.get(reverse("api_sessions", args=[workshop.pk])).json()["results"]


def test_each_session_names_its_questions_its_tables_and_who_sits_there_then() -> None:
    workshop = make_workshop(starts_at=START)
    arrival = make_session(workshop, prompts=0, kind=SessionKind.ARRIVAL, minutes=20)
    first, second = make_session(workshop, minutes=45), make_session(workshop, prompts=0, minutes=30)
    olmo, gelso = (
        make_group(workshop, "Olmo", moderators=["Ilaria", "Wei"]),
        make_group(workshop, "Gelso", moderators=[]),
    )
    ada, bea = make_registration(workshop, "Ada"), make_registration(workshop, "Bea")
    gone = make_registration(workshop, "Cleo")
    for place in (ada, bea, gone):
        seat(place, olmo, by=SYSTEM)
    give_up(gone, by=SYSTEM)
    Seat.objects.create(registration=bea, group=gelso, session=second)
    table = {"id": str(olmo.pk), "name": "Olmo"}
    table["moderators"] = [{"name": "Ilaria", "role": "asks"}, {"name": "Wei", "role": "writes"}]
    other = {"id": str(gelso.pk), "name": "Gelso", "moderators": []}
    prompt = first.prompts.get()
    words = {"title": {"it": "Abitudini", "en": "Habits"}, "state": "planned"}
    expected = [
        {"id": str(arrival.pk), "kind": "arrival", "minutes": 20, "prompts": [], "tables": []},
        {
            "id": str(first.pk),
            "kind": "tables",
            "minutes": 45,
            "prompts": [{"id": str(prompt.pk), "text": {"it": "Domanda 1?", "en": "Question 1?"}}],
            "tables": [{**table, "people": ["Ada", "Bea"]}, {**other, "people": []}],
        },
        {
            "id": str(second.pk),
            "kind": "tables",
            "minutes": 30,
            "prompts": [],
            "tables": [{**table, "people": ["Ada"]}, {**other, "people": ["Bea"]}],
        },
    ]
    hours = ["16:00", "16:20", "17:05", "17:35"]
    for session, begins, ends in zip(expected, hours, hours[1:], strict=False):
        session |= {**words, "starts_at": f"2027-04-10T{begins}:00Z", "ends_at": f"2027-04-10T{ends}:00Z"}
    assert asked(signed_in(make_organiser(workshop.programme)), workshop) == expected


def test_names_are_for_organisers_alone() -> None:
    workshop = make_workshop()
    url = reverse("api_sessions", args=[workshop.pk])
    turned_away = [
        signed_in(make_organiser(workshop.programme, role)).get(url).status_code
        for role in (TeamRole.HELPER, TeamRole.OBSERVER)
    ]
    assert [*turned_away, Client().get(url).status_code] == [404, 404, 401]


@pytest.mark.parametrize("size", [1, 3, 30])
def test_thirty_sessions_with_people_take_six_queries(size: int, django_assert_num_queries: Any) -> None:
    workshop = make_workshop(places=200)
    for _number in range(size):
        make_session(workshop)
        seat(make_registration(workshop), make_group(workshop), by=SYSTEM)
    client = signed_in(make_organiser(workshop.programme))
    with django_assert_num_queries(6):
        found = asked(client, workshop)
    assert [sum(len(table["people"]) for table in session["tables"]) for session in found] == [size] * size
