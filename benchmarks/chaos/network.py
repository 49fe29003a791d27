"""The wifi of the hall: between one tablet and the server, and wrong in every way that a seed draws."""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress

Answer = bytes | None
"""A whole answer as it travels; None when the server gave none."""

FATES = {
    "pass": 46, "drop": 8, "deaf": 12, "late": 6, "twice": 6, "echo": 5, "slow": 6, "cut": 3, "wrong": 8,
    "wrong_after": 6,
}  # fmt: skip
LONGEST_DELAY_S = 0.4
SLOWEST_ANSWER_S = 20


def answer(status: str, body: bytes = b"", kind: str = "application/json", *headers: str) -> bytes:
    """An HTTP answer."""
    lines = [f"HTTP/1.1 {status}", *headers, "Connection: close"]
    if kind:
        lines.append(f"Content-Type: {kind}")
    if not status.startswith("204"):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


LOGIN = b"<!doctype html><title>Sign in</title><form method=post><input name=login></form>"
PORTAL = b"<!doctype html><title>Welcome to Free WiFi</title><p>You are connected."


def _other_ids() -> bytes:
    """Acks in the right shape, for ops of somebody else."""
    acks = [{"op": str(uuid.uuid4()), "status": "stored", "note": {"id": str(uuid.uuid4()), "seq": 1}} for _ in "123"]
    return json.dumps({"epoch": uuid.uuid4().hex, "seq": 3, "acks": acks}).encode()


HTML = "text/html; charset=utf-8"
WRONG: dict[str, Callable[[], bytes]] = {
    "portal": lambda: answer("200 OK", PORTAL, HTML),
    "login": lambda: answer("200 OK", LOGIN, HTML),
    "html_called_json": lambda: answer("200 OK", LOGIN),
    "redirect": lambda: answer("302 Found", b"", "", "Location: /it/accounts/login/"),
    "nothing_in_it": lambda: answer("200 OK", b"{}"),
    "list": lambda: answer("200 OK", b"[]"),
    "null": lambda: answer("200 OK", b"null"),
    "ok": lambda: answer("200 OK", b'{"ok": true}'),
    "no_content": lambda: answer("204 No Content", b"", ""),
    "created": lambda: answer("201 Created", b'{"acks": []}'),
    "empty": lambda: answer("200 OK", b"", ""),
    "half_json": lambda: answer("200 OK", b'{"epoch": "b7", "seq": 4, "acks": [{"op": "'),
    "other_ids": lambda: answer("200 OK", _other_ids()),
    "signed_out": lambda: answer("401 Unauthorized", b'{"detail": "no"}'),
    "forbidden": lambda: answer("403 Forbidden", PORTAL, HTML),
    "broken": lambda: answer("500 Internal Server Error", b"<h1>Server Error</h1>", HTML),
    "bad_gateway": lambda: answer("502 Bad Gateway", b"<h1>502</h1>", HTML),
    "too_much": lambda: answer("503 Service Unavailable", b"", "", "Retry-After: 1"),
}
"""What may come in place of an answer: G8 of the goals."""


class Wifi:
    """One tablet's way to the server at `port`. Calm and connected until told otherwise."""

    def __init__(self, port: int, chance: random.Random) -> None:
        self.is_connected, self.is_rough = True, False
        self.counts: Counter[str] = Counter()
        self.when_sent: Callable[[], Awaitable[None]] | None = None
        """Called once, while the server has a request that it has not answered."""
        self._server_port, self._chance = port, chance
        self._on_their_way: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        """Give the origin a tablet uses."""
        self._listening = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._listening.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        self._listening.close()
        await self.quiet()

    async def quiet(self) -> None:
        """Wait for what is still on its way to the server."""
        while self._on_their_way:
            await asyncio.gather(*self._on_their_way)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
            request = await self._read(reader)
            if self.is_connected and request and (back := await self._fate(request)):
                writer.write(back)
                await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        """A whole request, told to the server's own address."""
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")[:-2]
        named = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines[1:]}
        body = await reader.readexactly(int(named.get("content-length", 0)))
        kept = [line for line in lines if line.partition(":")[0].lower() not in {"host", "connection"}]
        kept += [f"Host: 127.0.0.1:{self._server_port}", "Connection: close"]
        return "\r\n".join([*kept, "", ""]).encode("latin-1") + body

    async def _fate(self, request: bytes) -> Answer:
        """What the tablet hears, and what the server gets, of this request."""
        if not self.is_rough:
            return await self._forward(request)
        fate, delay = self._chance.choices([*FATES], [*FATES.values()])[0], self._chance.uniform(0, LONGEST_DELAY_S)
        wrong, later = self._chance.choice(list(WRONG)), self._chance.random() < 0.5
        self.counts[fate] += 1
        if fate == "drop":
            return None
        if fate == "late":
            self._send_later(request, delay)
            return None
        if fate == "wrong":
            self.counts[wrong] += 1
            return WRONG[wrong]()
        if fate == "slow" and later:
            await asyncio.sleep(delay)
        back = await self._forward(request)
        if fate == "slow" and not later:
            await asyncio.sleep(delay)
        elif fate == "echo":
            self._send_later(request, delay)
        elif fate == "twice":
            again = await self._forward(request)
            back = again if later else back
        elif fate == "wrong_after":
            self.counts[wrong] += 1
            back = WRONG[wrong]()
        return {"deaf": None, "cut": back and back[: len(back) // 2]}.get(fate, back)

    def _send_later(self, request: bytes, delay: float) -> None:
        """The request comes by itself, after others that were made later; nobody hears its answer."""

        async def send() -> None:
            await asyncio.sleep(delay)
            await self._forward(request)

        task = asyncio.create_task(send())
        self._on_their_way.add(task)
        task.add_done_callback(self._on_their_way.discard)

    async def _forward(self, request: bytes) -> Answer:
        with suppress(OSError, TimeoutError):
            return await asyncio.wait_for(self._ask(request), SLOWEST_ANSWER_S)
        return None

    async def _ask(self, request: bytes) -> Answer:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        try:
            writer.write(request)
            await writer.drain()
            if self.when_sent and request.startswith(b"POST"):
                then, self.when_sent = self.when_sent, None
                await then()
            return await reader.read() or None
        finally:
            writer.close()
