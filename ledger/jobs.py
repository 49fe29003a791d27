"""Background work: asked for by a row, claimed by a lease, finished in the same transaction as its result.

`ask` raises `wanted`; a worker claims the row, works outside any lock, and writes its result under
`claim.finishing()`, which holds the row and refuses when the lease went to somebody else meanwhile. So killing anything
at any moment ends in exactly one result: the sweep hands the row to the next worker, and a late first worker writes
nothing.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ledger import wakeups
from ledger.models import Job

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)
MOST_ATTEMPTS = 5


class LeaseLost(Exception):
    """Another worker took the job over; what this one found out is thrown away."""


@dataclass(frozen=True)
class Claim:
    """One worker's hold on a job: who asked for what, and up to which `wanted` the work will count."""

    job_id: uuid.UUID
    lease: uuid.UUID
    subject_id: str
    wanted: int

    def keep(self, **progress: Any) -> None:
        """Tell how far the work is and hold the lease for longer.

        Raises `LeaseLost` when somebody else has taken over.
        """
        held = Job.objects.filter(pk=self.job_id, lease=self.lease).update(
            lease_until=timezone.now() + LEASE, progress=progress
        )
        if not held:
            raise LeaseLost(self.job_id)

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """Write the result inside: it and the mark "built" are committed together or not at all.

        Raises `LeaseLost` before the body runs when somebody else has taken over.
        """
        with transaction.atomic():
            job = Job.objects.select_for_update().get(pk=self.job_id)
            if job.lease != self.lease:
                raise LeaseLost(self.job_id)
            yield
            Job.objects.filter(pk=self.job_id).update(
                built=self.wanted, lease=None, lease_until=None, attempts=0, error="", finished_at=timezone.now()
            )
            if job.wanted > self.wanted:  # asked again meanwhile, when nobody could claim it
                wakeups.job_asked(self.job_id)


Work = Callable[[Claim], None]
_works: dict[str, Work] = {}


def job(kind: str) -> Callable[[Work], Work]:
    """Declare in a floor's `tasks.py` how a kind of job is done. The function must end in `claim.finishing()`."""

    def declare(work: Work) -> Work:
        _works[kind] = work
        return work

    return declare


def ask(kind: str, subject: object, *, scope: uuid.UUID | None = None) -> Job:
    """Want the job done once more, from the state after this transaction. Asking thrice before it starts is one run."""
    subject_id = str(subject.pk)  # type: ignore[attr-defined]
    found, _ = Job.objects.get_or_create(kind=kind, subject_id=subject_id, defaults={"scope_id": scope})
    now = timezone.now()
    Job.objects.filter(pk=found.pk).update(
        wanted=F("wanted") + 1, not_before=now, asked_at=now, attempts=0, error="", progress={}
    )
    wakeups.job_asked(found.pk)
    found.refresh_from_db()
    return found


def run(job_id: uuid.UUID) -> bool:
    """Claim and do one job. False when it is done, held by another worker, or failed."""
    claim, work = _claim(job_id)
    if claim is None:
        return False
    try:
        work(claim)
    except LeaseLost:
        log.info("job %s went to another worker", job_id)
        return False
    except Exception as problem:
        log.exception("job %s failed", job_id)
        _put_back(claim, problem)
        return False
    return True


def _claim(job_id: uuid.UUID) -> tuple[Claim | None, Work]:
    now, lease = timezone.now(), uuid.uuid4()
    taken = (
        Job.objects.due_at(now)
        .filter(pk=job_id)
        .update(lease=lease, lease_until=now + LEASE, attempts=F("attempts") + 1)
    )
    if not taken:
        return None, lambda claim: None
    found = Job.objects.get(pk=job_id)
    return Claim(found.pk, lease, found.subject_id, found.wanted), _works[found.kind]


def _put_back(claim: Claim, problem: Exception) -> None:
    """Try again after a while; after the last attempt the job rests until somebody asks again."""
    held = Job.objects.filter(pk=claim.job_id, lease=claim.lease)
    attempts = held.values_list("attempts", flat=True).first() or MOST_ATTEMPTS
    rests = attempts >= MOST_ATTEMPTS
    held.update(
        lease=None,
        lease_until=None,
        error=f"{type(problem).__name__}: {problem}"[:300],
        not_before=timezone.now() + (timedelta(days=3650) if rests else timedelta(seconds=2**attempts)),
    )
