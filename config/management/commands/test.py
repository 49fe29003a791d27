"""`manage.py test`: all tests. Its arguments are pytest's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "chrome")


class Command(BaseCommand):
    help = "Run the tests with pytest; all arguments are passed on to it."
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        if argv[2:3] == ["--help"]:
            super().run_from_argv(argv)
            return
        _get_chromium()
        import pytest

        os.environ["TAVOLO_MODE"] = "test"
        raise SystemExit(pytest.main([*_in_parallel(argv[2:]), *argv[2:]]))

    def handle(self, *args: Any, **options: Any) -> None:
        """Never reached: `run_from_argv` hands everything to pytest."""


def _in_parallel(arguments: list[str]) -> list[str]:
    """Two workers for the whole suite; a single test or a debugger runs in this process."""
    if any(a.startswith(("-n", "--pdb", "-s", "tests/")) for a in arguments):
        return []
    return ["-n", "2", "--dist", "loadgroup"]


def _get_chromium() -> None:
    """Browser tests need Chromium. On a bare Debian, as root, it is installed; elsewhere they skip and say so."""
    if any(shutil.which(name) for name in CHROMIUMS):
        return
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not (is_root and Path("/etc/debian_version").exists() and shutil.which("apt-get")):
        return
    print("Installing Chromium for the browser tests …", file=sys.stderr, flush=True)
    quietly = partial(subprocess.run, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    quietly(["apt-get", "update", "-q"])
    quietly(["apt-get", "install", "-y", "-q", "chromium"])
