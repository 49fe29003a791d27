"""Two web nodes, a worker and beat over one PostgreSQL and one Redis; and what is left when Redis is not there."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
import redis

from tests.config.processes import (
    SECRET_KEY,
    Installation,
    Processes,
    Tablet,
    free_port,
    processes,
    service_missing,
    until,
)
from tests.config.test_crash import is_done, new_op

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("processes")]

POSTGRES = os.environ.get("TAVOLO_CI_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")
DATABASE = f"tavolo_nodes_{os.getpid()}"
SOON = 5.0
"""Seconds within which a note reaches another tablet."""
NODE = ("-m", "celery", "-A", "config.celery")
WORKER = (*NODE, "worker", "-P", "solo", "--without-mingle", "--without-gossip", "-l", "info")
PUSH = f"tavolo-{hashlib.sha256(f'redis {SECRET_KEY}'.encode()).hexdigest()[:12]}:push"
OTHER_KEY = "of-another-installation-7kQmVx2Lr9Tz4Wn8Bc3Hd6Js"


def on_server(statement: str) -> None:
    with closing(psycopg2.connect(POSTGRES, connect_timeout=3)) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The URL of an empty database, dropped afterwards."""
    try:
        on_server(f"CREATE DATABASE {DATABASE}")
    except psycopg2.OperationalError:
        service_missing(f"PostgreSQL does not answer at {urlsplit(POSTGRES).netloc}")
    yield urlunsplit(urlsplit(POSTGRES)._replace(path=f"/{DATABASE}"))
    on_server(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def rows(url: str, query: str) -> list[tuple]:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def seconds_until_heard(lines: Iterator[str], send: Callable[[], Any], text: str) -> float:
    """How long after `send` a line with `text` comes."""
    begun = time.monotonic()
    send()
    for line in lines:
        if text in line:
            return time.monotonic() - begun
    pytest.fail("the stream ended")


def test_two_nodes_share_notes_and_a_worker_compiles_what_was_asked_on_one(
    postgres: str, redis_server: tuple, tmp_path: Path
):
    broker, _process = redis_server
    folder = tmp_path / "cluster"
    folder.mkdir()
    at = Installation(folder, {"DATABASE_URL": postgres, "REDIS_URL": broker, "TAVOLO_SWEEP_SECONDS": "1"})
    with processes(tmp_path) as started:
        scene = started.scene(at, "prepare")
        one, two = started.serve(at), started.serve(at)
        one.until_it_answers()
        two.until_it_answers()
        writer, reader = Tablet(one.origin, scene["codes"][0]), Tablet(two.origin, scene["codes"][0], "Youssef")
        with reader.stream(reader.seq()) as lines:
            until(lambda: numbers_of_listeners(broker) == 1, "the reading node at the push channel")
            listening = redis.Redis.from_url(broker).pubsub()
            listening.subscribe(PUSH)
            assert listening.get_message(timeout=5)["type"] == "subscribe"
            op = new_op(scene, "Written on the first node")
            assert seconds_until_heard(lines, lambda: writer.send([op]), "Written on the first node") < SOON
            told = listening.get_message(timeout=5)
            assert json.loads(told["data"])["topic"] == f"group:{writer.table}"
        assert reader.notes() == writer.notes()

        started.scene(at, "ask", scene["workshop"])
        redis.Redis.from_url(broker).flushall()
        beat = started.start(at, *NODE, "beat", "-s", str(folder / "beat"), "-l", "warning")
        started.start(at, *WORKER)
        until(lambda: built(postgres) == (1, 1), "the summary, by the sweep of beat alone")
        beat.kill()
        started.scene(at, "ask", scene["workshop"])
        until(lambda: built(postgres) == (2, 2), "the summary, by the wake-up alone")
        assert rows(postgres, "SELECT count(*) FROM feedback_draft") == [(1,)]


def numbers_of_listeners(broker: str) -> int:
    [(_name, listeners)] = redis.Redis.from_url(broker).pubsub_numsub(PUSH)
    return listeners


def built(database: str) -> tuple[int, int]:
    [found] = rows(database, "SELECT wanted, built FROM ledger_job WHERE kind = 'compile'")
    return found


def saves_and_tells(writer: Tablet, reader: Tablet, scene: dict[str, Any], text: str) -> None:
    """A note is stored and reaches the other tablet's stream, whatever Redis does."""
    answers = []
    with reader.stream(reader.seq()) as lines:
        begun = time.monotonic()
        waited = seconds_until_heard(lines, lambda: answers.append(writer.send([new_op(scene, text)])), text)
    assert [answer.status_code for answer in answers] == [200]
    assert [ack["status"] for ack in answers[0].json()["acks"]] == ["stored"]
    assert waited < SOON, f"{text}: {waited:.1f} s"
    assert time.monotonic() - begun < SOON + 1


def test_without_redis_notes_are_saved_and_heard_and_tablets_join(started: Processes, installation):
    at, scene = installation(REDIS_URL=f"redis://127.0.0.1:{free_port()}")
    server = started.serve(at).until_it_answers()
    writer, reader = Tablet(server.origin, scene["codes"][0]), Tablet(server.origin, scene["codes"][0], "Youssef")
    saves_and_tells(writer, reader, scene, "Nobody listens at that port")


def test_a_redis_that_hangs_and_then_dies_stops_no_note(started: Processes, installation, redis_server: tuple):
    broker, process = redis_server
    at, scene = installation(REDIS_URL=broker)
    server = started.serve(at).until_it_answers()
    writer, reader = Tablet(server.origin, scene["codes"][0]), Tablet(server.origin, scene["codes"][0], "Youssef")
    saves_and_tells(writer, reader, scene, "Redis is there")
    process.send_signal(signal.SIGSTOP)
    saves_and_tells(writer, reader, scene, "Redis hangs")
    saves_and_tells(writer, reader, scene, "Redis still hangs")
    process.kill()
    saves_and_tells(writer, reader, scene, "Redis is dead")


def test_two_installations_on_one_redis_do_not_take_each_others_wake_ups(
    started: Processes, installation, redis_server: tuple
):
    broker, _process = redis_server
    asks, scene = installation("asks", REDIS_URL=broker)
    other, _same = installation("other", REDIS_URL=broker, SECRET_KEY=OTHER_KEY)
    stranger = started.start(other, *WORKER)
    until(lambda: "ready." in stranger.said(), "the other installation's worker")
    started.scene(asks, "ask", scene["workshop"])
    time.sleep(1)
    assert "run_job" not in stranger.said().partition("ready.")[2]
    started.start(asks, *WORKER)
    until(lambda: is_done(asks), "the summary, by the wake-up alone")
