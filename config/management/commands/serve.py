"""`manage.py serve`: one node of a real installation."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from config import server


class Command(BaseCommand):
    help = "Serve Tavolo. With REDIS_URL set, run Celery workers and beat beside it; without, they run inside."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["port"] <= 65535:
            raise CommandError("A port is a number from 1 to 65535.")
        try:
            server.check_port(options["host"], options["port"])
        except server.PortTaken:
            raise CommandError(f"Port {options['port']} is taken.") from None
        server.run(options["host"], options["port"])
