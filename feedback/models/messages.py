"""What the organiser tells the tables while the workshop runs."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone

from workshops.models import Group, Workshop
from workshops.models.fields import opaque_id

LONGEST_MESSAGE = 200


class MessageQuerySet(models.QuerySet):
    def for_table(self, group: Group) -> MessageQuerySet:
        """Told to this table or to all."""
        return self.filter(Q(group=None) | Q(group=group), workshop=group.workshop_id)

    def since(self, moment: dt.datetime) -> MessageQuerySet:
        return self.filter(at__gte=moment)

    def newest_first(self) -> MessageQuerySet:
        return self.order_by("-at", "pk")


class Message(models.Model):
    """One short sentence to one table or (group empty) to all. Who wrote it stands in the history."""

    id = opaque_id()
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="messages")
    group = models.ForeignKey(Group, models.CASCADE, null=True, blank=True, related_name="messages")
    text = models.CharField(max_length=LONGEST_MESSAGE)
    at = models.DateTimeField(default=timezone.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_message_says_something")]

    def __str__(self) -> str:
        return self.text
