"""The door: who has come, also without a place."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from ledger.history import Actor, record
from participants.actions.offers import OfferGone, accept_offer
from participants.actions.places import NotAtThisWorkshop, register
from participants.models import Registration
from participants.states import Channel
from workshops.models import Audience, Workshop


@transaction.atomic
def check_in(
    registration: Registration,
    *,
    by: Actor,
    here: bool = True,
    at: dt.datetime | None = None,
    arrival: uuid.UUID | None = None,
) -> None:
    """Somebody came through the door, or was ticked by mistake. Twice is once.

    `at` is when (now, unless a desk without a connection says so), `arrival` names this coming in. Whoever was offered
    a place takes it by coming. Raises `NotAtThisWorkshop` when the person has no place.
    """
    if here and registration.is_offered:
        _take_offer(registration, by=by)
    registration = Registration.objects.select_for_update().get(pk=registration.pk)
    if not registration.is_confirmed:
        raise NotAtThisWorkshop(registration.pk)
    if (registration.arrived_at is not None) == here:
        return
    registration.arrived_at = (at or timezone.now()) if here else None
    registration.arrival = (arrival or uuid.uuid4()) if here else None
    registration.save(update_fields=["arrived_at", "arrival"])
    record(registration, "person.arrived" if here else "person.not_arrived", by=by, scope=registration.workshop_id)


def _take_offer(registration: Registration, *, by: Actor) -> None:
    """Before the place's own row is locked: offers are answered under the workshop's lock."""
    try:
        accept_offer(registration, by=by)
    except OfferGone as gone:
        raise NotAtThisWorkshop(registration.pk) from gone


@transaction.atomic
def walk_in(
    workshop: Workshop, *, name: str, language: str, by: Actor, audience: Audience | None = None
) -> Registration:
    """Somebody at the door without a place: takes one if there is one for them, and is here. Raises
    `RegistrationClosed`."""
    registration, _is_new = register(
        workshop, name=name, email=None, language=language, by=by, channel=Channel.DOOR, audience=audience
    )
    if registration.is_confirmed:
        check_in(registration, by=by)
    return registration
