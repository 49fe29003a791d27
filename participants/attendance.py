"""Reads for the organisers' lists of people: who has signed up, who waits, who is here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Max, Prefetch

from participants.models import Registration, Seat
from participants.models.people import RegistrationQuerySet
from participants.states import RegistrationState
from workshops.models import Workshop


def signed_up(workshop: Workshop, search: str = "") -> list[Registration]:
    """Everybody with a place, by name; `table` and `came_before` (a local start, or None) are set on each."""
    people = _list(workshop.registrations.confirmed().order_by("person__name", "pk"), search)
    _tell_when_they_came(workshop, people)
    return people


def waiting(workshop: Workshop, search: str = "") -> list[Registration]:
    """The waiting list in its order; `turn` counts from 1, also when the list is searched."""
    turns = {pk: turn for turn, pk in enumerate(workshop.registrations.waiting().values_list("pk", flat=True), 1)}
    people = _list(workshop.registrations.waiting(), search)
    for registration in people:
        registration.turn = turns.get(registration.pk, len(turns))
    _tell_when_they_came(workshop, people)
    return people


def _list(registrations: RegistrationQuerySet, search: str) -> list[Registration]:
    if search:
        registrations = registrations.filter(person__name__icontains=search)
    evening = Seat.objects.for_the_evening().select_related("group")
    people = list(registrations.with_people().prefetch_related(Prefetch("seats", evening, to_attr="evening_seats")))
    for registration in people:
        registration.table = registration.evening_seats[0].group if registration.evening_seats else None
    return people


def _tell_when_they_came(workshop: Workshop, people: Iterable[Registration]) -> None:
    """When each of them last came to an earlier workshop of the programme."""
    last: dict[UUID, dt.datetime] = dict(
        Registration.objects.filter(
            person__in=[registration.person_id for registration in people],
            workshop__programme=workshop.programme_id,
            workshop__number__lt=workshop.number,
            arrived_at__isnull=False,
        )
        .values_list("person")
        .annotate(Max("workshop__starts_at"))
    )
    for registration in people:
        came = last.get(registration.person_id)
        registration.came_before = came and came.astimezone(workshop.zone)


def sums(workshop: Workshop) -> dict[str, int]:
    """How many have a place, wait and are here, in one query."""
    rows = workshop.registrations.standing().values_list("state", "arrived_at")
    states = [(state, arrived is not None) for state, arrived in rows]
    confirmed = [here for state, here in states if state == RegistrationState.CONFIRMED]
    return {"signed_up": len(confirmed), "waiting": len(states) - len(confirmed), "here": sum(confirmed)}


def of_code(workshop: Workshop, code: str) -> Registration | None:
    """The registration of this programme whose spoken code this is, however it is typed: this workshop's first.

    Codes are keyed digests, so they are worked out again for each person: some milliseconds for a thousand.
    """
    typed = _plain(code)
    programme = Registration.objects.filter(workshop__programme=workshop.programme_id).standing()
    for registrations in (
        programme.filter(workshop=workshop),
        programme.exclude(workshop=workshop),
    ):
        for registration in registrations.select_related("person", "workshop__programme"):
            if _plain(registration.spoken_code) == typed:
                return registration
    return None


def _plain(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isalnum())
