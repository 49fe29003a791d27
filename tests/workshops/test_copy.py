"""The next workshop of a series, made from one before: all of its plan, nobody and nothing that was said."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from ledger.history import SYSTEM
from ledger.models import Event
from participants.actions.seats import seat
from participants.models import Invitation, ProgrammeTerms, Reminder, ShorterTerms
from tests.factories import (
    make_group,
    make_note,
    make_organiser,
    make_programme,
    make_question,
    make_registration,
    make_session,
    make_theme,
    make_user,
    make_workshop,
)
from workshops.actions.agenda import add_initiative_to_rate
from workshops.actions.audiences import add_audience
from workshops.actions.copying import copy_workshop
from workshops.actions.details import renew_sign_up_link
from workshops.actions.groups import give_table_codes
from workshops.models import Initiative, ModeratorSeat, Workshop
from workshops.states import Access, SessionKind, SessionState, WorkshopState

pytestmark = pytest.mark.django_db

START = dt.datetime(2027, 3, 20, 17, 0, tzinfo=dt.UTC)  # 18:00 in Rome, before the clocks go forward
NEXT = dt.datetime(2027, 4, 17, 16, 0, tzinfo=dt.UTC)  # 18:00 in Rome, after
OPENS, CLOSES = START - dt.timedelta(days=20), START - dt.timedelta(hours=6)


@pytest.fixture
def held() -> Workshop:
    """A workshop after its evening, with everything in it that a workshop can have."""
    programme = make_programme()
    theme = make_theme(programme)
    fields = {
        "starts_at": START,
        "minutes": 200,
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "directions": {"en": "Bus 77"},
    }
    workshop = make_workshop(programme, access=Access.LINK, kinds=["habit", "idea"], promotion="offer", **fields)
    Workshop.objects.filter(pk=workshop.pk).update(opens_at=None, closes_at=None, starts_at=timezone.now())
    workshop.refresh_from_db()
    renew_sign_up_link(workshop, by=SYSTEM)
    add_audience(workshop, name={"en": "Residents"}, places=6, by=SYSTEM)
    talked = make_session(workshop, state=SessionState.CLOSED, prompts=2, minutes=50, dots_per_person=3)
    rated = make_session(workshop, prompts=0, rates=True)
    words = {"en": "Cargo bikes"}
    add_initiative_to_rate(rated, by=SYSTEM, name=words, short=words, question={"en": "Would you?"}, theme=theme)
    make_session(workshop, prompts=0, kind=SessionKind.CLOSING)
    table = make_group(workshop, "Olmo", size=6, offers=["quiet"], addresses=["ilaria@posta.example"])
    ModeratorSeat.objects.filter(group=table, role="asks").update(user=make_user("ilaria@posta.example"))
    make_question(workshop, "choice", "Where do you live?", ["Here", "Elsewhere"], required=True)
    Reminder.objects.create(workshop=workshop, hours_before=24, text={"en": "Bring a photo"}, written_for=START.date())
    ShorterTerms.objects.create(workshop=workshop, contact_days=30)
    place = make_registration(workshop)
    seat(place, table, by=SYSTEM)
    Invitation.objects.create(workshop=workshop, email="asked@posta.example")
    make_note(table, talked, "I park on Sunday.")
    give_table_codes(workshop, by=SYSTEM)
    Workshop.objects.filter(pk=workshop.pk).update(
        state=WorkshopState.CURATING,
        starts_at=START,
        opens_at=OPENS,
        closes_at=CLOSES,
        calendar_sequence=4,
        next_queue_no=9,
        cancelled_because={"en": "It rained"},
        mixed_by=["age"],
        wall_mode="report",
    )
    workshop.refresh_from_db()
    return workshop


def plan_of(workshop: Workshop) -> dict[str, Any]:
    """Everything of a workshop that a copy takes over, as it reads."""
    same = "summary objectives directions accessibility children venue address minutes doors_minutes places reserved"
    more = "access promotion offer_hours sensitive kinds for_whom title"
    return {
        "fields": {name: getattr(workshop, name) for name in f"{same} {more}".split()},
        "audiences": list(workshop.audiences.values_list("name", "places", "order")),
        "sessions": [
            {
                "session": (session.kind, session.title, session.minutes, session.dots_per_person, session.rates),
                "prompts": [(prompt.text, str(prompt.initiative or "")) for prompt in session.prompts.all()],
            }
            for session in workshop.sessions.all()
        ],
        "initiatives": list(workshop.initiatives.values_list("name", "short", "question", "theme")),
        "tables": [
            (
                table.name,
                table.size,
                table.room,
                table.offers,
                list(table.moderators.values_list("role", "name", "email", "user")),
            )
            for table in workshop.groups.all()
        ],
        "questions": list(workshop.questions.values_list("kind", "text", "hint", "options", "required", "order")),
        "reminder": list(Reminder.objects.filter(workshop=workshop).values_list("hours_before", "text")),
        "terms": list(ShorterTerms.objects.filter(workshop=workshop).values_list("contact_days", "waiting_days")),
    }


def test_a_copy_has_the_whole_plan_under_ids_of_its_own(held: Workshop) -> None:
    before = plan_of(held)
    copy = copy_workshop(held, starts_at=NEXT, by=SYSTEM)
    assert plan_of(copy) == before == plan_of(Workshop.objects.get(pk=held.pk))
    assert (copy.number, copy.state, copy.programme) == (held.number + 1, WorkshopState.DRAFT, held.programme)
    assert set(copy.sessions.values_list("pk")) & set(held.sessions.values_list("pk")) == set()
    rated = Initiative.objects.filter(prompts__session__workshop=copy)
    assert list(rated.values_list("workshop", flat=True)) == [copy.pk]


def test_nobody_and_nothing_of_the_evening_comes_along(held: Workshop) -> None:
    copy = copy_workshop(held, starts_at=NEXT, by=SYSTEM)
    [table] = copy.groups.all()
    assert {
        "people": copy.registrations.count(),
        "invitations": copy.invitations.count(),
        "notes": table.notes.count(),
        "seq": table.seq,
        "code": table.code,
        "sessions": set(copy.sessions.values_list("state", "opened_at", "closed_at", "asked")),
        "queue": copy.next_queue_no,
        "calendar": copy.calendar_sequence,
        "because": dict(copy.cancelled_because),
        "mixed_by": copy.mixed_by,
        "wall": copy.wall_mode,
        "written_for": Reminder.objects.get(workshop=copy).written_for,
    } == {
        "people": 0,
        "invitations": 0,
        "notes": 0,
        "seq": 0,
        "code": None,
        "sessions": {("planned", None, None, None)},
        "queue": 1,
        "calendar": 0,
        "because": {},
        "mixed_by": None,
        "wall": "welcome",
        "written_for": None,
    }
    assert len({held.wall_secret, copy.wall_secret}) == len({held.link_secret, copy.link_secret, ""} - {""}) == 2
    assert (held.registrations.count(), held.groups.get().notes.count()) == (1, 1)


def test_sign_up_opens_and_closes_as_long_before_by_the_clocks_of_the_town(held: Workshop) -> None:
    copy = copy_workshop(held, starts_at=NEXT, by=SYSTEM)
    local = [moment.astimezone(copy.zone).strftime("%d.%m. %H:%M") for moment in (copy.opens_at, copy.closes_at)]
    assert local == ["28.03. 18:00", "17.04. 12:00"]


def test_the_history_says_what_it_was_made_from(held: Workshop) -> None:
    copy = copy_workshop(held, starts_at=NEXT, by=SYSTEM)
    told = Event.objects.in_scope(copy.pk).get(verb="workshop.copied")
    assert told.data == {"of": str(held.pk), "number": held.number}


def test_an_organiser_chooses_a_date_and_may_change_the_title(client, held: Workshop) -> None:
    client.force_login(make_organiser(held.programme))
    url = reverse("org_copy", args=[held.pk])
    data = {"title_it": "Ancora", "title_en": "Once more", "day": "2031-05-05", "hour": "19:30"}
    answer = client.post(url, data)
    copy = held.programme.workshops.get(number=held.number + 1)
    assert answer["Location"] == reverse("org_details", args=[copy.pk])
    assert (dict(copy.title), copy.local_start.strftime("%Y-%m-%d %H:%M")) == (
        {"it": "Ancora", "en": "Once more"},
        "2031-05-05 19:30",
    )
    assert str(held.title) == "Habits and initiatives"


@pytest.mark.parametrize(
    ("day", "hour", "sentence"),
    [
        ("", "18:00", "Choose a date."),
        ("2020-05-05", "18:00", "This day is over. Choose one to come."),
        ("2031-03-30", "02:30", "this hour does not exist"),
    ],
)
def test_a_day_that_is_over_or_an_hour_the_clocks_skip_is_told(client, held, day, hour, sentence) -> None:
    client.force_login(make_organiser(held.programme))
    data = {"title_it": "Ancora", "day": day, "hour": hour}
    page = client.post(reverse("org_copy", args=[held.pk]), data).content.decode()
    assert sentence in page
    assert held.programme.workshops.count() == 1


def test_a_new_workshop_starts_with_the_terms_of_its_programme() -> None:
    programme = make_programme()
    ProgrammeTerms.objects.create(programme=programme, contact_days=40, waiting_days=7)
    workshop = make_workshop(programme)
    assert plan_of(workshop)["terms"] == [(40, 7)]
    assert plan_of(make_workshop())["terms"] == []
