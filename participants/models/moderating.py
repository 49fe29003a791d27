"""Moderators who are asked to lead a table, what they answered, and the links they answer with."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from participants.states import InvitationState
from workshops.models import ModeratorSeat
from workshops.models.fields import opaque_id

ANSWERS = (InvitationState.ACCEPTED, InvitationState.DECLINED)


class ModeratorInvitationQuerySet(models.QuerySet):
    def of_workshop(self, workshop_id: object) -> ModeratorInvitationQuerySet:
        return self.filter(seat__group__workshop=workshop_id)

    def open(self) -> ModeratorInvitationQuerySet:
        """Asked, and not answered."""
        return self.filter(state=InvitationState.OPEN)

    def accepted(self) -> ModeratorInvitationQuerySet:
        return self.filter(state=InvitationState.ACCEPTED)

    def with_all(self) -> ModeratorInvitationQuerySet:
        return self.select_related("seat__group__workshop__programme")


class ModeratorInvitation(models.Model):
    """Somebody asked to sit on a moderator's seat. It goes when the seat is somebody else's."""

    id = opaque_id()
    seat = models.OneToOneField(ModeratorSeat, models.CASCADE, related_name="invitation")
    email = models.EmailField()
    language = models.CharField(max_length=8, default="it")
    state = models.CharField(max_length=10, choices=InvitationState, default=InvitationState.OPEN)
    asked_at = models.DateTimeField(default=timezone.now, help_text="When they were last asked.")
    asked = models.PositiveIntegerField(default=1, help_text="How often they were asked.")
    answered_at = models.DateTimeField(null=True)
    reminded_for = models.DateField(null=True, help_text="The day of the workshop they were reminded of.")

    objects = ModeratorInvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ANSWERS, answered_at__isnull=False)
                | Q(state=InvitationState.OPEN, answered_at=None),
                name="a_moderator_who_answered_did_so_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"moderator of {self.seat_id}: {self.state}"

    @property
    def name(self) -> str:
        return self.seat.name

    @property
    def is_open(self) -> bool:
        return self.state == InvitationState.OPEN

    @property
    def is_accepted(self) -> bool:
        return self.state == InvitationState.ACCEPTED


class ModeratorLink(models.Model):
    """A key to one invitation of a moderator; only its digest is stored."""

    invitation = models.ForeignKey(ModeratorInvitation, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"link of {self.invitation_id}"
