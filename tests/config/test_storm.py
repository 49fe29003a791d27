"""200 people at once for 18 places, through the real form of a real server; and the same without the lock."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import pytest

from benchmarks.server import Installation, Server
from benchmarks.signup import FOR_A_CROWD, Tavolo, play
from tests.config.test_bench import bench

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("processes"),
    pytest.mark.skipif(sys.platform != "linux", reason="CPU time is read from /proc"),
]

UNLOCKED = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
from django.conf import settings
settings.DATABASES["default"].get("OPTIONS", {}).pop("transaction_mode", None)
django.setup()
from django.db.models import QuerySet
QuerySet.select_for_update = lambda self, **options: self.all()
from config import server
server.run("127.0.0.1", int(sys.argv[1]))
"""
"""`manage.py serve` with the lock taken away: PostgreSQL's row locks and SQLite's IMMEDIATE."""


@pytest.fixture
def here() -> Iterator[Installation]:
    with Installation() as installation:
        installation.environment |= FOR_A_CROWD
        installation.manage("migrate", "--verbosity", "0")
        yield installation


def faults(told: dict) -> list[str]:
    """What went wrong in a storm, by name; nothing when everybody was told how things stand, and they stand right."""
    found = {
        "overbooked": told["confirmed"] > told["places"],
        "people are missing": told["confirmed"] + told["waiting"] != told["people"],
        "positions": not told["positions_ok"],
        "errors": told["errors"] > 0,
        "answers": told["wrong_answers"] > 0,
    }
    return [name for name, wrong in found.items() if wrong]


def test_two_hundred_at_once_get_eighteen_places_and_a_hundred_and_eighty_two_numbers():
    report = json.loads(bench("signup", "--people", "200", "--places", "18", "--json", keep=("DATABASE_URL",)))
    assert (report["confirmed"], report["waiting"], faults(report)) == (18, 182, [])
    promised = {"people", "places", "confirmed", "waiting", "errors", "positions_ok", "people_per_second"}
    promised |= {"p50_ms", "p99_ms", "cpu_ms_per_person"}
    assert (promised - set(report), promised - set(report["floor"])) == (set(), set())
    assert faults(report["floor"]) == []
    assert {name: goal["met"] for name, goal in report["goals"].items() if name != "S3"} == {"S1": True, "S2": True}


def test_without_the_lock_the_same_storm_is_seen_to_fail(here):
    command = [sys.executable, "-c", UNLOCKED, str(here.port)]
    with Server(command, here.environment, here.port, path="/healthz") as server:
        told = play(Unsettled(here, server), 18, {"people": 200, "at_once": 200})
    assert {"overbooked", "errors"} & set(faults(told))


class Unsettled(Tavolo):
    """Nobody waits for the mails of people whose sign-up failed."""

    def settle(self, people: int) -> None:
        pass
