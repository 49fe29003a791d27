"""Giving a place past a limit: never without a reason, and never without a trace."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from ledger.history import Actor, record
from participants.actions import places
from participants.free_places import free_places
from participants.models import Override, Registration
from participants.states import RegistrationState


class ReasonMissing(Exception):
    """Nobody overrules a limit without saying why."""


@transaction.atomic
def give_place(registration: Registration, *, reason: str, by: Actor) -> None:
    """A firm place for somebody who waits or was offered one, although all are taken or others come first.

    The history says which limit it was, the `Override` why. Raises `ReasonMissing`, `NotAtThisWorkshop` for somebody
    who is off the list, and `RegistrationClosed` when nobody is given a place there now. A second time changes nothing.
    """
    if not reason.strip():
        raise ReasonMissing(registration.pk)
    workshop = places.hold(registration.workshop_id)
    registration.refresh_from_db()
    if registration.is_confirmed:
        return
    if registration.state == RegistrationState.CANCELLED:
        raise places.NotAtThisWorkshop(registration.pk)
    if not workshop.gives_places_at(timezone.now()):
        raise places.RegistrationClosed(workshop.pk)
    is_free = registration.is_offered or free_places(workshop).for_audience(registration.audience_id)
    override = Override.objects.create(
        registration=registration, reason=reason.strip(), actor_kind=by.kind, actor_id=by.id
    )
    limit = "turn" if is_free else "places"
    record(registration, "registration.overridden", by=by, scope=workshop.pk, limit=limit, override=override.pk)
    places.promote(registration, until=None, by=by)
