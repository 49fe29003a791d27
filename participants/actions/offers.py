"""An offered place: taken, declined, or gone to the next person when its time is over."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ledger.history import Actor, record
from ledger.ids import digest, new_secret
from ledger.jobs import Claim
from participants.actions import places
from participants.models import OfferLink, Registration
from participants.offer_times import offer_ends
from participants.states import RegistrationState
from workshops.models import Workshop


class OfferGone(Exception):
    """The offer has been answered, has run out, or its link was used."""


def new_offer_link(registration: Registration) -> str:
    """A new key that answers the present offer, once; only its digest is stored."""
    secret = new_secret()
    OfferLink.objects.create(registration=registration, occasion=registration.occasion, digest=digest(secret))
    return secret


@transaction.atomic
def accept_offer(registration: Registration, *, by: Actor, link: OfferLink | None = None) -> None:
    """The place is firm. `link` is the key it was answered with, where it was one. Raises `OfferGone`."""
    _hold_offer(registration, link)
    registration.state, registration.offered_until = RegistrationState.CONFIRMED, None
    registration.save(update_fields=["state", "offered_until"])
    record(registration, "offer.accepted", by=by, scope=registration.workshop_id)
    places.write_about(registration, "place_taken")


@transaction.atomic
def decline_offer(registration: Registration, *, by: Actor, link: OfferLink | None = None) -> None:
    """The place goes to the next person, in the same transaction. Raises `OfferGone`."""
    workshop = _hold_offer(registration, link)
    places.free_place(registration, "offer.declined", by=by, mail="place_given_up")
    places.promote_waiting(workshop)


def _hold_offer(registration: Registration, link: OfferLink | None) -> Workshop:
    """The workshop under its lock while the offer stands; uses the link up. Raises `OfferGone`."""
    workshop, now = places.hold(registration.workshop_id), timezone.now()
    registration.refresh_from_db()
    if not workshop.gives_places_at(now) or not registration.has_offer_at(now):
        raise OfferGone(registration.pk)
    if link is not None and not _use_up(link, registration):
        raise OfferGone(registration.pk)
    return workshop


def _use_up(link: OfferLink, registration: Registration) -> bool:
    unused = OfferLink.objects.filter(
        pk=link.pk, registration=registration, occasion=registration.occasion, used_at=None
    )
    return bool(unused.update(used_at=timezone.now()))


def lapse_offers(claim: Claim) -> None:
    """Offers whose time is over go to the next people; what is not over yet is looked after when it is."""
    with transaction.atomic():
        workshop = places.hold(UUID(claim.subject_id))  # before the job's row, as whoever makes offers does
        with claim.finishing():
            places.promote_waiting(workshop)


def renew_offers(workshop: Workshop) -> None:
    """A workshop takes place after all: whoever had an offer gets it again, for as long. The caller holds the lock."""
    for registration in workshop.registrations.offered().select_related("person"):
        places.promote(registration, until=offer_ends(workshop, timezone.now()))
