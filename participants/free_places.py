"""How many places are free, and for whom: counted from the rows under the workshop's lock.

Whose place is a reserved one is stored nowhere. It follows from the counts: people of an audience take its reserved
places first, and whoever of them is more than that takes from those for everybody, as do people of no audience.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, Q

from workshops.models import Audience, Workshop

Holders = Counter[UUID | None]
"""How many hold a place, by audience; None for people of no audience."""


@dataclass
class FreePlaces:
    """`total` places, some of them `reserved` by audience, and who `held` them when they were counted."""

    total: int
    held: Holders
    reserved: dict[UUID, int] = field(default_factory=dict)

    @property
    def taken(self) -> int:
        return sum(self.held.values())

    @property
    def left(self) -> int:
        """Places nobody holds; none when more are held than there are."""
        return max(self.total - self.taken, 0)

    def reserved_for(self, audience: UUID | None) -> int:
        """Reserved places of an audience that none of its people hold yet."""
        return max(self.reserved.get(audience, 0) - self.held[audience], 0) if audience else 0

    @property
    def for_everybody(self) -> int:
        """Places that are free and reserved for nobody."""
        kept = sum(self.reserved_for(audience) for audience in self.reserved)
        return max(self.left - kept, 0)

    def for_audience(self, audience: UUID | None) -> int:
        """Places the next people of this audience can have."""
        return min(self.left, self.reserved_for(audience) + self.for_everybody)

    def of_whom(self) -> Q:
        """Registrations a place is free for; with no place free, none."""
        if self.for_everybody:
            return Q()
        return Q(audience__in=[audience for audience in self.reserved if self.for_audience(audience)])

    def take(self, audience: UUID | None) -> None:
        """Somebody of this audience holds one place more."""
        self.held[audience] += 1


def free_places(workshop: Workshop, audiences: Iterable[Audience] | None = None) -> FreePlaces:
    """The places of a workshop in this transaction; offers count as taken. `audiences` are read if not given."""
    holders = workshop.registrations.holding().order_by()
    if not workshop.reserved:
        return FreePlaces(workshop.places, Holders({None: holders.count()}))
    held = Holders(dict(holders.values_list("audience").annotate(Count("pk"))))
    rows = workshop.audiences.all() if audiences is None else audiences
    return FreePlaces(workshop.places, held, {audience.pk: audience.places for audience in rows})
