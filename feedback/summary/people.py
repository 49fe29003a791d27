"""Who was at a workshop, for those who are asked, counted and told."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from participants.models import Person, Registration
from workshops.models import ModeratorSeat


def who_came(workshop_id: Any) -> QuerySet[Registration]:
    """Who was checked in, or, where nobody used the check-in, who had a place."""
    registrations = Registration.objects.filter(workshop=workshop_id)
    here = registrations.here()
    return here if here.exists() else registrations.confirmed()


def who_is_told(workshop_id: Any) -> QuerySet[Person]:
    """The people who came and left an address."""
    came = who_came(workshop_id).order_by().values("person")
    return Person.objects.filter(Q(email__isnull=False) & ~Q(email=""), pk__in=came)


def first_names(workshop_id: Any) -> frozenset[str]:
    """First names of the people with a place (or a turn) and of the moderators of a workshop."""
    people = Registration.objects.filter(workshop=workshop_id).values_list("person__name", flat=True)
    moderators = ModeratorSeat.objects.filter(group__workshop=workshop_id).values_list("name", flat=True)
    return frozenset(name.split()[0] for name in [*people, *moderators] if name.strip())
