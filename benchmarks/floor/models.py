"""Thirty talks, and events with places."""

import uuid

from django.db import models


class Talk(models.Model):
    title = models.CharField(max_length=120)
    speaker = models.CharField(max_length=80)
    abstract = models.TextField()
    starts_at = models.DateTimeField()

    class Meta:
        app_label = "floor"
        ordering = ["starts_at"]

    def __str__(self) -> str:
        return self.title


class Event(models.Model):
    places = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    queue = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "floor"

    def __str__(self) -> str:
        return f"{self.taken} of {self.places}"


class Booking(models.Model):
    """A place, or (`number` is not 0) a number on the waiting list."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    event = models.ForeignKey(Event, models.CASCADE, related_name="bookings")
    name = models.CharField(max_length=80)
    email = models.EmailField()
    number = models.PositiveIntegerField()

    class Meta:
        app_label = "floor"
        constraints = [models.UniqueConstraint(fields=["event", "email"], name="one_booking_for_each_address")]

    def __str__(self) -> str:
        return self.name
