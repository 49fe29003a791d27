"""Who may tell arrivals, and who may take a place where. Organisers may always sign somebody up.

Being at a door now is said by `with_desk_of` of workshops; here is who was.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.crypto import constant_time_compare

from ledger.models import ActorKind
from participants.models import Arrival
from workshops.models import Workshop
from workshops.states import ORGANISING_ROLES, Access, TeamRole


def left_door(user: Any, workshop_id: uuid.UUID) -> Workshop | None:
    """A workshop at whose door this user has been and is no more: what is still on the phone is not lost."""
    told = Arrival.objects.filter(workshop=workshop_id, actor_kind=ActorKind.USER, actor_id=str(user.pk))
    return Workshop.objects.filter(pk=workshop_id).first() if told.exists() else None


def may_sign_up(workshop: Workshop, *, link: str = "", invited: bool = False) -> bool:
    """Whether somebody may take a place at a workshop, as far as who they are goes; when is another question.

    `link` is the secret of the link they came by, `invited` whether an invitation of theirs stands: whoever asks on
    behalf of an invitation has checked it.
    """
    if workshop.access == Access.PUBLIC or invited:
        return True
    return workshop.access == Access.LINK and opens_form(workshop, link)


def opens_form(workshop: Workshop, link: str) -> bool:
    """Whether this is the secret of the workshop's link; one without a link is opened by none."""
    return bool(workshop.link_secret) and constant_time_compare(workshop.link_secret, link)


def roles_to_give(own: set[str]) -> tuple[str, ...]:
    """The roles that somebody with these roles in a team may give and take: owners all, organisers those that help."""
    if TeamRole.OWNER in own:
        return tuple(TeamRole.values)
    return (TeamRole.HELPER, TeamRole.OBSERVER) if own & set(ORGANISING_ROLES) else ()
