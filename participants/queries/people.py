"""All places of a person: whose they are, and the one by which they are written about."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from participants.actions.links import LINKS_LAST
from participants.models import Person, Registration
from workshops.states import WorkshopState


def forgotten_anchors_of(email: str, now: dt.datetime) -> list[Registration]:
    """One place for each person with this address whom no place leads to any more, but of whom we still know."""
    reachable = {registration.person_id for registration in anchors_of(email, now)}
    found = Registration.objects.filter(person__email__iexact=email).exclude(person__in=reachable)
    with_all = found.select_related("person", "workshop").order_by("workshop__starts_at", "pk")
    return list({registration.person_id: registration for registration in with_all}.values())


def places_to_write_about(now: dt.datetime) -> QuerySet[Registration]:
    """Places and turns that a link still leads to: standing, and not longer over than links last."""
    return (
        Registration.objects.standing()
        .filter(workshop__starts_at__gt=now - LINKS_LAST)
        .exclude(workshop__state=WorkshopState.DRAFT)
        .order_by("workshop__starts_at", "pk")
    )


def places_of_user(user: object) -> QuerySet[Registration]:
    """The places of the person or people whose address the user has proved to own, the next one first."""
    people = Person.objects.of_user(user)
    return (
        Registration.objects.filter(person__in=people.values("pk"))
        .exclude(workshop__state=WorkshopState.DRAFT)
        .select_related("person", "workshop__programme")
        .order_by("-workshop__starts_at", "pk")
    )


def anchors_of(email: str, now: dt.datetime) -> list[Registration]:
    """One place for each person with this address: the mail about it names all places of that person."""
    found = places_to_write_about(now).filter(person__email__iexact=email).select_related("person", "workshop")
    return list({registration.person_id: registration for registration in reversed(found)}.values())


def anchor_of(registration: Registration, now: dt.datetime) -> Registration:
    """The place by which all places of the same person are written about, so that they count as one mail."""
    return places_to_write_about(now).filter(person=registration.person_id).first() or registration
