"""People change tables for one session: one of them, all by a mix, and back."""

from __future__ import annotations

from django.db import transaction

from ledger.history import Actor, record
from ledger.models import Event
from participants.actions.places import NotAtThisWorkshop
from participants.models import Registration, Seat
from workshops.actions.changing import kit_changed
from workshops.models import Group, Session, Workshop

REGROUPED = "people.regrouped"


@transaction.atomic
def seat_in_session(registration: Registration, group: Group | None, session: Session, *, by: Actor) -> None:
    """Seat somebody at a table for one session; at none, or at their first table, is as in the other sessions.

    Raises `NotAtThisWorkshop` when table, session and place belong to different workshops.
    """
    Workshop.objects.select_for_update().get(pk=registration.workshop_id)
    registration.refresh_from_db()
    places = {registration.workshop_id, session.workshop_id, *([group.workshop_id] if group else [])}
    if not registration.is_confirmed or len(places) > 1:
        raise NotAtThisWorkshop(registration.pk)
    first = registration.seats.for_the_evening().values_list("group_id", flat=True).first()
    if group is None or group.pk == first:
        registration.seats.filter(session=session).delete()
    else:
        values = {"group": group, "kept": True}
        Seat.objects.update_or_create(registration=registration, session=session, defaults=values)
    told = {"group": str(group.pk) if group else None, "session": str(session.pk)}
    record(registration, "person.seated", by=by, scope=registration.workshop_id, **told)
    kit_changed(session.workshop)


@transaction.atomic
def regroup(session: Session, seating: dict[str, str | None], *, by: Actor) -> None:
    """Write a whole mix for a session, `{registration id: group id or None}`; whoever was moved by hand stays.

    The Event keeps the seats before, as ids, so that `undo_regroup` can bring them back.
    """
    workshop = Workshop.objects.select_for_update().get(pk=session.workshop_id)
    groups = {str(pk): pk for pk in workshop.groups.values_list("pk", flat=True)}
    people = {str(pk): pk for pk in workshop.registrations.confirmed().values_list("pk", flat=True)}
    evening = Seat.objects.for_the_evening().filter(registration__workshop=workshop)
    first = {str(person): str(group) for person, group in evening.values_list("registration_id", "group_id")}
    seats = Seat.objects.filter(session=session)
    kept = {str(pk) for pk in seats.filter(kept=True).values_list("registration_id", flat=True)}
    mixed = seats.filter(kept=False)
    before = {str(person): str(group) for person, group in mixed.values_list("registration_id", "group_id")}
    mixed.delete()
    Seat.objects.bulk_create(
        Seat(registration_id=people[person], group_id=groups[group], session=session)
        for person, group in seating.items()
        if person in people and group in groups and person not in kept and first.get(person) != group
    )
    record(session, REGROUPED, by=by, scope=workshop.pk, people=len(seating), before=before)
    kit_changed(session.workshop)


def last_regroup(session: Session) -> Event | None:
    """The last mix for a session, or its undoing."""
    return Event.objects.of(session).filter(verb=REGROUPED).last()


@transaction.atomic
def undo_regroup(session: Session, *, by: Actor) -> bool:
    """Seat everybody as before the last mix for the session; a second time brings it back. False when there is none."""
    last = last_regroup(session)
    if last is None:
        return False
    regroup(session, last.data["before"], by=by)
    return True


@transaction.atomic
def stay_at_first_tables(session: Session, *, by: Actor) -> int:
    """Nobody changes tables for the session any more; returns how many had."""
    Workshop.objects.select_for_update().get(pk=session.workshop_id)
    count, _rows = Seat.objects.filter(session=session).delete()
    if count:
        record(session, "people.at_first_tables", by=by, scope=session.workshop_id, people=count)
        kit_changed(session.workshop)
    return count
