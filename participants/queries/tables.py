"""How many sit at a table, and what tables are before anybody does."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from participants.models import Seat
from workshops.models import Group, Workshop


def people_at(group: Group, session_id: uuid.UUID | None = None) -> int:
    """How many answer at a table in a session: those who arrived, before that those expected, else its seats."""
    here = Seat.objects.in_session(session_id).filter(group=group)
    arrived = here.filter(registration__arrived_at__isnull=False).count()
    return arrived or here.count() or group.size


@dataclass(frozen=True)
class Table:
    """A table before anybody sits at it: seats for people, and the names of its moderators."""

    name: str
    size: int
    moderators: list[str]


def tables_of(workshop: Workshop) -> list[Table]:
    """The tables in order, each with its moderators: who asks comes before who writes."""
    rows = workshop.groups.order_by("order", "pk", "moderators__role")
    tables: dict[uuid.UUID, Table] = {}
    for key, name, size, moderator in rows.values_list("pk", "name", "size", "moderators__name"):
        table = tables.setdefault(key, Table(name, size, []))
        if moderator:
            table.moderators.append(moderator)
    return list(tables.values())
