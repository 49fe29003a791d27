"""Live streams: one reader of the rows for each topic, however many listen.

A topic is `group:<id>` (rows of its notes, by `seq`) or `room:<id>` (a bare "look again" for cockpit and wall). Each
topic has one task that reads the database when it is woken, and every two seconds anyway: a lost wake-up costs two
seconds, never a note. What is sent is rows and cursors, nothing that is not in the database; presence is the one
exception and is only shown.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import close_old_connections
from django.db.models import Max, Min, Sum

from feedback.models import Message, Op
from feedback.notes.rows import KINDS_OF_ROWS, changes
from feedback.states import OpState
from ledger import push
from participants.models import Device
from workshops.models import Group, Session, Workshop

READ_AGAIN_SECONDS = 2.0
MOST_WAITING = 200
ROWS_A_READ = 200


@dataclass(frozen=True)
class News:
    """One server-sent event; `seq` is set for rows and becomes its id."""

    event: str
    data: dict[str, Any]
    seq: int | None = None

    @cached_property
    def encoded(self) -> bytes:
        """As it goes out, made once for all who listen."""
        lines = [f"id: {self.seq}"] if self.seq is not None else []
        lines += [f"event: {self.event}", f"data: {json.dumps(self.data, ensure_ascii=False)}"]
        return ("\n".join(lines) + "\n\n").encode()


@dataclass(eq=False)
class Listener:
    """One open stream. Its queue is bounded: whoever is too slow is cut off and comes back with a cursor."""

    queue: asyncio.Queue[News] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    overrun: bool = False

    def offer(self, news: News) -> None:
        try:
            self.queue.put_nowait(news)
        except asyncio.QueueFull:
            self.overrun = True


@dataclass(frozen=True)
class Reading:
    """What one look at the rows gave: the cursor afterwards, what to tell, and whether there is more already."""

    cursor: Any
    news: list[News]
    is_behind: bool = False


def read_group(group_id: uuid.UUID, cursor: int | None) -> Reading:
    """The rows of a group after `cursor`; with None only where the group stands now."""
    stored = Group.objects.values_list("seq", flat=True).get(pk=group_id)
    if cursor is None or stored == cursor:
        return Reading(stored, [])
    read = changes(group_id, cursor, ROWS_A_READ)
    return Reading(read["seq"], [news_of(read)], is_behind=read["more"])


def news_of(read: dict[str, Any]) -> News:
    """Rows for the stream, under the place of a reader who has them."""
    return News("notes", {name: read[name] for name in ("epoch", "seq", *KINDS_OF_ROWS)}, read["seq"])


def read_room(workshop_id: uuid.UUID, cursor: tuple | None) -> Reading:
    """Whether anything a cockpit or wall shows has changed: notes, those that wait, sessions, tablets, who is here."""
    groups = Group.objects.filter(workshop=workshop_id).aggregate(total=Sum("seq"))
    sessions = Session.objects.filter(workshop=workshop_id).order_by("pk")
    agenda = tuple(sessions.values_list("pk", "state", "opened_at", "ends_at", "closed_at", "asked"))
    held = Op.objects.filter(group__workshop=workshop_id, state=OpState.HELD).count()
    devices = Device.objects.filter(group__workshop=workshop_id).aggregate(
        joined=Max("joined_at"), removed=Max("revoked_at"), unsent=Sum("unsent"), battery=Min("battery")
    )
    told = Message.objects.filter(workshop=workshop_id).count()
    workshop = Workshop.objects.filter(pk=workshop_id).annotate(arrived=Max("registrations__arrived_at"))
    state = workshop.values_list("state", "wall_mode", "arrived").first()
    now = (groups["total"] or 0, agenda, held, told, *devices.values(), state)
    changed = cursor is not None and now != cursor
    return Reading(now, [News("changed", {"seq": now[0]})] if changed else [])


class Topic:
    """The one reader of a topic and those who listen to it."""

    def __init__(self, hub: Hub, read: Callable[[Any], Reading]) -> None:
        self.listeners: set[Listener] = set()
        self.cursor: Any = None
        self.ready = asyncio.Event()
        self._hub = hub
        self._read = read
        self._woken = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._follow())

    def wake(self) -> None:
        self._woken.set()

    def tell(self, news: News) -> None:
        for listener in list(self.listeners):
            listener.offer(news)

    def take(self, told: dict[str, Any]) -> None:
        """Tell what was stored just now without reading it, if nothing lies between it and what was told before."""
        if told["after"] != self.cursor:
            self.wake()
            return
        self.cursor = told["seq"]
        self.tell(news_of(told))

    def close(self) -> None:
        self._task.cancel()

    async def _follow(self) -> None:
        while True:
            self._woken.clear()
            cursor = self.cursor
            try:
                reading = await self._hub.in_thread(self._read, cursor)
            except Exception:  # the database is away: keep the cursor, look again
                await asyncio.sleep(READ_AGAIN_SECONDS)
                continue
            if self.cursor != cursor:  # told meanwhile: what was read is in part old
                continue
            self.cursor = reading.cursor
            self.ready.set()
            for news in reading.news:
                self.tell(news)
            if reading.is_behind:
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), READ_AGAIN_SECONDS)


class Hub:
    """All topics of this process. Lives on one event loop; wake-ups come in from other threads."""

    def __init__(self) -> None:
        self._topics: dict[str, Topic] = {}
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="hub")
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begin to hear wake-ups; called from the loop, once."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            push.channel().listen(self._heard)

    async def in_thread(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Database work off the loop, on a few kept connections."""

        def run() -> Any:
            close_old_connections()
            return work(*arguments)

        return await asyncio.get_running_loop().run_in_executor(self._threads, run)

    def _heard(self, topic: str, signal: dict, here: dict | None) -> None:
        """From any thread: a topic has news, or a signal to show."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._deliver, topic, signal, here)

    def _deliver(self, name: str, signal: dict, here: dict | None) -> None:
        if name.startswith("workshop:"):
            self._kit_changed(name.removeprefix("workshop:"))
        topic = self._topics.get(name)
        if topic is None:
            return
        if "event" in signal:
            topic.tell(News(signal["event"], {key: value for key, value in signal.items() if key != "event"}))
        elif here is not None:
            topic.take(here)
        else:
            topic.wake()

    def _kit_changed(self, workshop_id: str) -> None:
        for name, topic in self._topics.items():
            if name == f"room:{workshop_id}":
                topic.wake()
            elif getattr(topic, "workshop_id", None) == workshop_id:
                topic.tell(News("kit", {}))

    async def join(self, name: str, read: Callable[[Any], Reading], workshop_id: str) -> tuple[Topic, Listener]:
        """Listen to a topic: registered first, so that nothing told from now on is missed, then ready to replay."""
        topic = self._topics.get(name)
        if topic is None:
            topic = self._topics[name] = Topic(self, read)
            topic.workshop_id = workshop_id  # type: ignore[attr-defined]
        listener = Listener()
        topic.listeners.add(listener)
        await topic.ready.wait()
        return topic, listener

    def leave(self, name: str, listener: Listener) -> None:
        """Stop listening; the last one out ends the topic's reader."""
        topic = self._topics.get(name)
        if topic is None:
            return
        topic.listeners.discard(listener)
        if not topic.listeners:
            topic.close()
            del self._topics[name]


hub = Hub()
