"""How many people one organiser may have written to in a day, so that a stolen session is no mail cannon."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from ledger.history import Actor
from ledger.models import ActorKind, Event
from participants.models import Invitation, Letter, User

A_DAY = dt.timedelta(days=1)
ASKING = ("moderators.invited", "moderators.asked_again")


class TooManyToday(Exception):
    """One organiser may write to no more people today; `left` says to how many still."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


def left_today(by: Actor) -> int:
    """To how many more people this organiser may write, moderators too; others have no such limit."""
    if by.kind != ActorKind.USER:
        return settings.MAILS_A_DAY
    since, user_id = timezone.now() - A_DAY, UUID(by.id)
    invited = Invitation.objects.filter(invited_by=user_id, invited_at__gt=since).count()
    written = Letter.objects.filter(written_by=user_id, at__gt=since).aggregate(people=Sum("people"))["people"] or 0
    asked = Event.objects.filter(verb__in=ASKING, actor_kind=by.kind, actor_id=by.id, at__gt=since)
    moderators = sum(data["people"] for data in asked.values_list("data", flat=True))
    return max(settings.MAILS_A_DAY - invited - written - moderators, 0)


def count_in(by: Actor, people: int) -> None:
    """Hold the organiser's row and count `people` more; the caller writes them in the same transaction.

    Raises `TooManyToday`.
    """
    if by.kind == ActorKind.USER:
        User.objects.select_for_update().filter(pk=by.id).first()  # two pages sent at once are counted one by one
    left = left_today(by)
    if people > left:
        raise TooManyToday(left)
