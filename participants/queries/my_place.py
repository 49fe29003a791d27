"""What a link opens: a place with its seat or its turn, how it ended, or an offer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.db.models import Exists, OuterRef
from django.utils import timezone

from ledger.ids import digest
from ledger.models import Event
from participants.models import Answer, OfferLink, PlaceLink, Registration, Seat
from participants.models.people import PlaceLinkQuerySet
from participants.queries.asked import whether_something_is_asked
from participants.states import RegistrationState
from workshops.models import Group

UNDO_LASTS = dt.timedelta(minutes=10)


def registration_by_link(secret: str) -> Registration | None:
    """Whose place a link opens, with person and programme; None for a wrong or old one.

    The workshop knows what is asked, as from `with_what_is_asked`, and the place `has_answers`.
    """
    link = _links_with_all().valid_at(timezone.now()).filter(digest=digest(secret)).first()
    if link is None:
        return None
    link.registration.has_answers = link.has_answers
    link.registration.workshop.has_questions = link.has_questions
    link.registration.workshop.has_purposes = link.has_purposes
    return link.registration


@cache
def _links_with_all() -> PlaceLinkQuerySet:
    links = PlaceLink.objects.select_related("registration__person", "registration__workshop__programme")
    return links.annotate(
        has_answers=Exists(Answer.objects.filter(registration=OuterRef("registration")).order_by()),
        **whether_something_is_asked("registration__workshop", "registration__workshop__programme"),
    )


def link_proves(secret: str) -> bool:
    """Whether the link was mailed to the person a day ago at most, so that it opens what is known about them."""
    return PlaceLink.objects.proving_at(timezone.now()).filter(digest=digest(secret)).exists()


@dataclass(frozen=True)
class Ticket:
    """What "my place" draws: the seats, which one is theirs, their table, or their number on the waiting list."""

    taken: int
    yours: int | None
    table: Group | None
    position: int | None
    elsewhere: Sequence[Seat] = ()
    """Seats at other tables, for one session each, in the order of the agenda."""


def ticket_of(registration: Registration) -> Ticket:
    """Seats are taken in the order people asked, so theirs is where they stand in that order."""
    if registration.is_waiting:
        return Ticket(taken=registration.workshop.places, yours=None, table=None, position=registration.position())
    seats = _seats_of(registration) if registration.is_confirmed else []
    holding = Registration.objects.filter(workshop=registration.workshop_id).holding()
    in_order = list(holding.values_list("pk", flat=True))
    return Ticket(
        taken=len(in_order),
        yours=in_order.index(registration.pk) + 1 if registration.is_confirmed else None,
        table=next((seat.group for seat in seats if seat.session_id is None), None),
        position=None,
        elsewhere=[seat for seat in seats if seat.session_id],
    )


def _seats_of(registration: Registration) -> list[Seat]:
    """The first table and those for single sessions, in one query."""
    return list(registration.seats.select_related("group", "session").order_by("session__order", "pk"))


@dataclass(frozen=True)
class Ending:
    """How somebody left the list: by an offer that ran out, or otherwise; and whether one press brings them back."""

    lapsed: bool = False
    declined: bool = False
    can_return: bool = False


ENDINGS = ("registration.given_up", "offer.declined", "offer.lapsed")


def ending_of(registration: Registration, now: dt.datetime) -> Ending:
    """An offer not taken leaves the way back open, to a turn with a new number; a place given up for ten minutes."""
    if registration.is_offered:
        return Ending(lapsed=not registration.has_offer_at(now))
    if registration.state != RegistrationState.CANCELLED:
        return Ending()
    last = Event.objects.of(registration).filter(verb__in=ENDINGS).last()
    verb = last.verb if last else ""
    can_return = bool(
        last
        and registration.person.email
        and registration.workshop.takes_registrations_at(now)
        and (verb != "registration.given_up" or last.at > now - UNDO_LASTS)
    )
    return Ending(lapsed=verb == "offer.lapsed", declined=verb == "offer.declined", can_return=can_return)


@dataclass(frozen=True)
class Offer:
    """An offer and the key that opened it: the one mailed with it, or (`link` is None) the person's own."""

    registration: Registration
    link: OfferLink | None

    def is_open_at(self, now: dt.datetime) -> bool:
        """Whether this key can still answer: the offer stands, and a mailed link is unused and made for it."""
        registration, link = self.registration, self.link
        if not (registration.workshop.gives_places_at(now) and registration.has_offer_at(now)):
            return False
        return link is None or (link.used_at is None and link.occasion == registration.occasion)


def offer_by_link(secret: str) -> Offer | None:
    """What a link of an offer mail opens, or the link to "my place"; None for a wrong or old one."""
    links = OfferLink.objects.select_related("registration__person", "registration__workshop__programme")
    if link := links.filter(digest=digest(secret)).first():
        return Offer(link.registration, link)
    registration = registration_by_link(secret)
    return Offer(registration, None) if registration else None
