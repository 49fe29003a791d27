"""Background work: asked for by a row, claimed by a lease, finished in the same transaction as its result.

`ask` raises `wanted`; a worker claims the row, works outside any lock, and writes its result under
`claim.finishing()`, which holds the row and refuses when the lease went to somebody else meanwhile. So killing anything
at any moment ends in exactly one result: the sweep hands the row to the next worker, and a late first worker writes
nothing.
"""

from __future__ import annotations

import logging
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ledger import wakeups
from ledger.models import Job, JobQuerySet

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)
MOST_ATTEMPTS = 5
REST = timedelta(seconds=15)
"""A job that waits for others looks by itself after so long, should nobody wake it."""


class LeaseLost(Exception):
    """Another worker took the job over; what this one found out is thrown away."""


@dataclass(frozen=True)
class Claim:
    """One worker's hold on a job: who asked for what, and up to which `wanted` the work will count.

    `attempt` counts from 1; a later one than the first means that somebody failed at the job or died over it.
    """

    job_id: uuid.UUID
    lease: uuid.UUID
    subject_id: str
    wanted: int
    attempt: int = 1

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
    def holding(self) -> Iterator[Job]:
        """A transaction under the lock of the job's row.

        Raises `LeaseLost` before the body runs when somebody else has taken over, or the job was taken back.
        """
        with transaction.atomic():
            job = Job.objects.select_for_update().filter(pk=self.job_id).first()
            if job is None or job.lease != self.lease:
                raise LeaseLost(self.job_id)
            yield job

    def rest(self, **progress: Any) -> None:
        """Give the job back undone: it waits for other jobs, and whoever does the last of them wakes it (`wake`).

        The caller is `holding` it, and has seen under that lock that something is left to wait for.
        """
        Job.objects.filter(pk=self.job_id).update(
            lease=None, lease_until=None, not_before=timezone.now() + REST, attempts=0, error="", progress=progress
        )

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """Write the result inside: it and the mark "built" are committed together or not at all.

        Raises `LeaseLost` before the body runs when somebody else has taken over.
        """
        with finishing_each([self]):
            yield

    def take_along(self, kind: str, subjects: Sequence[Any]) -> list[Claim]:
        """Claims on the jobs of a kind for these subjects, under the same lease, so that small ones are done at once.

        Only those that are due and that nobody has begun: one that was begun before may be what its worker died of, and
        is done alone. Hold them with `keep_each`, finish them with `finishing_each`.
        """
        theirs = Job.objects.filter(kind=kind, subject_id__in=[str(subject.pk) for subject in subjects])
        now = timezone.now()
        theirs.due_at(now).filter(attempts=0).update(lease=self.lease, lease_until=now + LEASE, attempts=1)
        return [Claim(job.pk, self.lease, job.subject_id, job.wanted) for job in theirs.filter(lease=self.lease)]


def keep_each(claims: Sequence[Claim]) -> None:
    """Hold the leases of jobs that are done together for longer. Raises `LeaseLost` when none is ours any more."""
    if not _held(claims).update(lease_until=timezone.now() + LEASE):
        raise LeaseLost(claims[0].job_id)


@contextmanager
def finishing_each(claims: Sequence[Claim]) -> Iterator[list[Claim]]:
    """Write the results of jobs that are done together inside: those and the marks "built" are committed or nothing is.

    Gives the claims that still hold; the others went to somebody else. Raises `LeaseLost` before the body runs when all
    of them did.
    """
    with transaction.atomic():
        rows = {job.pk: job for job in _held(claims).select_for_update().order_by("pk")}
        held = [claim for claim in claims if claim.job_id in rows]
        if not held:
            raise LeaseLost(claims[0].job_id)
        yield held
        built: dict[int, list[uuid.UUID]] = defaultdict(list)
        for claim in held:
            built[claim.wanted].append(claim.job_id)
        for wanted, ids in built.items():
            Job.objects.filter(pk__in=ids).update(
                built=wanted, lease=None, lease_until=None, attempts=0, error="", finished_at=timezone.now()
            )
        for claim in held:
            if rows[claim.job_id].wanted > claim.wanted:  # asked again meanwhile, when nobody could claim it
                wakeups.job_asked(claim.job_id)


