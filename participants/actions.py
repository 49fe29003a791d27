"""Taking a place, giving it up, coming in, sitting down. Places are counted under the workshop row's lock."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from ledger import outbox, wakeups
from ledger.history import Actor, record
from ledger.ids import digest, new_secret
from ledger.models import ActorKind, Event
from participants.models import Device, Person, PlaceLink, Registration, Seat, SeatingRule
from participants.states import RegistrationState
from workshops.models import Group, Programme, Theme, Workshop
from workshops.states import WorkshopState

LINKS_LAST = dt.timedelta(days=60)
SEEN_AGAIN = dt.timedelta(seconds=30)


class RegistrationClosed(Exception):
    """Nobody can take a place at this workshop now."""


class NoSuchCode(Exception):
    """No table has this code, or its codes have ended."""


class AddressTaken(Exception):
    """Somebody else in the programme has this address."""


class NotAtThisWorkshop(Exception):
    """The group or person belongs to another workshop, or has no place."""


def person_of(programme: Programme, *, name: str, email: str | None, language: str) -> Person:
    """The person with this address in a programme, made when there is none."""
    if not email:
        return Person.objects.create(programme=programme, name=name, language=language)
    person, _is_new = Person.objects.get_or_create(
        programme=programme, email__iexact=email, defaults={"name": name, "email": email.lower(), "language": language}
    )
    return person


@transaction.atomic
def register(
    workshop: Workshop, *, name: str, email: str | None, language: str, by: Actor, **details: Any
) -> tuple[Registration, bool]:
    """Give a place or, when all are taken, a turn on the waiting list. Asking twice changes nothing.

    `details` are `theme`, `needs` and `first_time`. Returns the registration and whether it is new; its state is final
    when the transaction commits. Raises `RegistrationClosed`.
    """
    workshop = Workshop.objects.select_for_update().get(pk=workshop.pk)  # places are counted under this lock
    if not workshop.takes_registrations_at(timezone.now()):
        raise RegistrationClosed(workshop.pk)
    person = person_of(workshop.programme, name=name, email=email, language=language)
    found = Registration.objects.filter(workshop=workshop, person=person).first()
    if found and found.state != RegistrationState.CANCELLED:
        return found, False
    registration = found or Registration(workshop=workshop, person=person)
    for field, value in details.items():
        setattr(registration, field, value)
    _seat_or_queue(registration, workshop)
    actor = by if by.kind != ActorKind.PERSON else Actor(ActorKind.PERSON, str(person.pk))
    record(registration, "registration.asked", by=actor, scope=workshop.pk, state=registration.state)
    kind = "place_taken" if registration.is_confirmed else "waiting"
    outbox.write(kind, to=person, about=registration, occasion=str(registration.occasion), scope=workshop.pk)
    return registration, True


def _seat_or_queue(registration: Registration, workshop: Workshop) -> None:
    """Decide under the workshop's lock: a place while there is one and nobody waits, else the next number."""
    taken = workshop.registrations.confirmed().count()
    free = taken < workshop.places and not workshop.registrations.waiting().exists()
    registration.state = RegistrationState.CONFIRMED if free else RegistrationState.WAITING
    registration.queue_no = None
    if not free:
        registration.queue_no = workshop.next_queue_no
        workshop.next_queue_no += 1
        workshop.save(update_fields=["next_queue_no"])
    registration.asked_at = timezone.now()
    registration.occasion += 1
    registration.save()


@transaction.atomic
def give_up(registration: Registration, *, by: Actor) -> None:
    """Give the place (or the turn) back and, in the same transaction, promote whoever is next. Twice is once."""
    workshop = Workshop.objects.select_for_update().get(pk=registration.workshop_id)
    registration.refresh_from_db()
    if registration.state == RegistrationState.CANCELLED:
        return
    before = registration.state
    registration.state, registration.queue_no = RegistrationState.CANCELLED, None
    registration.save(update_fields=["state", "queue_no"])
    registration.seats.all().delete()
    record(registration, "registration.given_up", by=by, scope=workshop.pk, before=before)
    outbox.write(
        "place_given_up",
        to=registration.person,
        about=registration,
        occasion=str(registration.occasion),
        scope=workshop.pk,
    )
    promote_waiting(workshop)


def promote_waiting(workshop: Workshop) -> list[Registration]:
    """Give free places to those who wait longest; the caller holds the workshop's lock.

    Nobody is told of a place at a workshop that is cancelled or over.
    """
    if workshop.state == WorkshopState.CANCELLED or workshop.is_over:
        return []
    free = workshop.places - workshop.registrations.confirmed().count()
    promoted = list(workshop.registrations.waiting()[: max(free, 0)])
    for registration in promoted:
        registration.state, registration.queue_no = RegistrationState.CONFIRMED, None
        registration.occasion += 1
        registration.save(update_fields=["state", "queue_no", "occasion"])
        record(registration, "registration.promoted", by=Actor(ActorKind.SYSTEM), scope=workshop.pk)
        outbox.write(
            "promoted",
            to=registration.person,
            about=registration,
            occasion=str(registration.occasion),
            scope=workshop.pk,
        )
    return promoted


