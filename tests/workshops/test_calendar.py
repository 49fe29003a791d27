"""The public calendar as list and month, and hours around the change of the clocks."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from icalendar import Calendar

from ledger import outbox
from ledger.models import Mail
from tests.factories import make_organiser, make_programme, make_registration, make_workshop
from workshops.months import month_of
from workshops.states import WorkshopState

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 10, 1, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def in_october():
    with time_machine.travel(NOW, tick=False):
        yield


def test_the_list_holds_what_is_to_come_and_the_month_what_it_has(client):
    programme = make_programme()
    soon = make_workshop(programme, starts_at=NOW + dt.timedelta(days=9), title={"en": "Soon"})
    later = make_workshop(programme, starts_at=NOW + dt.timedelta(days=60), title={"en": "Later"})
    over = make_workshop(programme, starts_at=NOW - dt.timedelta(days=20), title={"en": "Over"})
    make_workshop(programme, state=WorkshopState.DRAFT, title={"en": "Draft"})
    now, september = client.get("/en/calendar/"), client.get("/en/calendar/2026-9/")
    assert (now.context["workshops"], now.context["month"].workshops) == ([soon, later], [soon])
    assert (september.context["workshops"], "Draft" in now.content.decode()) == ([over], False)


def test_a_month_is_whole_weeks_from_monday_on():
    shown = month_of(2026, 10, NOW)
    days = [day for week in shown.weeks for day in week]
    assert (days[0].date, days[-1].date, len(shown.weeks)) == (dt.date(2026, 9, 28), dt.date(2026, 11, 1), 5)
    assert [day.date for day in days if day.is_today] == [dt.date(2026, 10, 1)]
    assert (shown.before, shown.after) == (dt.date(2026, 9, 1), dt.date(2026, 11, 1))


def test_a_workshop_stands_on_the_day_of_its_town():
    late = make_workshop(
        make_programme(zone_name="Pacific/Auckland"), starts_at=dt.datetime(2026, 10, 30, 20, tzinfo=dt.UTC)
    )
    assert [day.date for week in month_of(2026, 10, NOW).weeks for day in week if day.workshops] == [
        dt.date(2026, 10, 31)
    ]
    assert late.local_start.date() == dt.date(2026, 10, 31)


@pytest.mark.parametrize("path", ["1999-12", "2100-1", "2026-0", "2026-13", "99999999999-1"])
def test_a_month_that_no_calendar_shows_is_not_found(client, path):
    assert client.get(f"/en/calendar/{path}/").status_code == 404


def test_the_first_and_the_last_month_lead_no_further(client):
    assert (
        client.get("/en/calendar/2000-1/").context["month"].before,
        client.get("/en/calendar/2099-12/").context["month"].after,
    ) == (
        None,
        None,
    )


CHANGES = [
    # (start typed, minutes, page says, begins in UTC, ends in UTC)
    ("2026-10-24", "23:00", 300, "23:00 to 03:00", "2026-10-24T21:00", "2026-10-25T02:00"),  # an hour shown twice
    ("2027-03-27", "23:00", 300, "23:00 to 05:00", "2027-03-27T22:00", "2027-03-28T03:00"),  # an hour skipped
    ("2026-10-24", "18:00", 180, "18:00 to 21:00", "2026-10-24T16:00", "2026-10-24T19:00"),
    ("2026-10-25", "18:00", 180, "18:00 to 21:00", "2026-10-25T17:00", "2026-10-25T20:00"),
]


@pytest.mark.parametrize(("day", "hour", "minutes", "says", "begins", "ends"), CHANGES)
def test_across_the_change_of_the_clocks_page_mail_and_calendar_say_the_same(
    client, day, hour, minutes, says, begins, ends
):
    programme = make_programme()
    organiser = make_organiser(programme)
    client.force_login(organiser)
    plan = {"title_en": "A long night", "title_it": "Una lunga notte", "day": day, "hour": hour, "minutes": minutes}
    client.post(reverse("org_new_workshop", args=[programme.pk]), {**plan, "venue": "Casa", "places": 5})
    workshop = programme.workshops.get()
    workshop.state = WorkshopState.ANNOUNCED
    workshop.save()
    place = make_registration(workshop)
    page = client.get(f"/en/w/{workshop.slug}/").content.decode()
    message = outbox.compose(Mail.objects.get(kind="place_taken", subject_id=str(place.pk)))
    [event] = Calendar.from_ical(client.get(f"/en/w/{workshop.slug}/calendar.ics").content).walk("VEVENT")
    [attached] = Calendar.from_ical(message.attachments[0][1]).walk("VEVENT")
    assert (says in page, says in message.text) == (True, True)
    expected = tuple(dt.datetime.fromisoformat(each).replace(tzinfo=dt.UTC) for each in (begins, ends))
    assert (event["DTSTART"].dt, event["DTEND"].dt) == expected
    assert (attached["DTSTART"].dt, attached["DTEND"].dt) == expected
    local = workshop.local_start.astimezone(ZoneInfo("Europe/Rome"))
    assert f'"startDate":"{local.isoformat()}"' in page
    assert page.count(f"{workshop.local_start:%H:%M}") >= 1


def test_an_hour_that_the_clocks_skip_is_refused_and_one_shown_twice_is_the_first(client):
    programme = make_programme()
    client.force_login(make_organiser(programme))
    plan = {"title_it": "Notte", "minutes": 60, "places": 5}
    url = reverse("org_new_workshop", args=[programme.pk])
    page = client.post(url, {**plan, "day": "2027-03-28", "hour": "02:30"}).content.decode()
    assert ("this hour does not exist" in page, programme.workshops.count()) == (True, 0)
    client.post(url, {**plan, "day": "2026-10-25", "hour": "02:30"})
    assert programme.workshops.get().starts_at == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
