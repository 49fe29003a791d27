"""The public page of a workshop."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import cache

from django.db.models import Count, F, FilteredRelation, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from participants.queries.asked import with_what_is_asked
from participants.queries.places import Places, SignUp, places_of, sign_up_at, with_places
from participants.queries.tables import Table, tables_of
from workshops.models import Session, Theme, Workshop
from workshops.models.agenda import timed
from workshops.models.workshops import WorkshopQuerySet


def workshops_in_same_programme() -> Subquery:
    """How many public workshops the programme of a workshop has."""
    public = Workshop.objects.public().filter(programme=OuterRef("programme"))
    return Subquery(public.order_by().values("programme").annotate(n=Count("pk")).values("n"))


@dataclass
class WorkshopPage:
    """Everything the page of a workshop shows."""

    workshop: Workshop
    places: Places
    sign_up: SignUp
    sessions: list[Session]
    themes: list[Theme]
    tables: list[Table]


def reachable_workshop(slug: str) -> Workshop | None:
    """A workshop with its programme, its numbers and `of`, how many there are in the programme."""
    return _reachable_with_all().filter(slug=slug).first()


@cache  # making such a query costs as much as asking it; nobody evaluates this one, only what is filtered from it
def _reachable_with_all() -> WorkshopQuerySet:
    workshops = with_what_is_asked(with_places(Workshop.objects.reachable().with_programme()))
    return workshops.annotate(of=Coalesce(workshops_in_same_programme(), Value(0)))


def workshop_to_join(slug: str) -> Workshop | None:
    """A workshop with its programme and none of its numbers: what taking a place there needs."""
    return _reachable_to_join().filter(slug=slug).first()


@cache
def _reachable_to_join() -> WorkshopQuerySet:
    return with_what_is_asked(Workshop.objects.reachable().with_programme())


def workshop_page(workshop: Workshop, now: dt.datetime) -> WorkshopPage:
    """The page of a workshop from `reachable_workshop`."""
    return WorkshopPage(
        workshop=workshop,
        places=places_of(workshop),
        sign_up=sign_up_at(workshop, now),
        sessions=agenda_of(workshop),
        themes=list(workshop.programme.themes.all()),
        tables=tables_of(workshop),
    )


def agenda_of(workshop: Workshop) -> list[Session]:
    """The sessions with planned times, `first_question` for the tables, and `rated`, the names of the initiatives to
    rate. One query: a session comes once for each question, or once without any."""
    asked = FilteredRelation("prompts", condition=Q(prompts__retired_at=None))
    rows = workshop.sessions.annotate(still_asked=asked).order_by(
        "order", "pk", "still_asked__order", "still_asked__pk"
    )
    sessions: dict[uuid.UUID, Session] = {}
    for row in rows.annotate(question=F("still_asked__text"), initiative=F("still_asked__initiative__name")):
        session = sessions.setdefault(row.pk, row)
        if session is row:
            session.rated, session.first_question = [], row.question or ""
        if row.initiative and session.rates:
            session.rated.append(row.initiative)
    for session in sessions.values():
        session.first_question = "" if session.rated else session.first_question
    return timed(workshop, sessions.values())
