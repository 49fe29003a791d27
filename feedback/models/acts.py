"""The history of a draft: what each act of a person changed, so that it can be read and undone."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from feedback.models.summary import Draft
from ledger.models import ActorKind


class ActQuerySet(models.QuerySet):
    def newest_first(self) -> ActQuerySet:
        return self.order_by("-pk")

    def standing(self) -> ActQuerySet:
        """Those that nobody has undone."""
        return self.filter(undone_at=None)


class Act(models.Model):
    """One act on a draft. `change` holds the rows it changed, each before and after:
    `{"draft": [before, after], "findings": {id: [before, after]}, "places": {note id: [before, after]}}`; None is a row
    that was not there.
    """

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="acts")
    verb = models.CharField(max_length=60)
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.CharField(max_length=36, blank=True)
    change = models.JSONField()
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)

    objects = ActQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.verb} {self.pk}"
