"""Workshops of one, three and thirty sessions with people, as organisers read them by REST.

`python -m benchmarks.agendas` makes them in the database of its environment, in the sample programme, and prints
`{name: {"sessions", "url", "queries"}}`. In each session one person sits at another table, so none repeats the last.
"""

from __future__ import annotations

import json
import os
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

from django.urls import reverse

from benchmarks.count import Visits
from config.sample.load import SLUG
from ledger.history import SYSTEM
from participants.actions.seats import seat
from participants.models import Seat, User
from tests import factories
from workshops.models import Programme, Workshop

SIZES = (1, 3, 30)
TABLES, PEOPLE = 4, 18


def make(programme: Programme, sessions: int) -> Workshop:
    """A workshop with so many sessions of two questions each, and four tables where 18 people sit."""
    workshop = factories.make_workshop(programme)
    tables = [factories.make_group(workshop, name) for name in ("Gelso", "Olmo", "Tiglio", "Platano")]
    people = [factories.make_registration(workshop, f"Persona {number}") for number in range(PEOPLE)]
    for number, person in enumerate(people):
        seat(person, tables[number % TABLES], by=SYSTEM)
    for number in range(sessions):
        moves = people[number % PEOPLE]
        there = tables[(number + 1) % TABLES]
        Seat.objects.create(
            registration=moves, group=there, session=factories.make_session(workshop, prompts=2, minutes=10)
        )
    return workshop


def figures(workshop: Workshop, sessions: int, visits: Visits) -> dict[str, Any]:
    url = reverse("api_sessions", args=[workshop.pk])
    return {"sessions": sessions, "url": url, "queries": visits.queries_anew(url)}


def main() -> None:
    programme = Programme.objects.get(slug=SLUG)
    visits = Visits(User.objects.filter(team_seats__programme=programme).order_by("joined_at")[0])
    print(json.dumps({f"sessions_{size}": figures(make(programme, size), size, visits) for size in SIZES}))


if __name__ == "__main__":
    main()
