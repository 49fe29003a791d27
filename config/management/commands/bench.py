"""`manage.py bench NAME`: measure Tavolo on this machine, on data of its own."""

from __future__ import annotations

import importlib
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

MEASUREMENTS = ("pages", "evening")


class Command(BaseCommand):
    help = "Measure pages, or a whole evening, on a fresh installation of its own; DATABASE_URL chooses the engine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=MEASUREMENTS)
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--seconds", type=float, default=3, help="pages: how long each page is asked for (3)")
        parser.add_argument("--rounds", type=int, default=3, help="pages: how often each page takes its turn (3)")

    def handle(self, *, name: str, **options: Any) -> None:
        measurement = importlib.import_module(f"benchmarks.{name}")
        asked = {"seconds": options["seconds"], "rounds": options["rounds"]} if name == "pages" else {}
        report = measurement.measure(**asked)
        self.stdout.write(json.dumps(report) if options["json"] else measurement.table(report))