def _held(claims: Sequence[Claim]) -> JobQuerySet:
    """The rows of claims of one lease that nobody has taken over."""
    return Job.objects.filter(pk__in=[claim.job_id for claim in claims], lease=claims[0].lease)


Work = Callable[[Claim], None]
_works: dict[str, Work] = {}

Lookout = Callable[[datetime], None]
_lookouts: list[Lookout] = []


def job(kind: str) -> Callable[[Work], Work]:
    """Declare in a floor's `tasks.py` how a kind of job is done. The function must end in `claim.finishing()`, or in
    `claim.rest()` while it waits for others."""

    def declare(work: Work) -> Work:
        _works[kind] = work
        return work

    return declare


def looks_out(lookout: Lookout) -> Lookout:
    """Declare in a floor's `tasks.py` what only the passing of time makes due: at each sweep it asks for jobs.

    It must find in the rows whatever an earlier sweep has missed, however long ago.
    """
    _lookouts.append(lookout)
    return lookout


def look_out(now: datetime) -> None:
    """Let every floor look; one that fails keeps no other from looking."""
    for lookout in _lookouts:
        try:
            lookout(now)
        except Exception:
            log.exception("%s will look again at the next sweep", lookout.__name__)


def ask(kind: str, subject: object, *, scope: uuid.UUID | None = None, at: datetime | None = None) -> Job:
    """Want the job done once more, from the state after this transaction. Asking thrice before it starts is one run.

    With `at` it is not done before that moment; the latest asking counts.
    """
    subject_id = str(subject.pk)  # type: ignore[attr-defined]
    Job.objects.bulk_create([Job(kind=kind, subject_id=subject_id, scope_id=scope)], ignore_conflicts=True)
    theirs, now = Job.objects.filter(kind=kind, subject_id=subject_id), timezone.now()
    theirs.update(wanted=F("wanted") + 1, not_before=at or now, asked_at=now, attempts=0, error="", progress={})
    found = theirs.get()
    if at is None:
        wakeups.job_asked(found.pk)
    return found


def ask_each(kind: str, subjects: Sequence[object], *, scope: uuid.UUID | None, wake_for: Collection[object]) -> None:
    """Want a job done for each of many subjects that have none yet, with one statement.

    A worker is woken for those in `wake_for`; it takes the others along (`Claim.take_along`), or the sweep finds them.
    """
    made = Job.objects.bulk_create(
        Job(kind=kind, subject_id=str(subject.pk), scope_id=scope, wanted=1)  # type: ignore[attr-defined]
        for subject in subjects
    )
    for each, subject in zip(made, subjects, strict=True):
        if subject in wake_for:
            wakeups.job_asked(each.pk)


def wake(job: Job) -> None:
    """What a resting job waits for is there. The caller holds its lock."""
    Job.objects.filter(pk=job.pk).update(not_before=timezone.now())
    wakeups.job_asked(job.pk)


def waiting(kind: str) -> JobQuerySet:
    """The jobs of a kind that are asked for and not done yet."""
    return Job.objects.unbuilt().filter(kind=kind)


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
    return Claim(found.pk, lease, found.subject_id, found.wanted, found.attempts), _works[found.kind]


def _put_back(claim: Claim, problem: Exception) -> None:
    """Try again after a while; after the last attempt the job rests until somebody asks again.

    What was taken along is free at once, to be done alone.
    """
    Job.objects.unbuilt().filter(lease=claim.lease).exclude(pk=claim.job_id).update(lease=None, lease_until=None)
    held = Job.objects.filter(pk=claim.job_id, lease=claim.lease)
    attempts = held.values_list("attempts", flat=True).first() or MOST_ATTEMPTS
    rests = attempts >= MOST_ATTEMPTS
    held.update(
        lease=None,
        lease_until=None,
        error=f"{type(problem).__name__}: {problem}"[:300],
        not_before=timezone.now() + (timedelta(days=3650) if rests else timedelta(seconds=2**attempts)),
    )
