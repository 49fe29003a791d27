"""`manage.py bench NAME`: measure Tavolo on this machine, on data of its own."""

from __future__ import annotations

import importlib
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

MEASUREMENTS = {
    "pages": ("seconds", "rounds", "notes"),
    "evening": (),
    "signup": ("people", "places", "at_once"),
    "live": ("seconds", "rounds", "devices", "groups", "peers"),
    "pad": ("rounds",),
    "tables": ("people", "groups", "rounds"),
    "chaos": ("seeds", "ops", "seed", "control", "restore"),
    "hostile": ("strings", "seed"),
    "alike": ("pairs",),
    "summary": ("data", "most", "rounds", "meaning"),
}


class Command(BaseCommand):
    help = (
        "Measure pages, an evening, a storm of sign-ups, live notes, the pad, mixing tables, what chaos costs, what "
        "becomes of hostile texts, whether known and unknown addresses are answered alike, or how good and how soon "
        "summaries are, on a fresh installation of its own; DATABASE_URL chooses the engine."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=MEASUREMENTS)
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--seconds", type=float, help="pages, live: how long one load lasts (3, 8)")
        parser.add_argument(
            "--rounds",
            type=int,
            help="pages, live, pad, tables: how often everything takes its turn (3); summary: how often to compile (5)",
        )
        parser.add_argument("--notes", type=int, help="pages: notes of the large summary and outcome (5000)")
        parser.add_argument("--devices", type=int, help="live: tablets in the hall (120)")
        parser.add_argument("--groups", type=int, help="live, tables: tables they sit at (60)")
        parser.add_argument("--no-peers", dest="peers", action="store_false", default=None, help="live: only Tavolo")
        parser.add_argument("--people", type=int, help="signup, tables: who ask for a place or sit (200, 500)")
        parser.add_argument("--places", type=int, help="signup: how many places there are (18)")
        parser.add_argument("--at-once", type=int, help="signup: how many of them at any moment (all)")
        parser.add_argument("--seeds", type=int, help="chaos: how many seeds (5)")
        parser.add_argument("--ops", type=int, help="chaos: what two people do in one seed (200)")
        parser.add_argument("--seed", type=int, help="chaos: the first seed (1); hostile: the seed of the texts (1)")
        restore = "chaos: bring the server back from a backup once in each seed"
        parser.add_argument("--restore", action="store_true", default=None, help=restore)
        parser.add_argument("--control", help="chaos: play with a twin that has this fault, and must be found out")
        parser.add_argument("--strings", type=int, help="hostile: how many texts for each field (10000)")
        parser.add_argument("--data", help="summary: a folder with files of labelled notes (../shared/data)")
        parser.add_argument("--most", type=int, help="summary: no more made notes than this at once (100000)")
        meaning = "summary: put notes together by what they mean too"
        parser.add_argument("--meaning", action="store_true", default=None, help=meaning)
        parser.add_argument("--pairs", type=int, help="alike: how many known and unknown addresses (500)")

    def handle(self, *, name: str, **options: Any) -> None:
        measurement = importlib.import_module(f"benchmarks.{name}")
        asked = {each: options[each] for each in MEASUREMENTS[name] if options[each] is not None}
        report = measurement.measure(**asked)
        self.stdout.write(json.dumps(report) if options["json"] else measurement.table(report))
