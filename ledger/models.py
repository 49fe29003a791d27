"""The three rows an action leaves behind: an Event (what happened), a Mail and a Job (what must still happen).

Queue, push channel and cache carry wake-ups only. Whatever must survive is a row here, written in the transaction of
its cause; a sweep finds what is left.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ActorKind(models.TextChoices):
    USER = "user"
    PERSON = "person"
    DEVICE = "device"
    SYSTEM = "system"


class EventQuerySet(models.QuerySet):
    def of(self, thing: models.Model) -> EventQuerySet:
        """The history of one thing, oldest first."""
        return self.filter(thing_kind=thing._meta.label_lower, thing_id=str(thing.pk)).order_by("pk")

    def in_scope(self, scope_id: uuid.UUID) -> EventQuerySet:
        """Everything that happened around one workshop, newest first."""
        return self.filter(scope_id=scope_id).order_by("-pk")


class Event(models.Model):
    """History, append-only. `data` holds states and names of changed fields, never a personal value."""

    at = models.DateTimeField(default=timezone.now, editable=False)
    verb = models.CharField(max_length=60)
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.CharField(max_length=36, blank=True)
    thing_kind = models.CharField(max_length=60)
    thing_id = models.CharField(max_length=36)
    scope_id = models.UUIDField(null=True, help_text="The workshop (or programme) it belongs to.")
    data = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["scope_id", "-id"], name="event_of_scope"),
            models.Index(fields=["thing_kind", "thing_id"], name="event_of_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.thing_kind} {self.thing_id}"


class DueQuerySet(models.QuerySet):
    """Rows that something must still be done about, claimed by a lease."""

    def unleased_at(self, now: datetime) -> Self:
        return self.filter(Q(lease_until=None) | Q(lease_until__lt=now))


class MailState(models.TextChoices):
    """What has become of a mail; computed from its times, never stored."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    BOUNCED = "bounced", _("Came back")
    GIVEN_UP = "given-up", _("Given up")
    DROPPED = "dropped", _("No longer needed")


_IN_STATE = {
    MailState.WAITING: Q(sent_at=None, given_up_at=None),
    MailState.SENT: Q(sent_at__isnull=False, bounced_at=None),
    MailState.BOUNCED: Q(bounced_at__isnull=False),
    MailState.GIVEN_UP: Q(given_up_at__isnull=False, bounced_at=None) & ~Q(error=""),
    MailState.DROPPED: Q(given_up_at__isnull=False, bounced_at=None, error=""),
}


class MailQuerySet(DueQuerySet):
    def unsent(self) -> MailQuerySet:
        return self.filter(_IN_STATE[MailState.WAITING])

    def in_state(self, state: str) -> MailQuerySet:
        """The mails `state` (a `MailState`) is true of."""
        return self.filter(_IN_STATE[MailState(state)])

    def count_states(self) -> dict[str, int]:
        """How many there are of each `MailState`, in one query."""
        return self.order_by().aggregate(**{each.name: Count("pk", filter=told) for each, told in _IN_STATE.items()})

    def due_at(self, now: datetime) -> MailQuerySet:
        return self.unsent().unleased_at(now).filter(not_before__lte=now)

    def about(self, scope_id: uuid.UUID) -> MailQuerySet:
        return self.filter(scope_id=scope_id).order_by("-created_at")


class Mail(models.Model):
    """One message to one person for one occasion. The text is rendered when it is sent; no token is stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    key = models.CharField(
        max_length=200, unique=True, help_text="Person, occasion and kind: what makes it one message."
    )
    recipient_id = models.CharField(max_length=36)
    subject_id = models.CharField(max_length=36)
    scope_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    not_before = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveIntegerField(default=0, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    given_up_at = models.DateTimeField(null=True, editable=False)
    error = models.CharField(max_length=300, blank=True, editable=False)
    provider_id = models.CharField(
        max_length=200, blank=True, editable=False, help_text="How the provider calls it when it tells of a bounce."
    )
    bounced_at = models.DateTimeField(null=True, editable=False)
    bounce = models.CharField(max_length=20, blank=True, editable=False, help_text="Why it came back, in one word.")

    objects = MailQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["not_before"], name="mail_due", condition=Q(sent_at=None, given_up_at=None)),
            models.Index(fields=["scope_id", "-created_at"], name="mail_of_scope"),
            models.Index(fields=["recipient_id"], name="mail_of_recipient"),
            models.Index(fields=["provider_id"], name="mail_by_provider_id", condition=~Q(provider_id="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(given_up_at=None), name="mail_is_sent_or_given_up_not_both"
            )
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def state(self) -> MailState:
        if self.bounced_at:
            return MailState.BOUNCED
        if self.sent_at:
            return MailState.SENT
        if self.given_up_at:
            return MailState.GIVEN_UP if self.error else MailState.DROPPED
        return MailState.WAITING


class JobQuerySet(DueQuerySet):
    def unbuilt(self) -> JobQuerySet:
        return self.filter(built__lt=F("wanted"))

    def due_at(self, now: datetime) -> JobQuerySet:
        return self.unbuilt().unleased_at(now).filter(not_before__lte=now)


class Job(models.Model):
    """The only claim on background work: asked for `wanted` times, done up to `built`, held by one worker at a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=36)
    scope_id = models.UUIDField(null=True)
    wanted = models.PositiveIntegerField(default=0)
    built = models.PositiveIntegerField(default=0)
    lease = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0, editable=False)
    error = models.CharField(max_length=300, blank=True, editable=False)
    progress = models.JSONField(default=dict, editable=False)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id"], name="one_job_for_each_kind_and_subject"),
            models.CheckConstraint(condition=Q(built__lte=F("wanted")), name="job_is_never_built_more_than_wanted"),
        ]
        indexes = [models.Index(fields=["not_before"], name="job_due", condition=Q(built__lt=F("wanted")))]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id} {self.built}/{self.wanted}"

    @property
    def is_waiting(self) -> bool:
        """Asked for and not done yet."""
        return self.built < self.wanted


class Epoch(models.Model):
    """The one row that names this server's history; a restore from a backup gives it a new name."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.UUIDField(default=uuid.uuid4)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_epoch")]

    def __str__(self) -> str:
        return str(self.name)


class Erasure(models.Model):
    """That somebody was forgotten: a random key, when, and how many rows or files of each kind went. The receipt.

    The same key stands in the journal outside the database (`ledger/journal.py`), so that a restored backup forgets
    them again.
    """

    class Kind(models.TextChoices):
        PERSON = "person"
        INVITED = "invited"
        USER = "user"

    key = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField(default=timezone.now, editable=False)
    counts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
