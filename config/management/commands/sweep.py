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
        done, due_jobs = _each(Job, jobs.run)
        sent, due_mails = _each(Mail, outbox.send)
        self.stdout.write(f"{done} of {due_jobs} jobs done, {sent} of {due_mails} mails sent")


def _each(kind: type[Job] | type[Mail], do: Any) -> tuple[int, int]:
    """How many of the due rows succeeded, and how many there were; jobs come first because they write mails."""
    due = list(kind.objects.due_at(timezone.now()).order_by("not_before").values_list("pk", flat=True))
    return sum(do(pk) for pk in due), len(due)
