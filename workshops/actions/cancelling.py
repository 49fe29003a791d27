"""Cancelling a workshop, with the reason people read."""

from __future__ import annotations

from django.db import transaction

from ledger.history import Actor
from workshops.actions.changing import change
from workshops.actions.moving import move_workshop
from workshops.models import Workshop
from workshops.states import WorkshopState


@transaction.atomic
def cancel_workshop(workshop: Workshop, *, because: dict[str, str], by: Actor) -> None:
    """Say why, and cancel; the mails of the move carry the reason. Raises what `move_workshop` raises."""
    change(workshop, by=by, workshop=workshop, cancelled_because=because)
    move_workshop(workshop, WorkshopState.CANCELLED, by=by)
