"""A process that has loaded everything and starts workers as its children: a start costs milliseconds, not a second.

They are processes like others: each has its own connection to the database, and dies of a SIGKILL as any worker does.
`python -m tests.config.nursery` takes one line of JSON at a time, `{"start": act, "log": path}` or `{"wait": pid}`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.config.processes import ROOT, Installation, children_of, is_running


@dataclass(frozen=True)
class Worker:
    """One child of a nursery; `log` holds what it printed."""

    nursery: Nursery
    pid: int
    log: Path

    @property
    def is_alive(self) -> bool:
        return is_running(self.pid)

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def children(self) -> set[int]:
        return children_of(self.pid)

    def kill(self) -> None:
        """What a power cut or the kernel does: no signal handler runs."""
        os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def wait(self) -> int:
        """Its exit status, below 0 for a signal."""
        return self.nursery.tell(wait=self.pid)


class Nursery:
    """The process that starts workers of one installation."""

    def __init__(self, at: Installation) -> None:
        self._at = at
        self._workers: list[Worker] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.config.nursery"],
            cwd=ROOT,
            env=at.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, **what: Any) -> int:
        """Have a worker started, for its pid, or waited for, for its exit status."""
        self._process.stdin.write(json.dumps(what) + "\n")  # type: ignore[union-attr]
        self._process.stdin.flush()  # type: ignore[union-attr]
        return int(self._process.stdout.readline())  # type: ignore[union-attr]

    def start(self, act: str) -> Worker:
        """Start a worker that plays an act of `tests.config.scene`."""
        log = self._at.folder / f"worker-{len(self._workers)}.log"
        self._workers.append(Worker(self, self.tell(start=act, log=str(log)), log))
        return self._workers[-1]

    def finish(self, act: str) -> None:
        """Play an act to its end; fails the test when it fails."""
        worker = self.start(act)
        if code := worker.wait():
            pytest.fail(f"{act} ended with {code}:\n{worker.said()[-2000:]}")

    def end(self) -> None:
        """End it, and whatever of its workers still runs, with their children."""
        for worker in self._workers:
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
        self._process.stdin.close()  # type: ignore[union-attr]
        self._process.wait()
        self._process.stdout.close()  # type: ignore[union-attr]


@contextmanager
def nursery(at: Installation) -> Iterator[Nursery]:
    started = Nursery(at)
    try:
        yield started
    finally:
        started.end()


def _main() -> None:
    from tests.config import scene

    for line in sys.stdin:
        asked = json.loads(line)
        if "wait" in asked:
            answer = os.waitstatus_to_exitcode(os.waitpid(asked["wait"], 0)[1])
        elif not (answer := os.fork()):
            _play(scene.ACTS[asked["start"]], asked["log"])
        print(answer, flush=True)  # noqa: T201


def _play(act: Any, log: str) -> None:
    """The worker: a session of its own, and its words in its log. Never returns."""
    os.setsid()
    with open(log, "wb") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    code = 0
    try:
        act()
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _main()
