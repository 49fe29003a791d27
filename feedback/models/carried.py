"""Points that went on: from what one workshop said into what a later one was asked."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workshops.models import Initiative, Prompt, Workshop
from workshops.models.fields import opaque_id
from workshops.words import WordsField


class CarriedQuerySet(models.QuerySet):
    def in_order(self) -> CarriedQuerySet:
        return self.order_by("origin__number", "target__number", "at", "pk")

    def with_both_ends(self) -> CarriedQuerySet:
        return self.select_related("origin", "target", "prompt", "initiative")


class Carried(models.Model):
    """A finding (`point` is its id in the outcome) carried into a later workshop, as a question or as an initiative.

    Question or initiative may be taken out of the agenda again; that the point went on stays.
    """

    id = opaque_id()
    point = models.UUIDField()
    title = WordsField(_("title"))
    origin = models.ForeignKey(Workshop, models.CASCADE, related_name="carried_on")
    target = models.ForeignKey(Workshop, models.CASCADE, related_name="carried_in")
    prompt = models.ForeignKey(Prompt, models.SET_NULL, null=True, related_name="carried")
    initiative = models.ForeignKey(Initiative, models.SET_NULL, null=True, related_name="carried")
    at = models.DateTimeField(default=timezone.now)

    objects = CarriedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["point", "target"], name="a_point_goes_into_a_workshop_once"),
            models.CheckConstraint(condition=~Q(origin=F("target")), name="a_point_goes_into_another_workshop"),
        ]

    def __str__(self) -> str:
        return f"{self.point} into {self.target_id}"
