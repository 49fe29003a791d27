"""Celery's side of the ledger: ids in, one line each. Losing any of these messages loses nothing."""

import uuid
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from ledger import jobs, journal, outbox, retention, scrub
from ledger.jobs import Claim, job
from ledger.models import Erasure, Job, Mail

WAKE_UPS_TAKE = timedelta(seconds=10)
"""A mail that has been due for longer was not woken, or waits behind many others."""


@shared_task
def run_job(job_id: str) -> None:
    jobs.run(uuid.UUID(job_id))


@shared_task
def send_mail(mail_id: str) -> None:
    outbox.send(uuid.UUID(mail_id))


@shared_task
def send_overdue(most: int = 200) -> None:
    """Send the mails whose own wake-up was lost; a storm of mails that is being worked off is left to its wake-ups."""
    overdue = Mail.objects.due_at(timezone.now()).filter(not_before__lt=timezone.now() - WAKE_UPS_TAKE)
    for mail_id in overdue.order_by("not_before").values_list("pk", flat=True)[:most]:
        outbox.send(mail_id)


@shared_task
def sweep(most: int = 200) -> None:
    """Wake a worker for whatever is due: what a lost message, a killed worker or a lapsed lease has left behind, and
    what time has made due."""
    now = timezone.now()
    jobs.look_out(now)
    for job_id in Job.objects.due_at(now).order_by("not_before").values_list("pk", flat=True)[:most]:
        run_job.apply_async((str(job_id),), retry=False)
    if Mail.objects.due_at(now).filter(not_before__lt=now - WAKE_UPS_TAKE).exists():
        send_overdue.apply_async((most,), retry=False)


jobs.looks_out(retention.ask_daily)


@job("note_erasure")
def note_erasure(claim: Claim) -> None:
    """The receipt goes into the journal outside the database."""
    for erasure in Erasure.objects.filter(pk=claim.subject_id):
        journal.write(erasure)
    with claim.finishing():
        pass


@job("scrub")
def scrub_database(claim: Claim) -> None:
    scrub.scrub()
    with claim.finishing():
        pass


@job("retention")
def retention_run(claim: Claim) -> None:
    retention.run(timezone.now())
    with claim.finishing():
        pass
