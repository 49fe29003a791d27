"""Mails about a place: rendered from rows when they are sent, in the person's language."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail as django_mail
from django.test import Client
from icalendar import Calendar

from ledger import outbox
from ledger.history import SYSTEM
from ledger.models import Mail
from ledger.outbox import Message, NobodyToWriteTo
from participants.actions.links import send_link_again
from participants.actions.places import give_up
from participants.models import Person, PlaceLink, Registration
from tests.factories import make_programme, make_registration, make_workshop
from workshops.models import Workshop

pytestmark = pytest.mark.django_db

START = dt.datetime(2027, 4, 10, 16, 0, tzinfo=dt.UTC)
MY_LINK = re.compile(r"http://localhost:8000(/\w\w/my/[\w-]{32}/)")


def place(**fields: str) -> Registration:
    workshop = make_workshop(
        make_programme(title={"en": "Shared & smart"}), starts_at=START, directions={"en": "Bus 77"}
    )
    return make_registration(workshop, "Teresa Donati", "teresa@posta.example", **fields)


def message(kind: str) -> Message:
    return outbox.compose(Mail.objects.get(kind=kind))


def give_up_and_reload(registration: Registration) -> None:
    give_up(registration, by=SYSTEM)
    registration.refresh_from_db()


def test_the_mail_about_a_place_says_when_where_and_how_to_give_it_up() -> None:
    registration = place()
    letter = message("place_taken")
    assert (letter.to, letter.language, letter.subject) == (
        "teresa@posta.example",
        "en",
        "You have a place on Saturday 10 April",
    )
    [link] = set(MY_LINK.findall(letter.text))
    for text in (letter.text, letter.html):
        for part in (
            "Saturday 10 April 2027",
            "18:00 to 21:00, doors from 17:45",
            "Casa di Quartiere, Via San Dionigi 36",
            "Bus 77",
            registration.spoken_code,
            f"http://localhost:8000{link}give-up/",
            "Questions? Call 02 555 0142.",
        ):
            assert part in text


def test_the_link_in_the_mail_opens_the_place_and_no_row_holds_it(client: Client) -> None:
    place()
    [link] = set(MY_LINK.findall(message("place_taken").text))
    assert "You have a place, Teresa" in client.get(link).content.decode()
    secret = link.split("/")[3]
    rows = [*Mail.objects.values_list(), *PlaceLink.objects.values_list()]
    assert secret not in str(rows)


def test_each_rendering_has_a_link_of_its_own_and_both_work(client: Client) -> None:
    place()
    links = {MY_LINK.findall(message("place_taken").text)[0] for _n in range(2)}
    assert [client.get(link).status_code for link in links] == [200, 200]


@pytest.mark.parametrize(
    ("language", "prefix", "day"),
    [("en", "/en/my/", "saturday 10 april 2027"), ("it", "/it/my/", "sabato 10 aprile 2027")],
)
def test_a_mail_speaks_the_language_of_the_person(language: str, prefix: str, day: str) -> None:
    place()
    Person.objects.update(language=language)
    letter = message("place_taken")
    assert MY_LINK.findall(letter.text)[0].startswith(prefix)
    assert day in letter.text.lower()
    assert f'<html lang="{language}">' in letter.html


def test_the_hours_in_a_mail_are_those_of_the_place() -> None:
    workshop = make_workshop(make_programme(zone_name="America/New_York"), starts_at=START)
    make_registration(workshop)
    assert "12:00 to 15:00, doors from 11:45" in message("place_taken").text


def test_a_name_is_text_in_both_parts_of_a_mail() -> None:
    make_registration(make_workshop(), "<i>Anna</i>&Co Rossi")
    letter = message("place_taken")
    assert "You have a place, <i>Anna</i>&Co." in letter.text
    assert "You have a place, &lt;i&gt;Anna&lt;/i&gt;&amp;Co" in letter.html


def test_the_waiting_list_mail_tells_the_number_as_it_is_when_it_is_sent() -> None:
    workshop = make_workshop(places=1)
    make_registration(workshop, "Nadia Haddad")
    first = make_registration(workshop, "Ettore Villa")
    make_registration(workshop, "Teresa Donati", "teresa@posta.example")
    mail = Mail.objects.get(kind="waiting", recipient_id=str(Person.objects.get(email="teresa@posta.example").pk))
    assert "you are number 2 on the waiting list" in outbox.compose(mail).text
    give_up(first, by=SYSTEM)
    letter = outbox.compose(mail)
    assert "you are number 1 on the waiting list" in letter.text
    assert letter.attachments == []


def test_whoever_moves_up_is_told_that_the_place_is_theirs() -> None:
    workshop = make_workshop(places=1, starts_at=START)
    holder = make_registration(workshop, "Nadia Haddad")
    make_registration(workshop, "Teresa Donati")
    give_up(holder, by=SYSTEM)
    letter = message("promoted")
    assert letter.subject == "A place has opened for you on Saturday 10 April"
    assert "Teresa, a seat at the table has become free, and it is yours." in letter.text
    assert method_in(letter) == "PUBLISH"


def method_in(letter: Message) -> str:
    [(name, file, media_type)] = letter.attachments
    method = str(Calendar.from_ical(file)["METHOD"])
    assert (name, media_type) == ("tavolo.ics", f"text/calendar; method={method}")
    return method


def test_the_mail_about_a_place_given_up_takes_the_event_away_and_holds_no_link() -> None:
    give_up_and_reload(place())
    letter = message("place_given_up")
    assert method_in(letter) == "CANCEL"
    assert "Teresa, thank you for telling us." in letter.text
    assert f"http://localhost:8000{Workshop.objects.get().get_absolute_url()}" in letter.text
    assert MY_LINK.findall(letter.text + letter.html) == []


def test_a_mail_that_is_no_longer_true_is_not_sent() -> None:
    give_up_and_reload(place())
    with pytest.raises(NobodyToWriteTo):
        message("place_taken")


def test_somebody_without_an_address_is_not_written_to() -> None:
    place()
    Person.objects.update(email=None)
    with pytest.raises(NobodyToWriteTo):
        message("place_taken")


def test_one_mail_has_the_links_of_all_places_of_a_person(client: Client) -> None:
    programme = make_programme()
    first, second, left = (make_workshop(programme, starts_at=START + dt.timedelta(days=n)) for n in range(3))
    for workshop in (first, second, left):
        registration = make_registration(workshop, "Teresa Donati", "teresa@posta.example")
    give_up(registration, by=SYSTEM)
    send_link_again(Registration.objects.get(workshop=first))
    letter = message("link_again")
    links = MY_LINK.findall(letter.text)
    assert letter.subject == "Your link to your place"
    assert [client.get(link).context["workshop"] for link in links] == [first, second]


def test_the_mail_that_goes_out_has_text_html_and_a_calendar_file() -> None:
    place()
    Mail.objects.exclude(kind="place_taken").delete()
    assert outbox.send(Mail.objects.get().pk) is True
    [letter] = django_mail.outbox
    parts = [
        (part.get_content_type(), part.get_filename()) for part in letter.message().walk() if not part.is_multipart()
    ]
    assert parts == [("text/plain", None), ("text/html", None), ("text/calendar", "tavolo.ics")]
    calendar = next(part for part in letter.message().walk() if part.get_content_type() == "text/calendar")
    assert (calendar.get_param("method"), calendar.get_content_charset()) == ("PUBLISH", "utf-8")
