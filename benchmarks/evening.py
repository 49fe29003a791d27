"""`bench evening`: one whole workshop over HTTP on an empty installation, from its first form to the published outcome.

Every request is one that a browser, a tablet or another client would send; only the organiser's session is put into
the database, because the code to sign in is mailed. The notes are counted at the end: what was sent must be in the open
data.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import Any

import httpx

from benchmarks.process import machine
from benchmarks.server import ROOT, Installation, Server

ORGANISER = "organiser@posta.example"
PEOPLE, PLACES, NOTES = 21, 18, 100
TABLES, MODERATORS = ("Olmo", "Gelso", "Tiglio", "Salice"), ("Ilaria", "Youssef")
THEMES = (("Mobilità", "bike"), ("Energia", "zap"), ("Cibo", "carrot"), ("Comunità", "users"))
SLOWEST_COMPILE_S = 60
SECONDS_TO_WRITE = 2  # a form sent sooner is taken for a script's
ID = r"[0-9a-f-]{36}"


class Browser:
    """A person or a tablet with cookies of their own; follows redirects and refuses every answer that is an error."""

    def __init__(self, origin: str, requests: Iterator[int]) -> None:
        self._http = httpx.Client(base_url=origin, follow_redirects=True, timeout=60)
        self._requests = requests

    def keep(self, name: str, value: str) -> None:
        self._http.cookies.set(name, value)

    def get(self, path: str) -> httpx.Response:
        return self._checked(self._http.get(path))

    def post(self, path: str, **fields: Any) -> httpx.Response:
        """Send a form."""
        return self._checked(self._http.post(path, data=fields, headers=self._token()))

    def send(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send JSON to the REST interface."""
        return self.tell(path, body).json()

    def tell(self, path: str, body: dict[str, Any]) -> httpx.Response:
        """Send JSON that may be taken without a word."""
        return self._checked(self._http.post(path, json=body, headers=self._token()))

    def _token(self) -> dict[str, str]:
        return {"X-CSRFToken": self._http.cookies.get("csrftoken", "")}

    def _checked(self, answer: httpx.Response) -> httpx.Response:
        for each in (*answer.history, answer):
            next(self._requests)
            if each.is_error:
                raise ValueError(f"{each.request.method} {each.request.url} answered {each.status_code}")
        return answer


