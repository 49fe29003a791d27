"""Real processes for the tests of starting, stopping and surviving."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.config.processes import Installation, Processes, free_port, processes, service_missing, until


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Processes]:
    """Starts processes; whatever still runs at the end of the test is ended."""
    with processes(tmp_path) as several:
        yield several


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database of a workshop that is on, and its ids in `scene.json`. Only copies of it are used."""
    folder = tmp_path_factory.mktemp("prepared")
    with processes(folder) as several:
        scene = several.scene(Installation(folder), "prepare")
    (folder / "scene.json").write_text(json.dumps(scene))
    return folder


@pytest.fixture
def installation(prepared: Path, tmp_path: Path) -> Callable[..., tuple[Installation, dict[str, Any]]]:
    """Makes an installation with a copy of the prepared database: `(installation, ids)`."""

    def make(name: str = "one", **extra: str) -> tuple[Installation, dict[str, Any]]:
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(prepared / "tavolo.sqlite3", folder)
        return Installation(folder, extra), json.loads((prepared / "scene.json").read_text())

    return make


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Redis of the test's own: `(url, process)`, so that it may be emptied, frozen and killed."""
    program = shutil.which("redis-server")
    if program is None:
        service_missing("redis-server is not installed")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(tmp_path)]
    with subprocess.Popen([str(program), *options], stdout=subprocess.DEVNULL) as process:
        url = f"redis://127.0.0.1:{port}"
        until(lambda: answers(url), "Redis")
        yield url, process
        process.kill()


def answers(url: str) -> bool:
    try:
        return redis.Redis.from_url(url).ping()
    except redis.ConnectionError:
        return False
