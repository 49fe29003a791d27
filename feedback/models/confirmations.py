"""What a table confirmed after it heard its notes read aloud."""

from __future__ import annotations

import datetime as dt
import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from feedback.states import MOST_PEOPLE
from workshops.models import Group, Session, Workshop


class ConfirmationQuerySet(models.QuerySet):
    def of_workshop(self, workshop: Workshop) -> ConfirmationQuerySet:
        return self.filter(group__workshop=workshop)

    def after(self, seq: int) -> ConfirmationQuerySet:
        return self.filter(seq__gt=seq)

    def in_order(self) -> ConfirmationQuerySet:
        """The first one first, as the server stored them."""
        return self.order_by("seq")


class Confirmation(models.Model):
    """The people of a table heard the notes of a session and said: yes, this is what we said.

    `id` is the id of its op. `notes` holds what was read, `{note id: revision}`: the note stands confirmed while its
    `words_revision` is not above that. 0 says that the server had other words than those read.
    """

    id = models.UUIDField(primary_key=True)
    group = models.ForeignKey(Group, models.CASCADE, related_name="confirmations")
    session = models.ForeignKey(Session, models.CASCADE, related_name="confirmations")
    seq = models.PositiveBigIntegerField()
    notes = models.JSONField()
    people = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_PEOPLE)]
    )
    by = models.CharField(max_length=80, blank=True, help_text="First name of the moderator who asked the table.")
    author_key = models.CharField(max_length=48, blank=True)
    written_at = models.DateTimeField(null=True, help_text="The device's clock: a label, never an order.")
    at = models.DateTimeField(default=timezone.now)

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "seq"], name="a_seq_of_a_group_belongs_to_one_confirmation"),
            models.CheckConstraint(condition=Q(people=None) | Q(people__gte=1), name="somebody_confirmed"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.seq}"

    @property
    def said_at(self) -> dt.datetime:
        """When it was pressed, as far as the device's clock can be believed: never after it was stored."""
        return min(self.written_at or self.at, self.at)

    def revision_of(self, note_id: uuid.UUID) -> int | None:
        """The revision in which a note was read; None when it was not."""
        return self.notes.get(str(note_id))