@transaction.atomic
def change_places(workshop: Workshop, places: int, *, by: Actor) -> None:
    """Another number of places: more promote whoever waits, fewer throw nobody out."""
    workshop_now = Workshop.objects.select_for_update().get(pk=workshop.pk)
    if workshop_now.places == places:
        return
    workshop_now.places = workshop.places = places
    workshop_now.save(update_fields=["places"])
    record(workshop_now, "workshop.places_changed", by=by, scope=workshop.pk, places=places)
    promote_waiting(workshop_now)


def new_link(registration: Registration) -> str:
    """A new key to "my place"; only its digest is stored. Several may be valid."""
    secret = new_secret()
    until = max(timezone.now(), registration.workshop.ends_at) + LINKS_LAST
    PlaceLink.objects.create(registration=registration, digest=digest(secret), expires_at=until)
    return secret


@transaction.atomic
def send_link_again(registration: Registration) -> None:
    """Mail a new link, at most one in ten minutes for the same place."""
    window = int(timezone.now().timestamp()) // 600
    outbox.write(
        "link_again",
        to=registration.person,
        about=registration,
        occasion=str(window),
        scope=registration.workshop_id,
    )


@transaction.atomic
def tell_more(registration: Registration, *, by: Actor, first_time: bool | None, age_band: str) -> None:
    """What helps to mix the tables, asked after the place is taken and never needed."""
    registration.first_time = first_time
    registration.save(update_fields=["first_time"])
    registration.person.age_band = age_band
    registration.person.save(update_fields=["age_band"])
    record(registration, "registration.told_more", by=by, scope=registration.workshop_id)


@transaction.atomic
def check_in(registration: Registration, *, by: Actor, here: bool = True) -> None:
    """Somebody came through the door, or was ticked by mistake. Twice is once.

    Raises `NotAtThisWorkshop` when the person has no place.
    """
    registration = Registration.objects.select_for_update().get(pk=registration.pk)
    if not registration.is_confirmed:
        raise NotAtThisWorkshop(registration.pk)
    if (registration.arrived_at is not None) == here:
        return
    registration.arrived_at = timezone.now() if here else None
    registration.save(update_fields=["arrived_at"])
    record(registration, "person.arrived" if here else "person.not_arrived", by=by, scope=registration.workshop_id)


@transaction.atomic
def seat(registration: Registration, group: Group | None, *, by: Actor, kept: bool = True) -> None:
    """Seat one person at a table for the evening, or at none.

    Raises `NotAtThisWorkshop` when table and place belong to different workshops.
    """
    Workshop.objects.select_for_update().get(pk=registration.workshop_id)
    registration.refresh_from_db()
    if not registration.is_confirmed or (group and group.workshop_id != registration.workshop_id):
        raise NotAtThisWorkshop(registration.pk)
    if group is None:
        registration.seats.for_the_evening().delete()
    else:
        Seat.objects.update_or_create(registration=registration, session=None, defaults={"group": group, "kept": kept})
    record(registration, "person.seated", by=by, scope=registration.workshop_id, group=str(group.pk) if group else None)


@transaction.atomic
def seat_all(workshop: Workshop, seating: dict[str, str | None], *, by: Actor) -> None:
    """Write a whole mix, `{registration id: group id or None}`; whoever was seated by hand stays.

    The Event keeps the seating before, as ids, so that `undo_mix` can bring it back.
    """
    Workshop.objects.select_for_update().get(pk=workshop.pk)
    groups = {str(group.pk): group for group in workshop.groups.all()}
    people = {str(r.pk): r for r in workshop.registrations.confirmed()}
    seats = Seat.objects.for_the_evening().filter(registration__workshop=workshop)
    kept = {str(pk) for pk in seats.filter(kept=True).values_list("registration_id", flat=True)}
    mixed = seats.filter(kept=False)
    before = {str(person): str(group) for person, group in mixed.values_list("registration_id", "group_id")}
    mixed.delete()
    Seat.objects.bulk_create(
        Seat(registration=people[person], group=groups[group])
        for person, group in seating.items()
        if person in people and group in groups and person not in kept
    )
    record(workshop, "people.mixed", by=by, scope=workshop.pk, people=len(seating), before=before)


def last_mix(workshop: Workshop) -> Event | None:
    """The last mix of a workshop, or its undoing."""
    return Event.objects.in_scope(workshop.pk).filter(verb="people.mixed").first()


