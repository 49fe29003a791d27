"""Five hundred hostile names: none adds a header to a mail, none becomes a link, and calendars stay whole."""

from __future__ import annotations

import email
import email.policy
import random
import re
import uuid

import pytest
from django.core.mail import EmailMultiAlternatives
from icalendar import Calendar

from ledger import outbox
from ledger.history import SYSTEM
from ledger.models import Mail
from participants.actions.invitations import Wanted, invite
from participants.actions.mailings import write_letter
from participants.calendar import place_calendar
from participants.composing import name_in_mail
from participants.models import Invitation, Person, Registration
from participants.queries.mail import letter_goes_to
from tests.factories import make_registration, make_workshop
from workshops.models import Programme, Workshop

pytestmark = pytest.mark.django_db

PIECES = (
    "Anna", " ", "\r\n", "\n", "\r", "\u2028", "\x85", "\x0b", "\x1b", "\u202e", "\ufeff", "\u200b", "\t", "🙂", "é",
    "Bcc: spy@evil.example", "Subject: x", "%0d%0aBcc:spy@evil.example", "mailto:spy@evil.example", "tel:+39025550142",
    "https://evil.example/x", "http://evil.example", "//evil.example", "www.evil.example",
    "evil.example", "@evil.example",
    "<a href='https://evil.example'>", "</p>", "<script>", '"', "'", "[x](https://evil.example)", "javascript:alert(1)",
    "=cmd|' /C calc'!A0", "+", "-", "@", "{{ 7*7 }}", "\\n", ";", ",", ":",
    "BEGIN:VEVENT", "END:VCALENDAR", "ATTENDEE:mailto:spy@evil.example",
)  # fmt: skip
NAMES = ["".join(random.Random(seed).choices(PIECES, k=random.Random(seed).randint(1, 5)))[:80] for seed in range(500)]
HEADERS = {"content-type", "mime-version", "subject", "from", "to", "message-id", "date"}
LIVE = re.compile(r"(https?|ftp|mailto|tel):\S|www\.\S|\w@\w|\w\.\w", re.IGNORECASE)
"""What a mailbox turns into a link by itself: schemes, addresses, and words with a dot inside."""


@pytest.fixture
def workshop() -> Workshop:
    return make_workshop(places=1000)


def arrived(mail: Mail) -> email.message.EmailMessage:
    """The mail as the other end reads it."""
    message = outbox.compose(mail)
    letter = EmailMultiAlternatives(message.subject, message.text, to=[message.to], headers={**message.headers})
    letter.attach_alternative(message.html, "text/html")
    return email.message_from_bytes(letter.message().as_bytes(), policy=email.policy.default)


def test_the_pattern_finds_what_mailboxes_turn_into_links():
    """The positive control: a raw name of each sort is found."""
    for name in ("https://evil.example/x", "www.evil.example", "evil.example", "spy@evil.example", "mailto:spy"):
        assert LIVE.search(name)
        assert not LIVE.search(name_in_mail(name))


def test_of_five_hundred_names_none_is_alive_in_a_mail():
    alive = [name for name in NAMES if LIVE.search(name_in_mail(name))]
    broken = [name for name in NAMES if name_in_mail(name) != " ".join(name_in_mail(name).split())]
    assert (alive, broken) == ([], [])
    assert sum(bool(LIVE.search(name)) for name in NAMES) > 200


def test_a_harmless_name_stays_as_it_is():
    names = ["Teresa", "Jean-Luc", "O'Hara", "Zoë", "Đorđe", "J. R."]
    assert [name_in_mail(name) for name in names] == names


def test_no_name_adds_a_header_or_a_link_to_a_mail_about_a_place(workshop):
    """Rendered and read again for each name, beside the same mail for a harmless one: only the name's words differ."""
    registration = make_registration(workshop, "Anna", "anna@posta.example")
    mail = Mail.objects.get(kind="place_taken")
    plain = links_and_headers(mail)
    different = []
    for name in NAMES:
        Person.objects.filter(pk=registration.person_id).update(name=name)
        if links_and_headers(mail) != plain:
            different.append(name)
    assert different == []


def links_and_headers(mail: Mail) -> tuple[set[str], list[str], int, str]:
    """Header names, links of both parts without their secrets, how many parts, and the subject."""
    message = arrived(mail)
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    found = re.findall(r'href="([^"]*)"', html) + re.findall(r"(?:https?:|www\.)\S+", text)
    links = sorted(re.sub(r"[\w-]{24,32}/", "…/", link) for link in found)
    assert len(links) >= 3
    return {name.lower() for name in message}, links, len(list(message.walk())), message["Subject"]


def test_no_name_adds_a_header_or_a_link_to_an_invitation(workshop):
    invite(workshop, [Wanted("Anna", "anna@posta.example", "en")], by=SYSTEM)
    invitation = Invitation.objects.get()
    mail = outbox.write("invitation", to=invitation, about=invitation, scope=workshop.pk)
    assert mail is not None
    plain, different = links_and_headers(mail), []
    for name in NAMES[::5]:
        Invitation.objects.update(name=name)
        if links_and_headers(mail) != plain:
            different.append(name)
    assert different == []
    assert plain[0] <= HEADERS | {"list-unsubscribe", "list-unsubscribe-post"}


def test_every_calendar_reads_back_as_one_event_whatever_the_words_of_the_workshop_hold(workshop):
    registration = make_registration(workshop)
    wrong = []
    for name in NAMES:
        Workshop.objects.update(title={"en": name, "it": name}, venue=name[:120], address=name[:200])
        Programme.objects.update(organisation=name)
        fresh = Registration.objects.select_related("workshop__programme", "person").get(pk=registration.pk)
        calendar = Calendar.from_ical(place_calendar(fresh))
        events = [part for part in calendar.walk() if part.name == "VEVENT"]
        names = {key for event in events for key in event}
        if len(events) != 1 or names != EVENT_FIELDS or str(events[0]["UID"]) != f"{registration.pk}@localhost":
            wrong.append(name)
    assert wrong == []


EVENT_FIELDS = {
    "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "STATUS", "SUMMARY", "LOCATION", "DESCRIPTION", "URL",
    "ORGANIZER",
}  # fmt: skip


def test_no_subject_of_an_organiser_adds_a_header(workshop):
    make_registration(workshop)
    people = [one.pk for one in letter_goes_to(workshop, "confirmed")]
    broken = []
    for number, name in enumerate(NAMES[::5]):
        text = {"en": name or "x"}
        letter = write_letter(
            workshop, uuid.uuid4(), to="confirmed", subject=text, text=text, expected=people, by=SYSTEM
        )
        message = arrived(Mail.objects.get(kind="letter", subject_id=str(letter.pk)))
        if not {header.lower() for header in message} <= HEADERS or "spy" in str(message["To"]):
            broken.append((number, name))
    assert broken == []
