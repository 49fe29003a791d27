"""Who sits where, and which tablets belong to which table."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants.models.people import Registration
from workshops.models import Group, Session
from workshops.models.fields import opaque_id


class SeatQuerySet(models.QuerySet):
    def for_the_evening(self) -> SeatQuerySet:
        """Seats that hold for all sessions, not for one."""
        return self.filter(session=None)

    def in_session(self, session_id: UUID | None) -> SeatQuerySet:
        """Where people sit in a session: at the one they change to for it, else at their first table."""
        if session_id is None:
            return self.for_the_evening()
        elsewhere = Seat.objects.filter(session=session_id, registration=OuterRef("registration"))
        return self.filter(Q(session=session_id) | Q(session=None) & ~Exists(elsewhere))

    def with_people(self) -> SeatQuerySet:
        return self.select_related("registration__person", "registration__theme", "group")


class Seat(models.Model):
    """A person's seat at a table, for one session or (session empty) for all of them."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="seats")
    group = models.ForeignKey(Group, models.CASCADE, related_name="seats")
    session = models.ForeignKey(Session, models.CASCADE, null=True, blank=True, related_name="+")
    kept = models.BooleanField(default=False, help_text="Placed by a person: a new mix leaves it where it is.")

    objects = SeatQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=Q(session=None), name="one_seat_for_each_person_and_evening"
            ),
            models.UniqueConstraint(
                fields=["registration", "session"],
                condition=Q(session__isnull=False),
                name="one_seat_for_each_person_and_session",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} at {self.group_id}"


class SeatingRule(models.Model):
    """Two people who should sit together, or apart."""

    class Kind(models.TextChoices):
        TOGETHER = "together", _("Together")
        APART = "apart", _("Apart")

    kind = models.CharField(max_length=10, choices=Kind)
    one = models.ForeignKey(Registration, models.CASCADE, related_name="+")
    other = models.ForeignKey(Registration, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="one_rule_for_each_pair"),
            models.CheckConstraint(condition=~Q(one=models.F("other")), name="a_rule_is_about_two_people"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.one_id}, {self.other_id}"


LOW_BATTERY = 20  # percent


class DeviceQuerySet(models.QuerySet):
    def working_at(self, now: object) -> DeviceQuerySet:
        """Joined, not removed, and the table's codes still hold."""
        return self.filter(revoked_at=None, until__gt=now)

    def former_at(self, now: object) -> DeviceQuerySet:
        """Removed from its table, or left after the table's codes had ended."""
        return self.exclude(revoked_at=None, until__gt=now)


class Device(models.Model):
    """A tablet that joined a table with its code, under a moderator's name."""

    id = opaque_id()
    group = models.ForeignKey(Group, models.CASCADE, related_name="devices")
    name = models.CharField(_("name"), max_length=80)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    until = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    # The last thing it told about itself, never a history.
    unsent = models.PositiveSmallIntegerField(null=True)
    battery = models.PositiveSmallIntegerField(null=True, help_text="Percent, where its browser tells.")
    charging = models.BooleanField(null=True)
    ready = models.BooleanField(null=True, help_text="Whether it would work without a connection.")

    objects = DeviceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} at {self.group_id}"

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def is_battery_low(self) -> bool:
        return self.battery is not None and self.battery <= LOW_BATTERY and not self.charging
