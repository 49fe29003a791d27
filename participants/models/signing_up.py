"""A sign-up on its way: one that its mailbox has still to confirm, the trace it leaves for a day or two, and who asked
for a link again."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils import timezone

from participants.models.people import Registration
from workshops.models import Workshop
from workshops.models.fields import opaque_id

PENDING_LASTS = dt.timedelta(hours=48)
TRACES_LAST = dt.timedelta(hours=48)
REQUESTS_LAST = dt.timedelta(hours=48)


class PendingQuerySet(models.QuerySet):
    def open_at(self, now: dt.datetime) -> PendingQuerySet:
        return self.filter(expires_at__gt=now)

    def over_at(self, now: dt.datetime) -> PendingQuerySet:
        return self.filter(expires_at__lte=now)


class PendingSignUp(models.Model):
    """What was written on the form of a sensitive workshop. It holds no place until its mailbox presses the button."""

    id = opaque_id()
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="pending")
    email = models.EmailField(help_text="In small letters.")
    language = models.CharField(max_length=8)
    wanted = models.JSONField(help_text="Name, theme, needs, answers and consents, as `signing_up.Wanted` writes them.")
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    objects = PendingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "email"], name="one_pending_sign_up_for_each_address"),
        ]

    def __str__(self) -> str:
        return f"pending sign-up {self.pk}"


class TraceQuerySet(models.QuerySet):
    def recent_at(self, now: dt.datetime) -> TraceQuerySet:
        return self.filter(at__gt=now - TRACES_LAST)

    def old_at(self, now: dt.datetime) -> TraceQuerySet:
        return self.filter(at__lte=now - TRACES_LAST)


class SignUpTrace(models.Model):
    """From where somebody signed up, as keyed digests that say "the same" and nothing else; gone after two days."""

    registration = models.OneToOneField(Registration, models.CASCADE, related_name="trace")
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="+")
    browser = models.CharField(max_length=16)
    network = models.CharField(max_length=16)
    at = models.DateTimeField(default=timezone.now)

    objects = TraceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["workshop", "at"], name="traces_of_a_workshop")]

    def __str__(self) -> str:
        return f"trace of {self.registration_id}"


class LinkRequest(models.Model):
    """An address, in small letters, that asked for the links to its places, whether we know it or not; gone once a job
    has written the mails."""

    email = models.EmailField(unique=True)
    asked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"request for links {self.pk}"
