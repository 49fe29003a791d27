"""`manage.py bench NAME`: measure Tavolo on this machine, on data of its own."""

from __future__ import annotations

import importlib
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

MEASUREMENTS = {
    "pages": ("seconds", "rounds"),
    "evening": (),
    "live": ("seconds", "rounds", "devices", "groups", "peers"),
    "pad": ("rounds",),
    "chaos": ("seeds", "ops", "seed", "control"),
}


class Command(BaseCommand):
    help = (
        "Measure pages, an evening, live notes, the pad, or what chaos costs, on a fresh installation of its own; "
        "DATABASE_URL chooses the engine."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=MEASUREMENTS)
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--seconds", type=float, help="pages, live: how long one load lasts (3, 8)")
        parser.add_argument("--rounds", type=int, help="pages, live, pad: how often everything takes its turn (3)")
        parser.add_argument("--devices", type=int, help="live: tablets in the hall (120)")
        parser.add_argument("--groups", type=int, help="live: tables they sit at (60)")
        parser.add_argument("--no-peers", dest="peers", action="store_false", default=None, help="live: only Tavolo")
        parser.add_argument("--seeds", type=int, help="chaos: how many seeds (5)")
        parser.add_argument("--ops", type=int, help="chaos: what two people do in one seed (200)")
        parser.add_argument("--seed", type=int, help="chaos: the first seed (1)")
        parser.add_argument("--control", help="chaos: play with a twin that has this fault, and must be found out")

    def handle(self, *, name: str, **options: Any) -> None:
        measurement = importlib.import_module(f"benchmarks.{name}")
        asked = {each: options[each] for each in MEASUREMENTS[name] if options[each] is not None}
        report = measurement.measure(**asked)
        self.stdout.write(json.dumps(report) if options["json"] else measurement.table(report))