class Evening:
    """The people of one evening and what they know of it so far; each public method is one step."""

    def __init__(self, server: Server, session: str) -> None:
        self.requests = count()
        self._origin = server.origin
        self._organiser = self._browser()
        self._organiser.keep("session", session)
        self._organiser.get("/it/org/p/new/")
        self._tablets: list[tuple[Browser, str]] = []
        self._sessions: list[str] = []
        self.sent: set[str] = set()

    def _browser(self) -> Browser:
        return Browser(self._origin, self.requests)

    def _at(self, path: str) -> str:
        return f"/it/org/w/{self._workshop}/{path}"

    def plan(self) -> None:
        """A programme, its themes, a workshop from the evening's template, announced."""
        fields = {"title_it": "Servizi condivisi", "organisation": "Laboratorio Civico", "zone_name": "Europe/Rome"}
        page = self._organiser.post("/it/org/p/new/", spoken=["it", "en"], **fields)
        programme = _found(rf"/org/p/({ID})/", str(page.url))
        for slot, (name, icon) in enumerate(THEMES, start=1):
            self._organiser.post(f"/it/org/p/{programme}/themes/", name_it=name, slot=slot, icon=icon)
        tomorrow = dt.date.today() + dt.timedelta(days=1)
        when = {"day": tomorrow.isoformat(), "hour": "18:00", "minutes": 180, "places": PLACES, "evening": "on"}
        where = {"venue": "Casa di Quartiere", "address": "Via San Dionigi 36"}
        new = f"/it/org/p/{programme}/workshops/new/"
        page = self._organiser.post(new, title_it="Abitudini e iniziative", **when, **where)
        self._workshop = _found(rf"/org/w/({ID})/", str(page.url))
        self._organiser.post(self._at("state/"), to="announced")
        self._address = _found(r'href="(/it/w/[\w-]+/)"', self._browser().get("/it/").text)

    def take_places(self) -> None:
        """Each person reads the page, takes the time people need to write, sends the form and lands on their ticket or
        their turn."""
        people = [self._browser() for _number in range(PEOPLE)]
        stamps = [_found(r'name="stamp" value="([^"]+)"', person.get(self._address).text) for person in people]
        time.sleep(SECONDS_TO_WRITE)
        for number, (person, stamp) in enumerate(zip(people, stamps, strict=True)):
            who = {"name": f"Persona {number}", "email": f"persona{number}@posta.example"}
            person.post(f"{self._address}place/", **who, stamp=stamp, needs="", website="")

    def seat_people(self) -> None:
        """Four tables with two moderators each, and everybody mixed."""
        asks, writes = MODERATORS
        for name in TABLES:
            self._organiser.post(self._at("tables/add/"), name=name, size=5, asks=asks, writes=writes, room="")
        self._organiser.post(self._at("tables/mix/"))

    def go_live(self) -> None:
        """The day starts; two tablets join each table by its six digits."""
        page = self._organiser.post(self._at("go-live/")).text
        sheets = self._organiser.get(self._at("print/table-sheets/")).text
        for code in re.findall(r'class="table-code">(\d{6})<', sheets):
            for name in MODERATORS:
                tablet = self._browser()
                tablet.get("/table/")
                joined = tablet.post("/table/", code=code, name=name)
                self._tablets.append((tablet, _found(rf"/table/({ID})/", str(joined.url))))
        if not self._tablets:
            raise ValueError(f"no table has a code: {page[:200]}")

    def write_notes(self) -> None:
        """In each session at the tables all tablets write at once; then it is closed."""
        tablet, table = self._tablets[0]
        kit = tablet.get(f"/api/v1/groups/{table}").json()
        share = NOTES // len(kit["sessions"])
        texts = iter(_texts())
        for session in kit["sessions"]:
            self._organiser.post(self._at(f"sessions/{session['id']}/open/"))
            written = [next(texts) for _number in range(share)]
            write = partial(self._write, session, kit["themes"], written)
            with ThreadPoolExecutor(len(self._tablets)) as room:
                self.sent.update(*room.map(write, range(len(self._tablets))))
            self._organiser.post(self._at(f"sessions/{session['id']}/close/"))

    def _write(self, session: dict[str, Any], themes: list[dict[str, Any]], texts: list[str], number: int) -> set[str]:
        """One tablet's share of the notes, an op in each request; gives the ids of those acknowledged."""
        tablet, table = self._tablets[number]
        stored = set()
        for place in range(number, len(texts), len(self._tablets)):
            op = _op(session, themes[place % len(themes)]["id"], texts[place])
            [ack] = tablet.send(f"/api/v1/groups/{table}/ops", {"ops": [op]})["acks"]
            if (ack["op"], ack["status"]) == (op["op"], "stored"):
                stored.add(op["note"])
        return stored

    def read_changes(self) -> None:
        """Every tablet reads all of its table, and tells that it has nothing more to send."""
        for tablet, table in self._tablets:
            tablet.get(f"/api/v1/groups/{table}/changes?since=0")
            how = {"unsent": 0, "battery": None, "charging": None, "ready": True}
            tablet.tell(f"/api/v1/groups/{table}/status", how)

    def compile(self) -> None:
        """Ask for the summary, then look until the draft is there, as the open page does."""
        self._organiser.post(self._at("summary/compile/"))
        latest = time.perf_counter() + SLOWEST_COMPILE_S
        while "/summary/headline/" not in self._organiser.get(self._at("summary/")).text:
            if time.perf_counter() > latest:
                raise ValueError("the notes were not compiled in time")
            time.sleep(0.2)

    def publish(self) -> None:
        """A headline, and out."""
        self._organiser.post(self._at("summary/headline/"), headline="Condividiamo già molto", lead="")
        self._organiser.post(self._at("summary/publish/"), names_are_fine="on", few_are_fine="on")

    def read_outcome(self) -> None:
        """Page, PDF and open data, by somebody who was not there."""
        reader = self._browser()
        reader.get(f"{self._address}said/")
        if not reader.get(f"{self._address}said/summary.pdf").content.startswith(b"%PDF"):
            raise ValueError("the summary is not a PDF")
        lines = csv.DictReader(io.StringIO(reader.get(f"{self._address}said/notes.csv").text))
        self.published = [line["note"] for line in lines]

    @property
    def steps(self) -> list[Callable[[], None]]:
        return [
            self.plan,
            self.take_places,
            self.seat_people,
            self.go_live,
            self.write_notes,
            self.read_changes,
            self.compile,
            self.publish,
            self.read_outcome,
        ]


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise ValueError(f"{pattern} is not in: {text[:200]}")
    return match[1]


