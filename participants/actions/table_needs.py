"""What somebody needs of a table, and where they come from: written down by an organiser, obeyed by the mix."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from ledger.history import Actor, record
from participants.models import Registration


@transaction.atomic
def tell_table_needs(registration: Registration, *, table_needs: Iterable[str], area: str, by: Actor) -> bool:
    """Keep both, needs for this place and the area for the person. False when nothing changed.

    History says that they changed and not what they are: a need may tell of somebody's health.
    """
    registration = Registration.objects.select_for_update(of=("self",)).select_related("person").get(pk=registration.pk)
    person, needs = registration.person, list(table_needs)
    if (registration.table_needs, person.area) == (needs, area):
        return False
    registration.table_needs, person.area = needs, area
    registration.save(update_fields=["table_needs"])
    person.save(update_fields=["area"])
    record(registration, "registration.table_needs_told", by=by, scope=registration.workshop_id)
    return True
