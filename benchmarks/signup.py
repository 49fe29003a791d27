"""`bench signup`: many people for few places, through the real form of a real server, beside the least Django flow.

Counted are the web process with the worker inside it, until the last mail is sent, and the whole database server where
that is ours to read. `floor` is the same crowd at benchmarks/floor: a form, a guarded UPDATE and an INSERT, a redirect
and a page; in the same run, on the same engine.
"""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.request import urlopen

from benchmarks import crowd
from benchmarks.pages import floor_of
from benchmarks.process import machine
from benchmarks.server import Installation, Server

PEOPLE, PLACES = 200, 18
PATIENCE_S = 300
WARM_UP = 10
FOR_A_CROWD = {"TAVOLO_FORM_SECONDS": "0", "TAVOLO_PROXIES": "1"}
"""Nobody reads the form before sending it, and everybody comes from an address of their own, as crowd.py says."""
MUST_BE = {"S1": 0, "S2": 0, "S3": 22.0}
STRETCH = {"S1": 0, "S2": 0, "S3": 13.0}
WHAT = {
    "S1": "places given that do not exist",
    "S2": "people told nothing, or something that is not so",
    "S3": "CPU of web, worker and database for each person, mail included, ms",
}


def measure(*, people: int = PEOPLE, places: int = PLACES, at_once: int | None = None) -> dict[str, Any]:
    """Let `people` ask for `places`, `at_once` of them at any moment (all of them, if not said)."""
    before = machine()
    storm = {"people": people, "at_once": min(at_once or people, people)}
    with Installation() as here:
        here.environment |= FOR_A_CROWD
        here.manage("migrate", "--verbosity", "0")
        with here.serve() as web:
            ours = play(Tavolo(here, web), places, storm)
        with floor_of(here) as bare:
            floor = play(Floor(here, bare), places, storm)
    report = {
        "machine": {**before, "load_average_after": machine()["load_average"]},
        "database": here.engine,
        **ours,
        "floor": floor,
        "ratio_to_floor": round(ours["cpu_ms_per_person"] / max(floor["cpu_ms_per_person"], 0.01), 2),
    }
    return {**report, "goals": goals(report)}


class Tavolo:
    """What `manage.py serve` runs, worker included."""

    def __init__(self, here: Installation, server: Server) -> None:
        self.here, self.server = here, server
        self._mails = 0

    def open(self, places: int) -> str:
        """A new hall with so many places; gives its address."""
        return self.here.module("benchmarks.hall", "open", str(places)).strip()

    def form(self, hall: str) -> str:
        return f"{self.server.origin}/en/w/{hall}/place/"

    def settle(self, people: int) -> None:
        """Until one more mail for each person lies in the folder: what they cost belongs to the sign-up."""
        self._mails += people
        latest = time.perf_counter() + PATIENCE_S
        while len(list((self.here.folder / "mail").glob("*.eml"))) < self._mails:
            if time.perf_counter() > latest:
                raise ValueError("the mails were not sent in time")
            time.sleep(0.1)

    def count(self, hall: str) -> dict[str, int]:
        """By address, what the database says: 0 for a place, else the position."""
        return json.loads(self.here.module("benchmarks.hall", "count", hall))


class Floor:
    """The least Django that does the same; it sends no mail."""

    def __init__(self, here: Installation, server: Server) -> None:
        self.here, self.server = here, server

    def open(self, places: int) -> str:
        return self._read(f"open/{places}/")

    def form(self, hall: str) -> str:
        return f"{self.server.origin}/{hall}/place/"

    def settle(self, people: int) -> None:
        pass

    def count(self, hall: str) -> dict[str, int]:
        return json.loads(self._read(f"{hall}/count/"))

    def _read(self, path: str) -> str:
        with urlopen(f"{self.server.origin}/{path}") as answer:
            return answer.read().decode()


def play(house: Tavolo | Floor, places: int, storm: dict[str, int]) -> dict[str, Any]:
    """One storm, after a small one that warms the server. An answer is wrong when the database says another."""
    crowd.run(house.form(house.open(WARM_UP)), people=WARM_UP, at_once=2)
    house.settle(WARM_UP)
    hall = house.open(places)
    web, database = house.server.cpu_seconds(), house.here.database_cpu_seconds()
    told = crowd.run(house.form(hall), **storm)
    house.settle(storm["people"])
    web_s, database_s = house.server.cpu_seconds() - web, house.here.database_cpu_seconds() - database
    answers, stands = told["answers"], house.count(hall)
    waiting = sorted(filter(None, stands.values()))
    return {
        **storm,
        "places": places,
        "confirmed": sum(position == 0 for position in stands.values()),
        "waiting": len(waiting),
        "errors": told["errors"],
        "wrong_answers": sum(stands.get(email) != answer for email, answer in answers.items()),
        "positions_ok": waiting == list(range(1, len(waiting) + 1)) and len(stands) == storm["people"],
        **{name: told[name] for name in ("people_per_second", "p50_ms", "p99_ms", "seconds")},
        "cpu_ms_per_person": round(1000 * (web_s + database_s) / storm["people"], 2),
        "web_and_worker_ms": round(1000 * web_s / storm["people"], 2),
        "database_ms": round(1000 * database_s / storm["people"], 2),
    }


def goals(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each goal with what must be, what would be better, what was found, and whether it is met."""
    found = {
        "S1": max(report["confirmed"] - report["places"], 0),
        "S2": report["errors"] + report["wrong_answers"],
        "S3": report["cpu_ms_per_person"],
    }
    return {
        name: {
            "what": WHAT[name],
            "must": most,
            "stretch": STRETCH[name],
            "found": found[name],
            "met": found[name] <= most,
        }
        for name, most in MUST_BE.items()
    }


COLUMNS = ("confirmed", "waiting", "errors", "wrong_answers", "people_per_second", "p50_ms", "p99_ms")
COSTS = ("cpu_ms_per_person", "web_and_worker_ms", "database_ms")


def table(report: dict[str, Any]) -> str:
    """The report for people."""
    lines = [f"{report['people']} people, {report['at_once']} at once, for {report['places']} places"]
    lines += [f"{name:<20}{report[name]!s:>12}{report['floor'][name]!s:>12}" for name in COLUMNS + COSTS]
    lines.insert(1, f"{'':<20}{'Tavolo':>12}{'floor':>12}")
    for name, goal in report["goals"].items():
        bounds = f"(must {goal['must']}, better {goal['stretch']})"
        lines.append(f"{name}  {goal['found']:>7} {bounds}  {'met' if goal['met'] else 'MISSED':<7} {goal['what']}")
    loads = ", ".join(map(str, report["machine"]["load_average"]))
    lines.append(f"{report['database']}, {report['machine']['cpus']} processors, load average before: {loads}")
    return "\n".join(lines)
