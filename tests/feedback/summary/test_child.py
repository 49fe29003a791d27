"""The compiler's own processes: what becomes of them costs a section, and never more."""

import os
import signal
import uuid

import pytest

from feedback.summary import child
from feedback.summary.child import CompilerFailed, run_compiler
from ledger.jobs import LeaseLost

DOCUMENT = {
    "language": "en",
    "notes": [{"id": "n1", "section": "s", "group": "g", "kind": "idea", "text": "A bike to school"}],
}


def nothing():
    pass


@pytest.fixture(autouse=True)
def _no_process_is_left():
    child.end_all()
    yield
    child.end_all()


def test_a_compiler_stays_for_the_next_section_and_one_that_was_killed_is_replaced():
    assert run_compiler(DOCUMENT, nothing)["audit"]["shown"] == 1
    [kept] = child._idle
    assert run_compiler(DOCUMENT, nothing)["audit"]["shown"] == 1
    assert child._idle == [kept]
    os.kill(kept.pid, signal.SIGKILL)
    assert run_compiler(DOCUMENT, nothing)["audit"]["shown"] == 1
    assert [each.pid for each in child._idle] != [kept.pid]


def test_what_the_compiler_refuses_is_told_in_its_words():
    with pytest.raises(CompilerFailed, match="the compiler refused: related must be one of"):
        run_compiler({**DOCUMENT, "settings": {"related": "nonsense"}}, nothing)
    assert child._idle == []


def test_a_compiler_that_wants_more_memory_than_it_may_have_is_named(monkeypatch):
    monkeypatch.setattr(child, "MOST_MEMORY", "64")
    with pytest.raises(CompilerFailed, match=r"ended (with|by) |more memory"):
        run_compiler(DOCUMENT, nothing)
    assert child._idle == []


def test_a_lost_lease_and_a_section_without_end_end_the_process(monkeypatch):
    started = []
    monkeypatch.setattr(child, "KEEP_EVERY", 0.01)
    real = child.Compiler

    def compiler():
        started.append(real())
        return started[-1]

    def lost():
        raise LeaseLost(uuid.uuid4())

    monkeypatch.setattr(child, "Compiler", compiler)
    with pytest.raises(LeaseLost):
        run_compiler(DOCUMENT, lost)
    monkeypatch.setattr(child, "LONGEST", 0.0)
    with pytest.raises(CompilerFailed, match="took longer than 0 seconds"):
        run_compiler(DOCUMENT, nothing)
    assert [each._child.poll() for each in started] == [-signal.SIGKILL, -signal.SIGKILL]
