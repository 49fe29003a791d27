"""Consents: per purpose, in the words somebody read, added and never changed."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone, translation

from ledger.history import SYSTEM
from ledger.models import Event
from participants.actions.consents import NoSuchPurpose, add_purpose, decide, word_purpose
from participants.actions.links import new_link
from participants.consents import has_consent, standings, those_who_allow
from participants.models import Consent, Person, Purpose
from participants.models.consents import NeverChanged
from participants.purposes import CONTACT, PHOTOS, QUOTES, TAKING_PART, asked, purposes_of
from participants.states import Basis, Channel
from tests.factories import make_organiser, make_programme, make_registration, make_workshop
from workshops.models import Workshop

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2027, 4, 10, 12, 0, tzinfo=dt.UTC)


def say(registration, purpose, given, channel=Channel.MY_PLACE):
    return decide(registration, purpose, given=given, channel=channel, by=SYSTEM)


@pytest.fixture
def registration():
    return make_registration(make_workshop())


# What is kept


def test_a_consent_keeps_the_words_their_hash_version_language_time_channel_and_actor(registration):
    with translation.override("it"), time_machine.travel(NOON, tick=False):
        say(registration, PHOTOS, True, Channel.PHONE)
    consent = Consent.objects.get()
    assert consent.text.startswith("Foto\n")
    assert (consent.purpose, consent.given, consent.version, consent.language, consent.channel, consent.basis) == (
        "photos",
        True,
        1,
        "it",
        "phone",
        "consent",
    )
    assert (consent.at, consent.actor_kind, consent.actor_id) == (NOON, "system", "")
    assert consent.text_hash == hashlib.sha256(consent.text.encode()).hexdigest()


def test_other_words_are_a_new_version_and_earlier_consents_keep_theirs(registration):
    programme = registration.workshop.programme
    say(registration, QUOTES, True)
    before = Consent.objects.values().get()
    word_purpose(programme, QUOTES, by=SYSTEM, text={"en": "My words may be printed.", "it": "Stampate le mie parole."})
    assert Consent.objects.values().get() == before
    [standing] = [each for each in standings(registration) if each.purpose.key == QUOTES]
    assert (standing.given, standing.is_of_another_text, standing.purpose.version) == (True, True, 2)
    assert say(registration, QUOTES, True) is True
    last = Consent.objects.newest_first().first()
    assert (last.version, last.text) == (2, "Quotes\nMy words may be printed.")


def test_the_same_words_again_are_no_new_version():
    programme = make_programme()
    [quotes] = [each for each in purposes_of(programme) if each.key == QUOTES]
    word_purpose(programme, QUOTES, by=SYSTEM, title=quotes.title, text=quotes.text, asked=False)
    assert Purpose.objects.values_list("version", "asked").get() == (1, False)


# Added, never changed


@pytest.mark.parametrize(
    "change",
    [
        lambda: Consent.objects.update(given=False),
        lambda: Consent.objects.filter(purpose=QUOTES).update(given=False),
        lambda: Consent.objects.bulk_update([Consent.objects.get()], ["given"]),
        lambda: Consent.objects.update_or_create(purpose=QUOTES, defaults={"given": False}),
        lambda: Consent.objects.all().delete(),
        lambda: Consent.objects.get().delete(),
        lambda: Consent.objects.get().save(),
    ],
)
def test_no_consent_is_changed_or_deleted_by_itself(registration, change):
    say(registration, QUOTES, True)
    before = list(Consent.objects.values())
    with pytest.raises(NeverChanged):
        change()
    assert list(Consent.objects.values()) == before


def test_the_database_itself_refuses_to_change_one(registration):
    say(registration, QUOTES, True)
    with pytest.raises(DatabaseError, match="consents are never changed"), transaction.atomic():
        connection.cursor().execute("UPDATE participants_consent SET given = %s", [False])
    assert Consent.objects.get().given is True


def test_erasing_a_person_takes_their_consents_and_nobody_elses(registration):
    other = make_registration(registration.workshop)
    for each in (registration, other):
        say(each, QUOTES, True)
    assert Consent.objects.erase_of(registration.person_id) == 1
    assert [consent.registration_id for consent in Consent.objects.all()] == [other.pk]
    Person.objects.get(pk=other.person_id).delete()
    assert Consent.objects.count() == 0


# What holds


def test_the_last_word_holds_at_any_moment(registration):
    for hours, given in ((0, True), (2, False), (4, True)):
        with time_machine.travel(NOON + dt.timedelta(hours=hours), tick=False):
            say(registration, QUOTES, given)
    told = [has_consent(registration, QUOTES, NOON + dt.timedelta(hours=hours)) for hours in (-1, 0, 1, 2, 3, 4, 5)]
    assert told == [False, True, True, False, False, True, True]


def test_a_consent_holds_for_its_purpose_and_its_workshop_only(registration):
    other = make_registration(make_workshop(registration.workshop.programme), email=registration.person.email)
    stranger = make_registration(registration.workshop)
    say(registration, QUOTES, True)
    assert other.person_id == registration.person_id
    told = {who: has_consent(who, QUOTES) for who in (registration, other, stranger)}
    assert told == {registration: True, other: False, stranger: False}
    assert has_consent(registration, PHOTOS) is False
    assert those_who_allow([registration, other, stranger], QUOTES) == {registration.pk}


def test_a_person_answers_for_all_their_workshops_together(registration):
    other = make_registration(make_workshop(registration.workshop.programme), email=registration.person.email)
    say(registration, CONTACT, True)
    assert has_consent(registration.person, CONTACT) is True
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1)):
        say(other, CONTACT, True)
        say(other, CONTACT, False)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2)):
        assert has_consent(registration.person, CONTACT) is False
        assert has_consent(make_registration(registration.workshop).person, CONTACT) is False


def test_saying_what_holds_already_writes_nothing(registration):
    assert [say(registration, QUOTES, given) for given in (False, True, True, False, False)] == [
        False, True, False, True, False,
    ]  # fmt: skip
    verbs = Event.objects.filter(verb__startswith="consent.").order_by("pk").values_list("verb", "data")
    told = {"purpose": "quotes", "channel": "my_place"}
    assert list(verbs) == [("consent.given", told), ("consent.withdrawn", told)]


@pytest.mark.parametrize("key", ["no-such-purpose", TAKING_PART, ""])
def test_nobody_decides_about_what_is_not_theirs_to_decide(registration, key):
    with pytest.raises(NoSuchPurpose):
        say(registration, key, True)
    assert Consent.objects.count() == 0


def test_what_is_asked_no_more_can_still_be_taken_back_but_not_given(registration):
    say(registration, PHOTOS, True)
    word_purpose(registration.workshop.programme, PHOTOS, by=SYSTEM, asked=False)
    assert PHOTOS in [each.purpose.key for each in standings(registration)]
    assert say(registration, PHOTOS, False) is True
    assert PHOTOS not in [each.purpose.key for each in standings(registration)]
    with pytest.raises(NoSuchPurpose):
        say(registration, PHOTOS, True)


@pytest.mark.parametrize("several", [1, 3])
def test_standings_need_two_queries(several, django_assert_num_queries, registration):
    for number in range(several):
        purpose = add_purpose(registration.workshop.programme, by=SYSTEM, title={"en": f"P{number}"}, text={"en": "x"})
        say(registration, purpose.key, True)
    with django_assert_num_queries(2):
        assert len(standings(registration)) == 3 + several


# My place


def test_giving_and_taking_back_are_one_press_each(client, registration):
    token = new_link(registration)
    place, button = reverse("my_place", args=[token]), reverse("my_allow", args=[token])
    seen = []
    for given in ("1", "0"):
        page = client.get(place).content.decode()
        assert page.count(f'action="{button}"') == 3
        seen.append(page.count(f'name="given" value="{given}"'))
        answer = client.post(button, {"purpose": QUOTES, "given": given})
        assert (answer.status_code, answer["Location"]) == (302, place)
        assert has_consent(registration, QUOTES) is (given == "1")
    assert seen == [3, 1]
    assert set(Consent.objects.values_list("channel", "actor_kind", "actor_id")) == {
        ("my_place", "person", str(registration.person_id))
    }


def test_a_consent_is_taken_back_after_the_evening_too(client, registration):
    say(registration, QUOTES, True)
    Workshop.objects.update(starts_at=timezone.now() - dt.timedelta(days=2))
    token = new_link(registration)
    assert "Take back" in client.get(reverse("my_place", args=[token])).content.decode()
    client.post(reverse("my_allow", args=[token]), {"purpose": QUOTES, "given": "0"})
    assert has_consent(registration, QUOTES) is False


@pytest.mark.parametrize(
    "sent", [{}, {"purpose": QUOTES}, {"purpose": QUOTES, "given": "yes"}, {"purpose": "else", "given": "1"}]
)
def test_anything_else_is_refused_in_a_sentence(client, registration, sent):
    answer = client.post(reverse("my_allow", args=[new_link(registration)]), sent)
    assert (answer.status_code, answer.content.decode()) == (400, "Choose one of the answers on the page.")
    assert Consent.objects.count() == 0


def test_a_link_to_one_place_shows_nothing_of_what_was_allowed_at_another(client, registration):
    other = make_registration(make_workshop(registration.workshop.programme), email=registration.person.email)
    say(registration, QUOTES, True)
    assert "Take back" in client.get(reverse("my_place", args=[new_link(registration)])).content.decode()
    assert "Take back" not in client.get(reverse("my_place", args=[new_link(other)])).content.decode()


def test_opening_a_page_allows_nothing(client, registration):
    assert client.get(reverse("my_allow", args=[new_link(registration)])).status_code == 405
    assert Consent.objects.count() == 0


# The organiser


@pytest.fixture
def organiser(client, registration):
    client.force_login(make_organiser(registration.workshop.programme))
    return client


def test_an_organiser_writes_down_what_was_said_and_how(organiser, registration):
    args = [registration.workshop_id, registration.pk]
    organiser.post(reverse("org_allow", args=args), {"allowed": PHOTOS, "channel": "paper"})
    assert Consent.objects.values_list("purpose", "given", "channel", "actor_kind").get() == (
        "photos", True, "paper", "user",
    )  # fmt: skip
    page = organiser.get(reverse("org_person", args=args)).content.decode()
    assert "on paper, " in page
    assert page.count("They take it back") == 1
    organiser.post(reverse("org_allow", args=args), {"taken_back": PHOTOS, "channel": "phone"})
    assert has_consent(registration, PHOTOS) is False


@pytest.mark.parametrize("channel", ["web", "my_place", "", "pigeon"])
def test_an_organiser_cannot_say_it_came_from_the_person(organiser, registration, channel):
    args = [registration.workshop_id, registration.pk]
    for sent in ({"allowed": PHOTOS, "channel": channel}, {"channel": "phone"}, {"allowed": "x", "channel": "phone"}):
        assert organiser.post(reverse("org_allow", args=args), sent).status_code == 400
    assert Consent.objects.count() == 0


def test_an_organiser_adds_a_purpose_and_words_a_known_one(organiser, registration):
    programme = registration.workshop.programme
    words = {
        "title_it": "Riprese",
        "title_en": "Film",
        "text_it": "Posso essere ripreso.",
        "text_en": "I may be filmed.",
    }
    organiser.post(reverse("org_add_purpose", args=[programme.pk]), words | {"basis": "consent", "asked": "on"})
    wording = {"title_it": "Citazioni", "text_it": "Le mie parole.", "basis": "consent", "asked": "on"}
    organiser.post(reverse("org_word_purpose", args=[programme.pk, QUOTES]), wording)
    assert [(p.key, str(p.title), p.version) for p in purposes_of(programme)] == [
        ("taking-part", "Taking part", 1),
        ("quotes", "Citazioni", 2),
        ("photos", "Photos", 1),
        ("contact", "Later workshops", 1),
        ("riprese", "Film", 1),
    ]
    form = organiser.get(reverse("place_form", args=[registration.workshop.slug])).content.decode()
    assert "I may be filmed." in form


def test_taking_part_is_told_and_cannot_be_made_something_to_decline(organiser, registration):
    programme = registration.workshop.programme
    words = {"title_it": "Partecipare", "text_it": "Servono i tuoi dati."}
    page = organiser.post(reverse("org_word_purpose", args=[programme.pk, TAKING_PART]), words | {"basis": "consent"})
    assert "basis" in page.context["sent"].errors
    organiser.post(reverse("org_word_purpose", args=[programme.pk, TAKING_PART]), words | {"basis": "public_task"})
    [taking_part] = [each for each in purposes_of(programme) if each.key == TAKING_PART]
    assert (taking_part.basis, taking_part.asked, str(taking_part.text)) == (
        Basis.PUBLIC_TASK, True, "Servono i tuoi dati.",
    )  # fmt: skip
    assert TAKING_PART not in [each.key for each in asked(purposes_of(programme))]


def test_purposes_of_one_programme_are_not_those_of_another(registration):
    add_purpose(registration.workshop.programme, by=SYSTEM, title={"en": "Film"}, text={"en": "I may be filmed."})
    assert [each.key for each in purposes_of(make_programme())] == ["taking-part", "quotes", "photos", "contact"]
