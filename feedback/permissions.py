"""Who may read and write notes. A tablet speaks for one table; an organiser for all tables of the programme."""

from __future__ import annotations

import uuid
from typing import Any

from feedback.models import Op
from feedback.states import OpState
from ledger.models import ActorKind
from participants.models import Device
from workshops.models import Group, ModeratorSeat
from workshops.permissions import can_organise


def groups_for(user: Any, device: Device | None) -> Any:
    """The groups somebody may open: the only door to a group's row."""
    if device is not None:
        return Group.objects.filter(pk=device.group_id)
    return Group.objects.visible_to(user)


def find_group(user: Any, device: Device | None, group_id: uuid.UUID) -> Group | None:
    """The group of this id if they may open it. A tablet's own came with the tablet and is not read again."""
    if device is not None:
        return device.group if device.group_id == group_id else None
    return groups_for(user, None).select_related("workshop__programme").filter(pk=group_id).first()


def can_write_notes(user: Any, device: Device | None, group: Group) -> bool:
    """A tablet of the table, its assigned moderators, and organisers of the workshop."""
    if device is not None:
        return device.group_id == group.pk
    return _moderates(user, group) or can_organise(user, group.workshop)


def left_group(user: Any, group_id: uuid.UUID) -> Group | None:
    """A table this person has written at and may write at no more: what is still on the tablet is not lost."""
    if not getattr(user, "is_authenticated", False) or user.pk is None:
        return None
    wrote = Op.objects.filter(group=group_id, actor_kind=ActorKind.USER, actor_id=str(user.pk), state=OpState.STORED)
    return Group.objects.filter(pk=group_id).first() if wrote.exists() else None


def can_write_late(user: Any, device: Device | None, group: Group) -> bool:
    """Only organisers write into a session that is not open."""
    return device is None and can_organise(user, group.workshop)


def _moderates(user: Any, group: Group) -> bool:
    if not getattr(user, "is_authenticated", False) or user.pk is None:
        return False
    return ModeratorSeat.objects.at(group).filter(user=user.pk).exists()


def moderates_only(user: Any) -> bool:
    """Signed in to lead tables, and not an organiser: such a person shares tablets with the next one."""
    if not getattr(user, "is_authenticated", False) or user.is_staff:
        return False
    return ModeratorSeat.objects.filter(user=user.pk).exists() and not user.team_seats.exists()
