"""`manage.py demo` as a person types it: it starts, says where to click, and stops with everything it started."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.config.processes import Installation, Processes, Running, free_port

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("processes")]

ROLES = ("Participant", "Organiser", "Moderator", "Helper", "Observer", "Mail")


def demo(started: Processes, folder: Path, *options: str) -> Running:
    port = free_port()
    words = ("manage.py", "demo", "--port", str(port), f"--data={folder}", *options)
    return started.start(Installation(folder, bare=True), *words, port=port)


def links(said: str) -> dict[str, str]:
    """The link printed for each role."""
    return dict(re.findall(r"^ +([A-Z][a-z]+) +(http://\S+)", said, re.MULTILINE))


def notes(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "tavolo.sqlite3")) as database:
        return database.execute("SELECT count(*) FROM feedback_note").fetchone()[0]


def test_the_demo_starts_shows_a_door_for_each_role_and_stops_with_a_stream_open(started: Processes, tmp_path: Path):
    folder = tmp_path / "demo"
    server = demo(started, folder).until_it_answers()
    doors = links(server.said())
    assert tuple(doors) == ROLES
    assert {role: httpx.get(door, trust_env=False).status_code for role, door in doors.items()} == dict.fromkeys(
        ROLES, 200
    )
    assert str(folder) in server.said()
    with httpx.Client(base_url=f"http://localhost:{server.port}", trust_env=False) as moderator:
        door = doors["Moderator"]
        moderator.get(door)
        entered = moderator.post(door, data={"csrfmiddlewaretoken": moderator.cookies["csrftoken"]})
        table = entered.headers["Location"].split("/")[2]
        with moderator.stream("GET", f"/live/groups/{table}?since=0") as stream:
            assert next(stream.iter_lines()) != ""
            server.stop()
    assert server.children() == set()
    before = notes(folder)
    assert before > 50

    again = demo(started, folder).until_it_answers()
    assert httpx.get(f"{again.origin}/it/", trust_env=False).status_code == 200
    again.stop()
    assert notes(folder) == before
    assert "Traceback" not in server.said() + again.said()
