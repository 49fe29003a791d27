"""Reads for the organisers' lists of people: who has signed up, who waits, who is here."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Max, Prefetch

from participants.models import Registration, Seat
from participants.models.people import RegistrationQuerySet
from participants.regrouping import tables_of_people
from participants.states import RegistrationState
from workshops.models import Workshop


def signed_up(workshop: Workshop) -> RegistrationQuerySet:
    """Everybody with a place, by name."""
    return workshop.registrations.confirmed().order_by("person__name", "pk")


def unsure(workshop: Workshop) -> RegistrationQuerySet:
    """Whoever is offered a place, then the waiting list in its order."""
    unsure = workshop.registrations.filter(state__in=(RegistrationState.OFFERED, RegistrationState.WAITING))
    return unsure.order_by(F("queue_no").asc(nulls_first=True), "offered_until", "pk")


def tell(workshop: Workshop, registrations: RegistrationQuerySet) -> list[Registration]:
    """Those registrations, with `table` (the first), `tables` (of all sessions, in words), `came_before` (a local
    start, or None) and `turn` set on each.

    `turn` counts from 1 along the whole waiting list, and is 0 for whoever does not wait.
    """
    evening = Seat.objects.for_the_evening().select_related("group")
    people = list(registrations.with_people().prefetch_related(Prefetch("seats", evening, to_attr="evening_seats")))
    tables = tables_of_people(workshop)
    turns: dict[UUID, int] = {}
    if any(registration.is_waiting for registration in people):
        waiting = workshop.registrations.waiting().values_list("pk", flat=True)
        turns = {pk: turn for turn, pk in enumerate(waiting, 1)}
    for registration in people:
        registration.table = registration.evening_seats[0].group if registration.evening_seats else None
        registration.tables = tables.of(registration.pk, registration.table.name if registration.table else "")
        registration.turn = turns.get(registration.pk, 0)
    _tell_when_they_came(workshop, people)
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
    """How many have a firm place, an offer, one of both (`taken`), wait, have none for sure (`unsure`), are here.

    In one query.
    """
    rows = workshop.registrations.standing().values_list("state", "arrived_at")
    states = Counter(state for state, _arrived in rows)
    confirmed, offered = states[RegistrationState.CONFIRMED], states[RegistrationState.OFFERED]
    return {
        "signed_up": confirmed,
        "offered": offered,
        "unsure": offered + states[RegistrationState.WAITING],
        "taken": confirmed + offered,
        "waiting": states[RegistrationState.WAITING],
        "here": sum(arrived is not None for state, arrived in rows if state == RegistrationState.CONFIRMED),
    }


def of_code(workshop: Workshop, code: str) -> Registration | None:
    """The registration of this programme whose spoken code this is, however it is typed: this workshop's first.

    Codes are keyed digests, so they are worked out again for each person: some milliseconds for a thousand.
    """
    typed = plain_code(code)
    programme = Registration.objects.filter(workshop__programme=workshop.programme_id).standing()
    for registrations in (
        programme.filter(workshop=workshop),
        programme.exclude(workshop=workshop),
    ):
        for registration in registrations.select_related("person", "workshop__programme"):
            if plain_code(registration.spoken_code) == typed:
                return registration
    return None


def plain_code(code: str) -> str:
    """A code as it is compared: large letters and digits alone."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


@dataclass(frozen=True)
class HeldArrival:
    """What somebody told who had left the door: who came, when by their phone, and what they did."""

    id: UUID
    name: str
    at: dt.datetime
    doing: str


def held_arrivals(workshop: Workshop) -> list[HeldArrival]:
    """What waits for the organiser's word, in the order it came."""
    held = list(workshop.arrivals.held())
    wanted = [arrival.body["registration"] for arrival in held]
    people = Registration.objects.filter(workshop=workshop, pk__in=wanted).select_related("person") if held else []
    names = {str(registration.pk): registration.person.name for registration in people}
    return [
        HeldArrival(
            arrival.pk,
            arrival.body.get("name") or names.get(arrival.body["registration"], ""),
            (arrival.at or arrival.taken_at).astimezone(workshop.zone),
            arrival.get_do_display(),
        )
        for arrival in held
    ]
