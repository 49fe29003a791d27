"""What the desks told: each op of docs/arrivals.md that was taken, or is kept for the organiser."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from participants.models.people import Registration
from participants.states import ArrivalDoing, ArrivalState
from workshops.models import Workshop


class ArrivalQuerySet(models.QuerySet):
    def held(self) -> ArrivalQuerySet:
        """Waiting for the organiser's word, in the order they came."""
        return self.filter(state=ArrivalState.HELD).order_by("taken_at", "pk")


class Arrival(models.Model):
    """One op of a desk; its id is made on the device, so that sending it again does nothing.

    It outlives the person it was about, so that a device that was away does not bring them back.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="arrivals")
    registration = models.ForeignKey(Registration, models.SET_NULL, null=True, related_name="arrivals")
    do = models.CharField(max_length=10, choices=ArrivalDoing)
    state = models.CharField(max_length=8, choices=ArrivalState)
    reason = models.CharField(max_length=200, blank=True, help_text="Why somebody was let in over the limit.")
    body = models.JSONField(default=dict, help_text="The whole op, only while it is held.")
    at = models.DateTimeField(null=True, help_text="By the device's clock.")
    taken_at = models.DateTimeField(default=timezone.now)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=36, blank=True)

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ArrivalState.HELD) | Q(body={}), name="only_a_held_arrival_keeps_its_body"
            ),
        ]
        indexes = [models.Index(fields=["workshop", "state"], name="arrivals_by_state")]

    def __str__(self) -> str:
        return f"{self.do} {self.state} {self.pk}"
