"""`manage.py demo`: Tavolo with the Milan sample, in one process, on this machine."""

from __future__ import annotations

import argparse
import shutil
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connection

from config import server
from config.sample import live
from workshops.models import Group
from workshops.states import WorkshopState


class Command(BaseCommand):
    help = "Run Tavolo with the Milan sample: a workshop is on right now, four tables are writing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--data", help="Folder for database, media and mail (default: data/ beside manage.py).")
        parser.add_argument("--fresh", action="store_true", help="Throw the folder's content away and start anew.")
        parser.add_argument("--live", action="store_true", help="Let a note arrive at a table every 20 seconds.")

    def handle(self, *args: Any, **options: Any) -> None:
        port = options["port"]
        if not 1 <= port <= 65535:
            raise CommandError("A port is a number from 1 to 65535.")
        try:
            server.check_port("127.0.0.1", port)
        except server.PortTaken:
            other = port + 1 if port < 65535 else port - 1
            raise CommandError(f"Port {port} is taken. Try: python3 manage.py demo --port {other}") from None
        if options["fresh"]:
            self._start_anew()
        settings.ORIGIN = f"http://localhost:{port}"
        settings.CSRF_TRUSTED_ORIGINS = [settings.ORIGIN]
        call_command("migrate", verbosity=0, interactive=False)
        call_command("seed", verbosity=0)
        self._say_hello()
        if options["live"]:
            live.start(settings.ORIGIN)
        server.run("127.0.0.1", port)

    def _start_anew(self) -> None:
        """Only what Tavolo itself puts there is removed, never the folder's other content."""
        connection.close()
        for name in ("tavolo.sqlite3", "tavolo.sqlite3-wal", "tavolo.sqlite3-shm"):
            (settings.DATA / name).unlink(missing_ok=True)
        for name in ("media", "mail"):
            shutil.rmtree(settings.DATA / name, ignore_errors=True)

    def _say_hello(self) -> None:
        table = Group.objects.filter(code__isnull=False, workshop__state=WorkshopState.LIVE).order_by("name").first()
        code = f" (or {settings.ORIGIN}/table/ with the code {table.code})" if table else ""
        origin = settings.ORIGIN
        lines = [
            "",
            f"  Tavolo is running at {origin}",
            "",
            f"  Participant   {origin}/it/",
            f"  Organiser     {origin}/demo/enter/organiser/",
            f"  Moderator     {origin}/demo/enter/moderator/{code}",
            f"  Helper        {origin}/demo/enter/helper/",
            f"  Observer      {origin}/demo/enter/observer/",
            f"  Mail          {origin}/demo/mail/",
            "",
            f"  Everything is kept in {settings.DATA}. Ctrl-C stops it.",
            "  Use the name localhost: passkeys and offline tablets need it. Other devices in the room need a server",
            "  with a certificate (docs/operating.md).",
            "",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
