"""`manage.py sweep`: do what is due once, in this process, without a queue."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from ledger import jobs, outbox
from ledger.models import Job, Mail


class Command(BaseCommand):
    help = "Runs all due jobs, then sends all due mails, once, and says how many. For cron, or when the queue is down."

    def handle(self, **options: Any) -> None:
        jobs.look_out(timezone.now())
        done, due_jobs = _jobs()  # first, because they write mails
        sent, due_mails = _each(Mail, outbox.send)
        self.stdout.write(f"{done} of {due_jobs} jobs done, {sent} of {due_mails} mails sent")


def _jobs() -> tuple[int, int]:
    """How many jobs were done and how many were due, with those that the done ones asked for or woke."""
    done, due = _each(Job, jobs.run)
    if not done:
        return 0, due
    later = _jobs()
    return done + later[0], due + later[1]


def _each(kind: type[Job] | type[Mail], do: Any) -> tuple[int, int]:
    """How many of the due rows succeeded, and how many there were."""
    due = list(kind.objects.due_at(timezone.now()).order_by("not_before").values_list("pk", flat=True))
    return sum(do(pk) for pk in due), len(due)
