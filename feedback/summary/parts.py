"""The sections of a compile as rows: each is a job of its own, and whoever finishes the last one wakes the join.

The lock order is the same everywhere: the workshop's compile job, then the section's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from feedback.compiler.document import bare, digest
from feedback.models import Part
from ledger import jobs
from ledger.jobs import MOST_ATTEMPTS, Claim, LeaseLost
from ledger.models import Job
from workshops.models import Workshop

WHOLE, ONE = "compile", "compile_part"
"""Kinds of jobs: a workshop's summary, and one section of it."""

Document = dict[str, Any]


@dataclass(frozen=True)
class Taken:
    """A section that a worker holds."""

    claim: Claim
    part: Part


@dataclass(frozen=True)
class Made:
    """A section that a worker holds, what it was made from, and what the compiler said."""

    taken: Taken
    document: Document
    result: dict[str, Any]


def want(claim: Claim, workshop: Workshop, documents: dict[str, Document], **counts: int) -> bool:
    """Whether every section has been compiled from these very notes. If not, ask for those that are missing and rest.

    Sections of other notes than these are forgotten. Raises `LeaseLost`.
    """
    digests = {key: digest(document) for key, document in documents.items()}
    with claim.holding():
        rows = list(Part.objects.of_workshop(workshop).defer("result"))
        _forget([part for part in rows if digests.get(part.key) != part.digest])
        known = {part.key for part in rows if digests.get(part.key) == part.digest}
        new = [
            Part(workshop=workshop, key=key, digest=digests[key], notes=len(documents[key]["notes"]))
            for key in digests.keys() - known
        ]
        new.sort(key=lambda part: (-part.notes, part.key))  # as `largest_first`
        made = Part.objects.bulk_create(new)
        jobs.ask_each(ONE, made, scope=workshop.pk, wake_for=[parcel[0] for parcel in parcels(made)])
        _give_up(workshop, documents)
        left = Part.objects.of_workshop(workshop).open().count()
        if left:
            claim.rest(step="group", sections=len(digests), done=len(digests) - left, **counts)
    return not left


def parcels(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """The sections one after another, as many at once as have `COMPILE_TOGETHER` notes between them, one at least."""
    parcel: list[Part] = []
    for part in parts:
        if parcel and sum(each.notes for each in parcel) + part.notes > settings.COMPILE_TOGETHER:
            yield parcel
            parcel = []
        parcel.append(part)
    if parcel:
        yield parcel


def take(claim: Claim) -> list[Taken]:
    """The section of a claimed job, and small ones after it that nobody has begun.

    A section that was begun before is taken alone: it may be what its worker died of. Raises `LeaseLost` when nobody
    wants the section any more.
    """
    part = Part.objects.select_related("workshop__programme").filter(pk=claim.subject_id).first()
    if part is None:  # another compile has begun, of other notes
        raise LeaseLost(claim.job_id)
    alone = Taken(claim, part)
    if claim.attempt > 1 or part.notes >= settings.COMPILE_TOGETHER:
        return [alone]
    left = list(Part.objects.of_workshop(part.workshop).open().largest_first().defer("result"))
    after = left[left.index(part) + 1 :] if part in left else []
    beside = {str(each.pk): each for each in next(parcels([part, *after]))[1:]}
    if not beside:
        return [alone]
    return [alone, *(Taken(each, beside[each.subject_id]) for each in claim.take_along(ONE, list(beside.values())))]


def done(made: Sequence[Made]) -> None:
    """Keep what was made of sections, count, and wake the join after the last. Raises `LeaseLost`."""
    workshop_id = made[0].taken.part.workshop_id
    with transaction.atomic():
        whole = Job.objects.select_for_update().get(kind=WHOLE, subject_id=str(workshop_id))
        with jobs.finishing_each([each.taken.claim for each in made]) as held:
            parts = [_filled(each) for each in made if each.taken.claim in held]
            Part.objects.bulk_update(parts, ["digest", "result", "is_done"])
            left = Part.objects.filter(workshop=workshop_id).open().count()
            counted = {**whole.progress, "done": whole.progress.get("sections", 0) - left}
            Job.objects.filter(pk=whole.pk).update(progress=counted)
            if not left:
                jobs.wake(whole)


def _filled(made: Made) -> Part:
    part = made.taken.part
    part.digest, part.result, part.is_done = digest(made.document), made.result, True
    return part


def joined(workshop: Workshop) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """All sections in order of key, and what could not be used as given."""
    results = [part.result for part in Part.objects.of_workshop(workshop).order_by("key")]
    sections = [section for result in results for section in result["sections"]]
    return sections, [problem for result in results for problem in result["problems"]]


def fault(key: str, document: Document, reason: str) -> dict[str, Any]:
    """A section that could not be compiled: its notes as they are, and why."""
    section = bare(key, sorted(note["id"] for note in document["notes"]))
    return {"sections": [section], "problems": [{"section": key, "note": None, "reason": reason}]}


def forget(workshop: Workshop) -> None:
    """The draft is written: nobody needs the sections any more."""
    Part.objects.of_workshop(workshop).delete()
    Job.objects.filter(kind=ONE, scope_id=workshop.pk).delete()


def _forget(stale: list[Part]) -> None:
    ids = [part.pk for part in stale]
    Part.objects.filter(pk__in=ids).delete()
    Job.objects.filter(kind=ONE, subject_id__in=[str(pk) for pk in ids]).delete()


def _give_up(workshop: Workshop, documents: dict[str, Document]) -> None:
    """Sections whose job has failed too often to be tried again are named, and the rest is done without them."""
    failed = Job.objects.unbuilt().filter(kind=ONE, scope_id=workshop.pk, lease=None, attempts__gte=MOST_ATTEMPTS)
    reasons = {job.subject_id: job.error for job in failed.exclude(error="")}
    for part in Part.objects.of_workshop(workshop).open().filter(pk__in=reasons):
        result = fault(part.key, documents[part.key], reasons[str(part.pk)])
        Part.objects.filter(pk=part.pk).update(result=result, is_done=True)
