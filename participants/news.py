"""Telling everybody on the list that a workshop moved or is cancelled, outside the lock of the change."""

from ledger import outbox
from ledger.jobs import Claim
from workshops.models import Workshop
from workshops.states import WorkshopState


def tell_change(claim: Claim) -> None:
    """Leave one mail for each place and each turn on the waiting list; the same change is told once."""
    workshop = Workshop.objects.get(pk=claim.subject_id)
    kind = "workshop_cancelled" if workshop.state == WorkshopState.CANCELLED else "workshop_moved"
    registrations = list(workshop.registrations.standing().with_people())
    with claim.finishing():
        for registration in registrations:
            outbox.write(
                kind,
                to=registration.person,
                about=registration,
                occasion=str(workshop.calendar_sequence),
                scope=workshop.pk,
            )
