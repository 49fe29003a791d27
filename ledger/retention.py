"""The retention run: every duty that the floors have declared, whenever its term has passed."""

from __future__ import annotations

import datetime as dt
import logging
from types import SimpleNamespace

from ledger import jobs, keeping
from ledger.models import Job

log = logging.getLogger(__name__)

FINISHING = ("note_erasure", "forget_pdf", "scrub")
"""Jobs that finish an erasure: the journal, files, the database's own pages."""
EVERY = dt.timedelta(hours=24)
DATABASE = SimpleNamespace(pk="database")
"""The subject of the jobs about the whole database: however many ask, each runs once."""


def overdue(now: dt.datetime) -> dict[str, int]:
    """How much of what is past its term."""
    return {duty.name: len(list(duty.overdue(now))) for duty in keeping.duties()}


def ask_daily(now: dt.datetime) -> None:
    """Have the run done when the last one is a day ago; the sweep calls this, so it needs no clock of its own."""
    if not Job.objects.filter(kind="retention", asked_at__gt=now - EVERY).exists():
        jobs.ask("retention", DATABASE)


def _wake_what_rests() -> None:
    """What an erasure left for later and failed too often to be tried again by itself gets another day."""
    for job in Job.objects.unbuilt().filter(kind__in=FINISHING, attempts__gte=jobs.MOST_ATTEMPTS):
        jobs.ask(job.kind, SimpleNamespace(pk=job.subject_id), scope=job.scope_id)


def run(now: dt.datetime) -> dict[str, int]:
    """Take away what is past its term, and how much of what it was. Nothing is counted by days since the last run, so a
    run that was missed, cut off or repeated does no harm."""
    counts = {duty.name: duty.forget(now) for duty in keeping.duties()}
    _wake_what_rests()
    if any(counts.values()):
        jobs.ask("scrub", DATABASE)
    log.info("retention: %s", counts)
    return counts
