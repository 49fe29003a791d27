"""What people and organisers do in a review: ask, reply, answer. Each act leaves one Event in its transaction."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from feedback.models import Draft, Feedback, Finding, Reply, Review
from feedback.states import Answered, Verdict
from feedback.summary.named import names_that_stop
from feedback.summary.people import who_came
from ledger import jobs, outbox
from ledger.history import Actor, record
from ledger.jobs import Claim
from participants.models import Registration
from workshops.actions.moving import MoveNotAllowed, NotReady, move_workshop
from workshops.models import Workshop
from workshops.states import WorkshopState

MOST_OTHER_REPLIES = 5
"""What one person can add that belongs to no finding."""


class ReviewClosed(Exception):
    """Nobody is asked (any more), or the person was not there."""


class HasAnAnswer(Exception):
    """The reply was answered meanwhile: it stays as it was answered."""


class FindingGone(Exception):
    """The finding was joined with another one, left out or taken away while somebody read it."""


@transaction.atomic
def ask_people(draft: Draft, *, until: dt.datetime, by: Actor, names_are_fine: bool = False) -> Review:
    """Ask everybody who was there, until a moment; asked again, only the moment moves and nobody is written to twice.

    Raises `NotReady` with what stops it, `MoveNotAllowed` or `MovedMeanwhile`.
    """
    draft = Draft.objects.select_for_update().get(pk=draft.pk)
    workshop = Workshop.objects.get(pk=draft.workshop_id)
    if blocks := what_stops_asking(draft, names_are_fine=names_are_fine):
        raise NotReady(blocks)
    if workshop.state == WorkshopState.CURATING:
        move_workshop(workshop, WorkshopState.ASKING, by=by)
    elif workshop.state != WorkshopState.ASKING:
        raise MoveNotAllowed(workshop.pk, WorkshopState.ASKING)
    Draft.objects.filter(pk=draft.pk, curated_at=None).update(curated_at=timezone.now())
    review, is_new = Review.objects.update_or_create(workshop=workshop, defaults={"until": until})
    record(review, "review.opened" if is_new else "review.prolonged", by=by, scope=workshop.pk)
    jobs.ask("tell_review", workshop, scope=workshop.pk)
    return review


def what_stops_asking(draft: Draft, *, names_are_fine: bool = False) -> list[str]:
    """What must be done before anybody outside the team reads the draft, in sentences."""
    blocks = [] if draft.findings.shown().exists() else [_("Keep at least one finding.")]
    if not who_came(draft.workshop_id).exists():
        blocks.append(_("Nobody was there, so there is nobody to ask."))
    return blocks if names_are_fine else blocks + names_that_stop(draft)


def tell_review(claim: Claim) -> None:
    """Leave one mail for each person who came and gave an address; whoever has one already gets no second."""
    workshop = Workshop.objects.get(pk=claim.subject_id)
    places = who_came(workshop.pk).filter(person__email__isnull=False).select_related("person")
    with claim.finishing():
        outbox.write_all("review", to=[(place.person, place) for place in places], scope=workshop.pk)


def open_review(registration: Registration, now: dt.datetime) -> Review:
    """The review that asks this person now. Raises `ReviewClosed`."""
    review = Review.objects.filter(workshop=registration.workshop_id, until__gt=now).select_related("workshop").first()
    if review is None or review.workshop.state != WorkshopState.ASKING or not was_there(registration):
        raise ReviewClosed(registration.workshop_id)
    review.workshop = registration.workshop
    return review


def was_there(registration: Registration) -> bool:
    """Whether this person is one of those who are asked."""
    return who_came(registration.workshop_id).filter(pk=registration.pk).exists()


@transaction.atomic
def reply(registration: Registration, finding_id: Any, *, verdict: str, text: str, by: Actor) -> Reply:
    """Say of one finding that it is what was said, or what is missing; said again, the last word holds.

    Raises `ReviewClosed`, `FindingGone`, or `HasAnAnswer` once an organiser has answered.
    """
    Registration.objects.select_for_update().get(pk=registration.pk)  # two presses of a button are one
    review = open_review(registration, timezone.now())
    finding = Finding.objects.shown().filter(pk=finding_id, draft__workshop=review.workshop_id).first()
    if finding is None:
        raise FindingGone(finding_id)
    before = Reply.objects.of_finding(finding).filter(registration=registration).first()
    if before is not None and before.answer:
        raise HasAnAnswer(before.pk)
    values = {
        "review": review,
        "verdict": verdict,
        "text": text.strip() if verdict == Verdict.MISSING else "",
        "revision": finding.revision,
        "at": timezone.now(),
    }
    said, _new = Reply.objects.update_or_create(registration=registration, finding=finding, defaults=values)
    record(said, "review.replied", by=by, scope=review.workshop_id, verdict=verdict)
    return said


@transaction.atomic
def add_what_is_missing(registration: Registration, text: str, *, by: Actor) -> Reply:
    """Something that was said and stands in no finding. Raises `ReviewClosed`, and `NotReady` past the most."""
    Registration.objects.select_for_update().get(pk=registration.pk)
    review = open_review(registration, timezone.now())
    if review.replies.filter(registration=registration, finding=None).count() >= MOST_OTHER_REPLIES:
        raise NotReady([_("You have added %(most)d things. Call us for more.") % {"most": MOST_OTHER_REPLIES}])
    said = Reply.objects.create(
        review=review, registration=registration, verdict=Verdict.MISSING, text=text.strip(), finding=None
    )
    record(said, "review.replied", by=by, scope=review.workshop_id, verdict=Verdict.MISSING)
    return said


@transaction.atomic
def answer(said: Reply, *, answered: str, why: str, by: Actor) -> Reply:
    """Tell somebody what became of what they missed; a no and a waiver need their reason.

    Raises `NotReady` without one, and `ValueError` for a reply that misses nothing.
    """
    row = Reply.objects.select_for_update().get(pk=said.pk)
    if row.verdict != Verdict.MISSING:
        raise ValueError(f"{row.pk} misses nothing")
    if answered != Answered.TAKEN and not why.strip():
        raise NotReady([_("Say why. The person can read it.")])
    row.answer, row.why, row.answered_at = answered, why.strip(), timezone.now()
    row.save(update_fields=["answer", "why", "answered_at"])
    record(row, "review.answered", by=by, scope=row.review.workshop_id, answered=answered)
    return row


@transaction.atomic
def give_feedback(registration: Registration, *, by: Actor, **values: Any) -> Feedback:
    """How it was for this person; said again, the last word holds. Raises `ReviewClosed`."""
    Registration.objects.select_for_update().get(pk=registration.pk)
    review = open_review(registration, timezone.now())
    told, _new = Feedback.objects.update_or_create(
        registration=registration, defaults={**values, "review": review, "at": timezone.now()}
    )
    record(registration, "feedback.given", by=by, scope=review.workshop_id)
    return told


@transaction.atomic
def renew_codes(review: Review, *, by: Actor) -> None:
    """Codes printed before open nothing any more."""
    Review.objects.filter(pk=review.pk).update(codes=F("codes") + 1)
    record(review, "review.codes_renewed", by=by, scope=review.workshop_id)
