"""Who may do what with the plan. "May see" is `visible_to`; a foreign thing looks like a missing one."""

from __future__ import annotations

from typing import Any

from workshops.states import CHECK_IN_ROLES, ORGANISING_ROLES, TeamRole


def roles_of(user: Any, programme_id: Any) -> set[str]:
    """The roles a user has in a programme's team."""
    from workshops.models import TeamSeat

    if not getattr(user, "is_authenticated", False) or user.pk is None:
        return set()
    return set(TeamSeat.objects.filter(user=user.pk, programme=programme_id).values_list("role", flat=True))


def can_organise(user: Any, workshop: Any) -> bool:
    """Plan, invite, seat, open and close sessions, compile, curate and publish."""
    return bool(roles_of(user, workshop.programme_id) & set(ORGANISING_ROLES))


def can_check_in(user: Any, workshop: Any) -> bool:
    """See names and tick who has come: organisers and check-in helpers."""
    return bool(roles_of(user, workshop.programme_id) & set(CHECK_IN_ROLES))


def can_observe(user: Any, workshop: Any) -> bool:
    """Read the cockpit without names: organisers and observers."""
    return bool(roles_of(user, workshop.programme_id) & {*ORGANISING_ROLES, TeamRole.OBSERVER})


def can_start_programmes(user: Any) -> bool:
    """Whoever organises somewhere already, and the operator."""
    from workshops.models import TeamSeat

    if not getattr(user, "is_authenticated", False) or user.pk is None:
        return False
    return bool(user.is_staff) or TeamSeat.objects.filter(user=user.pk, role__in=ORGANISING_ROLES).exists()
