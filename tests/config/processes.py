"""Servers, workers and other commands as real processes, each installation in a folder of its own.

Whatever `Processes` starts is stopped with it, and so are the children of a process that was killed.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
"""Seconds after which a process that should have answered is called broken; a busy machine is slow, not wrong."""
SECRET_KEY = "only-for-tests-9vQxT2mRk7Lw4Zy8Hb3Nc6Jd5Pf1Sg0aEuXi"


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition: Callable[[], Any], what: str, seconds: float = PATIENCE, every: float = 0.02) -> Any:
    """The first true value of `condition`. Fails the test, saying `what` did not come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(every)
    pytest.fail(f"{what} did not come within {seconds:.0f} seconds")


def service_missing(what: str) -> None:
    """Skip, or fail where the services were promised."""
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(what)
    pytest.skip(what)


def children_of(pid: int) -> set[int]:
    """The processes whose parent is `pid`."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == pid and state != "Z":
            found.add(int(stat.parent.name))
    return found


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@dataclass(frozen=True)
class Installation:
    """A folder with a database, and the environment its processes read; a bare one is told nothing but `extra`."""

    folder: Path
    extra: dict[str, str] = field(default_factory=dict)
    bare: bool = False

    @property
    def database(self) -> Path:
        return self.folder / "tavolo.sqlite3"

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the test's own environment but the way to the programs."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        kept["PYTHONDONTWRITEBYTECODE"] = "1"
        if self.bare:
            return {**kept, **self.extra}
        return {
            **kept,
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LOG_LEVEL": "WARNING",
            "SECRET_KEY": SECRET_KEY,
            "TAVOLO_DATA": str(self.folder),
            "TAVOLO_ORIGIN": "http://127.0.0.1",
            "DATABASE_URL": f"sqlite:///{self.database}",
            "TAVOLO_JOB_LEASE_SECONDS": "3",
            **self.extra,
        }

    def rows(self, query: str) -> list[tuple]:
        """Rows of the SQLite database, as another process sees them."""
        with closing(sqlite3.connect(self.database, timeout=20)) as database:
            return database.execute(query).fetchall()


@dataclass
class Running:
    """One process; `log` holds what it printed."""

    process: subprocess.Popen[bytes]
    log: Path
    port: int = 0

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self.process.pid

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def children(self) -> set[int]:
        return children_of(self.pid)

    def until_it_answers(self) -> Running:
        """Wait for the first 200 of `/healthz`."""

        def answers() -> bool:
            if self.process.poll() is not None:
                pytest.fail(f"the server ended with {self.process.returncode}:\n{self.said()[-2000:]}")
            try:
                return httpx.get(f"{self.origin}/healthz", timeout=5, trust_env=False).status_code == 200
            except httpx.TransportError:
                return False

        until(answers, "the server's first answer", every=0.05)
        return self

    def kill(self) -> None:
        """What a power cut or the kernel does: no signal handler runs."""
        self.process.kill()
        self.process.wait()

    def stop(self, how: int = signal.SIGINT, seconds: float = 8.0) -> float:
        """Ask it to end, as Ctrl-C does; how many seconds it took. Fails when it takes longer than `seconds`."""
        begun = time.monotonic()
        self.process.send_signal(how)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            pytest.fail(f"still running {seconds:.0f} seconds after signal {how}")
        return time.monotonic() - begun


class Processes:
    """Starts processes of an installation and, at the end of the test, ends whatever of them still runs."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._started: list[Running] = []

    def start(self, at: Installation, *command: str, port: int = 0, cwd: Path = ROOT) -> Running:
        """Start `command` with this Python in a process group of its own."""
        log = self._logs / f"process-{len(self._started)}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=cwd,
                env=at.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        running = Running(process, log, port)
        self._started.append(running)
        return running

    def serve(self, at: Installation, port: int = 0) -> Running:
        """A server that is about to answer."""
        port = port or free_port()
        return self.start(at, "-m", "django", "serve", "--port", str(port), port=port)

    def finish(self, at: Installation, *command: str) -> str:
        """Run a command to its end and give what it printed; fails the test when the command fails."""
        running = self.start(at, *command)
        if running.process.wait(PATIENCE * 2):
            pytest.fail(f"{command} ended with {running.process.returncode}:\n{running.said()[-2000:]}")
        return running.said()

    def scene(self, at: Installation, *command: str) -> Any:
        """One act of `tests.config.scene` in a process of its own, and its answer."""
        return json.loads(self.finish(at, "-m", "tests.config.scene", *command).splitlines()[-1])

    def end_all(self) -> None:
        for running in self._started:
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
            running.process.wait()


@contextmanager
def processes(logs: Path) -> Iterator[Processes]:
    started = Processes(logs)
    try:
        yield started
    finally:
        started.end_all()


class Tablet:
    """A browser that joined a table with the code of its sheet, over HTTP like any other."""

    def __init__(self, origin: str, code: str, name: str = "Ilaria") -> None:
        self._http = httpx.Client(base_url=origin, timeout=20, trust_env=False)
        self._http.get("/table/")
        answer = self._http.post(
            "/table/", data={"code": code, "name": name, "csrfmiddlewaretoken": self._http.cookies["csrftoken"]}
        )
        assert answer.status_code == 302, answer.text[:500]
        self.table = answer.headers["Location"].rstrip("/").rpartition("/")[2]
        self._http.get(answer.headers["Location"])

    def move_to(self, origin: str) -> None:
        """Ask another node, or the same one on another port, with the same cookies."""
        self._http.base_url = origin

    def send(self, ops: list[dict]) -> httpx.Response:
        headers = {"X-CSRFToken": self._http.cookies["csrftoken"]}
        return self._http.post(f"/api/v1/groups/{self.table}/ops", json={"ops": ops}, headers=headers)

    def notes(self) -> list[dict]:
        """Every row of the table."""
        return self._http.get(f"/api/v1/groups/{self.table}/changes?since=0").json()["notes"]

    def seq(self) -> int:
        return self._http.get(f"/api/v1/groups/{self.table}/changes?since=0").json()["seq"]

    @contextmanager
    def stream(self, since: int = 0) -> Iterator[Iterator[str]]:
        """The lines of the table's open stream."""
        with self._http.stream("GET", f"/live/groups/{self.table}?since={since}") as answer:
            assert answer.status_code == 200
            yield answer.iter_lines()
