"""Celery's side of the ledger: ids in, one line each. Losing any of these messages loses nothing."""

import uuid

from celery import shared_task
from django.utils import timezone

from ledger import jobs, outbox
from ledger.models import Job, Mail


@shared_task
def run_job(job_id: str) -> None:
    jobs.run(uuid.UUID(job_id))


@shared_task
def send_mail(mail_id: str) -> None:
    outbox.send(uuid.UUID(mail_id))


@shared_task
def sweep(most: int = 200) -> None:
    """Wake a worker for whatever is due: what a lost message, a killed worker or a lapsed lease has left behind."""
    now = timezone.now()
    for job_id in Job.objects.due_at(now).order_by("not_before").values_list("pk", flat=True)[:most]:
        run_job.apply_async((str(job_id),), retry=False)
    for mail_id in Mail.objects.due_at(now).order_by("not_before").values_list("pk", flat=True)[:most]:
        send_mail.apply_async((str(mail_id),), retry=False)
