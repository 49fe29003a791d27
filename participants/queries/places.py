"""What somebody finds who wants a place: how many are left, and whether they can be taken."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from participants.models import Registration
from participants.models.people import RegistrationQuerySet
from participants.permissions import may_sign_up
from workshops.models import Workshop
from workshops.models.workshops import WorkshopQuerySet
from workshops.states import Access, WorkshopState


class SignUp(StrEnum):
    """What somebody who opens a workshop's page can do there."""

    LATER = "later"
    OPEN = "open"
    FULL = "full"
    INVITED = "invited"
    BY_LINK = "by_link"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    OVER = "over"

    @property
    def takes_names(self) -> bool:
        return self in (SignUp.OPEN, SignUp.FULL)


def is_past(workshop: Workshop, now: dt.datetime) -> bool:
    """Whether nobody can come any more: its notes are being read, or its time has passed."""
    return workshop.is_over or now >= workshop.ends_at


def takes_place(workshop: Workshop, now: dt.datetime) -> bool:
    """Whether a place there is still worth something: not past and not cancelled."""
    return workshop.state != WorkshopState.CANCELLED and not is_past(workshop, now)


def sign_up_at(workshop: Workshop, now: dt.datetime, *, link: str = "") -> SignUp:
    """What can be done at `now` by somebody who came by `link`, if by any; the workshop comes from `with_places`."""
    return why_closed(workshop, now, link=link) or (SignUp.OPEN if places_of(workshop).left else SignUp.FULL)


def why_closed(workshop: Workshop, now: dt.datetime, *, link: str = "") -> SignUp | None:
    """Why somebody who came by `link`, if by any, cannot take a place or a turn at `now`; None when they can."""
    if workshop.state == WorkshopState.CANCELLED:
        return SignUp.CANCELLED
    if is_past(workshop, now):
        return SignUp.OVER
    if not may_sign_up(workshop, link=link):
        return SignUp.INVITED if workshop.access == Access.INVITED else SignUp.BY_LINK
    if workshop.opens_later_than(now):
        return SignUp.LATER
    if not workshop.takes_registrations_at(now):
        return SignUp.CLOSED
    return None


@dataclass(frozen=True)
class Places:
    """How many places a workshop has, how many are taken (offers too), how many people wait, how many are reserved."""

    total: int
    taken: int
    waiting: int
    reserved: int = 0

    @property
    def left(self) -> int:
        """What the next person can have: nothing while somebody waits, unless the rest is reserved for other people."""
        return 0 if self.waiting and not self.reserved else max(self.total - self.taken, 0)

    @property
    def seats_taken(self) -> int:
        """Seats to draw as taken: all of them when the next person has to wait."""
        return self.total - self.left


def places_of(workshop: Workshop) -> Places:
    """The places of a workshop that came from `with_places`."""
    taken, waiting = workshop.taken, workshop.waiting  # type: ignore[attr-defined]
    return Places(total=workshop.places, taken=taken, waiting=waiting, reserved=workshop.reserved)


def with_places(workshops: WorkshopQuerySet) -> WorkshopQuerySet:
    """Adds `taken` and `waiting`, the numbers of people, to each workshop in the same query."""
    people = Registration.objects.filter(workshop=OuterRef("pk"))
    return workshops.annotate(taken=how_many(people.holding()), waiting=how_many(people.waiting()))


def how_many(people: RegistrationQuerySet, of: str = "workshop") -> Coalesce:
    """The number of these people, for a query that reads the thing they belong to beside it."""
    counted = people.order_by().values(of).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
