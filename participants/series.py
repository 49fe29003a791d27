"""The rest of a series: the coming workshops of a programme where somebody who takes part has no place yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

from django.db.models import Exists, OuterRef

from participants.models import Question, Registration
from participants.queries.places import places_of, why_closed, with_places
from workshops.models import Workshop
from workshops.models.workshops import WorkshopQuerySet


@dataclass(frozen=True)
class Rest:
    """`at_once` can be taken by one press; `by_form` ask for a mail or for answers first, each on a page of its own."""

    at_once: list[Workshop]
    by_form: list[Workshop]

    @property
    def full(self) -> list[Workshop]:
        """Those of `at_once` where one press means a turn on the waiting list."""
        return [workshop for workshop in self.at_once if not places_of(workshop).left]


def rest_of_series(registration: Registration, now: dt.datetime) -> Rest:
    """Public workshops of the same programme that take names at `now`, the nearest first, in two queries; in one where
    nothing else is coming.

    None for somebody without an address: without one nobody could be told.
    """
    if not registration.person.email:
        return Rest([], [])
    if not _others(Workshop.objects.public(), registration, now).exists():
        return Rest([], [])
    mine = Registration.objects.standing().filter(person=registration.person_id, workshop=OuterRef("pk"))
    others = _others(_public_with_numbers(), registration, now).exclude(Exists(mine))
    found = others.order_by("starts_at", "number")
    for workshop in found:
        workshop.programme = registration.workshop.programme
    takes_names = [workshop for workshop in found if why_closed(workshop, now) is None]
    at_once = [w for w in takes_names if not (w.asks or w.sensitive)]
    return Rest(at_once, [w for w in takes_names if w not in at_once])


def _others(workshops: WorkshopQuerySet, registration: Registration, now: dt.datetime) -> WorkshopQuerySet:
    """Those of the same programme that are still to come."""
    workshop = registration.workshop
    return workshops.coming_at(now).filter(programme=workshop.programme_id).exclude(pk=workshop.pk)


@cache  # made once, because making it costs as much as asking it
def _public_with_numbers() -> WorkshopQuerySet:
    must_answer = Question.objects.filter(workshop=OuterRef("pk"), required=True).order_by()
    return with_places(Workshop.objects.public().annotate(asks=Exists(must_answer)))
