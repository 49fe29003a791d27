"""From the click on "Compile" to the draft, on an installation of its own: with Redis where `REDIS_URL` names one, else
with the embedded worker. `python -m benchmarks.summary_click open` and `… again WORKSHOP` prepare its database."""

from __future__ import annotations

import os
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import count
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

import psycopg2
from django.urls import reverse

from benchmarks.evening import Browser
from benchmarks.server import ROOT, Installation

ORGANISER = "organiser@posta.example"
GROUPS, NOTES = 8, 50
THEMES, QUESTIONS = 4, 3
PLACES = ("school", "market", "station", "library", "church", "park", "canal", "pool", "bakery", "courtyard")
WAYS = (
    "I take the tram to the {}.",
    "The tram to the {} is late every evening.",
    "Nobody cleans the {}.",
    "Could the {} open at seven?",
    "We meet at the {} with the children.",
)
LONGEST_S = 60
LOOK_EVERY_S = 0.002
LEASE_S = 60
"""The installation's default: a lease that ends then was taken so long before."""
FIELDS = "asked_at, lease_until, finished_at, wanted, built"


def click(rounds: int) -> dict[str, Any]:
    """Press the button so often, each time for a workshop without a draft; ms. The first finds no warm compiler."""
    with Installation(redis=True) as at:
        at.manage("migrate", "--verbosity", "0")
        workshop = at.module("benchmarks.summary_click", "open").strip()
        cookie = at.module("benchmarks.enter", ORGANISER).strip()
        with at.serve() as server, _workers(at):
            browser = Browser(server.origin, count())
            browser.keep("session", cookie)
            page = reverse("org_summary", args=[workshop])
            played = []
            for number in range(rounds):
                if number:
                    at.module("benchmarks.summary_click", "again", workshop)
                played.append(_press(at, browser, page))
    starts, ends = [start for start, _end in played], [end for _start, end in played]
    return {
        "queue": "redis" if "REDIS_URL" in at.environment else "embedded",
        "database": at.engine,
        "start_p50_ms": round(statistics.median(starts), 1),
        "start_ms": [round(each, 1) for each in starts],
        "done_p50_ms": round(statistics.median(ends)),
        "done_ms": [round(each) for each in ends],
        "first_ms": round(ends[0]),
    }


@contextmanager
def _workers(at: Installation) -> Iterator[None]:
    """Two Celery workers where Redis is the queue; the embedded one is in the server."""
    if "REDIS_URL" not in at.environment:
        yield
        return
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "-c", "2", "-l", "WARNING"]
    worker = subprocess.Popen(
        command, cwd=ROOT, env=at.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(8)  # until it listens
    yield
    worker.terminate()
    worker.wait()


def _press(at: Installation, browser: Browser, page: str) -> tuple[float, float]:
    """Milliseconds from the moment the click was stored to the claim, and to the finished draft."""
    browser.get(page)
    with _database(at) as rows, ThreadPoolExecutor(1) as hand:
        before = rows()[0]
        hand.submit(browser.post, f"{page}compile/")
        end = time.monotonic() + LONGEST_S
        started = 0.0
        while time.monotonic() < end:
            time.sleep(LOOK_EVERY_S)
            asked, lease, finished, wanted, built = rows()
            if asked == before:
                continue
            if lease and not started:
                started = lease - LEASE_S - asked
            if wanted == built and finished >= asked:
                return (started or finished - asked) * 1000, (finished - asked) * 1000
    raise RuntimeError("the notes were not compiled in time")


@contextmanager
def _database(at: Installation) -> Iterator[Any]:
    """A function that reads the compile job: moments as seconds, then wanted and built."""
    where = "FROM ledger_job WHERE kind = 'compile'"
    if at.engine == "sqlite":
        with closing(sqlite3.connect(at.folder / "tavolo.sqlite3", timeout=20)) as connection:
            stamps = ", ".join(f"(julianday({name}) - 2440587.5) * 86400.0" for name in FIELDS.split(", ")[:3])
            yield lambda: _numbers(connection.execute(f"SELECT {stamps}, wanted, built {where}").fetchone())
    else:
        with closing(psycopg2.connect(at.environment["DATABASE_URL"])) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            stamps = ", ".join(f"extract(epoch from {name})::float" for name in FIELDS.split(", ")[:3])

            def read() -> list[float]:
                cursor.execute(f"SELECT {stamps}, wanted, built {where}")
                return _numbers(cursor.fetchone())

            yield read


def _numbers(row: tuple | None) -> list[float]:
    """No row yet reads like a job nobody has touched."""
    return [float(value or 0) for value in row] if row else [0.0, 0.0, -1.0, 1.0, 0.0]


def _open() -> str:
    from tests import factories
    from workshops.states import SessionState, WorkshopState

    programme = factories.make_programme()
    factories.make_organiser(programme, email=ORGANISER)
    workshop = factories.make_workshop(programme, state=WorkshopState.LIVE)
    themes = [factories.make_theme(programme, f"Theme {number}") for number in range(THEMES)]
    sessions = [factories.make_session(workshop, state=SessionState.CLOSED) for _ in range(QUESTIONS)]
    for group in range(GROUPS):
        table = factories.make_group(workshop, f"Table {group}")
        for number in range(NOTES):
            place, way = PLACES[(number + group) % len(PLACES)], WAYS[number % len(WAYS)]
            factories.make_note(table, sessions[number % QUESTIONS], way.format(place), theme=themes[number % THEMES])
    return str(workshop.pk)


def _again(workshop: str) -> str:
    from feedback.models import Draft
    from workshops.models import Workshop
    from workshops.states import WorkshopState

    Draft.objects.filter(workshop=workshop).delete()
    Workshop.objects.filter(pk=workshop).update(state=WorkshopState.LIVE)
    return workshop


if __name__ == "__main__":
    print({"open": _open, "again": _again}[sys.argv[1]](*sys.argv[2:]))
