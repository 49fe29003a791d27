"""Live streams: what was stored reaches every listener once and in order, and only those who may see it."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from feedback.notes import hub as hubs
from feedback.notes import stream
from feedback.notes.actions import apply_ops
from ledger.epochs import epoch
from ledger.history import SYSTEM
from participants.actions.tablets import join_table, remove_device
from participants.middleware import DEVICE_IN_SESSION
from tests.factories import (
    make_device,
    make_group,
    make_note,
    make_organiser,
    make_session,
    make_workshop,
    op_for_new_note,
)
from workshops.actions.evening import ask_prompt, extend_session
from workshops.actions.groups import give_table_codes
from workshops.states import SessionState, WorkshopState

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def table():
    workshop = make_workshop(state=WorkshopState.LIVE)
    session = make_session(workshop, state=SessionState.OPEN)
    return make_group(workshop), session


@pytest.fixture(autouse=True)
def fresh_hub(monkeypatch):
    """Each test has an event loop of its own, and so a hub of its own."""
    fresh = hubs.Hub()
    monkeypatch.setattr(stream, "hub", fresh)
    yield
    fresh._threads.submit(_close_connections).result()
    fresh._threads.shutdown()


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()


def tablet_session(group) -> str:
    session = SessionStore()
    session[DEVICE_IN_SESSION] = str(make_device(group).pk)
    session.save()
    return session.session_key


class Stream:
    """An open stream; `events` grows as they come: `(id, event, data)`."""

    def __init__(self, path: str, session_key: str = "", headers: list | None = None, query: str = "") -> None:
        cookie = f"{settings.SESSION_COOKIE_NAME}={session_key}".encode()
        self.scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": query.encode(),
            "headers": [(b"cookie", cookie), *(headers or [])],
        }
        self.status = 0
        self.events: list[tuple[str | None, str, Any]] = []
        self.beginning: dict | None = None  # the empty `notes` a group's stream opens with
        self.closed = False
        self._leave = asyncio.Event()

    async def __aenter__(self) -> Stream:
        self.task = asyncio.ensure_future(self._run())
        await self.until(lambda: self.status)
        return self

    async def __aexit__(self, *problem: object) -> None:
        self._leave.set()
        await asyncio.wait_for(self.task, 5)

    async def _run(self) -> None:
        await stream.application(self.scope, self._receive, self._send)
        self.closed = True

    async def _receive(self) -> dict:
        await self._leave.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        for block in message["body"].decode().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.splitlines() if line and not line.startswith(":"))
            if "data" not in lines or self.status != 200:
                continue
            told = (lines.get("id"), lines.get("event", ""), json.loads(lines["data"]))
            if told[:2] == (None, "notes"):
                self.beginning = told[2]
            else:
                self.events.append(told)

    async def until(self, condition: Callable[[], Any], seconds: float = 6) -> None:
        async def wait() -> None:
            while not condition():
                await asyncio.sleep(0.01)

        await asyncio.wait_for(wait(), seconds)

    def rows(self) -> list[tuple[int, str]]:
        told = [data["notes"] for _i, event, data in self.events if event == "notes"]
        return [(row["seq"], row["text"]) for rows in told for row in rows]


@sync_to_async
def write(group, session, *texts: str) -> None:
    """What another tablet sends meanwhile, in one request."""
    apply_ops(group, [op_for_new_note(session, text) for text in texts], by=SYSTEM, name="Ilaria")


def test_a_stored_note_reaches_the_other_tablet(table):
    group, session = table
    key = tablet_session(group)

    async def scene() -> None:
        async with Stream(f"/live/groups/{group.pk}", key, query="since=0") as other:
            await write(group, session, "Bread at seven")
            await other.until(other.rows)
            assert other.rows() == [(1, "Bread at seven")]
            assert other.events[0][:2] == ("1", "notes")

    asyncio.run(scene())


def test_a_break_is_filled_from_the_last_event_id_without_repeating(table):
    group, session = table
    key = tablet_session(group)
    for number in range(3):
        make_note(group, session, f"note {number + 1}")

    async def scene() -> None:
        headers = [(b"last-event-id", b"1")]
        async with Stream(f"/live/groups/{group.pk}", key, headers) as back:
            await write(group, session, "note 4")
            await back.until(lambda: len(back.rows()) == 3)
            assert back.rows() == [(2, "note 2"), (3, "note 3"), (4, "note 4")]

    asyncio.run(scene())


@pytest.mark.parametrize(("since", "begins"), [("", 0), ("since=0", 0), ("since=2", 2), ("since=40", 3)])
def test_a_stream_says_at_once_of_which_history_it_is_and_where_it_begins(table, since, begins):
    group, session = table
    key = tablet_session(group)
    for number in range(3):
        make_note(group, session, f"note {number + 1}")

    async def scene() -> None:
        async with Stream(f"/live/groups/{group.pk}", key, query=since) as back:
            await back.until(lambda: back.beginning)
            name = await sync_to_async(epoch, thread_sensitive=True)()
            assert back.beginning == {"epoch": name, "seq": begins, "notes": [], "tallies": [], "confirmations": []}

    asyncio.run(scene())


def test_a_client_that_has_read_further_than_a_restored_server_is_told_what_comes_next(table):
    group, session = table
    key = tablet_session(group)
    make_note(group, session, "note 1")

    async def scene() -> None:
        async with Stream(f"/live/groups/{group.pk}", key, query="since=40") as back:
            await back.until(lambda: back.beginning)
            await write(group, session, "note 2")
            await back.until(back.rows)
            assert back.rows() == [(2, "note 2")]

    asyncio.run(scene())


def test_a_lost_wake_up_costs_two_seconds_and_no_note(table, monkeypatch):
    group, session = table
    key = tablet_session(group)
    monkeypatch.setattr("ledger.wakeups.changed", lambda topic, told=None: None)

    async def scene() -> None:
        async with Stream(f"/live/groups/{group.pk}", key, query="since=0") as other:
            await write(group, session, "Nobody rang")
            await other.until(other.rows)
            assert other.rows() == [(1, "Nobody rang")]

    asyncio.run(scene())


def test_what_this_process_stored_is_told_without_reading_it_again(table, monkeypatch):
    group, session = table
    key = tablet_session(group)
    monkeypatch.setattr(hubs, "changes", lambda *asked: 1 / 0)

    async def scene() -> None:
        async with Stream(f"/live/groups/{group.pk}", key, query="since=0") as other:
            await write(group, session, "Bread", "Oil")
            await write(group, session, "Salt")
            await other.until(lambda: len(other.rows()) == 3)
            assert other.rows() == [(1, "Bread"), (2, "Oil"), (3, "Salt")]
            assert [set(data) for _id, _event, data in other.events] == [
                {"epoch", "seq", "notes", "tallies", "confirmations"}
            ] * 2

    asyncio.run(scene())


def test_what_was_told_after_a_gap_is_read_with_the_gap(table, monkeypatch):
    group, session = table
    key = tablet_session(group)
    monkeypatch.setattr(hubs, "READ_AGAIN_SECONDS", 60)

    async def scene() -> None:
        async with Stream(f"/live/groups/{group.pk}", key, query="since=0") as other:
            with monkeypatch.context() as deaf:
                deaf.setattr("ledger.wakeups.changed", lambda topic, told=None: None)
                await write(group, session, "Nobody rang")
            await write(group, session, "Now somebody did")
            await other.until(lambda: len(other.rows()) == 2)
            assert other.rows() == [(1, "Nobody rang"), (2, "Now somebody did")]

    asyncio.run(scene())


def test_forty_notes_of_two_writers_arrive_once_and_in_order_at_two_listeners(table):
    group, session = table
    key = tablet_session(group)

    async def scene() -> None:
        async with (
            Stream(f"/live/groups/{group.pk}", key, query="since=0") as one,
            Stream(f"/live/groups/{group.pk}", key, query="since=0") as two,
        ):
            for number in range(20):
                await write(group, session, f"a{number}", f"b{number}")
            for each in (one, two):
                await each.until(lambda each=each: len(each.rows()) == 40)
                assert [seq for seq, _text in each.rows()] == list(range(1, 41))

    asyncio.run(scene())


def test_a_longer_session_is_told_to_the_tablets(table):
    group, session = table
    key = tablet_session(group)

    async def scene() -> None:
        async with Stream(f"/live/groups/{group.pk}", key, query="since=0") as other:
            await sync_to_async(extend_session, thread_sensitive=True)(session, minutes=5, by=SYSTEM)
            await other.until(lambda: other.events)
            assert other.events == [(None, "kit", {})]

    asyncio.run(scene())


def test_the_cockpit_hears_that_something_changed(table):
    group, session = table
    client = Client()
    client.force_login(make_organiser(group.workshop.programme))

    async def scene() -> None:
        async with Stream(f"/live/workshops/{group.workshop_id}", client.session.session_key) as cockpit:
            await write(group, session, "Something")
            await cockpit.until(lambda: cockpit.events)
            assert cockpit.events == [(None, "changed", {"seq": 1})]

    asyncio.run(scene())


def join_a_tablet(group, session) -> None:
    give_table_codes(group.workshop, by=SYSTEM)
    group.refresh_from_db()
    join_table(group.code, name="Youssef")


def take_a_tablet_off(group, session) -> None:
    remove_device(make_device(group), by=SYSTEM)


def ask_a_question(group, session) -> None:
    ask_prompt(session, session.prompts.get(), by=SYSTEM)


def send_a_late_note(group, session) -> None:
    closed = group.workshop.sessions.get(state=SessionState.CLOSED)
    apply_ops(group, [op_for_new_note(closed)], by=SYSTEM, name="Ilaria")


@pytest.mark.parametrize("happen", [join_a_tablet, take_a_tablet_off, ask_a_question, send_a_late_note])
def test_cockpit_and_wall_hear_of_questions_tablets_and_notes_that_wait(table, happen, monkeypatch):
    group, session = table
    make_session(group.workshop, state=SessionState.CLOSED)
    monkeypatch.setattr(hubs, "READ_AGAIN_SECONDS", 60)  # only a wake-up can bring it in time

    async def scene() -> None:
        async with Stream(f"/live/walls/{group.workshop.wall_secret}") as wall:
            await sync_to_async(happen, thread_sensitive=True)(group, session)
            await wall.until(lambda: wall.events)
            assert {event for _id, event, _data in wall.events} == {"changed"}

    asyncio.run(scene())


def test_strangers_neighbours_and_removed_tablets_find_no_stream(table):
    group, session = table
    make_note(group, session, "Secret opinion")
    neighbour = tablet_session(make_group(group.workshop))
    organiser = Client()
    organiser.force_login(make_organiser(make_workshop().programme))
    removed = tablet_session(group)
    remove_device(group.devices.get(), by=SYSTEM)
    paths = [f"/live/groups/{group.pk}", f"/live/groups/{uuid.uuid4()}", f"/live/workshops/{group.workshop_id}"]

    async def status(path: str, key: str) -> tuple[int, list]:
        async with Stream(path, key, query="since=0") as tried:
            return tried.status, tried.events

    async def scene() -> None:
        for path in [*paths, "/live/walls/" + "x" * 32, "/live/groups/7", "/live/"]:
            for key in ("", "nobody", neighbour, removed, organiser.session.session_key):
                assert await status(path, key) == (404, []), (path, key)

    asyncio.run(scene())


def test_the_stream_of_a_removed_tablet_ends_by_itself(table, monkeypatch):
    group, _session = table
    key = tablet_session(group)
    monkeypatch.setattr(stream, "LOOK_AT_RIGHTS_SECONDS", 0.2)

    async def scene() -> None:
        async with Stream(f"/live/groups/{group.pk}", key, query="since=0") as other:
            device = await sync_to_async(group.devices.get, thread_sensitive=True)()
            await sync_to_async(remove_device, thread_sensitive=True)(device, by=SYSTEM)
            await other.until(lambda: other.closed)

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("header", "value"),
    [(b"cookie", b'session="aaaaaaaaaa\\000b"'), (b"last-event-id", b"9" * 5000), (b"last-event-id", "²".encode())],
)
def test_odd_headers_are_a_closed_door_or_no_cursor(table, header, value):
    group, _session = table
    scope = {"headers": [(header, value)], "query_string": b""}
    assert (stream._cookie(scope, "session"), stream._cursor(scope)) == ("", None)
    assert stream.open_door("group", str(group.pk), stream._cookie(scope, "session")) is None
