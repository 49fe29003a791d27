"""Sitting down: one person, a whole mix, and rules about pairs."""

from __future__ import annotations

from django.db import transaction

from ledger.history import Actor, record
from ledger.models import Event
from participants.actions.places import NotAtThisWorkshop
from participants.models import Registration, Seat, SeatingRule
from workshops.models import Group, Workshop


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
def swap(one: Registration, other: Registration, *, by: Actor) -> None:
    """Each of the two sits where the other sat, which may be nowhere. A second time brings them back.

    Raises `NotAtThisWorkshop`, as `seat` does, and then nobody has moved.
    """
    Workshop.objects.select_for_update().get(pk=one.workshop_id)
    seats = Seat.objects.for_the_evening().filter(registration__in=[one, other]).select_related("group")
    table_of = {each.registration_id: each.group for each in seats}
    seat(one, table_of.get(other.pk), by=by)
    seat(other, table_of.get(one.pk), by=by)


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
