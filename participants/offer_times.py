"""How long an offered place is held: an hour people can say aloud, at an hour they are awake."""

from __future__ import annotations

import datetime as dt

from workshops.models import Workshop
from workshops.states import Promotion

FIRST_HOUR, LAST_HOUR = 9, 21
"""An offer ends at one of these hours or between them, on the workshop's clock."""
SHORTEST = dt.timedelta(hours=1)


def offer_ends(workshop: Workshop, now: dt.datetime) -> dt.datetime | None:
    """Until when a place that is free now is offered; None where it is given at once.

    The workshop's hours from now on, to the next full hour of the day, but never beyond its start. A place that becomes
    free less than an hour before is given at once, as nobody could answer in time.
    """
    if workshop.promotion != Promotion.OFFER:
        return None
    ends = min(_by_day(now + dt.timedelta(hours=workshop.offer_hours), workshop), workshop.starts_at)
    return ends if ends - now >= SHORTEST else None


def _by_day(moment: dt.datetime, workshop: Workshop) -> dt.datetime:
    """The next full hour on the workshop's clock, and the next morning where that is at night."""
    local = moment.astimezone(workshop.zone)
    hour = local.replace(minute=0, second=0, microsecond=0)
    if hour < local:
        hour += dt.timedelta(hours=1)
    if hour.hour < FIRST_HOUR:
        hour = hour.replace(hour=FIRST_HOUR)
    elif hour.hour > LAST_HOUR:
        hour = (hour + dt.timedelta(days=1)).replace(hour=FIRST_HOUR)
    return hour.astimezone(dt.UTC)
