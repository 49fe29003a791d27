"""Queries of each public page, counted by Django's test client inside an installation's own process.

`python -m benchmarks.count` prints `{"pages": {name: figures}, "token"}`. Of the figures, `queries` is what the first
visitor after a change costs and `queries_kept` the next one (workshops/kept.py); `made_ms` is the CPU time of making
the page; `queries_at_1_and_3` are those of the first visitor in a world with one, then three, of everything, which is
rolled back.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from knox.models import AuthToken

from config.sample.load import SLUG
from config.sample.remove import remove
from feedback.models import Draft
from feedback.states import Origin, Tier
from feedback.summary.publish import publish
from ledger.history import SYSTEM
from participants.models import User
from tests import factories
from workshops.models import Programme, Workshop
from workshops.states import SessionState, WorkshopState

NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET ")
SIZES = (1, 3)
TIMES_MADE = 15


def addresses(programme: Programme) -> dict[str, str]:
    """What is measured: the front page and every public page of a programme, and the workshops by REST."""
    workshops = Workshop.objects.filter(programme=programme).in_order()
    said = workshops.published()[0]
    open_for_names = workshops.filter(state=WorkshopState.ANNOUNCED)[0]
    with translation.override("it"):
        return {
            "home": reverse("home"),
            "programme": programme.get_absolute_url(),
            "workshop": open_for_names.get_absolute_url(),
            "place_form": reverse("place_form", args=[open_for_names.slug]),
            "said": reverse("said", args=[said.slug]),
            "said_list": reverse("said_list"),
            "api_workshops": reverse("api_workshops"),
        }


class Visits:
    """Requests of the test client: as a visitor, and to the REST interface as an organiser."""

    def __init__(self, organiser: User) -> None:
        self._visitor, self._user = Client(SERVER_NAME="127.0.0.1"), Client(SERVER_NAME="127.0.0.1")
        self._user.force_login(organiser)

    def get(self, url: str) -> None:
        client = self._user if url.startswith("/api/") else self._visitor
        answer = client.get(url)
        if answer.status_code != 200:
            raise ValueError(f"{url} answered {answer.status_code}")

    def queries(self, url: str) -> int:
        """Statements of one request, without those that only open and close transactions."""
        with CaptureQueriesContext(connection) as captured:
            self.get(url)
        return sum(not query["sql"].startswith(NOT_COUNTED) for query in captured.captured_queries)

    def queries_anew(self, url: str) -> int:
        """Those of a page that nobody asked for since the last change, by a process that has served it before."""
        self.get(url)
        cache.clear()
        return self.queries(url)

    def made_ms(self, url: str) -> float:
        """CPU time of making the page: the median of some, each with no page kept."""
        times = []
        for _time in range(TIMES_MADE):
            cache.clear()
            start = time.process_time()
            self.get(url)
            times.append(1000 * (time.process_time() - start))
        return round(median(times), 2)


@contextmanager
def world_of(size: int) -> Iterator[tuple[Programme, User]]:
    """A programme with `size` of everything, alone in the database until the block ends."""
    with transaction.atomic():
        remove(SLUG)
        programme = factories.make_programme()
        themes = [factories.make_theme(programme, f"Theme {number}") for number in range(size)]
        for _number in range(size):
            _published(factories.make_workshop(programme), size, themes)
            _planned(factories.make_workshop(programme), size, SessionState.PLANNED)
        yield programme, factories.make_organiser(programme)
        transaction.set_rollback(True)


def _planned(workshop: Workshop, size: int, state: str) -> None:
    for number in range(size):
        factories.make_session(workshop, prompts=size, state=state)
        factories.make_group(workshop, f"Olmo {number}")
        factories.make_registration(workshop)


def _published(workshop: Workshop, size: int, themes: list) -> None:
    """Each note is a finding with itself as evidence and quote."""
    _planned(workshop, size, SessionState.CLOSED)
    Workshop.objects.filter(pk=workshop.pk).update(state=WorkshopState.CURATING)
    draft = Draft.objects.create(workshop=workshop, headline={"it": "Condividiamo molto.", "en": "We share a lot."})
    session = workshop.sessions.first()
    for order, (group, theme) in enumerate(zip(workshop.groups.all(), themes, strict=True)):
        note = factories.make_note(group, session, "the children ride the bike to school", theme=theme)
        finding = draft.findings.create(theme=theme, order=order, tier=Tier.CONFIRMED, quote=note, origin=Origin.HUMAN)
        finding.evidence.create(draft=draft, note=note, origin=Origin.HUMAN)
    publish(draft, by=SYSTEM, names_are_fine=True, few_are_fine=True)


def main() -> None:
    programme = Programme.objects.get(slug=SLUG)
    organiser = User.objects.filter(team_seats__programme=programme).order_by("joined_at").first()
    pages, visits = addresses(programme), Visits(organiser)
    report = {
        name: {
            "url": url,
            "queries": visits.queries_anew(url),
            "queries_kept": visits.queries(url),
            "made_ms": visits.made_ms(url),
            "queries_at_1_and_3": [],
        }
        for name, url in pages.items()
    }
    for size in SIZES:
        with world_of(size) as (made, maker):
            visits_there = Visits(maker)
            for name, url in addresses(made).items():
                report[name]["queries_at_1_and_3"].append(visits_there.queries_anew(url))
    print(json.dumps({"pages": report, "token": AuthToken.objects.create(organiser)[1]}))


if __name__ == "__main__":
    main()
