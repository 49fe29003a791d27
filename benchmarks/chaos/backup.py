"""A backup of an installation's database, taken and brought back while nothing is served."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.server import Installation

SQLITE_PARTS = ("", "-wal")


class Backup:
    """The database as it was at `take`; `bring_back` makes it that again and gives the history a new name."""

    def __init__(self, here: Installation) -> None:
        self._here = here
        self._kept = here.folder / "backup"

    def take(self) -> None:
        if self._here.engine == "postgresql":
            self._here.copy_database("", "_kept")
            return
        self._kept.mkdir(exist_ok=True)
        for part in SQLITE_PARTS:
            _copy(self._here.folder / f"tavolo.sqlite3{part}", self._kept / f"tavolo.sqlite3{part}")

    def bring_back(self) -> None:
        if self._here.engine == "postgresql":
            self._here.copy_database("_kept", "")
        else:
            (self._here.folder / "tavolo.sqlite3-shm").unlink(missing_ok=True)
            for part in SQLITE_PARTS:
                _copy(self._kept / f"tavolo.sqlite3{part}", self._here.folder / f"tavolo.sqlite3{part}")
        self._here.manage("new_epoch")


def _copy(source: Path, target: Path) -> None:
    """A part that is not there now was empty then."""
    target.unlink(missing_ok=True)
    if source.exists():
        shutil.copyfile(source, target)