@transaction.atomic
def undo_mix(workshop: Workshop, *, by: Actor) -> bool:
    """Seat everybody as before the last mix; a second time brings the mix back. False when nothing was mixed."""
    mix = last_mix(workshop)
    if mix is None:
        return False
    seat_all(workshop, mix.data["before"], by=by)
    return True


@transaction.atomic
def keep_seat(registration: Registration, *, kept: bool, by: Actor) -> None:
    """Whether a new mix leaves this person at the table."""
    if registration.seats.for_the_evening().exclude(kept=kept).update(kept=kept):
        record(registration, "person.seat_kept", by=by, scope=registration.workshop_id, kept=kept)


@transaction.atomic
def add_rule(workshop: Workshop, one: Registration, other: Registration, *, kind: str, by: Actor) -> SeatingRule:
    """Two people together or apart; a second rule about the same pair replaces the first.

    Raises `NotAtThisWorkshop` when one of them belongs to another workshop.
    """
    if {one.workshop_id, other.workshop_id} != {workshop.pk}:
        raise NotAtThisWorkshop(one.pk)
    first, second = sorted((one, other), key=lambda registration: str(registration.pk))
    rule, _is_new = SeatingRule.objects.update_or_create(one=first, other=second, defaults={"kind": kind})
    record(rule, "rule.added", by=by, scope=workshop.pk, kind=kind)
    return rule


@transaction.atomic
def remove_rule(rule: SeatingRule, *, by: Actor) -> None:
    """The pair may sit as it comes again."""
    record(rule, "rule.removed", by=by, scope=rule.one.workshop_id)
    rule.delete()


@transaction.atomic
def correct_registration(
    registration: Registration, *, name: str, email: str | None, theme: Theme | None, needs: str, by: Actor
) -> list[str]:
    """Write what an organiser corrected about a person and their place; returns the names of changed fields.

    Another address ends the links that went to the former one. Raises `AddressTaken`.
    """
    try:
        with transaction.atomic():
            changed = _write_changes(registration.person, {"name": name, "email": email})
    except IntegrityError as taken:
        raise AddressTaken(registration.person_id) from taken
    if "email" in changed:  # whoever owns the former address opens nothing any more
        PlaceLink.objects.filter(registration__person=registration.person_id).update(revoked_at=timezone.now())
    changed += _write_changes(registration, {"theme": theme, "needs": needs})
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


@transaction.atomic
def walk_in(workshop: Workshop, *, name: str, language: str, by: Actor) -> Registration:
    """Somebody at the door without a place: takes one if there is one, and is here. Raises `RegistrationClosed`."""
    registration, _is_new = register(workshop, name=name, email=None, language=language, by=by)
    if registration.is_confirmed:
        check_in(registration, by=by)
    return registration


@transaction.atomic
def join_table(code: str, *, name: str) -> Device:
    """A tablet joins a table with the six digits of its sheet, under a moderator's name.

    Raises `NoSuchCode`.
    """
    now = timezone.now()
    group = Group.objects.of_code(code, now).select_related("workshop").first()
    if group is None:
        raise NoSuchCode(code)
    device = Device.objects.create(group=group, name=name, until=group.code_until, seen_at=now)
    record(device, "device.joined", by=Actor(ActorKind.DEVICE, str(device.pk)), scope=group.workshop_id)
    wakeups.changed(f"room:{group.workshop_id}")
    return device


@transaction.atomic
def remove_device(device: Device, *, by: Actor) -> None:
    """Take a tablet off its table: it sees nothing any more, and what it still sends waits for the organiser."""
    Device.objects.filter(pk=device.pk, revoked_at=None).update(revoked_at=timezone.now())
    record(device, "device.removed", by=by, scope=device.group.workshop_id)
    wakeups.changed(f"room:{device.group.workshop_id}")


def tell_status(device: Device, *, unsent: int, battery: int | None, charging: bool | None) -> None:
    """What a tablet says about itself now, in place of what it said before."""
    told = {"unsent": unsent, "battery": battery, "charging": charging}
    was_low, had_unsent = device.is_battery_low, bool(device.unsent)
    Device.objects.filter(pk=device.pk).update(seen_at=timezone.now(), **told)
    for name, value in told.items():
        setattr(device, name, value)
    if (was_low, had_unsent) != (device.is_battery_low, bool(unsent)):
        wakeups.changed(f"room:{device.group.workshop_id}")


def seen(device: Device) -> None:
    """A tablet has been heard of. Written at most each half minute, because tablets ask often."""
    now = timezone.now()
    if device.seen_at is None or device.seen_at < now - SEEN_AGAIN:
        Device.objects.filter(pk=device.pk).update(seen_at=now)
