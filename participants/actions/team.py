"""Who works on a programme, and as what. Teams are counted under the programme's lock: one owner is always left."""

from __future__ import annotations

import base64
import hmac
import uuid

from django.db import transaction
from django.utils import timezone

from ledger import outbox
from ledger.history import Actor, record
from ledger.ids import keyed
from ledger.models import ActorKind, Mail
from participants.models import TeamInvitation, User
from participants.users import let_in
from workshops.models import Programme, TeamSeat
from workshops.states import TeamRole

PURPOSE = "team"


class LastOwner(Exception):
    """Nobody would own the programme any more."""


class InTheTeam(Exception):
    """Somebody with this address is in the team already: `seat`."""

    def __init__(self, seat: TeamSeat) -> None:
        super().__init__(seat.pk)
        self.seat = seat


class NoSuchInvitation(Exception):
    """It was answered or withdrawn, or its time is over."""


@transaction.atomic
def invite_to_team(
    programme: Programme, *, email: str, role: str, language: str, by: Actor, name: str = ""
) -> TeamInvitation:
    """Ask somebody into the team by mail. Asking again sends a new link, with the role of now, and ends the old one.

    Raises `InTheTeam`.
    """
    programme = _hold(programme)
    if seat := programme.team.filter(user__email__iexact=email).first():
        raise InTheTeam(seat)
    inviter = by.id if by.kind == ActorKind.USER else None
    fields = {"role": role, "language": language, "name": name, "invited_by_id": inviter, "invited_at": timezone.now()}
    invitation = programme.team_invitations.filter(email__iexact=email).first()
    if invitation is None:
        invitation = TeamInvitation.objects.create(programme=programme, email=email.lower(), **fields)
    else:
        invitation.occasion += 1
        for field, value in fields.items():
            setattr(invitation, field, value)
        invitation.save()
    record(programme, "team.invited", by=by, scope=programme.pk, role=role)
    outbox.write(
        "team_invitation", to=invitation, about=invitation, occasion=str(invitation.occasion), scope=programme.pk
    )
    return invitation


@transaction.atomic
def withdraw_team_invitation(invitation: TeamInvitation, *, by: Actor) -> None:
    """The mailed link opens nothing any more, and the address is gone."""
    record(invitation.programme, "team.uninvited", by=by, scope=invitation.programme_id, role=invitation.role)
    _forget(invitation)


@transaction.atomic
def join_team(key: str) -> tuple[TeamSeat, bool]:
    """Take the role that was offered; whoever joins signs in with the address the link was mailed to.

    Returns the seat and whether it is new: somebody who is in the team already keeps their role. Raises
    `NoSuchInvitation`.
    """
    invitation = invitation_by_key(key)
    if invitation is None:
        raise NoSuchInvitation(key[:8])
    programme = _hold(invitation.programme)
    if not TeamInvitation.objects.filter(pk=invitation.pk).exists():  # pressed twice at once
        raise NoSuchInvitation(key[:8])
    user, _is_new = let_in(invitation.email, invitation.name)
    seat, is_new = TeamSeat.objects.get_or_create(programme=programme, user=user, defaults={"role": invitation.role})
    if is_new:
        record(seat, "team.joined", by=_as(user), scope=programme.pk, role=seat.role)
    _forget(invitation)
    return seat, is_new


@transaction.atomic
def change_role(seat: TeamSeat, role: str, *, by: Actor) -> bool:
    """Let somebody be something else in the team; False when nothing changes. Raises `LastOwner`."""
    _hold(seat.programme)
    seat.refresh_from_db()
    if seat.role == role:
        return False
    _keep_an_owner(seat)
    before, seat.role = seat.role, role
    seat.save(update_fields=["role"])
    record(seat, "team.role_changed", by=by, scope=seat.programme_id, before=before, after=role)
    return True


@transaction.atomic
def leave_team(seat: TeamSeat, *, by: Actor) -> None:
    """Take somebody out of the team; every page asks again at each request, so they see nothing from now on.

    Raises `LastOwner`.
    """
    _hold(seat.programme)
    _keep_an_owner(seat)
    record(seat, "team.left", by=by, scope=seat.programme_id, role=seat.role)
    seat.delete()


def key_of(invitation: TeamInvitation) -> str:
    """What the mailed link says: the id, and a keyed digest that asking again ends."""
    return invitation.pk.hex + _seal(invitation)


def invitation_by_key(key: str) -> TeamInvitation | None:
    """The invitation a link is about; None for a wrong, withdrawn, answered or old one."""
    try:
        pk = uuid.UUID(key[:32])
    except ValueError:
        return None
    found = TeamInvitation.objects.open_at(timezone.now()).select_related("programme", "invited_by")
    invitation = found.filter(pk=pk).first()
    if invitation is None or not hmac.compare_digest(_seal(invitation).encode(), key[32:].encode()):
        return None
    return invitation


def _seal(invitation: TeamInvitation) -> str:
    return base64.urlsafe_b64encode(keyed(PURPOSE, invitation.pk, invitation.occasion)[:24]).decode()


def _hold(programme: Programme) -> Programme:
    return Programme.objects.select_for_update().get(pk=programme.pk)


def _keep_an_owner(seat: TeamSeat) -> None:
    """The caller holds the programme's lock. Raises `LastOwner`."""
    owners = TeamSeat.objects.filter(programme=seat.programme_id, role=TeamRole.OWNER)
    if seat.role == TeamRole.OWNER and not owners.exclude(pk=seat.pk).exists():
        raise LastOwner(seat.pk)


def _forget(invitation: TeamInvitation) -> None:
    """The row and the mails to it: nobody keeps the address of somebody who is not (or no longer only) asked."""
    Mail.objects.filter(recipient_id=str(invitation.pk)).delete()
    invitation.delete()


def _as(user: User) -> Actor:
    return Actor(ActorKind.USER, str(user.pk))
