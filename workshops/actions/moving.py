"""A workshop from one state to the next, and what it needs before."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from ledger.history import Actor, record
from workshops.actions.changing import kit_changed
from workshops.actions.groups import give_table_codes
from workshops.models import Workshop
from workshops.states import WORKSHOP_MOVES, WorkshopState


class MoveNotAllowed(Exception):
    """A state cannot be reached from where the thing is now."""


class MovedMeanwhile(Exception):
    """Somebody else moved the thing between our read and our write."""


class NotReady(Exception):
    """Something is missing before the move; `reasons` says what, in words."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def missing_to_announce(workshop: Workshop) -> list[str]:
    """What a workshop still needs before people can see it, in words."""
    missing = []
    if not workshop.venue:
        missing.append(_("Say where it takes place."))
    if not workshop.sessions.exists():
        missing.append(_("Add at least one session to the agenda."))
    return missing


def missing_to_go_live(workshop: Workshop) -> list[str]:
    """What must be there before the evening starts."""
    missing = []
    if not workshop.groups.exists():
        missing.append(_("Add at least one table."))
    if not workshop.sessions.at_the_tables().exists():
        missing.append(_("Add a session at the tables."))
    return missing


_READINESS: dict[str, Callable[[Workshop], list[str]]] = {
    WorkshopState.ANNOUNCED: missing_to_announce,
    WorkshopState.LIVE: missing_to_go_live,
}


@transaction.atomic
def move_workshop(workshop: Workshop, new_state: str, *, by: Actor) -> None:
    """The only writer of a workshop's state.

    Raises `MoveNotAllowed`, `MovedMeanwhile`, or `NotReady` with what is missing.
    """
    old_state = workshop.state
    if new_state not in WORKSHOP_MOVES[old_state]:
        raise MoveNotAllowed(workshop.pk, new_state)
    if new_state in _READINESS and (missing := _READINESS[new_state](workshop)):
        raise NotReady(missing)
    again = int(old_state == WorkshopState.CANCELLED)  # calendars must see a higher SEQUENCE than the cancellation's
    here = Workshop.objects.filter(pk=workshop.pk, state=old_state)
    if not here.update(state=new_state, calendar_sequence=F("calendar_sequence") + again):
        raise MovedMeanwhile(workshop.pk)
    workshop.refresh_from_db(fields=["state", "calendar_sequence"])
    if new_state == WorkshopState.LIVE:
        give_table_codes(workshop, by=by)
    record(workshop, "workshop.moved", by=by, scope=workshop.pk, before=old_state, after=new_state)
    kit_changed(workshop)
