"""A hall behind one address works; one who guesses is stopped; an endpoint without a policy answers nobody."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import path
from rest_framework.response import Response
from rest_framework.views import APIView

from config import urls
from feedback.models import Note
from feedback.views import tables
from ledger.history import SYSTEM
from tests.factories import make_group, make_organiser, make_session, make_user, make_workshop, op_for_new_note
from workshops.actions.groups import give_table_codes
from workshops.states import SessionState, WorkshopState

pytestmark = pytest.mark.django_db


class Forgotten(APIView):
    """An endpoint whose author named no permission."""

    def get(self, request) -> Response:
        return Response({"secret": "everything"})


urlpatterns = [path("api/v1/forgotten", Forgotten.as_view()), *urls.urlpatterns]


@pytest.mark.urls("tests.feedback.test_isolation")
def test_an_endpoint_that_names_no_permission_answers_nobody():
    staff = Client()
    staff.force_login(make_user(is_staff=True, is_superuser=True))
    answers = [client.get("/api/v1/forgotten") for client in (Client(), staff)]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (401, "not_authenticated"),
        (403, "permission_denied"),
    ]


@pytest.fixture
def tables_of_a_hall() -> tuple:
    """Twelve tables with codes and an open session."""
    workshop = make_workshop(state=WorkshopState.LIVE)
    session = make_session(workshop, state=SessionState.OPEN)
    groups = [make_group(workshop) for _ in range(12)]
    give_table_codes(workshop, by=SYSTEM)
    for group in groups:
        group.refresh_from_db()
    return groups, session


def join(client: Client, code: str) -> int:
    return client.post("/table/", {"code": code, "name": "Ilaria"}).status_code


def wrong(codes: set[str], number: int) -> str:
    """A code that no table has."""
    return next(code for guess in range(number * 50, 10**6) if (code := f"{guess:06d}") not in codes)


def test_sixty_tablets_behind_one_address_join_and_send(tables_of_a_hall):
    groups, session = tables_of_a_hall
    tablets = [(Client(), group) for group in groups for _ in range(5)]
    assert [join(tablet, group.code) for tablet, group in tablets] == [302] * 60
    statuses = [
        tablet.post(
            f"/api/v1/groups/{group.pk}/ops",
            {"ops": [op_for_new_note(session, f"{number} of tablet {turn}")]},
            content_type="application/json",
        ).status_code
        for turn, (tablet, group) in enumerate(tablets)
        for number in range(4)
    ]
    assert statuses == [200] * 240
    assert Note.objects.filter(group__in=groups).count() == 240


def test_a_session_that_guesses_is_stopped_after_ten_codes_and_its_neighbours_are_not(tables_of_a_hall):
    groups, _session = tables_of_a_hall
    codes = {group.code for group in groups}
    guesser, neighbour = Client(), Client()
    assert [join(guesser, wrong(codes, number)) for number in range(11)] == [422] * 10 + [429]
    assert join(guesser, groups[0].code) == 429
    assert join(neighbour, groups[0].code) == 302


def test_throwing_the_session_away_does_not_help_a_guesser_for_long(tables_of_a_hall, monkeypatch):
    monkeypatch.setattr(tables, "WRONG_CODES_FOR_ADDRESS", 15)
    groups, _session = tables_of_a_hall
    codes = {group.code for group in groups}
    assert [join(Client(), wrong(codes, number)) for number in range(16)] == [422] * 15 + [429]
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert join(elsewhere, groups[0].code) == 302


def test_an_address_made_up_in_a_header_counts_as_the_real_one(tables_of_a_hall, monkeypatch):
    monkeypatch.setattr(tables, "WRONG_CODES_FOR_ADDRESS", 5)
    groups, _session = tables_of_a_hall
    codes = {group.code for group in groups}
    tried = [
        Client(headers={"X-Forwarded-For": f"203.0.113.{number}"}).post(
            "/table/", {"code": wrong(codes, number), "name": "Ilaria"}
        )
        for number in range(6)
    ]
    assert [answer.status_code for answer in tried] == [422] * 5 + [429]


def test_an_author_who_sends_without_end_is_asked_to_wait(tables_of_a_hall, monkeypatch):
    groups, session = tables_of_a_hall
    from feedback.api.views import AuthorThrottle

    monkeypatch.setattr(AuthorThrottle, "THROTTLE_RATES", {"ops": "3/min", "reads": "3/min"})
    hasty, calm = Client(), Client()
    hasty.force_login(make_organiser(groups[0].workshop.programme))
    calm.force_login(make_organiser(groups[0].workshop.programme))

    def send(client: Client):
        return client.post(
            f"/api/v1/groups/{groups[0].pk}/ops", {"ops": [op_for_new_note(session)]}, content_type="application/json"
        )

    answers = [send(hasty) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert send(calm).status_code == 200
