"""Feeds, the sitemap and what pages say to machines: all of what is on public lists, and nothing else."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from ledger.history import SYSTEM
from tests.factories import make_programme, make_session, make_workshop
from tests.feedback.test_home import publish
from workshops.actions.details import change_details
from workshops.actions.moving import move_workshop
from workshops.models import Programme, Workshop
from workshops.states import Access, WorkshopState

pytestmark = pytest.mark.django_db

ATOM, MAP = "{http://www.w3.org/2005/Atom}", "{http://www.sitemaps.org/schemas/sitemap/0.9}"
START = dt.datetime(2027, 4, 10, 16, 0, tzinfo=dt.UTC)
HIDDEN = ("A secret draft", "Only by link", "Only for invited people")


@pytest.fixture
def programme() -> Programme:
    """One workshop to come, one published with its outcome, and those that no list may show, also with outcomes."""
    programme = make_programme(slug="servizi")
    make_workshop(programme, slug="to-come", title={"en": "To come"}, starts_at=START, summary={"en": "Come & <see>"})
    past = make_workshop(programme, slug="held", title={"en": "Held"}, starts_at=START - dt.timedelta(days=60))
    publish(past, [])
    draft = {"state": WorkshopState.DRAFT}
    for title, more in zip(HIDDEN, (draft, {"access": Access.LINK}, {"access": Access.INVITED}), strict=True):
        make_workshop(programme, title={"en": title}, slug=title.lower().replace(" ", "-"), starts_at=START, **more)
    for slug in ("only-by-link", "only-for-invited-people"):
        said = make_workshop(programme, slug=f"{slug}-held", access=Access.LINK, title={"en": HIDDEN[1]})
        publish(said, [])
    return programme


def entries(client: Client, path: str) -> list[dict[str, Any]]:
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    assert [title in answer.content.decode() for title in HIDDEN] == [False] * 3
    found = ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")
    return [
        {name: each.find(ATOM + name) for name in ("title", "link", "id", "published", "updated", "summary")}
        for each in found
    ]


def titles(found: list[dict[str, Any]]) -> list[str]:
    return [each["title"].text for each in found]


def test_the_feed_of_a_programme_tells_of_its_workshops_and_outcomes(client, programme):
    make_workshop(make_programme(), title={"en": "Somewhere else"})
    found = entries(client, "/en/p/servizi/feed.atom")
    assert sorted(titles(found)) == ["Held", "To come", "What we said: Held"]
    coming = next(each for each in found if each["title"].text == "To come")
    workshop = Workshop.objects.get(slug="to-come")
    assert {
        "id": coming["id"].text,
        "link": coming["link"].get("href"),
        "summary": coming["summary"].text,
    } == {
        "id": f"tag:localhost,2026:workshop/{workshop.pk}",
        "link": "http://localhost:8000/en/w/to-come/",
        "summary": "Saturday 10 April 2027, 18:00, Casa di Quartiere, Via San Dionigi 36\nCome & <see>",
    }


def test_an_entry_keeps_its_id_and_its_first_day_when_the_workshop_changes(client, programme):
    workshop = Workshop.objects.get(slug="to-come")
    move_workshop(workshop, WorkshopState.DRAFT, by=SYSTEM)
    assert "To come" not in titles(entries(client, "/en/p/servizi/feed.atom"))
    make_session(workshop)
    move_workshop(workshop, WorkshopState.ANNOUNCED, by=SYSTEM)
    before = next(e for e in entries(client, "/en/p/servizi/feed.atom") if e["title"].text == "To come")
    change_details(workshop, by=SYSTEM, venue="Salone")
    after = next(e for e in entries(client, "/en/p/servizi/feed.atom") if e["title"].text == "To come")
    assert (after["id"].text, after["published"].text) == (before["id"].text, before["published"].text)
    assert after["updated"].text >= before["updated"].text
    assert "Salone" in after["summary"].text


def test_the_feeds_of_all_programmes(client, programme):
    make_workshop(make_programme(), title={"en": "Somewhere else"})
    assert sorted(titles(entries(client, "/en/feed.atom"))) == ["Held", "Somewhere else", "To come"]
    assert titles(entries(client, "/en/said/feed.atom")) == ["What we said: Held"]


def test_a_programme_without_anything_public_has_no_feed_and_no_calendar(client):
    programme = make_programme(slug="quiet")
    make_workshop(programme, state=WorkshopState.DRAFT)
    make_workshop(programme, access=Access.INVITED)
    paths = ("feed.atom", "calendar.ics")
    assert [client.get(f"/en/p/quiet/{path}").status_code for path in paths] == [404, 404]


def test_characters_that_no_xml_holds_are_left_out(client):
    make_workshop(make_programme(), title={"en": "One\x0b two\x1b"}, summary={"en": "Lines\nstay\x08"})
    [entry] = entries(client, "/en/feed.atom")
    assert (entry["title"].text, entry["summary"].text.splitlines()[1:]) == ("One two", ["Lines", "stay"])


def test_the_calendar_of_a_programme_holds_the_same_events_as_the_pages_of_its_workshops(client, programme):
    move_workshop(Workshop.objects.get(slug="to-come"), WorkshopState.CANCELLED, by=SYSTEM)

    def events(path: str) -> set[tuple]:
        found = Calendar.from_ical(client.get(path).content).walk("VEVENT")
        return {(str(e["UID"]), e["SEQUENCE"], str(e["STATUS"]), str(e["SUMMARY"]), e["DTSTART"].dt) for e in found}

    feed = events("/en/p/servizi/calendar.ics")
    assert feed == events("/en/w/to-come/calendar.ics") | events("/en/w/held/calendar.ics")
    assert {status for _u, _s, status, _t, _d in feed} == {"CONFIRMED", "CANCELLED"}


def test_the_sitemap_lists_each_public_page_in_each_language_and_nothing_hidden(client, programme):
    answer = client.get("/sitemap.xml")
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    pages = [url.find(f"{MAP}loc").text for url in ElementTree.fromstring(answer.content)]
    about = ["", "accessibility/", "calendar/", "how/", "said/", "your-data/"]
    own = ["p/servizi/", "w/held/", "w/held/said/", "w/to-come/"]
    assert sorted(pages) == sorted(
        f"http://localhost:8000/{code}/{path}" for code in ("it", "en") for path in [*about, *own]
    )


@pytest.mark.parametrize("state", [s for s in WorkshopState if s != WorkshopState.DRAFT])
@pytest.mark.parametrize("access", Access)
def test_only_what_is_public_in_its_state_and_access_is_listed(client, state, access):
    make_workshop(make_programme(slug="one"), slug="the-one", state=state, access=access)
    listed = [
        "/en/w/the-one/" in client.get("/sitemap.xml").content.decode(),
        "/en/p/one/" in client.get("/sitemap.xml").content.decode(),
        "/en/w/the-one/" in client.get("/en/feed.atom").content.decode(),
        "the-one" in client.get("/en/calendar/").content.decode()
        or client.get("/en/p/one/calendar.ics").status_code == 200,
    ]
    assert listed == [access == Access.PUBLIC] * 4


def test_robots_are_told_what_is_not_theirs_and_where_the_sitemap_is(client):
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /it/org/" in text
    assert "Disallow: /en/my/" in text
    assert text.endswith("Sitemap: http://localhost:8000/sitemap.xml\n")


def event_data(page: str) -> list[dict[str, Any]]:
    return [
        json.loads(block) for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    ]


def test_a_public_page_says_to_machines_what_it_says_to_people(client, programme):
    page = client.get("/en/w/to-come/").content.decode()
    [data] = event_data(page)
    assert data == {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": "http://localhost:8000/en/w/to-come/",
        "url": "http://localhost:8000/en/w/to-come/",
        "name": "To come",
        "description": "Come & <see>",
        "startDate": "2027-04-10T18:00:00+02:00",
        "endDate": "2027-04-10T21:00:00+02:00",
        "doorTime": "2027-04-10T17:45:00+02:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "isAccessibleForFree": True,
        "maximumAttendeeCapacity": 18,
        "inLanguage": ["it", "en"],
        "location": {"@type": "Place", "name": "Casa di Quartiere", "address": "Via San Dionigi 36"},
        "organizer": {"@type": "Organization", "name": "Laboratorio Civico"},
        "superEvent": {
            "@type": "EventSeries",
            "name": "Shared urban services",
            "url": "http://localhost:8000/en/p/servizi/",
        },
    }
    assert 'href="https://www.openstreetmap.org/search?query=Via+San+Dionigi+36"' in page


def test_no_text_ends_the_block_of_data(client):
    hostile = "</script><script>alert(1)</script>&amp;\u2028"
    workshop = make_workshop(title={"en": hostile}, summary={"en": "<!--" + hostile}, venue=hostile)
    page = client.get(f"/en/w/{workshop.slug}/").content.decode()
    [data] = event_data(page)
    assert (data["name"], data["location"]["name"], "<script>alert" in page) == (hostile, hostile, False)


@pytest.mark.parametrize("access", [Access.LINK, Access.INVITED])
def test_a_page_for_some_says_nothing_to_machines_but_to_stay_away(client, access):
    page = client.get(f"/en/w/{make_workshop(access=access).slug}/").content.decode()
    assert (event_data(page), '<meta name="robots" content="noindex">' in page) == ([], True)


def test_a_cancelled_workshop_says_so(client, programme):
    move_workshop(Workshop.objects.get(slug="to-come"), WorkshopState.CANCELLED, by=SYSTEM)
    [data] = event_data(client.get("/en/w/to-come/").content.decode())
    assert data["eventStatus"] == "https://schema.org/EventCancelled"


@pytest.mark.parametrize("workshops", [1, 3, 200])
def test_feeds_and_sitemap_ask_the_database_as_often_for_more_workshops(client, workshops, django_assert_num_queries):
    programme = make_programme(slug="many")
    for number in range(workshops):
        make_workshop(programme, starts_at=timezone.now() + dt.timedelta(days=number))
    for path, queries, shown in (
        ("/en/feed.atom", 2, min(workshops, 50)),
        ("/en/p/many/feed.atom", 4, min(workshops, 50)),
        ("/en/said/feed.atom", 1, 0),
        ("/en/p/many/calendar.ics", 2, workshops),
        ("/sitemap.xml", 3, 2 * workshops),
        ("/en/calendar/", 2, workshops),
    ):
        with django_assert_num_queries(queries):
            text = client.get(path).content.decode()
        slugs = len(set(re.findall(r"/(?:en|it)/w/[\w-]+/", text)))
        assert slugs == shown, path
