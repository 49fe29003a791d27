"""The waiting list as organisers see it: who is asked or waits, and why each of them has no place yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from participants.free_places import FreePlaces, free_places
from participants.models import Registration
from workshops.models import Audience, Workshop
from workshops.states import WorkshopState


def tell_why(workshop: Workshop, people: Sequence[Registration]) -> None:
    """Set `why` on each of them: why they have no firm place."""
    if not people:
        return
    audiences = list(workshop.audiences.all()) if workshop.reserved else []
    now, free = timezone.now(), free_places(workshop, audiences)
    for registration in people:
        registration.why = why_waiting(registration, workshop, free, audiences, now)


def why(registration: Registration) -> str:
    """Why somebody who waits or is asked has no firm place."""
    workshop = registration.workshop
    audiences = list(workshop.audiences.all()) if workshop.reserved else []
    return why_waiting(registration, workshop, free_places(workshop, audiences), audiences, timezone.now())


def why_waiting(
    registration: Registration, workshop: Workshop, free: FreePlaces, audiences: list[Audience], now: dt.datetime
) -> str:
    """Why this person has no firm place, in a sentence or two."""
    if registration.is_offered:
        return _offered(registration)
    if not workshop.gives_places_at(now):
        return _paused(workshop)
    if not free.left:
        return ngettext(
            "The only place is taken.", "All %(total)s places are taken.", workshop.places
        ) % {"total": workshop.places}  # fmt: skip
    return _taken_for_them(registration.audience_id, free, audiences)


def _offered(registration: Registration) -> str:
    until = registration.local_offer_end
    told = _("Offer to %(name)s until %(day)s at %(time)s.")
    words = {"name": registration.person.first_name, "day": date_format(until, "l j F"), "time": f"{until:%H:%M}"}
    return told % words


def _paused(workshop: Workshop) -> str:
    if workshop.state == WorkshopState.DRAFT:
        return _("Sign-up is paused: the workshop is a draft.")
    if workshop.state == WorkshopState.CANCELLED:
        return _("The workshop is cancelled.")
    return _("The workshop is over.")


def _taken_for_them(audience_id: UUID | None, free: FreePlaces, audiences: list[Audience]) -> str:
    """Places are free, but reserved for others: for whom, and how many."""
    name = next((str(audience) for audience in audiences if audience.pk == audience_id), "")
    taken = (
        _("No place for “%(audience)s” is free.") % {"audience": name} if name else _("Every free place is reserved.")
    )
    others = [
        f"{audience} {free.for_audience(audience.pk)}" for audience in audiences if free.for_audience(audience.pk)
    ]
    return " ".join([taken, _("Free: %(audiences)s.") % {"audiences": ", ".join(others)}])
