"""The crowd: people who sign up at the same time, each in a browser of their own, in a process of its own.

`python -m benchmarks.crowd URL --people 200 --at-once 20` prints one JSON object. Each person opens the form at URL,
sends it with all its hidden fields and the cookies they got, and reads the page they are sent to. Each says that a
proxy saw them at an address of their own. HTTP/1.1 is written
and read by hand, so that on a small machine the crowd takes as little of the processor as it can.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from benchmarks.load import percentile

ROOT = Path(__file__).resolve().parent.parent
FIELD = re.compile(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"')
CONFIRMED, WAITING = "You have a place", re.compile(r"You are number (\d+) on the waiting list")
LONGEST_S = 300


def run(url: str, *, people: int, at_once: int) -> dict[str, Any]:
    """Let `people` sign up at `url`, `at_once` of them at any moment; see `Crowd.summary` for what comes back."""
    options = ["--people", str(people), "--at-once", str(at_once)]
    command = [sys.executable, "-m", "benchmarks.crowd", url, *options]
    return json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)


class Crowd:
    """What all people together were told: `answers` by address, 0 for a place, else the number on the waiting list."""

    def __init__(self) -> None:
        self.answers: dict[str, int | None] = {}
        self.waits: list[float] = []
        self.statuses: dict[int, int] = {}

    def summary(self, seconds: float) -> dict[str, Any]:
        """`errors` counts people who were not told where they stand, and answers of 500 or more."""
        unclear = sum(answer is None for answer in self.answers.values())
        broken = sum(number for status, number in self.statuses.items() if status >= 500)
        return {
            "answers": self.answers,
            "statuses": self.statuses,
            "errors": max(unclear, broken),
            "seconds": round(seconds, 2),
            "people_per_second": round(len(self.answers) / seconds, 1),
            "p50_ms": round(1000 * percentile(self.waits, 0.5), 1),
            "p99_ms": round(1000 * percentile(self.waits, 0.99), 1),
        }


class Browser:
    """One person's connection and cookies."""

    def __init__(self, host: str, port: int, crowd: Crowd, address: str) -> None:
        self._host, self._port, self._crowd, self._address = host, port, crowd, address
        self._cookies: dict[str, str] = {}

    async def __aenter__(self) -> Browser:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        return self

    async def __aexit__(self, *problem: object) -> None:
        self._writer.close()

    async def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        """The page at `path`, or where it sends to and its text; waits are counted."""
        asked = time.perf_counter()
        self._writer.write(self._request(path, form))
        status, headers, body = await self._answer()
        self._crowd.waits.append(time.perf_counter() - asked)
        self._crowd.statuses[status] = self._crowd.statuses.get(status, 0) + 1
        for name, value in headers:
            if name == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self._cookies[cookie] = content
        return next((value for name, value in headers if name == "location"), ""), body

    def _request(self, path: str, form: dict[str, str] | None) -> bytes:
        body = urlencode(form) if form else ""
        lines = [f"{'POST' if form else 'GET'} {path} HTTP/1.1", f"Host: {self._host}:{self._port}"]
        lines += [f"X-Forwarded-For: {self._address}"]
        lines += [f"Cookie: {'; '.join(f'{name}={value}' for name, value in self._cookies.items())}"]
        if form:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", body]).encode()

    async def _answer(self) -> tuple[int, list[tuple[str, str]], str]:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = [(name.lower(), value) for name, _, value in (line.partition(": ") for line in head[1:]) if value]
        length = int(dict(headers)["content-length"])
        return int(head[0].split()[1]), headers, (await self._reader.readexactly(length)).decode()


async def sign_up(number: int, path: str, browser: Browser) -> int | None:
    """0 for a place, else the number on the waiting list; None when the page says neither."""
    _nowhere, page = await browser.ask(path)
    hidden = {name: html.unescape(value) for name, value in FIELD.findall(page)}
    told, page = await browser.ask(path, hidden | {"name": f"Person {number}", "email": address(number)})
    if told:
        _nowhere, page = await browser.ask(urlsplit(told).path)
    if CONFIRMED in page:
        return 0
    turn = WAITING.search(page)
    return int(turn[1]) if turn else None


def address(number: int) -> str:
    return f"person{number}@posta.example"


async def play(url: str, *, people: int, at_once: int) -> dict[str, Any]:
    """Everybody signs up; nobody starts before the first of them can."""
    parts, crowd, room = urlsplit(url), Crowd(), asyncio.Semaphore(at_once)

    async def come(number: int) -> None:
        crowd.answers[address(number)] = None
        browser = Browser(parts.hostname or "", parts.port or 80, crowd, f"2001:db8:{number:x}::1")
        async with room, asyncio.timeout(LONGEST_S), browser:
            crowd.answers[address(number)] = await sign_up(number, parts.path, browser)

    start = time.perf_counter()
    await asyncio.gather(*(come(number) for number in range(people)), return_exceptions=True)
    return crowd.summary(time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=200)
    print(json.dumps(asyncio.run(play(**vars(parser.parse_args())))))


if __name__ == "__main__":
    main()
