"""A kept page is never an old one: what was done is on it at once, and each visitor's form is their own."""

import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from ledger.history import SYSTEM
from ledger.models import Event
from tests.factories import make_programme, make_registration, make_session, make_user, make_workshop
from workshops.actions.moving import move_workshop
from workshops.kept import FORM_TOKEN, latest_events
from workshops.states import WorkshopState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept_within_one_minute(settings):
    settings.KEEP_PAGES = True
    with time_machine.travel("2026-03-02 10:00:20+00:00", tick=False):
        yield


def test_the_second_visitor_costs_one_query(client, django_assert_num_queries):
    url = make_workshop().get_absolute_url()
    client.get(url)
    with django_assert_num_queries(1):
        assert client.get(url).status_code == 200


def test_a_place_taken_is_on_the_next_page(client):
    workshop = make_workshop(places=18)
    pages = [client.get(workshop.get_absolute_url()).content.decode()]
    make_registration(workshop)
    pages.append(client.get(workshop.get_absolute_url()).content.decode())
    assert [re.search(r"<b>(\d+)</b> of 18 left", page)[1] for page in pages] == ["18", "17"]


def test_a_workshop_just_announced_is_on_the_front_page(client):
    programme = make_programme()
    make_workshop(programme)
    draft = make_workshop(programme, state=WorkshopState.DRAFT, title={"en": "Repair night"})
    make_session(draft)
    before = client.get(reverse("home")).content.decode()
    move_workshop(draft, WorkshopState.ANNOUNCED, by=SYSTEM)
    after = client.get(reverse("home")).content.decode()
    assert ["Repair night" in page for page in (before, after)] == [False, True]


def test_each_visitor_of_a_kept_page_can_send_its_form():
    url = make_workshop().get_absolute_url()
    for visitor in (Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)):
        page = visitor.get(url).content.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        sent = visitor.post(f"{url}place/", {"name": "", "csrfmiddlewaretoken": token})
        assert (sent.status_code, FORM_TOKEN in page) == (200, False)


def test_whoever_is_signed_in_gets_a_page_made_for_them(client, django_assert_max_num_queries):
    url = make_workshop().get_absolute_url()
    client.get(url)
    client.force_login(make_user())
    with django_assert_max_num_queries(20) as queries:
        client.get(url)
    assert len(queries) > 1


def test_languages_and_chosen_colours_have_pages_of_their_own(client):
    url = make_workshop().get_absolute_url()
    client.get(url)
    client.cookies["theme"] = "dark"
    pages = [client.get(url), client.get(url.replace("/en/", "/it/"))]
    assert [re.search(rb"<html [^>]+>", page.content)[0] for page in pages] == [
        b'<html lang="en" data-theme="dark">',
        b'<html lang="it" data-theme="dark">',
    ]


def test_an_event_committed_after_a_higher_one_is_noticed():
    def happen(**number):
        return Event.objects.create(verb="x", actor_kind="system", thing_kind="x", thing_id="1", **number).pk

    late = happen() + 1
    highest = happen(pk=late + 1)
    before = latest_events()
    happen(pk=late)
    after = latest_events()
    assert (before[0], after[0], after[1] - before[1]) == (highest, highest, late)
