"""Acts played in a process of their own against an installation's database: `python -m tests.config.scene <act>`.

Each prints one line of JSON at its end.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.db.models import F  # noqa: E402
from django.utils import timezone  # noqa: E402

from feedback.summary.actions import ask_to_compile  # noqa: E402
from ledger import jobs  # noqa: E402
from ledger.history import SYSTEM  # noqa: E402
from ledger.models import Job  # noqa: E402
from tests.factories import make_note, make_registration, make_theme  # noqa: E402
from tests.feedback.summary.rooms import make_room  # noqa: E402
from workshops.actions.groups import give_table_codes  # noqa: E402
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


def fill(workshop_id: str, themes: str) -> dict[str, Any]:
    """So many more themes with four notes each, and three people with a place and an address, in one transaction."""
    workshop = Workshop.objects.get(pk=workshop_id)
    session, groups = workshop.sessions.get(), list(workshop.groups.order_by("pk"))
    with transaction.atomic():
        for number in range(int(themes)):
            theme = make_theme(workshop.programme, f"Theme {number}")
            for at, way in enumerate(WAYS):
                make_note(groups[at % 2], session, way % PLACES[(number + at // 2) % len(PLACES)], theme=theme)
        people = [make_registration(workshop, name=name).person for name in ("Tea Uno", "Ugo Due", "Ivo Tre")]
    return {"people": sorted(str(person.pk) for person in people)}


def ask_all(workshop_id: str) -> dict[str, Any]:
    """The summary is asked for, and that everybody be told of it."""
    workshop = Workshop.objects.get(pk=workshop_id)
    jobs.ask("tell_published", workshop, scope=workshop.pk)
    return ask(workshop_id)


def sweep() -> dict[str, Any]:
    """A worker of the plainest kind: it does whatever is due, without a queue, and ends."""
    call_command("sweep", verbosity=0)
    return {}


def work_when_due() -> dict[str, Any]:
    """The same, which waits until something is due: a killed worker's jobs are held until its lease is over."""
    while not Job.objects.due_at(timezone.now()).exists():
        time.sleep(0.01)
    return sweep()


def work_from_a_queue() -> dict[str, Any]:
    """The twin: a worker for which the queue is the only record. A message that is taken is gone, and so is its job."""
    claim_row = jobs._claim

    def take(job_id: Any) -> Any:
        claim, work = claim_row(job_id)
        Job.objects.filter(pk=job_id).update(built=F("wanted"))
        return claim, work

    jobs._claim = take
    return sweep()


ACTS = {
    "prepare": prepare,
    "ask": ask,
    "fill": fill,
    "ask_all": ask_all,
    "sweep": sweep,
    "work_when_due": work_when_due,
    "work_from_a_queue": work_from_a_queue,
}

if __name__ == "__main__":
    print(json.dumps(ACTS[sys.argv[1]](*sys.argv[2:])))  # noqa: T201
