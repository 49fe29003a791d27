"""Moderators change tables for one session: each as chosen, or all who ask (or write) one table on."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from ledger.history import Actor, record
from workshops.actions.changing import kit_changed
from workshops.models import Group, ModeratorRound, ModeratorSeat, Session, Workshop
from workshops.rounds import table_of


@transaction.atomic
def lead_in_session(session: Session, tables: Mapping[int, UUID], *, by: Actor) -> bool:
    """Which table the moderators of these seats lead in a session; the others stay as they are. False when nothing
    changed. Seats and tables that are not of the session's workshop are left out.
    """
    Workshop.objects.select_for_update().get(pk=session.workshop_id)
    seats, groups = _of_workshop(session)
    before = {seat.pk: table_of(seat, session.pk) for seat in seats}
    wanted = before | {pk: table for pk, table in tables.items() if pk in before and table in groups}
    if wanted == before:
        return False
    ModeratorRound.objects.filter(session=session).delete()
    elsewhere = [seat for seat in seats if wanted[seat.pk] != seat.group_id]
    ModeratorRound.objects.bulk_create(
        ModeratorRound(seat=seat, session=session, group_id=wanted[seat.pk]) for seat in elsewhere
    )
    record(session, "session.moderators_moved", by=by, scope=session.workshop_id, moderators=len(elsewhere))
    kit_changed(session.workshop)
    return True


@transaction.atomic
def move_on(session: Session, role: str, *, by: Actor) -> bool:
    """Whoever asks (or writes) leads the next table in this session, from the last one the first."""
    Workshop.objects.select_for_update().get(pk=session.workshop_id)
    seats, groups = _of_workshop(session)
    following = dict(zip(groups, [*groups[1:], *groups[:1]], strict=True))
    moving = {seat.pk: following[table_of(seat, session.pk)] for seat in seats if seat.role == role}
    return lead_in_session(session, moving, by=by)


def _of_workshop(session: Session) -> tuple[list[ModeratorSeat], list[UUID]]:
    groups = list(Group.objects.filter(workshop=session.workshop_id).with_rounds())
    return [seat for group in groups for seat in group.moderators.all()], [group.pk for group in groups]
