"""Real processes for the tests of starting, stopping and surviving."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.config.processes import Installation, Processes, processes


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
