"""History as sentences: who did what, when, to what, for whoever organises."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from feedback.history import history_of
from feedback.history_words import SENTENCES
from ledger.history import SYSTEM, Actor, record
from ledger.models import ActorKind, Event
from participants.actions.forget import erase_person
from participants.actions.places import give_up
from participants.actions.team import change_role, invite_to_team, join_team, key_of
from tests.factories import (
    make_device,
    make_group,
    make_note,
    make_organiser,
    make_programme,
    make_registration,
    make_session,
    make_user,
    make_workshop,
)
from workshops.actions.changing import change
from workshops.actions.details import change_details
from workshops.actions.evening import move_session
from workshops.actions.moving import move_workshop
from workshops.models import Workshop
from workshops.states import SessionState, WorkshopState

pytestmark = pytest.mark.django_db

SECRET = "Pina from the fourth floor hides the key"


def sentences(workshop: Any, language: str = "en") -> list[str]:
    with translation.override(language):
        return [row.sentence for row in history_of(workshop.pk).rows]


def by(user: Any) -> Actor:
    return Actor(ActorKind.USER, str(user.pk))


def test_each_act_is_a_sentence_with_who_and_what_newest_first():
    workshop = make_workshop(state=WorkshopState.DRAFT)
    serena = make_organiser(workshop.programme, name="Serena Riva")
    session = make_session(workshop, prompts=0)
    make_group(workshop, "Olmo")
    move_workshop(workshop, WorkshopState.ANNOUNCED, by=by(serena))
    place = make_registration(workshop, "Teresa Donati")
    change_details(workshop, by=by(serena), venue="Salone", minutes=200)
    give_up(place, by=Actor(ActorKind.PERSON, str(place.person_id)))
    move_session(session, SessionState.OPEN, by=by(serena))
    assert sentences(workshop) == [
        "Serena Riva moved the session “Habits” from “Planned” to “Open”.",
        "Serena Riva changed what the wall shows.",
        "Teresa Donati gave up the place of Teresa Donati.",
        "Serena Riva changed the details: minutes, place.",
        "Tavolo signed up Teresa Donati: Has a place.",
        "Serena Riva moved the workshop from “Draft” to “Announced”.",
        "Tavolo added table Olmo.",
        "Tavolo added the session “Habits”.",
        "Tavolo planned the workshop.",
    ]


def test_the_history_of_a_programme_tells_of_its_team():
    programme = make_programme()
    owner = make_organiser(programme, "owner", name="Serena Riva")
    fields = {"email": "nina@posta.example", "name": "Nina Sala", "role": "observer", "language": "en"}
    seat, _new = join_team(key_of(invite_to_team(programme, by=by(owner), **fields)))
    change_role(seat, "helper", by=by(owner))
    change(programme, by=by(owner), organisation="Lab")
    assert sentences(programme) == [
        "Serena Riva changed the programme: organisation.",
        "Serena Riva changed a role in the team from “Observer” to “Check-in helper”.",
        "Nina Sala joined the team. Role: Observer.",
        "Serena Riva asked somebody into the team. Role: Observer.",
    ]


def test_what_is_gone_has_no_name_any_more():
    workshop = make_workshop()
    place = make_registration(workshop, "Teresa Donati")
    user = make_user(name="Nina Sala")
    group = make_group(workshop, "Olmo")
    change(group, by=by(user), workshop=workshop, room="Blue")
    erase_person(place.person, by=SYSTEM)
    group.delete()
    user.delete()
    told = sentences(workshop)
    assert "Somebody whose account is gone changed table (gone): room." in told
    assert [each for each in told if "Teresa" in each or "Nina" in each] == []


def test_no_note_and_no_address_is_in_it(client):
    workshop = make_workshop(state=WorkshopState.LIVE)
    organiser = make_organiser(workshop.programme)
    group, session = make_group(workshop), make_session(workshop, state=SessionState.OPEN)
    device = make_device(group, "Ilaria")
    with transaction.atomic():
        record(device, "device.joined", by=Actor(ActorKind.DEVICE, str(device.pk)), scope=workshop.pk)
    make_note(group, session, SECRET)
    make_registration(workshop, email="secret@posta.example")
    client.force_login(organiser)
    page = client.get(reverse("org_history", args=[workshop.pk])).content.decode()
    assert "Ilaria joined a table with a tablet." in page
    assert ("Teresa Donati" in page, SECRET in page, "secret@posta.example" in page) == (True, False, False)


def verbs_in_the_code() -> set[str]:
    """Verbs of history that the source names, wherever it records one."""
    floors = [settings.ROOT / floor for floor in ("ledger", "workshops", "participants", "feedback", "config")]
    found: set[str] = set()
    for path in (path for floor in floors for path in floor.rglob("*.py") if "migrations" not in path.parts):
        text = path.read_text(encoding="utf-8")
        if re.search(r"\brecord\(|_curating\(|free_place\(", text):
            found |= set(re.findall(r'"([a-z_]+\.[a-z_]+)"', text))
    return found


def test_every_verb_of_the_code_has_a_sentence():
    of_models = re.compile(r"^(workshops|participants|ledger|feedback|auth|config|django)\.")
    named = {verb for verb in verbs_in_the_code() if not of_models.match(verb) and not verb.endswith((".html", ".pdf"))}
    assert len(named) > 60
    assert named - set(SENTENCES) == set()


@pytest.mark.parametrize("verb", SENTENCES)
def test_every_sentence_can_be_said_in_both_languages_about_a_thing_that_is_gone(verb):
    workshop = make_workshop()
    Event.objects.all().delete()
    Event.objects.create(
        verb=verb, actor_kind="system", thing_kind="workshops.group", thing_id=str(workshop.pk), scope_id=workshop.pk
    )
    for language in ("en", "it"):
        [sentence] = sentences(workshop, language)
        assert ("%" in sentence, verb in sentence) == (False, False)


def test_one_part_alone_and_pages_of_fifty(client):
    workshop = make_workshop()
    client.force_login(make_organiser(workshop.programme))
    make_registration(workshop)
    for minutes in range(60):
        change_details(workshop, by=SYSTEM, minutes=100 + minutes)
    url = reverse("org_history", args=[workshop.pk])
    people, first, last = (client.get(url, query) for query in ({"about": "people"}, {}, {"page": "2"}))
    assert [row.event.verb for row in people.context["found"].rows] == ["registration.asked"]
    assert (len(first.context["found"].rows), len(last.context["found"].rows)) == (50, 12)
    assert client.get(url, {"about": "nonsense", "page": "999"}).status_code == 200


def test_only_the_own_workshop_is_told_of(client):
    workshop, other = make_workshop(), make_workshop()
    make_group(other, "Quercia")
    client.force_login(make_organiser(workshop.programme))
    assert "Quercia" not in client.get(reverse("org_history", args=[workshop.pk])).content.decode()
    assert client.get(reverse("org_history", args=[other.pk])).status_code == 404


@pytest.mark.parametrize("acts", [1, 3, 200])
def test_the_page_asks_the_database_as_often_for_more_acts(acts, django_assert_num_queries):
    workshop = make_workshop()
    for number in range(acts):
        make_group(workshop, f"T{number}")
        user = make_user()
        record_by(user, workshop)
    with django_assert_num_queries(5):
        found = history_of(workshop.pk)
    assert len(found.rows) == min(2 * acts + 1, 50)


def record_by(user: Any, workshop: Workshop) -> None:
    with transaction.atomic():
        record(workshop, "codes.given", by=by(user), scope=workshop.pk)
