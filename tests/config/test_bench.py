"""The measurements say everything they promise; how fast it is, they alone may tell."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import live, summary_sizes
from benchmarks.pages import goals

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = ["home", "programme", "workshop", "place_form", "said", "said_list"]


def bench(*arguments, keep=()):
    """What the command prints on stdout, as a real run; on SQLite, unless the name of the database is in `keep`."""
    environment = {**os.environ, "TAVOLO_MODE": "demo"}
    if "DATABASE_URL" not in keep:
        environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "manage.py", "bench", *arguments],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
    )
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="CPU time is read from /proc")
def test_one_object_tells_the_cost_of_each_page_beside_the_floor():
    report = json.loads(bench("pages", "--json", "--seconds", "0.2", "--rounds", "1", "--notes", "60"))
    figures = {"rps", "rps_range", "p50_ms", "p99_ms", "alone_ms", "cpu_ms", "db_ms", "bytes", "requests"}
    assert set(report) == {
        "machine", "database", "conditions", "memory_mb", "start_s", "floor", "agendas", "large", "pages", "goals"
    }  # fmt: skip
    assert (set(report["large"]), report["large"]["notes"]) == ({"notes", "summary", "outcome"}, 60)
    assert set(report["large"]["outcome"]) == {"url", "queries", "bytes", "cold_ms", "made_ms"}
    assert set(report["floor"]) == {"url", "queries", *figures}
    assert [page["name"] for page in report["pages"]] == [*PUBLIC, "api_workshops"]
    expected = {"name", "url", "queries", "queries_kept", "queries_at_1_and_3", "made_ms", "ratio_to_floor", *figures}
    assert [set(page) for page in report["pages"]] == [expected] * 7
    assert [page["queries_at_1_and_3"][0] for page in report["pages"]] == [
        page["queries_at_1_and_3"][1] for page in report["pages"]
    ]
    assert [(agenda["sessions"], agenda["queries"]) for agenda in report["agendas"]] == [(1, 6), (3, 6), (30, 6)]
    assert [set(agenda) for agenda in report["agendas"]] == [
        {"name", "sessions", "url", "queries", "ratio_to_floor", *figures}
    ] * 3
    assert report["goals"]["P4"]["found"] == report["agendas"][2]["ratio_to_floor"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="CPU time is read from /proc")
def test_a_whole_evening_loses_no_note_on_its_way_to_the_open_data():
    report = json.loads(bench("evening", "--json"))
    steps = "plan take_places seat_people go_live write_notes read_changes compile publish read_outcome"
    assert [step["name"] for step in report["steps"]] == steps.split()
    assert [report[name] for name in ("notes_sent", "notes_in_csv", "lost")] == [100, 100, 0]
    assert set(report) == {
        "machine", "database", "steps", "total_s", "notes_sent", "notes_in_csv", "lost", "cpu_s", "memory_mb"
    }  # fmt: skip


FIGURES = {
    "devices", "groups", "ops", "lost", "doubled", "disorder", "refused", "retries", "broken_streams", "p50_ms",
    "p95_ms", "p99_ms", "acked_s", "acked_after_s", "visible_s", "late_timer_p99_ms", "generator_cpu_share",
    "cpu_ms_per_op", "db_ms_per_op", "rss_growth_mb",
}  # fmt: skip
PARTS = {
    "machine",
    "database",
    "redis",
    "conditions",
    "twenty",
    "hundred",
    "hot_group",
    "returns",
    "stampede",
    "memory_mb",
}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="CPU time is read from /proc")
def test_the_live_measurement_says_what_it_promises_and_loses_nothing():
    small = ["--seconds", "1", "--rounds", "1", "--devices", "4", "--groups", "2", "--no-peers"]
    report = json.loads(bench("live", "--json", *small))
    assert set(report) == {*FIGURES, *PARTS, "goals"}
    assert [report[name] for name in ("devices", "groups", "ops")] == [4, 2, 2]
    assert report["stampede"]["ops"] == 4 * 500
    assert report["goals"]["lost or doubled, all together"] == {"must": 0, "found": 0, "met": True}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_summaries_are_measured_without_labelled_notes_too(tmp_path):
    report = json.loads(bench("summary", "--json", "--most", "0", "--rounds", "1", "--data", str(tmp_path)))
    assert set(report) == {
        "machine", "meaning", "files", "why_no_files", "steady", "sizes", "seconds", "peak_mb", "click", "goals"
    }  # fmt: skip
    assert (report["files"], report["sizes"]) == ({}, {})
    assert report["why_no_files"] == "no labelled notes and no scorer beside the project"
    assert set(report["goals"]) == {"C1: click to start, p50 ms", "C2: 8 groups x 50 notes, p50 ms"}
    played = summary_sizes.play(120, 3)
    assert (played["sections"], played["lost"], set(played)) == (3, 0, {"sections", "seconds", "peak_mb", "lost"})


@pytest.mark.slow
def test_mixing_tables_is_measured_beside_the_plainest_loop_of_the_same_machine():
    report = json.loads(bench("tables", "--json", "--people", "36", "--groups", "6", "--rounds", "2"))
    assert set(report) == {
        "machine", "people", "groups", "floor_cpu_s", "mix_cpu_s", "ratio_to_floor", "rebalance_cpu_s",
        "rebalance_moves", "penalty", "best_of_random_splits", "random_splits", "broken", "rules", "pairs_again",
        "sizes", "same_seed_same_mix", "goals",
    }  # fmt: skip
    told = ("people", "groups", "random_splits", "broken", "sizes", "same_seed_same_mix", "rebalance_moves")
    assert [report[name] for name in told] == [36, 6, 1000, 0, [6, 6], True, 2]
    assert report["penalty"] < report["best_of_random_splits"]


@pytest.mark.skipif(not (ROOT / "node_modules" / "ws").exists(), reason="the peers' packages are not installed")
@pytest.mark.skipif(sys.platform != "linux", reason="CPU time is read from /proc")
@pytest.mark.parametrize("kind", ["echo", "yjs"])
def test_each_peer_carries_every_op_to_everybody(kind):
    shape = live.Shape(groups=2, devices=4, rate=20)
    hall = {"session": "", "prompt": "", "tables": {"hall": [[{"group": name}] * 2 for name in ("one", "two")]}}
    with live.Installation() as here, live.peer(kind) as server:
        figures = live.play(here, server, kind, hall, "hall", shape, 0.5)
    assert [figures[name] for name in ("ops", "lost", "doubled", "disorder")] == [10, 0, 0, 0]


def report_with(slow=290.0, agenda=2.0, asked=(6, 6, 6), **changes):
    """A report in which every goal is met, but for the changes to its programme page and the others."""
    page = {
        "name": "programme",
        "cpu_ms": 4.0,
        "db_ms": 1.0,
        "queries": 4,
        "queries_at_1_and_3": [4, 4],
        "alone_ms": 7.0,
    }
    large = {"summary": {"made_ms": slow}, "outcome": {"made_ms": 90.0}}
    agendas = [
        {"sessions": sessions, "queries": queries, "ratio_to_floor": agenda * sessions / 30}
        for sessions, queries in zip((1, 3, 30), asked, strict=True)
    ]
    page |= changes
    memory = {"after_requests": 80.0}
    return {"pages": [page], "agendas": agendas, "memory_mb": memory, "start_s": 2.0, "large": large}


@pytest.mark.parametrize(
    ("changes", "missed"),
    [
        ({}, []),
        ({"cpu_ms": 8.5}, ["P1"]),
        ({"queries": 7, "queries_at_1_and_3": [7, 7]}, ["P2"]),
        ({"queries_at_1_and_3": [3, 5]}, ["P2"]),
        ({"alone_ms": 20.5}, ["P3"]),
        ({"agenda": 3.7}, ["P4"]),
        ({"asked": (7, 7, 7)}, ["P4"]),
        ({"asked": (5, 5, 6)}, ["P4"]),
        ({"slow": 310.0}, ["curation"]),
    ],
)
def test_a_goal_is_missed_only_by_what_it_is_about(changes, missed):
    found = goals(report_with(**changes))
    assert [name for name, goal in found.items() if not goal["met"]] == missed
