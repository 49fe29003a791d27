"""What people read about a workshop before they come, and the link that opens its form."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F

from ledger.history import Actor, record
from ledger.ids import new_secret
from workshops.actions.audiences import TooManyReserved
from workshops.actions.changing import change
from workshops.models import Workshop
from workshops.states import Access

CALENDAR_FIELDS = {"starts_at", "minutes", "venue", "address", "title"}


@transaction.atomic
def change_details(workshop: Workshop, *, by: Actor, **fields: Any) -> list[str]:
    """`change` for a workshop; another time or place also counts up its calendar entries, and one that is open by link
    gets a link. Names of changed fields.

    Raises `TooManyReserved` for fewer places than are reserved.
    """
    now = Workshop.objects.select_for_update().get(pk=workshop.pk)  # places are reserved and counted under this lock
    if fields.get("places", now.places) < now.reserved:
        raise TooManyReserved(now.reserved)
    changed = change(workshop, by=by, workshop=workshop, **fields)
    if "access" in changed and workshop.access == Access.LINK and not workshop.link_secret:
        renew_sign_up_link(workshop, by=by)
    if CALENDAR_FIELDS & set(changed):
        Workshop.objects.filter(pk=workshop.pk).update(calendar_sequence=F("calendar_sequence") + 1)
        workshop.refresh_from_db(fields=["calendar_sequence"])
    return changed


@transaction.atomic
def renew_sign_up_link(workshop: Workshop, *, by: Actor) -> str:
    """A new secret for the link that opens the sign-up form; the one before opens nothing from now on."""
    workshop.link_secret = new_secret()
    workshop.save(update_fields=["link_secret"])
    record(workshop, "workshop.link_renewed", by=by, scope=workshop.pk)
    return workshop.link_secret


@transaction.atomic
def end_sign_up_link(workshop: Workshop, *, by: Actor) -> None:
    """No link opens the sign-up form any more."""
    workshop.link_secret = ""
    workshop.save(update_fields=["link_secret"])
    record(workshop, "workshop.link_ended", by=by, scope=workshop.pk)
