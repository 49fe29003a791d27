"""Two organisers have the same form open: nobody's words go without being seen."""

from html.parser import HTMLParser

import pytest
from django.urls import reverse

from ledger.history import SYSTEM
from tests.factories import make_organiser, make_session, make_workshop
from workshops.actions.changing import change

pytestmark = pytest.mark.django_db


class Fields(HTMLParser):
    """What a browser would send of the page's forms that post to `action`."""

    def __init__(self, page, action):
        super().__init__()
        self.action, self.inside, self.values, self.area = action, False, {}, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.inside = attrs.get("action", "") == self.action
        elif self.inside and tag == "input" and attrs.get("name"):
            is_box = attrs.get("type") in ("radio", "checkbox")
            if not is_box or "checked" in attrs:
                self.values[attrs["name"]] = attrs.get("value", "on" if is_box else "")
        elif self.inside and tag == "textarea":
            self.area = attrs["name"]
            self.values[self.area] = ""
        elif self.inside and tag == "select":
            self.select = attrs["name"]
        elif self.inside and tag == "option" and "selected" in attrs:
            self.values[self.select] = attrs["value"]

    def handle_data(self, data):
        if self.area:
            self.values[self.area] += data.removeprefix("\n")

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = None


@pytest.fixture
def workshop(client):
    workshop = make_workshop(venue="Casa di Quartiere", address="Via San Dionigi 36")
    client.force_login(make_organiser(workshop.programme))
    return workshop


def open_form(client, url, action=""):
    return Fields(client.get(url).content.decode(), action).values


def stored(thing, *names):
    thing.refresh_from_db()
    return tuple(getattr(thing, name) for name in names)


def test_two_who_change_different_fields_both_stay(client, workshop):
    url = reverse("org_details", args=[workshop.pk])
    mine, theirs = open_form(client, url), open_form(client, url)
    client.post(url, {**theirs, "venue": "Salone", "places": "24"})
    assert client.post(url, {**mine, "address": "Via Ripamonti 1"}).status_code == 302
    assert stored(workshop, "venue", "places", "address") == ("Salone", 24, "Via Ripamonti 1")


def test_the_same_field_written_twice_is_asked_about_and_the_second_sending_decides(client, workshop):
    url = reverse("org_details", args=[workshop.pk])
    mine, theirs = open_form(client, url), open_form(client, url)
    client.post(url, {**theirs, "venue": "Salone"})
    asked = client.post(url, {**mine, "venue": "Palestra"})
    page = asked.content.decode()
    assert "Meanwhile somebody else wrote: “Salone”. Save again to keep yours." in page
    assert stored(workshop, "venue") == ("Salone",)
    again = Fields(page, "").values
    assert again["venue"] == "Palestra"
    assert client.post(url, again).status_code == 302
    assert stored(workshop, "venue") == ("Palestra",)


def test_the_same_words_written_twice_are_no_question(client, workshop):
    url = reverse("org_details", args=[workshop.pk])
    mine = open_form(client, url)
    client.post(url, {**open_form(client, url), "venue": "Salone"})
    assert client.post(url, {**mine, "venue": "Salone"}).status_code == 302


def test_what_was_ticked_or_chosen_meanwhile_stays(client, workshop):
    session = make_session(workshop, minutes=45)
    page = reverse("org_agenda", args=[workshop.pk]) + f"?session={session.pk}"
    url = reverse("org_change_session", args=[workshop.pk, session.pk])
    mine = open_form(client, page, url)
    change(session, by=SYSTEM, rates=True, dots_per_person=5)
    client.post(url, {**mine, "minutes": "30"})
    assert stored(session, "rates", "dots_per_person", "minutes") == (True, 5, 30)


@pytest.mark.parametrize("seen", ["", "not json", "[1]", '{"venue": 3}'])
def test_a_form_that_did_not_say_what_it_saw_is_taken_or_asked_about_and_never_an_error(client, workshop, seen):
    url = reverse("org_details", args=[workshop.pk])
    answer = client.post(url, {**open_form(client, url), "venue": "Salone", "seen": seen})
    assert answer.status_code in (200, 302)
