"""Two tablets, a bad network and a server that is killed: nothing is lost or doubled, and broken twins show."""

from __future__ import annotations

import sys

import pytest

from benchmarks.chaos import measure, measure_twins
from benchmarks.chaos.controls import CONTROLS
from benchmarks.chaos.ledger import Ledger


def real(test):
    """It starts servers and tablets, one pair at a time."""
    marks = (pytest.mark.slow, pytest.mark.xdist_group("chaos"))
    on_linux = pytest.mark.skipif(sys.platform != "linux", reason="what the machine bears is read from /proc")
    for mark in (*marks, on_linux):
        test = mark(test)
    return test


@real
def test_what_two_tablets_wrote_in_chaos_is_everywhere_the_same_and_nothing_is_lost_or_doubled():
    report = measure(seeds=5, ops=200)
    counted = ("seeds", "ops", "acked_lost", "device_lost", "doubled", "diverged", "failed_seeds")
    assert {name: report[name] for name in counted} == {
        "seeds": 5,
        "ops": 1000,
        "acked_lost": 0,
        "device_lost": 0,
        "doubled": 0,
        "diverged": 0,
        "failed_seeds": [],
    }, report["failures"]
    happened = ("kills", "device_kills", "conflicts", "confirmations", "wrong_answers")
    assert [name for name in happened if not report[name]] == []


@real
def test_what_a_restored_server_has_forgotten_comes_back_from_the_tablets_and_nothing_twice():
    report = measure(seeds=2, ops=150, restore=True)
    counted = ("device_lost", "doubled", "diverged", "failed_seeds")
    assert {name: report[name] for name in counted} == {
        "device_lost": 0,
        "doubled": 0,
        "diverged": 0,
        "failed_seeds": [],
    }, report["failures"]


@real
def test_each_broken_twin_is_found_out_by_what_it_breaks():
    found = measure_twins()
    must_show = {
        "last_writer_wins": "device_lost",
        "no_dedupe": "acked_lost",
        "ack_before_commit": "device_lost",
        "emptied_on_any_2xx": "device_lost",
        "restore_unnoticed": "device_lost",
    }
    assert tuple(found) == CONTROLS
    assert [(twin, found[twin]) for twin, sign in must_show.items() if not found[twin][sign]] == []


def row(note="n1", text="", **fields):
    return {"id": note, "text": text, "deleted": False, "dots": 0, "variants": [], **fields}


def written(*acts):
    """A ledger with `(act, note, text, saw)` in it, all durable."""
    ledger = Ledger()
    for act, note, text, *saw in acts:
        about = {"note": note, **({"saw": saw} if saw else {}), **({"text": text} if saw and text else {})}
        ledger.write_down(act, about, text, durable=True)
    return ledger


def test_a_text_is_lost_when_nobody_who_saw_it_took_it_away():
    ledger = written(("add", "n1", "one"), ("edit", "n1", "two", "one"), ("edit", "n1", "three", "one"))
    both = row(text="two", variants=[{"text": "three"}])
    assert [ledger.lost([row(text="two")]), ledger.lost([both]), ledger.lost([])] == [
        ["three"], [], ["one", "three", "two"]
    ]  # fmt: skip


def test_two_people_who_each_chose_another_text_have_not_lost_both_on_purpose():
    ledger = written(("add", "n1", "one"), ("add", "n2", "two"))
    ledger.write_down("decide", {"note": "n1", "saw": ["one", "two"], "text": "one"}, None, durable=True)
    ledger.write_down("decide", {"note": "n1", "saw": ["one", "two"], "text": "two"}, None, durable=True)
    assert [ledger.lost([row(text="two")]), ledger.lost([])] == [[], ["one", "two"]]


def test_a_deleted_note_keeps_its_text_hidden_from_those_who_had_not_seen_it():
    ledger = written(("add", "n1", "one"), ("edit", "n1", "two", "one"), ("remove", "n1", None, "one"))
    tomb = row(text="two", deleted=True)
    assert [ledger.lost([tomb]), ledger.hidden([tomb]), ledger.lost([row()])] == [[], ["two"], ["two"]]


def test_a_text_in_two_notes_and_a_dot_that_nobody_gave_are_doubled():
    ledger = written(("add", "n1", "one"), ("dot", "n1", None))
    rows = [row("n1", "one", dots=2), row("n2", "one")]
    assert [ledger.doubled(rows), ledger.missing_dots([row("n1")])] == [["one", "dots of n1"], ["dots of n1"]]


def test_a_text_that_one_person_kept_beside_and_the_other_instead_was_not_doubled_by_the_machine():
    ledger = written(("add", "n1", "one"), ("add", "n1", "two"))
    rows = [row("n1", "two"), row("n2", "two")]
    ledger.write_down("decide", {"note": "n1", "second": "two"}, None, durable=True)
    before = ledger.doubled(rows)
    ledger.write_down("decide", {"note": "n1", "saw": ["one", "two"], "text": "two"}, None, durable=True)
    assert [before, ledger.doubled(rows)] == [["two"], []]
