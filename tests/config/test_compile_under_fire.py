"""Workers killed again and again, the queue emptied, no queue at all: one summary, the same one, and one mail each."""

from __future__ import annotations

import json
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from tests.config.nursery import Nursery, nursery
from tests.config.processes import Installation, Processes, is_running, processes, until
from tests.config.test_crash import drafts

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("processes")]

KILLS = 20
THEMES = 80
LEASE = 0.5
"""Seconds; while it lasts the jobs of a killed worker wait."""
SOONEST = {
    "TAVOLO_JOB_LEASE_SECONDS": str(LEASE),
    "TAVOLO_SWEEP_SECONDS": "1",
    "TAVOLO_COMPILE_TOGETHER": "8",  # notes: two sections at once, or one that was begun before
}
WORKER = ("-m", "celery", "-A", "config.celery", "worker", "-P", "solo", "--without-mingle", "--without-gossip")
BEAT = ("-m", "celery", "-A", "config.celery", "beat", "-s")
Evening = Callable[..., Installation]


@pytest.fixture(scope="module")
def first(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An evening with many sections, for which summary and mails are asked; its people in `people.json`."""
    folder = tmp_path_factory.mktemp("first")
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    at, workshop = Installation(folder, SOONEST), json.loads((prepared / "scene.json").read_text())["workshop"]
    with processes(folder) as several:
        people = several.scene(at, "fill", workshop, str(THEMES))
        (folder / "people.json").write_text(json.dumps(people["people"]))
        several.scene(at, "ask_all", workshop)
    return at


@pytest.fixture
def evening(first: Installation, tmp_path: Path) -> Evening:
    """Makes copies of that evening."""

    def copy(name: str, **extra: str) -> Installation:
        shutil.copytree(first.folder, tmp_path / name)
        return Installation(tmp_path / name, {**SOONEST, **extra})

    return copy


def is_done(at: Installation) -> bool:
    [waiting] = at.rows("SELECT count(*) FROM ledger_job WHERE built < wanted AND kind LIKE 'compile%'")
    [telling] = at.rows("SELECT count(*) FROM ledger_job WHERE built < wanted AND kind = 'tell_published'")
    return waiting[0] + telling[0] == 0


def grouped(at: Installation) -> int:
    """Sections that are compiled and wait for the others."""
    return at.rows("SELECT count(*) FROM feedback_part WHERE is_done")[0][0]


def marks(at: Installation) -> list[tuple]:
    """Who holds which job: it changes with every claim and every job that is done."""
    return at.rows("SELECT id, lease, built FROM ledger_job ORDER BY id")


def told(at: Installation) -> list[str]:
    """Who is written to, as often as there is a mail."""
    found = at.rows("SELECT recipient_id FROM ledger_mail WHERE kind = 'published' ORDER BY recipient_id")
    return [person for (person,) in found]


def everything(at: Installation) -> tuple:
    """Drafts with their hashes, mails by person, events of a written draft, and what is left over."""
    [left] = at.rows("SELECT count(*) FROM feedback_part")
    [written] = at.rows("SELECT count(*) FROM ledger_event WHERE verb = 'draft.compiled'")
    return drafts(at), told(at), written[0], left[0]


def finish(workers: Nursery, at: Installation) -> tuple:
    """Work off what is due until all is done."""

    def done() -> bool:
        workers.finish("sweep")
        return is_done(at)

    until(done, "the summary", every=0.1)
    return everything(at)


@pytest.fixture(scope="module")
def undisturbed(first: Installation, tmp_path_factory: pytest.TempPathFactory) -> tuple:
    """What comes out where nobody kills anything."""
    folder = tmp_path_factory.mktemp("calm") / "undisturbed"
    shutil.copytree(first.folder, folder)
    at = Installation(folder, SOONEST)
    with nursery(at) as workers:
        found = finish(workers, at)
    people = json.loads((first.folder / "people.json").read_text())
    [draft] = found[0]
    assert (draft[1] >= THEMES, found[1:]) == (True, (people, 1, 0))
    return found


def test_a_worker_killed_twenty_times_leaves_one_summary_with_the_same_hash_and_one_mail_each(
    evening: Evening, undisturbed
):
    at, chance = evening("fire"), random.Random(691)
    with nursery(at) as workers:
        kill_workers(workers, at, chance)
        assert finish(workers, at) == undisturbed


def kill_workers(workers: Nursery, at: Installation, chance: random.Random) -> None:
    """Kill twenty workers, one after another: soon after a claim, or soon after a section is done."""
    orphans: set[int] = set()
    for _kill in range(KILLS):
        after_a_section = chance.random() < 0.4
        before = (marks(at), grouped(at))
        worker = workers.start("work_when_due")
        if after_a_section:
            until(lambda before=before: grouped(at) > before[1] or is_done(at), "one more section", every=0.002)
        else:
            until(lambda before=before: marks(at) != before[0], "a claim", every=0.002)
        time.sleep(chance.uniform(0, 0.1))
        assert worker.is_alive, worker.said()
        orphans |= worker.children()
        worker.kill()
    until(lambda: not any(map(is_running, orphans)), "the end of the compilers left behind")


def test_a_queue_that_is_emptied_all_the_time_loses_nothing(
    started: Processes, evening: Evening, undisturbed, redis_server: tuple
):
    url, _process = redis_server
    at, chance = evening("flushed", REDIS_URL=url, TAVOLO_COMPILE_TOGETHER="40"), random.Random(692)
    started.start(at, *BEAT, str(at.folder / "beat"))
    worker, flushed, kills = started.start(at, *WORKER), 0, 0
    end = time.monotonic() + 90
    while not is_done(at) and time.monotonic() < end:
        flushed += redis.Redis.from_url(url).flushall()
        time.sleep(chance.uniform(0.1, 0.5))
        if kills < 2 and grouped(at) > 5 * (kills + 1):
            worker.kill()
            worker, kills = started.start(at, *WORKER), kills + 1
    assert flushed > 3
    assert everything(at) == undisturbed


def test_a_queue_as_the_only_record_would_lose_the_summary(evening: Evening, undisturbed):
    """The positive control: what the other tests look at shows a loss."""
    at = evening("twin")
    before = marks(at)
    with nursery(at) as workers:
        twin = workers.start("work_from_a_queue")
        until(lambda: marks(at) != before, "a claim", every=0.002)
        until(lambda: at.rows("SELECT count(*) FROM feedback_part")[0][0] > 0, "the sections", every=0.002)
        twin.kill()
        time.sleep(LEASE + 0.1)  # it is over
        workers.finish("sweep")
    assert is_done(at)
    assert drafts(at) == []
