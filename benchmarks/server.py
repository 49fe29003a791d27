"""An installation of its own for one measurement, and servers started on it as children.

Its folder is temporary. With `DATABASE_URL` set to PostgreSQL, a database is made on that server and dropped
afterwards; the one that `DATABASE_URL` names is left alone.
"""

from __future__ import annotations

import http.client
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from benchmarks.process import cpu_seconds, postmaster_of, pss_mb, rss_mb

ROOT = Path(__file__).resolve().parent.parent
SLOWEST_START = 60
OURS = ("DATABASE_URL", "REDIS_URL", "TAVOLO_", "EMAIL_URL", "S3_", "ANYMAIL", "SECRET_KEY")
KEPT_OURS = ("TAVOLO_KEEP_PAGES", "TAVOLO_THREADS")


class NotStarted(Exception):
    """The server did not answer 200 in time; carries the end of what it wrote."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Installation:
    """A fresh data folder and database, as a real (not a demo) installation, with its environment.

    Use it as a context manager: leaving it removes everything. With `redis` it uses the server that `REDIS_URL` names,
    if any, under a prefix of its own.
    """

    def __init__(self, *, redis: bool = False) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="tavolo-bench-"))
        given = os.environ.get("DATABASE_URL", "")
        self.engine = "postgresql" if given.startswith("postgres") else "sqlite"
        beside = urlunsplit(urlsplit(given)._replace(path="/postgres"))
        self._maintenance_url = beside if self.engine == "postgresql" else ""
        self._database = f"tavolo_bench_{secrets.token_hex(4)}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(OURS)},
            "TAVOLO_MODE": "",
            "TAVOLO_DATA": str(self.folder),
            "TAVOLO_ORIGIN": self.origin,
            "SECRET_KEY": secrets.token_urlsafe(40),
            "DATABASE_URL": self._own_database_url(),
            "LOG_LEVEL": "WARNING",
            **{name: os.environ[name] for name in (*KEPT_OURS, *["REDIS_URL"] * redis) if name in os.environ},
        }

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _own_database_url(self) -> str:
        if self.engine == "sqlite":
            return f"sqlite:///{self.folder / 'tavolo.sqlite3'}"
        return urlunsplit(urlsplit(self._maintenance_url)._replace(path=f"/{self._database}"))

    def __enter__(self) -> Installation:
        if self.engine == "postgresql":
            self._on_server(f"CREATE DATABASE {self._database}")
        return self

    def __exit__(self, *problem: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.engine == "postgresql":
            for kept in ("", "_kept"):
                self._on_server(f"DROP DATABASE IF EXISTS {self._database}{kept} WITH (FORCE)")

    def _on_server(self, statement: str) -> None:
        connection = psycopg2.connect(self._maintenance_url)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

    def copy_database(self, source: str, target: str) -> None:
        """Make the PostgreSQL database with the suffix `target` a copy of the one with `source`; nobody uses either."""
        self._on_server(f"DROP DATABASE IF EXISTS {self._database}{target} WITH (FORCE)")
        self._on_server(f"CREATE DATABASE {self._database}{target} TEMPLATE {self._database}{source}")

    def manage(self, *arguments: str) -> str:
        """Run a command of `manage.py` here; gives what it printed."""
        return self.run([sys.executable, "manage.py", *arguments])

    def module(self, name: str, *arguments: str) -> str:
        """Run a module of ours here; gives what it printed."""
        return self.run([sys.executable, "-m", name, *arguments])

    def run(self, command: Sequence[str]) -> str:
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    def serve(self) -> Server:
        """Tavolo as `manage.py serve` runs it."""
        command = [sys.executable, "manage.py", "serve", "--port", str(self.port)]
        return Server(command, self.environment, self.port, path="/healthz")

    def database_cpu_seconds(self) -> float:
        """CPU time of the whole PostgreSQL server so far; 0 for SQLite, which works inside the web process."""
        if self.engine == "sqlite":
            return 0.0
        return cpu_seconds(self._postmaster())

    def _postmaster(self) -> int:
        """The server's first process: above the process of any connection. 0 when it is on another machine."""
        connection = psycopg2.connect(self.environment["DATABASE_URL"])
        postmaster = postmaster_of(connection.info.backend_pid)
        connection.close()
        return postmaster


class Server:
    """A server as a child process, from its start until the block ends."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], port: int, *, path: str) -> None:
        self.port = port
        self._command, self._environment, self._path = command, environment, path
        self.start_s = 0.0

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._child.pid

    def __enter__(self) -> Server:
        self._log = tempfile.TemporaryFile()
        started = time.perf_counter()
        self._child = subprocess.Popen(
            self._command, cwd=ROOT, env=self._environment, stdout=self._log, stderr=subprocess.STDOUT
        )
        try:
            self._wait_for_200(started + SLOWEST_START)
        except NotStarted:
            self._stop()
            raise
        self.start_s = round(time.perf_counter() - started, 2)
        return self

    def __exit__(self, *problem: object) -> None:
        self._stop()

    def kill(self) -> None:
        """What a power cut does: no handler runs."""
        self._child.kill()
        self._child.wait()

    def _wait_for_200(self, latest: float) -> None:
        while time.perf_counter() < latest and self._child.poll() is None:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", self._path)
                if connection.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.02)
        self._log.seek(0)
        raise NotStarted(self._log.read().decode(errors="replace")[-2000:])

    def _stop(self) -> None:
        self._child.terminate()
        try:
            self._child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._log.close()

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.pid)

    def pss_mb(self) -> float:
        return pss_mb(self.pid)

    def rss_mb(self) -> float:
        return rss_mb(self.pid)
