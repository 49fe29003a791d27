"""Who was asked into a programme's team and has not answered yet."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workshops.models import Programme
from workshops.models.fields import opaque_id
from workshops.states import TeamRole

LINKS_LAST = dt.timedelta(days=14)
"""How long the link of an invitation to a team opens it."""


class TeamInvitationQuerySet(models.QuerySet):
    def open_at(self, now: dt.datetime) -> TeamInvitationQuerySet:
        """Those whose mailed link still works."""
        return self.filter(invited_at__gt=now - LINKS_LAST)


class TeamInvitation(models.Model):
    """Somebody asked to join a team with a role. It is gone once they have joined; their seat is a `TeamSeat`.

    The link is a keyed digest of id and `occasion`: asking again ends the link before.
    """

    id = opaque_id()
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="team_invitations")
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=80, blank=True)
    role = models.CharField(_("role"), max_length=10, choices=TeamRole)
    language = models.CharField(max_length=8, default="it")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    invited_at = models.DateTimeField(default=timezone.now, editable=False)
    occasion = models.PositiveIntegerField(default=1, editable=False, help_text="Counts asking.")

    objects = TeamInvitationQuerySet.as_manager()

    class Meta:
        ordering = ["invited_at", "pk"]
        constraints = [
            models.UniqueConstraint("programme", Lower("email"), name="one_team_invitation_for_each_address")
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.programme_id}"

    @property
    def is_over(self) -> bool:
        """Whether its link opens nothing any more."""
        return self.invited_at <= timezone.now() - LINKS_LAST
