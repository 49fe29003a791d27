"""`/live/…` as a raw ASGI application: server-sent events beside Django, where each stream would keep a thread."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from feedback.notes.hub import Listener, News, Reading, Topic, hub, news_of, read_group, read_room
from feedback.notes.rows import KINDS_OF_ROWS, changes
from feedback.permissions import groups_for
from ledger.epochs import epoch
from participants.actions.tablets import seen
from participants.middleware import DEVICE_IN_SESSION
from participants.models import Device, User
from workshops.models import Workshop
from workshops.states import ORGANISING_ROLES, TeamRole

HEARTBEAT_SECONDS = 5
LOOK_AT_RIGHTS_SECONDS = 8
ROUTES = {
    "group": re.compile(r"^/live/groups/(?P<id>[0-9a-f-]{36})$"),
    "room": re.compile(r"^/live/workshops/(?P<id>[0-9a-f-]{36})$"),
    "wall": re.compile(r"^/live/walls/(?P<id>[A-Za-z0-9_-]{20,40})$"),
}
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"private, no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]

Send = Callable[[dict], Awaitable[None]]
Receive = Callable[[], Awaitable[dict]]


@dataclass(frozen=True)
class Door:
    """A stream somebody may open: the topic, how its rows are read, and the workshop it belongs to."""

    topic: str
    workshop_id: str
    read: Callable[[Any], Reading]
    group_id: uuid.UUID | None = None


def open_door(kind: str, thing: str, session_key: str) -> Door | None:
    """The door to a stream for the holder of a session, or None when it looks like a missing one."""
    if kind == "wall":
        workshop = Workshop.objects.reachable().filter(wall_secret=thing).first()
        return _room(workshop.pk) if workshop else None
    user, device = _who(session_key)
    if kind == "room":
        team = {"programme__team__user": user, "programme__team__role__in": (*ORGANISING_ROLES, TeamRole.OBSERVER)}
        found = Workshop.objects.filter(pk=thing, **team).exists() if user else False
        return _room(uuid.UUID(thing)) if found else None
    if device:
        seen(device)
    group = groups_for(user, device).filter(pk=thing).first() if (user or device) else None
    if group is None:
        return None
    return Door(group.topic, str(group.workshop_id), partial(read_group, group.pk), group.pk)


def _room(workshop_id: uuid.UUID) -> Door:
    return Door(f"room:{workshop_id}", str(workshop_id), partial(read_room, workshop_id))


def _who(session_key: str) -> tuple[User | None, Device | None]:
    """The user or tablet of a session, with the same checks as Django's own middleware."""
    if not session_key:
        return None, None
    store = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = None
    if store.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS:
        user = User.objects.filter(pk=store.get(SESSION_KEY), is_active=True).first()
        if user and not constant_time_compare(store.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
            user = None
    if user is not None:
        return user, None
    device_id = store.get(DEVICE_IN_SESSION)
    return None, Device.objects.working_at(timezone.now()).filter(pk=device_id).first() if device_id else None


async def application(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """Serve one stream from opening to leaving."""
    kind, thing = _route(scope["path"])
    if scope["method"] != "GET" or kind is None:
        await _refuse(send, 405 if kind else 404)
        return
    hub.start()
    session_key = _cookie(scope, settings.SESSION_COOKIE_NAME)
    door = await hub.in_thread(open_door, kind, thing, session_key)
    if door is None:
        await _refuse(send, 404)
        return
    topic, listener = await hub.join(door.topic, door.read, door.workshop_id)
    try:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        stream = asyncio.ensure_future(_stream(send, door, topic, listener, _cursor(scope), (kind, thing, session_key)))
        gone = asyncio.ensure_future(_gone(receive))
        await asyncio.wait({stream, gone}, return_when=asyncio.FIRST_COMPLETED)
        for task in (stream, gone):
            task.cancel()
        await asyncio.gather(stream, gone, return_exceptions=True)
    finally:
        hub.leave(door.topic, listener)


async def _stream(
    send: Send, door: Door, topic: Topic, listener: Listener, since: int | None, ticket: tuple[str, str, str]
) -> None:
    """Speak at once, replay from the client's cursor, then tell what the topic tells.

    A client that hears nothing knows that something in between keeps the stream to itself. The rights are looked at
    again every few seconds.
    """
    stands = topic.cursor  # what is told from here on comes by the listener
    await _send(send, b": here\n\n")
    last = since
    if door.group_id is not None:
        last = None if since is None else min(since, stands)
        await _say(send, await hub.in_thread(_beginning, last or 0))
        if last is not None and last < stands:
            for news in await hub.in_thread(_missed, door.group_id, last):
                await _say(send, news)
                last = news.seq
    spoken = looked = time.monotonic()
    while not listener.overrun:
        try:
            news = await asyncio.wait_for(listener.queue.get(), 1.0)
        except TimeoutError:
            news = None
        if news is not None and (news.seq is None or last is None or news.seq > last):
            await _say(send, news if last is None else _after(news, last))
            last = news.seq if news.seq is not None else last
            spoken = time.monotonic()
        now = time.monotonic()
        if now - looked > LOOK_AT_RIGHTS_SECONDS:
            looked = now
            if await hub.in_thread(open_door, *ticket) is None:
                return
        if now - spoken > HEARTBEAT_SECONDS:
            spoken = now
            await _send(send, b": still here\n\n")


def _after(news: News, last: int) -> News:
    """The same news without the rows the client has from the replay."""
    if "notes" not in news.data:
        return news
    fresh = {name: [row for row in news.data[name] if row["seq"] > last] for name in KINDS_OF_ROWS}
    if all(len(fresh[name]) == len(news.data[name]) for name in fresh):
        return news
    return News(news.event, {**news.data, **fresh}, news.seq)


def _beginning(seq: int) -> News:
    """Which history this is and from where it is told; a client that has read further knows that it was restored."""
    return News("notes", {"epoch": epoch(), "seq": seq, **{name: [] for name in KINDS_OF_ROWS}})


def _missed(group_id: uuid.UUID, since: int) -> list[News]:
    """All rows after a cursor, in pieces."""
    pieces, more = [], True
    while more:
        read = changes(group_id, since)
        if read["seq"] > since:
            pieces.append(news_of(read))
        since, more = read["seq"], read["more"]
    return pieces


async def _say(send: Send, news: News) -> None:
    await _send(send, news.encoded)


async def _send(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send, status: int) -> None:
    headers = [(name, value) for name, value in HEADERS if name != b"content-type"]
    await send(
        {"type": "http.response.start", "status": status, "headers": [*headers, (b"content-type", b"application/json")]}
    )
    await send({"type": "http.response.body", "body": b'{"code": "not_found", "sentence": "There is no such stream."}'})


def _route(path: str) -> tuple[str | None, str]:
    for kind, pattern in ROUTES.items():
        if match := pattern.match(path):
            return (kind, match["id"]) if kind == "wall" or _is_uuid(match["id"]) else (None, "")
    return None, ""


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _cookie(scope: Mapping[str, Any], name: str) -> str:
    jar: SimpleCookie = SimpleCookie()
    for header, value in scope["headers"]:
        if header == b"cookie":
            try:
                jar.load(value.decode("latin-1"))
            except CookieError:
                return ""
    value = jar[name].value if name in jar else ""
    return "" if "\x00" in value else value


def _cursor(scope: Mapping[str, Any]) -> int | None:
    """Where the client stands: EventSource's own header after a break, else `?since=`."""
    for header, value in scope["headers"]:
        if header == b"last-event-id" and _is_seq(text := value.decode("latin-1")):
            return int(text)
    since = parse_qs(scope["query_string"].decode("latin-1")).get("since", [""])[0]
    return int(since) if _is_seq(since) else None


def _is_seq(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15
