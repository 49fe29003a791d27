"""The organisers' summary and the published outcome of one very large workshop, made anew for every reader.

`python -m benchmarks.long_summary NOTES` prints `{name: figures}` of the pages, in the database of its environment.
`made_ms` is the CPU time of making a page in a process that has made it before, with no page kept; `cold_ms` that of
the first one, with nothing in the cache at all.
"""

from __future__ import annotations

import json
import os
import sys
import time
from statistics import median
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse
from django.utils import timezone, translation

from config.sample.large import load_large
from feedback.summary import actions, publish
from ledger import jobs
from ledger.history import SYSTEM
from ledger.models import Job
from participants.models import User
from workshops.actions.evening import move_session
from workshops.models import Workshop
from workshops.states import SessionState

NOTES = 5_000
TIMES_MADE = 7


def make(notes: int) -> Workshop:
    """The large sample with so many notes, its evening over, compiled by the real compiler and published."""
    programme = load_large(timezone.now(), notes=notes)
    workshop = Workshop.objects.get(programme=programme)
    for session in workshop.sessions.filter(state=SessionState.OPEN):
        move_session(session, SessionState.CLOSED, by=SYSTEM)
    actions.ask_to_compile(workshop, by=SYSTEM, force=True)
    while due := Job.objects.due_at(timezone.now()).filter(kind__startswith="compile").order_by("not_before").first():
        jobs.run(due.pk)
    draft = workshop.drafts.current().get()
    actions.set_headline(draft, headline="Condividiamo già molto.", lead="", by=SYSTEM)
    publish.publish(draft, by=SYSTEM, names_are_fine=True, few_are_fine=True)
    workshop.refresh_from_db()
    return workshop


def figures(workshop: Workshop) -> dict[str, dict[str, Any]]:
    """What each page costs whoever asks first after a change; the process has served it before."""
    visitor, organiser = Client(SERVER_NAME="127.0.0.1"), Client(SERVER_NAME="127.0.0.1")
    organiser.force_login(User.objects.filter(team_seats__programme=workshop.programme_id).order_by("joined_at")[0])
    with translation.override("it"):
        summary, said = reverse("org_summary", args=[workshop.pk]), reverse("said", args=[workshop.slug])
    return {"summary": _of(organiser, summary), "outcome": _of(visitor, said)}


def _of(client: Client, url: str) -> dict[str, Any]:
    with override_settings(KEEP_PAGES=False):
        _get(client, url)
        cache.clear()
        cold = _made_ms(client, url)
        with CaptureQueriesContext(connection) as captured:
            size = _get(client, url)
            queries = len(captured)
        made = median(_made_ms(client, url) for _time in range(TIMES_MADE))
    figures = {"queries": queries, "bytes": size, "cold_ms": round(cold, 1)}
    return {"url": url, **figures, "made_ms": round(made, 1)}


def _made_ms(client: Client, url: str) -> float:
    start = time.process_time()
    _get(client, url)
    return 1000 * (time.process_time() - start)


def _get(client: Client, url: str) -> int:
    answer = client.get(url)
    if answer.status_code != 200:
        raise ValueError(f"{url} answered {answer.status_code}")
    return len(answer.content)


def main(notes: int) -> None:
    print(json.dumps(figures(make(notes))))


if __name__ == "__main__":
    main(int(sys.argv[1]))
