"""Who was asked to come, what they answered, and the links they answer with."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants.models.people import Registration
from participants.states import InvitationState, RegistrationState
from workshops.models import Workshop
from workshops.models.fields import opaque_id

BETWEEN_MAILS = dt.timedelta(days=1)
"""How long somebody is left alone before they are asked again."""


class InvitationQuerySet(models.QuerySet):
    def open(self) -> InvitationQuerySet:
        """Asked, and neither answered nor withdrawn."""
        return self.filter(state=InvitationState.OPEN)

    def asked(self) -> InvitationQuerySet:
        """Whom inviting again would not change: they have the question, or have said yes."""
        return self.filter(state__in=[InvitationState.OPEN, InvitationState.ACCEPTED])

    def unwritten(self) -> InvitationQuerySet:
        """Open, and the mail that is wanted has not been written yet."""
        return self.open().filter(written_at=None)

    def silent(self) -> InvitationQuerySet:
        """Open, and nobody with this address has signed up in another way."""
        same = Registration.objects.standing().filter(workshop=OuterRef("workshop"))
        return self.open().exclude(Exists(same.filter(person__email__iexact=OuterRef("email"))))

    def left_alone_since(self, now: dt.datetime) -> InvitationQuerySet:
        """Last written to a day ago or longer."""
        return self.filter(written_at__lte=now - BETWEEN_MAILS)

    def by_name(self) -> InvitationQuerySet:
        return self.order_by("name", "email", "pk")


class Invitation(models.Model):
    """Somebody asked to come to one workshop; one for each workshop and address."""

    id = opaque_id()
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="invitations")
    name = models.CharField(_("name"), max_length=80, blank=True)
    email = models.EmailField(_("e-mail"))
    language = models.CharField(max_length=8, default="it")
    state = models.CharField(max_length=10, choices=InvitationState, default=InvitationState.OPEN, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    invited_at = models.DateTimeField(default=timezone.now, editable=False)
    occasion = models.PositiveIntegerField(default=1, editable=False, help_text="Counts inviting, anew or elsewhere.")
    chases = models.PositiveIntegerField(default=0, editable=False, help_text="Counts reminders of this occasion.")
    written_at = models.DateTimeField(null=True, editable=False, help_text="Empty while a mail is wanted.")
    answered_at = models.DateTimeField(null=True, editable=False)
    registration = models.ForeignKey(Registration, models.SET_NULL, null=True, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("workshop", Lower("email"), name="one_invitation_for_each_address"),
            models.CheckConstraint(
                condition=Q(state__in=[InvitationState.ACCEPTED, InvitationState.DECLINED], answered_at__isnull=False)
                | Q(state__in=[InvitationState.OPEN, InvitationState.WITHDRAWN], answered_at=None),
                name="whoever_answered_did_so_at_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["invited_by", "invited_at"], name="invitations_of_a_day")]

    def __str__(self) -> str:
        return f"invitation to {self.workshop_id}: {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state == InvitationState.OPEN

    @property
    def called(self) -> str:
        """How organisers find it in a list."""
        return self.name or self.email

    @property
    def has_place(self) -> bool:
        """Whether the place it led to still stands; needs `registration`."""
        return self.registration is not None and self.registration.state == RegistrationState.CONFIRMED


class InvitationLinkQuerySet(models.QuerySet):
    def of_secret(self, digest: str) -> InvitationLinkQuerySet:
        """The link with this digest, used or not, unless it ended or went to another mailbox."""
        return self.filter(digest=digest, revoked_at=None, expires_at__gt=timezone.now())

    def unused(self) -> InvitationLinkQuerySet:
        return self.filter(used_at=None, revoked_at=None)


class InvitationLink(models.Model):
    """A key that answers one invitation once; each mail has its own, stored as a digest."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"link to {self.invitation_id}"
