"""Publishing: the draft is frozen as a version of the outcome, and people who came are told."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from feedback.models import Draft, Finding, Note, Outcome
from feedback.review.turnout import still_open, turnout
from feedback.states import Version
from feedback.summary import pdf
from feedback.summary.named import names_that_stop
from feedback.summary.people import who_came, who_is_told
from feedback.summary.rated import rating_lines
from feedback.summary.small import small_counts
from ledger import jobs, outbox
from ledger.history import Actor, record
from ledger.jobs import Claim
from workshops.actions.moving import NotReady, move_workshop
from workshops.models import Workshop
from workshops.states import WorkshopState


@transaction.atomic
def publish(
    draft: Draft, *, by: Actor, names_are_fine: bool = False, few_are_fine: bool = False, correction: str = ""
) -> Outcome:
    """Make the next version of the outcome; the former one is withdrawn and the workshop is published.

    `correction` says, in the reader's language, what a later version corrects; its page shows it with the date.
    Raises `NotReady` with what still stops it, `MoveNotAllowed` or `MovedMeanwhile`.
    """
    draft = Draft.objects.select_for_update().get(pk=draft.pk)
    if blocks := what_stops(draft, names_are_fine=names_are_fine, few_are_fine=few_are_fine):
        raise NotReady(blocks)
    workshop = Workshop.objects.get(pk=draft.workshop_id)
    former = workshop.outcomes.aggregate(last=Max("version"))["last"] or 0
    workshop.outcomes.standing().update(withdrawn_at=timezone.now())
    outcome = outcome_of(draft)
    outcome.version = former + 1
    if former:
        outcome.why = Version.CORRECTED
        outcome.correction = {get_language() or "it": correction.strip()} if correction.strip() else {}
    outcome.save()
    if workshop.state != WorkshopState.PUBLISHED:
        move_workshop(workshop, WorkshopState.PUBLISHED, by=by)
    record(outcome, "outcome.published", by=by, scope=workshop.pk, version=outcome.version)
    jobs.ask("tell_published", workshop, scope=workshop.pk)
    transaction.on_commit(lambda: pdf.forget(workshop.pk))
    return outcome


def what_stops(draft: Draft, *, names_are_fine: bool = False, few_are_fine: bool = False) -> list[str]:
    """What must be done before the draft can be published, in sentences."""
    blocks = []
    if not draft.headline:
        blocks.append(_("Write a headline."))
    if not draft.findings.shown().exists():
        blocks.append(_("Keep at least one finding."))
    blocks += still_open(draft.workshop_id)
    blocks += [] if names_are_fine else names_that_stop(draft)
    return blocks if few_are_fine else blocks + few_that_stop(draft)


def few_that_stop(draft: Draft) -> list[str]:
    """The sentence about small counts; empty when there is none."""
    count = len(small_counts(draft))
    if not count:
        return []
    sentence = ngettext(
        "%(count)d small count may show who said something. Write it differently, or say that all may read it.",
        "%(count)d small counts may show who said something. Write them differently, or say that all may read them.",
        count,
    )
    return [sentence % {"count": count}]


def outcome_of(draft: Draft) -> Outcome:
    """The draft as an outcome that is not stored: what `publish` freezes and the preview shows."""
    said = Note.objects.filter(group__workshop=draft.workshop_id).standing().exclude(text="")
    notes = {note.pk: note for note in said.in_reading_order()}
    members: dict[Any, list[Note]] = {}
    for finding_id, note_id in draft.placements.order_by("order", "pk").values_list("finding", "note"):
        if note_id in notes:
            members.setdefault(finding_id, []).append(notes[note_id])
    shown = draft.findings.shown().in_order()
    findings = [_frozen(finding, members.get(finding.pk, []), finding.quote_id in notes) for finding in shown]
    placed = {note_id for finding in findings for note_id, _revision in finding["notes"]}
    return Outcome(
        workshop_id=draft.workshop_id,
        headline=draft.headline,
        lead=draft.lead,
        people=who_came(draft.workshop_id).count(),
        tables=len({note.group_id for note in notes.values()}),
        note_count=len(notes),
        body={
            "findings": findings,
            "remainder": [[str(pk), note.revision] for pk, note in notes.items() if str(pk) not in placed],
            "initiatives": rating_lines(draft.workshop),
            **({"review": counts.as_body()} if (counts := turnout(draft.workshop_id)) else {}),
        },
    )


def _frozen(finding: Finding, members: list[Note], quoted: bool) -> dict[str, Any]:
    """A finding as an outcome's body stores it; the tier and shared words title it where no person did."""
    return {
        "id": str(finding.pk),
        "theme": str(finding.theme_id) if finding.theme_id else None,
        "tier": finding.tier,
        "words": finding.words,
        "asked": dict(finding.asked),
        "views_differ": finding.views_differ,
        "title": dict(finding.title),
        "text": dict(finding.text),
        "quote": str(finding.quote_id) if quoted else None,
        "notes": [[str(note.pk), note.revision] for note in members],
    }


def tell_everybody(claim: Claim) -> None:
    """Leave one mail for each person who came; asked again after a later version, nobody is written to twice."""
    workshop = Workshop.objects.get(pk=claim.subject_id)
    people = list(who_is_told(workshop.pk))
    with claim.finishing():
        for person in people:
            outbox.write("published", to=person, about=workshop, scope=workshop.pk)
