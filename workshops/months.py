"""Public workshops by date: those to come, and one month as weeks of days."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from workshops.models import Workshop

FIRST_YEAR, LAST_YEAR = 2000, 2099
MOST_SHOWN = 200


@dataclass(frozen=True)
class Day:
    """One cell of a month; `workshops` are those that begin on this day on the clock of their town."""

    date: dt.date
    is_of_month: bool
    is_today: bool
    workshops: list[Workshop]


@dataclass(frozen=True)
class Month:
    """A month from its first day: whole weeks from Monday on, and the months beside it where there are any."""

    first: dt.date
    weeks: list[list[Day]]

    @property
    def workshops(self) -> list[Workshop]:
        return [w for week in self.weeks for day in week if day.is_of_month for w in day.workshops]

    @property
    def before(self) -> dt.date | None:
        last = self.first - dt.timedelta(days=1)
        return last.replace(day=1) if last.year >= FIRST_YEAR else None

    @property
    def after(self) -> dt.date | None:
        following = (self.first + dt.timedelta(days=32)).replace(day=1)
        return following if following.year <= LAST_YEAR else None


def coming_workshops(now: dt.datetime) -> list[Workshop]:
    """Public workshops that are not over, the nearest first, with their programmes."""
    return list(Workshop.objects.public().with_programme().coming_at(now)[:MOST_SHOWN])


def month_of(year: int, month: int, now: dt.datetime) -> Month:
    """One month of public workshops, in one query. Raises `ValueError` for a month no calendar shows."""
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
        raise ValueError(f"{year}-{month}")
    dates = calendar.Calendar().monthdatescalendar(year, month)
    around = dt.timedelta(days=1)  # the zones of towns differ by up to a day from ours
    start = dt.datetime.combine(dates[0][0], dt.time(), dt.UTC) - around
    end = dt.datetime.combine(dates[-1][-1], dt.time(), dt.UTC) + 2 * around
    found = Workshop.objects.public().with_programme().filter(starts_at__gte=start, starts_at__lt=end)
    by_day: dict[dt.date, list[Workshop]] = {}
    for workshop in found.order_by("starts_at", "pk"):
        by_day.setdefault(workshop.local_start.date(), []).append(workshop)
    today = timezone.localdate(now)
    weeks = [[Day(day, day.month == month, day == today, by_day.get(day, [])) for day in week] for week in dates]
    return Month(dt.date(year, month, 1), weeks)
