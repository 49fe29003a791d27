"""Which table each moderator leads in a session: their own, unless they change for it.

Tables come from `Group.objects.with_rounds()`: all those of one workshop.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from workshops.models import Group, ModeratorSeat, Session


def table_of(seat: ModeratorSeat, session_id: UUID | None) -> UUID:
    """The table a moderator leads in a session."""
    return next((each.group_id for each in seat.rounds.all() if each.session_id == session_id), seat.group_id)


def leaders(groups: Iterable[Group], session_id: UUID | None) -> dict[UUID, list[ModeratorSeat]]:
    """Who leads each table in a session, who asks before who writes; None for those without rounds of their own."""
    tables = list(groups)
    found: dict[UUID, list[ModeratorSeat]] = {group.pk: [] for group in tables}
    for seat in (seat for group in tables for seat in group.moderators.all()):
        found[table_of(seat, session_id)].append(seat)
    return {table: sorted(seats, key=lambda seat: (seat.role, seat.pk)) for table, seats in found.items()}


def moved(groups: Iterable[Group], session_id: UUID) -> list[tuple[ModeratorSeat, Group]]:
    """Moderators who lead another table than their own in a session, with that table."""
    tables = {group.pk: group for group in groups}
    seats = [seat for group in tables.values() for seat in group.moderators.all()]
    return [(seat, tables[there]) for seat in seats if (there := table_of(seat, session_id)) != seat.group_id]


def sessions_with_rounds(groups: Iterable[Group]) -> list[Session]:
    """The sessions for which a moderator changes tables, in order."""
    seats = [seat for group in groups for seat in group.moderators.all()]
    found = {each.session_id: each.session for seat in seats for each in seat.rounds.all()}
    return sorted(found.values(), key=lambda session: (session.order, session.pk))
