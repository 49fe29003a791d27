"""What the organiser tells the tables, and what the tablets tell about themselves."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone, translation

from feedback.cockpit import gather
from feedback.models import Message
from feedback.next_steps import next_steps
from feedback.notes.hub import read_room
from feedback.notes.messages import messages_of, tell_tables
from ledger.history import SYSTEM
from ledger.models import Event
from participants.actions.tablets import tell_status
from participants.middleware import DEVICE_IN_SESSION
from tests.factories import make_device, make_group, make_organiser, make_session, make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def evening():
    """A running workshop with two tables."""
    workshop = make_workshop(state="live")
    make_session(workshop, state="open")
    return workshop, make_group(workshop, "Gelso"), make_group(workshop, "Olmo")


@pytest.fixture
def desk(client, evening):
    workshop, *_tables = evening
    client.force_login(make_organiser(workshop.programme))
    client.url = f"/en/org/w/{workshop.pk}/tell/"
    return client


def shown(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


LATER = "A tablet without a connection shows it once it is back."


def test_a_message_reaches_one_table_or_all_and_stands_in_the_cockpit(desk, evening):
    _workshop, gelso, olmo = evening
    assert shown(desk.post(desk.url, {"text": " Ten more minutes. "}, follow=True)) == [f"Told to all tables. {LATER}"]
    page = desk.post(desk.url, {"text": "Speak up", "table": str(olmo.pk)}, follow=True)
    assert shown(page) == [f"Told to Table Olmo. {LATER}"]
    told = [[(m["text"], m["all"]) for m in messages_of(group)] for group in (gelso, olmo)]
    assert told == [[("Ten more minutes.", True)], [("Ten more minutes.", True), ("Speak up", False)]]
    assert [(m.group, m.text) for m in page.context["cockpit"].told] == [
        (olmo, "Speak up"),
        (None, "Ten more minutes."),
    ]
    events = Event.objects.filter(verb="message.sent").order_by("pk")
    assert [event.data for event in events] == [{"all": True}, {"all": False}]  # never the text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"text": " "}, "Write the message first."),
        ({"text": "x" * 201}, "A message has at most 200 characters."),
    ],
)
def test_an_empty_or_too_long_message_is_refused_in_words(desk, sent, sentence):
    assert shown(desk.post(desk.url, sent, follow=True)) == [sentence]
    assert Message.objects.count() == 0


def test_a_table_of_another_workshop_is_not_told(desk):
    foreign = make_group(make_workshop(state="live"))
    desk.post(desk.url, {"text": "Hello", "table": str(foreign.pk)})
    assert Message.objects.count() == 0


def test_nothing_is_told_before_the_day(client):
    workshop = make_workshop()
    client.force_login(make_organiser(workshop.programme))
    answer = client.post(f"/en/org/w/{workshop.pk}/tell/", {"text": "Hello"}, follow=True)
    assert (shown(answer), Message.objects.count()) == (["Start the day first."], 0)


def test_a_tablet_keeps_the_last_five_of_six_hours_oldest_first(evening):
    workshop, gelso, _olmo = evening
    old = tell_tables(workshop, "This morning", group=None, by=SYSTEM)
    Message.objects.filter(pk=old.pk).update(at=timezone.now() - dt.timedelta(hours=7))
    for number in range(6):
        tell_tables(workshop, f"Message {number}", group=None, by=SYSTEM)
    assert [m["text"] for m in messages_of(gelso)] == [f"Message {number}" for number in range(1, 6)]
    assert messages_of(make_group(make_workshop(state="live"))) == []


def test_a_message_changes_the_room(evening):
    workshop, *_tables = evening
    cursor = read_room(workshop.pk, None).cursor
    assert read_room(workshop.pk, cursor).news == []
    tell_tables(workshop, "Hello", group=None, by=SYSTEM)
    assert [news.event for news in read_room(workshop.pk, cursor).news] == ["changed"]


@pytest.fixture
def tablet(client, evening):
    _workshop, gelso, _olmo = evening
    device = make_device(gelso)
    session = client.session
    session[DEVICE_IN_SESSION] = str(device.pk)
    session.save()

    def tell(**said):
        url = f"/api/v1/groups/{gelso.pk}/status"
        answer = client.post(url, said, content_type="application/json")
        device.refresh_from_db()
        return answer.status_code

    client.device, client.tell = device, tell
    return client


def known(device) -> tuple:
    return device.unsent, device.battery, device.charging


def test_only_the_last_status_of_a_tablet_is_kept(tablet):
    assert tablet.tell(unsent=3, battery=35, charging=False) == 204
    assert known(tablet.device) == (3, 35, False)
    assert tablet.tell(unsent=0, battery=None, charging=None) == 204
    assert known(tablet.device) == (0, None, None)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"unsent": -1, "battery": None, "charging": None},
        {"unsent": 10_000, "battery": None, "charging": None},
        {"unsent": 0, "battery": 101, "charging": None},
        {"unsent": "many", "battery": None, "charging": None},
    ],
)
def test_another_status_is_refused_and_changes_nothing(tablet, said):
    assert (tablet.tell(**said), known(tablet.device)) == (400, (None, None, None))


def test_an_organisers_own_browser_tells_nothing_of_itself(desk, evening):
    _workshop, gelso, _olmo = evening
    make_device(gelso)
    said = {"unsent": 1, "battery": 5, "charging": False}
    assert desk.post(f"/api/v1/groups/{gelso.pk}/status", said, content_type="application/json").status_code == 204
    assert known(gelso.devices.get()) == (None, None, None)


@pytest.mark.parametrize(
    ("battery", "charging", "steps"),
    [(20, False, 1), (20, None, 1), (5, True, 0), (25, False, 0), (None, None, 0)],
)
def test_a_low_battery_that_nobody_charges_is_something_to_do(evening, battery, charging, steps):
    workshop, gelso, olmo = evening
    make_device(olmo)
    device = make_device(gelso)
    tell_status(device, unsent=2, battery=battery, charging=charging)
    cockpit = gather(workshop, timezone.now(), names=True)
    low = [step.title for step in next_steps(cockpit) if "battery" in step.title]
    assert low == [f"Gelso\u2019s tablet has {battery}% of battery left"] * steps
    assert [table.unsent for table in cockpit.tables] == [2, 0]