def _texts() -> list[str]:
    """What people of the sample said."""
    told = json.loads((ROOT / "config" / "sample" / "milan.json").read_text(encoding="utf-8"))
    return [note["text"] for notes in told["notes"].values() for note in notes]


def _op(session: dict[str, Any], theme: str, text: str) -> dict[str, Any]:
    """An op that makes a note, as docs/sync.md has it."""
    prompt = session["prompts"][0]["id"] if session["prompts"] else None
    values = {"session": session["id"], "prompt": prompt, "kind": "habit", "theme": theme, "lang": "it", "text": text}
    changes = {name: {"to": value} for name, value in values.items()}
    return {"op": str(uuid.uuid4()), "note": str(uuid.uuid4()), "do": "set", "set": changes}


@contextmanager
def _timed(name: str, evening: Evening, steps: list[dict[str, Any]]) -> Iterator[None]:
    before, start = next(evening.requests), time.perf_counter()
    yield
    seconds = round(time.perf_counter() - start, 2)
    steps.append({"name": name, "seconds": seconds, "requests": next(evening.requests) - before - 1})


def measure() -> dict[str, Any]:
    """Play the evening once. `lost` counts acknowledged notes that the open data does not have."""
    before, steps = machine(), []
    with Installation() as here:
        here.manage("migrate", "--verbosity", "0")
        here.manage("organiser", ORGANISER, "--name", "Serena Riva")
        session = here.module("benchmarks.enter", ORGANISER).strip()
        with here.serve() as server:
            evening = Evening(server, session)
            for step in evening.steps:
                with _timed(step.__name__, evening, steps):
                    step()
            cpu_s, memory_mb = round(server.cpu_seconds(), 2), server.pss_mb()
    return {
        "machine": before,
        "database": here.engine,
        "steps": steps,
        "total_s": round(sum(step["seconds"] for step in steps), 2),
        "notes_sent": len(evening.sent),
        "notes_in_csv": len(evening.published),
        "lost": len(evening.sent - set(evening.published)),
        "cpu_s": cpu_s,
        "memory_mb": memory_mb,
    }


def table(report: dict[str, Any]) -> str:
    """The report for people."""
    lines = [f"{'step':<15}{'seconds':>10}{'requests':>10}"]
    lines += [f"{step['name']:<15}{step['seconds']:>10}{step['requests']:>10}" for step in report["steps"]]
    lines.append(f"{'together':<15}{report['total_s']:>10}")
    notes = "{notes_sent} notes sent, {notes_in_csv} in the open data, {lost} lost".format(**report)
    return "\n".join([*lines, notes, "{database}, {memory_mb} MiB, {cpu_s} s of CPU".format(**report)])
