"""Taking a place, waiting for one, giving it up. Places are counted under the workshop row's lock."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from ledger import jobs, outbox
from ledger.history import SYSTEM, Actor, record
from ledger.models import ActorKind
from participants.free_places import FreePlaces, free_places
from participants.models import Person, PlaceLink, Registration
from participants.offer_times import offer_ends
from participants.states import OFF_THE_LIST, RegistrationState
from workshops.models import Audience, Programme, Theme, Workshop

GIVEN_BY = (
    "state", "starts_at", "minutes", "opens_at", "closes_at", "places", "reserved", "promotion", "offer_hours",
    "next_queue_no",
)  # fmt: skip
"""What decides whether, when and how a place is given."""


class RegistrationClosed(Exception):
    """Nobody can take a place at this workshop now."""


class AddressTaken(Exception):
    """Somebody else in the programme has this address."""


class NotAtThisWorkshop(Exception):
    """The group or person belongs to another workshop, or has no place."""


def person_of(programme: Programme, *, name: str, email: str | None, language: str) -> tuple[Person, bool]:
    """The person with this address in a programme and whether they are new; without an address they always are."""
    person = Person(programme=programme, name=name, email=email and email.lower(), language=language)
    if not email:
        person.save()
        return person, True
    Person.objects.bulk_create([person], ignore_conflicts=True)  # the address is unique: two at once are one person
    theirs = Person.objects.of_address(email).filter(programme=programme)
    if theirs.filter(pk=person.pk).exists():
        return person, True
    return theirs.get(), False


@transaction.atomic
def register(
    workshop: Workshop, *, name: str, email: str | None, language: str, by: Actor, tells: bool = True, **details: Any
) -> tuple[Registration, bool]:
    """Give a place or, when none is free for them, a turn on the waiting list. Asking twice changes nothing.

    The person is told by mail, unless the caller `tells` them otherwise. `details` are `theme`, `needs`, `first_time`
    and `audience`. Returns the registration and whether it is new; its state is final when the transaction commits.
    Raises `RegistrationClosed`.
    """
    _hold_again(workshop)
    if not workshop.takes_registrations_at(timezone.now()):
        raise RegistrationClosed(workshop.pk)
    person, is_new = person_of(workshop.programme, name=name, email=email, language=language)
    found = None if is_new else Registration.objects.filter(workshop=workshop, person=person).first()
    if found and found.state != RegistrationState.CANCELLED:
        return found, False
    registration = found or Registration(workshop=workshop, person=person)
    for field, value in details.items():
        setattr(registration, field, value)
    enter(registration, workshop, by=by, tells=tells)
    return registration, True


def enter(registration: Registration, workshop: Workshop, *, by: Actor, tells: bool = True) -> None:
    """Give a place, or a turn on the waiting list, to whoever has none; the caller holds the workshop's lock."""
    _seat_or_queue(registration, workshop)
    actor = by if by.kind != ActorKind.PERSON else Actor(ActorKind.PERSON, str(registration.person_id))
    record(registration, "registration.asked", by=actor, scope=workshop.pk, state=registration.state)
    if tells:
        write_about(registration, "place_taken" if registration.is_confirmed else "waiting")


def hold(workshop_id: UUID) -> Workshop:
    """The workshop under its lock: places are counted, given and freed by one transaction at a time."""
    return Workshop.objects.select_for_update(of=("self",)).with_programme().get(pk=workshop_id)


def _hold_again(workshop: Workshop) -> None:
    """The lock for a workshop read already: what places are given by is read once more, its many texts are not."""
    workshop.refresh_from_db(fields=GIVEN_BY, from_queryset=Workshop.objects.select_for_update())


def _seat_or_queue(registration: Registration, workshop: Workshop) -> None:
    """Decide under the workshop's lock: a place while there is one for them, else the next number."""
    free = free_places(workshop)
    if free.for_audience(registration.audience_id) and workshop.registrations.waiting().exists():
        promote_waiting(workshop)  # nobody overtakes somebody who should have had this place already
        free = free_places(workshop)
    if free.for_audience(registration.audience_id):
        registration.state, registration.queue_no = RegistrationState.CONFIRMED, None
    else:
        registration.state, registration.queue_no = RegistrationState.WAITING, workshop.next_queue_no
        workshop.next_queue_no += 1
        workshop.save(update_fields=["next_queue_no"])
    registration.asked_at = timezone.now()
    registration.occasion += 1
    registration.save()


def write_about(registration: Registration, kind: str, *, not_before: dt.datetime | None = None) -> None:
    """Leave a mail to the person about what has just happened to their place."""
    outbox.write(
        kind,
        to=registration.person,
        about=registration,
        occasion=str(registration.occasion),
        scope=registration.workshop_id,
        not_before=not_before,
    )


