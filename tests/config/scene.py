"""Acts played in a process of their own against an installation's database: `python -m tests.config.scene <act>`.

Each prints one line of JSON at its end.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from feedback.summary.actions import ask_to_compile  # noqa: E402
from ledger.history import SYSTEM  # noqa: E402
from tests.feedback.summary.rooms import make_room  # noqa: E402
from workshops.actions import give_table_codes  # noqa: E402
from workshops.models import Workshop  # noqa: E402
from workshops.states import SessionState  # noqa: E402

PLACES = ("school", "market", "station", "library", "church", "park", "canal", "pool")
WAYS = ("I take the tram to the %s.", "The tram to the %s is late.", "Nobody cleans the %s.", "The %s opens at seven.")


def prepare() -> dict[str, Any]:
    """An empty database becomes a workshop that is on: an open session, two tables with codes, some forty notes."""
    call_command("migrate", verbosity=0, interactive=False)
    room = make_room(session_state=SessionState.OPEN)
    for number, place in enumerate(PLACES):
        for way in WAYS:
            room.note(way % place, table=number % 2, theme=number % 2)
    give_table_codes(room.workshop, by=SYSTEM)
    for table in room.tables:
        table.refresh_from_db()
    return {
        "workshop": str(room.workshop.pk),
        "session": str(room.session.pk),
        "prompt": str(room.session.prompts.get().pk),
        "codes": [table.code for table in room.tables],
    }


def ask(workshop_id: str) -> dict[str, Any]:
    """An organiser asks for the summary."""
    job = ask_to_compile(Workshop.objects.get(pk=workshop_id), by=SYSTEM, force=True)
    return {"job": str(job.pk), "wanted": job.wanted}


if __name__ == "__main__":
    print(json.dumps({"prepare": prepare, "ask": ask}[sys.argv[1]](*sys.argv[2:])))  # noqa: T201
