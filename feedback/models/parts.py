"""What a compile keeps between its steps."""

from __future__ import annotations

from django.db import models

from workshops.models import Workshop
from workshops.models.fields import opaque_id


class PartQuerySet(models.QuerySet):
    def of_workshop(self, workshop: Workshop) -> PartQuerySet:
        return self.filter(workshop=workshop)

    def open(self) -> PartQuerySet:
        """Not compiled yet."""
        return self.filter(is_done=False)

    def largest_first(self) -> PartQuerySet:
        """In the order they are compiled in, so that no worker ends long after the others."""
        return self.order_by("-notes", "key")


class Part(models.Model):
    """One section of a workshop's notes on its way into the draft: the notes of one session, question and theme.

    `digest` names the notes as they were, `result` is what the compiler said about them. The rows live until the draft
    is written.
    """

    id = opaque_id()
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="parts")
    key = models.CharField(max_length=120, help_text="session:question:theme")
    digest = models.CharField(max_length=64)
    notes = models.PositiveIntegerField(default=0)
    is_done = models.BooleanField(default=False)
    result = models.JSONField(default=dict, blank=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workshop", "key"], name="each_section_is_one_part")]

    def __str__(self) -> str:
        return f"{self.key} of {self.workshop_id}"
