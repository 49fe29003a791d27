"""Who leads which table, and what they answered when they were asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from participants.models import ModeratorInvitation
from participants.models.invitations import BETWEEN_MAILS
from workshops.models import Group, ModeratorSeat, Workshop
from workshops.states import ModeratorRole


@dataclass(frozen=True)
class LedSeat:
    """A moderator's seat with its invitation, if they were asked."""

    seat: ModeratorSeat
    table: str
    invitation: ModeratorInvitation | None

    @property
    def is_coming(self) -> bool:
        return self.invitation is not None and self.invitation.is_accepted

    @property
    def is_missing(self) -> bool:
        """Whether they said no."""
        return self.invitation is not None and not self.invitation.is_open and not self.invitation.is_accepted

    @property
    def says(self) -> str:
        """How it stands, in words."""
        if self.invitation is None:
            return _("Not asked yet") if self.seat.address else _("No address")
        if self.is_coming:
            return _("Comes")
        return _("Cannot come") if self.is_missing else _("No answer yet")


@dataclass(frozen=True)
class Led:
    """All moderators' seats of a workshop; `empty` counts those without anybody."""

    seats: list[LedSeat]
    empty: int
    now: dt.datetime

    @property
    def to_invite(self) -> int:
        return sum(each.invitation is None and bool(each.seat.address) for each in self.seats)

    @property
    def to_ask_again(self) -> int:
        invitations = [each.invitation for each in self.seats if each.invitation]
        return sum(each.is_open and each.asked_at <= self.now - BETWEEN_MAILS for each in invitations)

    @property
    def confirmed(self) -> int:
        return sum(each.is_coming for each in self.seats)

    @property
    def wanted(self) -> int:
        """All seats of moderators, taken or empty."""
        return len(self.seats) + self.empty


def led(workshop: Workshop, groups: Iterable[Group], now: dt.datetime) -> Led:
    """What is known of the moderators of `groups` (with their moderators), in one query."""
    invitations = {each.seat_id: each for each in ModeratorInvitation.objects.of_workshop(workshop.pk)}
    all_groups = list(groups)
    seats = [
        LedSeat(seat, group.name, invitations.get(seat.pk)) for group in all_groups for seat in group.moderators.all()
    ]
    return Led(seats, len(ModeratorRole) * len(all_groups) - len(seats), now)
