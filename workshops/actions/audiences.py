"""Places that are reserved for some people."""

from __future__ import annotations

from django.db import transaction
from django.db.models import RestrictedError, Sum

from ledger.history import Actor, record
from workshops.actions.changing import change
from workshops.actions.removing import StillNeeded
from workshops.models import Audience, Workshop
from workshops.order import after_last


class TooManyReserved(Exception):
    """More places would be reserved than the workshop has; `reserved` of them are reserved."""

    def __init__(self, reserved: int) -> None:
        super().__init__(reserved)
        self.reserved = reserved


@transaction.atomic
def add_audience(workshop: Workshop, *, name: dict[str, str], places: int, by: Actor) -> Audience:
    """Reserve places for an audience. Raises `TooManyReserved`."""
    workshop = Workshop.objects.select_for_update().get(pk=workshop.pk)
    audience = Audience(workshop=workshop, name=name, places=places, order=after_last(workshop.audiences))
    _reserve(workshop, workshop.reserved + places)
    audience.save()
    record(audience, "audience.added", by=by, scope=workshop.pk, places=places)
    return audience


@transaction.atomic
def change_audience(audience: Audience, *, name: dict[str, str], places: int, by: Actor) -> None:
    """Another name or number of reserved places; nobody loses a place. Raises `TooManyReserved`."""
    workshop = Workshop.objects.select_for_update().get(pk=audience.workshop_id)
    others = workshop.audiences.exclude(pk=audience.pk).aggregate(sum=Sum("places"))["sum"] or 0
    _reserve(workshop, others + places)
    change(audience, by=by, workshop=workshop, name=name, places=places)


@transaction.atomic
def remove_audience(audience: Audience, *, by: Actor) -> None:
    """Its places are for everybody again. Raises `StillNeeded` once somebody has signed up as one of them."""
    workshop = Workshop.objects.select_for_update().get(pk=audience.workshop_id)
    removed = str(audience.pk)
    try:
        audience.delete()
    except RestrictedError as chosen:
        raise StillNeeded(removed) from chosen
    _reserve(workshop, workshop.audiences.aggregate(sum=Sum("places"))["sum"] or 0)
    record(workshop, "audience.removed", by=by, scope=workshop.pk, audience=removed)


def _reserve(workshop: Workshop, places: int) -> None:
    """Write how many places are reserved; the caller holds the workshop's lock. Raises `TooManyReserved`."""
    if places > workshop.places:
        raise TooManyReserved(workshop.reserved)
    workshop.reserved = places
    workshop.save(update_fields=["reserved"])