@transaction.atomic
def give_up(registration: Registration, *, by: Actor) -> None:
    """Give the place (offer, turn) back and, in the same transaction, promote whoever is next. Twice is once."""
    workshop = hold(registration.workshop_id)
    registration.refresh_from_db()
    if registration.state in OFF_THE_LIST:
        return
    free_place(registration, "registration.given_up", by=by, mail="place_given_up")
    promote_waiting(workshop)


def free_place(
    registration: Registration, verb: str, *, by: Actor, mail: str, told_at: dt.datetime | None = None
) -> None:
    """The person is off the list and told so, now or at `told_at`; the caller holds the workshop's lock and promotes
    afterwards."""
    before = registration.state
    registration.state = RegistrationState.CANCELLED
    registration.queue_no = registration.offered_until = None
    registration.save(update_fields=["state", "queue_no", "offered_until"])
    registration.seats.all().delete()
    record(registration, verb, by=by, scope=registration.workshop_id, before=before)
    write_about(registration, mail, not_before=told_at)


def promote_waiting(workshop: Workshop) -> list[Registration]:
    """Give free places, firm or as offers, to those who wait longest of those they are free for.

    The caller holds the workshop's lock. Offers whose time is over are taken back first, however late it is.
    Nobody is told of a place at a workshop that is a draft, cancelled or over.
    """
    now = timezone.now()
    if not workshop.gives_places_at(now):
        return []
    for registration in workshop.registrations.lapsed_at(now).select_related("person"):
        free_place(registration, "offer.lapsed", by=SYSTEM, mail="offer_lapsed")
    free, promoted = free_places(workshop), []
    while registration := _next_in_line(workshop, free):
        promote(registration, until=offer_ends(workshop, now))
        free.take(registration.audience_id)
        promoted.append(registration)
    lapse_when_due(workshop)
    return promoted


def _next_in_line(workshop: Workshop, free: FreePlaces) -> Registration | None:
    if not free.left:
        return None
    return workshop.registrations.waiting().filter(free.of_whom()).select_related("person").first()


def promote(registration: Registration, *, until: dt.datetime | None, by: Actor = SYSTEM) -> None:
    """A place is theirs: at once, or `until` then if they want it. The caller holds the workshop's lock."""
    registration.state = RegistrationState.OFFERED if until else RegistrationState.CONFIRMED
    registration.queue_no, registration.offered_until = None, until
    registration.occasion += 1
    registration.save(update_fields=["state", "queue_no", "offered_until", "occasion"])
    verb = "registration.offered" if until else "registration.promoted"
    record(registration, verb, by=by, scope=registration.workshop_id)
    write_about(registration, "offered" if until else "promoted")


def lapse_when_due(workshop: Workshop) -> None:
    """Have the next offer to run out looked after in time; the caller holds the workshop's lock."""
    if ends := workshop.registrations.offered().values_list("offered_until", flat=True).first():
        jobs.ask("lapse_offers", workshop, scope=workshop.pk, at=ends)


@transaction.atomic
def tell_more(registration: Registration, *, by: Actor, first_time: bool | None, age_band: str) -> None:
    """What helps to mix the tables, asked after the place is taken and never needed."""
    registration.first_time = first_time
    registration.save(update_fields=["first_time"])
    registration.person.age_band = age_band
    registration.person.save(update_fields=["age_band"])
    record(registration, "registration.told_more", by=by, scope=registration.workshop_id)


@transaction.atomic
def correct_registration(
    registration: Registration,
    *,
    name: str,
    email: str | None,
    theme: Theme | None,
    needs: str,
    audience: Audience | None,
    by: Actor,
) -> list[str]:
    """Write what an organiser corrected about a person and their place; returns the names of changed fields.

    Another address ends the links that went to the former one. Another audience may free a place for whoever waits.
    Raises `AddressTaken`.
    """
    workshop = hold(registration.workshop_id)
    try:
        with transaction.atomic():
            changed = _write_changes(registration.person, {"name": name, "email": email})
    except IntegrityError as taken:
        raise AddressTaken(registration.person_id) from taken
    if "email" in changed:  # whoever owns the former address opens nothing any more
        PlaceLink.objects.filter(registration__person=registration.person_id).update(revoked_at=timezone.now())
        Person.objects.filter(pk=registration.person_id).update(feed_generation=F("feed_generation") + 1)
    changed += _write_changes(registration, {"theme": theme, "needs": needs, "audience": audience})
    if "audience" in changed:
        promote_waiting(workshop)
    if changed:
        record(registration, "registration.corrected", by=by, scope=registration.workshop_id, fields=sorted(changed))
    return changed


def _write_changes(row: Person | Registration, values: dict[str, Any]) -> list[str]:
    changed = [field for field, value in values.items() if getattr(row, field) != value]
    for field in changed:
        setattr(row, field, values[field])
    if changed:
        row.save(update_fields=changed)
    return changed
