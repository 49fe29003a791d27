"""The list a desk keeps: everybody expected, with table and code, and no address and no needs."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Max
from django.utils import timezone

from ledger.epochs import epoch
from participants.attendance import plain_code
from participants.models import Registration, Seat
from participants.models.people import RegistrationQuerySet
from participants.states import RegistrationState
from workshops.models import Audience, Workshop
from workshops.states import WorkshopState

KEPT_AFTER_THE_END = dt.timedelta(hours=12)


def rows(registrations: RegistrationQuerySet) -> list[dict[str, Any]]:
    """People as desks see them; `seat` counts those at a table in the order they asked, as their badges do."""
    people = list(registrations.select_related("person").order_by("person__name", "pk"))
    seats = _seats_of(people)
    return [_row(each, *seats.get(each.pk, (None, None))) for each in people]


def _seats_of(people: Iterable[Registration]) -> dict[UUID, tuple[UUID, int]]:
    """Table and number of the seat, by registration."""
    tables = Seat.objects.for_the_evening().filter(registration__in=[each.pk for each in people]).values("group")
    at_tables: dict[UUID, list[UUID]] = defaultdict(list)
    seated = Seat.objects.for_the_evening().filter(group__in=tables).order_by("registration__asked_at", "registration")
    for group, registration in seated.values_list("group_id", "registration_id"):
        at_tables[group].append(registration)
    return {who: (group, number) for group, those in at_tables.items() for number, who in enumerate(those, 1)}


def _row(registration: Registration, table: UUID | None, seat: int | None) -> dict[str, Any]:
    here = registration.arrived_at
    return {
        "id": str(registration.pk),
        "name": registration.person.name,
        "state": RegistrationState.CONFIRMED if registration.holds_a_place else registration.state,
        "table": str(table) if table else None,
        "seat": seat,
        "code": plain_code(registration.spoken_code),
        "arrival": str(registration.arrival) if registration.arrival else None,
        "since": here.isoformat() if here else None,
    }


def row_of(registration_id: UUID) -> dict[str, Any] | None:
    """One person as desks see them; None when they are no more."""
    return next(iter(rows(Registration.objects.filter(pk=registration_id))), None)


def kept_list(workshop: Workshop, *, me: dict[str, Any], known: str = "") -> dict[str, Any]:
    """What a desk keeps to work without a connection, as docs/arrivals.md shows it.

    Where the list still has the version `known`, it is left out.
    """
    people = rows(workshop.registrations.standing())
    tables = [
        {"id": str(pk), "name": name, "seats": size}
        for pk, name, size in workshop.groups.order_by("order", "pk").values_list("pk", "name", "size")
    ]
    answer = {"epoch": epoch(), "server_time": timezone.now().isoformat(), "me": me, "workshop": _workshop(workshop)}
    others = (
        Registration.objects.standing().filter(workshop__programme=workshop.programme_id).exclude(workshop=workshop)
    )
    changed = others.aggregate(n=Count("pk"), last=Max("asked_at"))
    version = _digest([people, tables, str(changed)])
    if version == known:
        return answer | {"version": version}
    return answer | {"version": version, "people": people, "tables": tables, "elsewhere": _elsewhere(others)}


def _workshop(workshop: Workshop) -> dict[str, Any]:
    is_over = workshop.is_over or workshop.state == WorkshopState.CANCELLED
    return {
        "id": str(workshop.pk),
        "title": str(workshop.title),
        "starts_at": workshop.starts_at.isoformat(),
        "ends_at": workshop.ends_at.isoformat(),
        "zone": workshop.programme.zone_name,
        "places": workshop.places,
        "audiences": [{"id": str(each.pk), "name": str(each)} for each in _audiences(workshop)],
        "is_over": is_over or timezone.now() > workshop.ends_at + KEPT_AFTER_THE_END,
    }


def _audiences(workshop: Workshop) -> list[Audience]:
    """Whom places are reserved for; a workshop without any costs no query."""
    return list(workshop.audiences.all()) if workshop.reserved else []


def _elsewhere(others: RegistrationQuerySet) -> list[dict[str, Any]]:
    """Codes of the programme's other workshops, without names: enough to say which day a code is for."""
    codes: dict[dt.datetime, list[str]] = defaultdict(list)
    for registration in others.select_related("workshop").order_by("workshop__starts_at", "pk"):
        codes[registration.workshop.starts_at].append(plain_code(registration.spoken_code))
    return [{"starts_at": day.isoformat(), "codes": those} for day, those in codes.items()]


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
