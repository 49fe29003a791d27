"""A workshop for `bench signup`, and how its list stands.

`python -m benchmarks.hall open 18` makes a workshop with so many places and prints its slug; `python -m benchmarks.hall
count SLUG` prints `{address: 0 for a place, else the position}`.
"""

from __future__ import annotations

import json
import os
import secrets
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

from tests import factories
from workshops.models import Workshop


def open_hall(places: int) -> str:
    """A believable workshop: themes and an agenda on its page."""
    programme = factories.make_programme(slug=f"hall-{secrets.token_hex(4)}")
    workshop = factories.make_workshop(programme, places=places)
    for name in ("Mobility", "Energy", "Food", "Community"):
        factories.make_theme(programme, name)
    for _number in range(5):
        factories.make_session(workshop)
    return workshop.slug


def count(slug: str) -> dict[str, int]:
    """What the database says of everybody: 0 for a place, else the position."""
    people = Workshop.objects.get(slug=slug).registrations.order_by()
    confirmed = dict.fromkeys(people.confirmed().values_list("person__email", flat=True), 0)
    queue = people.waiting().values_list("person__email", flat=True)
    return confirmed | {email: position for position, email in enumerate(queue, 1)}


if __name__ == "__main__":
    what, argument = sys.argv[1:]
    print(open_hall(int(argument)) if what == "open" else json.dumps(count(argument)))
