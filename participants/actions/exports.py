"""Taking data about people out of the platform."""

from __future__ import annotations

from django.db import transaction

from ledger.history import Actor, record
from workshops.models import Workshop


@transaction.atomic
def export_people(workshop: Workshop, *, listed: str, people: int, by: Actor) -> None:
    """Write down who takes the list `listed` along, and how many people are on it."""
    record(workshop, "people.exported", by=by, scope=workshop.pk, listed=listed, people=people)
