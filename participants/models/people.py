"""People and their places."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.ids import spoken_code
from participants.states import AgeBand, RegistrationState
from workshops.models import Group, Programme, Theme, Workshop, opaque_id

if TYPE_CHECKING:
    from participants.models.tables import Seat


class Person(models.Model):
    """Somebody who takes part in a programme; one for each programme and address."""

    id = opaque_id()
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="people")
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"), null=True, blank=True)  # noqa: DJ001 - unique where there is one
    language = models.CharField(max_length=8, default="it")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="people")
    age_band = models.CharField(max_length=6, choices=AgeBand, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "programme", Lower("email"), condition=Q(email__isnull=False), name="one_person_for_each_address"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]


class RegistrationQuerySet(models.QuerySet):
    def standing(self) -> RegistrationQuerySet:
        return self.exclude(state=RegistrationState.CANCELLED)

    def confirmed(self) -> RegistrationQuerySet:
        return self.filter(state=RegistrationState.CONFIRMED).order_by("asked_at", "pk")

    def waiting(self) -> RegistrationQuerySet:
        """Still without a place; whoever asked first comes first."""
        return self.filter(state=RegistrationState.WAITING).order_by("queue_no")

    def here(self) -> RegistrationQuerySet:
        return self.confirmed().filter(arrived_at__isnull=False)

    def with_people(self) -> RegistrationQuerySet:
        return self.select_related("person", "theme")

    def unseated(self) -> RegistrationQuerySet:
        """Has a place but no seat at a table for the whole evening."""
        return self.confirmed().exclude(seats__session=None, seats__isnull=False)


class Registration(models.Model):
    """One person's place, or turn on the waiting list, at one workshop."""

    id = opaque_id()
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="registrations")
    person = models.ForeignKey(Person, models.CASCADE, related_name="registrations")
    state = models.CharField(max_length=10, choices=RegistrationState, editable=False)
    queue_no = models.PositiveIntegerField(null=True, editable=False)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    arrived_at = models.DateTimeField(null=True, editable=False)
    theme = models.ForeignKey(Theme, models.SET_NULL, null=True, blank=True, related_name="+")
    needs = models.CharField(_("needs"), max_length=300, blank=True)
    first_time = models.BooleanField(null=True)
    code_generation = models.PositiveIntegerField(default=0, editable=False)
    occasion = models.PositiveIntegerField(default=0, editable=False, help_text="Counts taking and giving up.")

    # Told by `attendance.signed_up` and `attendance.waiting`.
    evening_seats: list[Seat]
    table: Group | None
    came_before: dt.datetime | None
    turn: int

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "person"], name="one_registration_for_each_person"),
            models.UniqueConstraint(
                fields=["workshop", "queue_no"],
                condition=Q(queue_no__isnull=False),
                name="queue_numbers_are_given_once",
            ),
            models.CheckConstraint(
                condition=Q(state=RegistrationState.WAITING, queue_no__isnull=False)
                | (~Q(state=RegistrationState.WAITING) & Q(queue_no=None)),
                name="whoever_waits_has_a_queue_number",
            ),
        ]
        indexes = [models.Index(fields=["workshop", "state"], name="registrations_by_state")]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.workshop_id}: {self.state}"

    @property
    def is_confirmed(self) -> bool:
        return self.state == RegistrationState.CONFIRMED

    @property
    def is_waiting(self) -> bool:
        return self.state == RegistrationState.WAITING

    @property
    def spoken_code(self) -> str:
        """What is said at the door, such as `7KTR-248`."""
        return spoken_code("check-in", self.pk, self.code_generation)

    def position(self) -> int:
        """How many wait in front, plus one; it only falls."""
        waiting = Registration.objects.filter(workshop_id=self.workshop_id).waiting()
        return waiting.filter(queue_no__lt=self.queue_no).count() + 1


class PlaceLinkQuerySet(models.QuerySet):
    def valid_at(self, now: object) -> PlaceLinkQuerySet:
        return self.filter(revoked_at=None, expires_at__gt=now)


class PlaceLink(models.Model):
    """A key to "my place": many may be valid, each is stored as a digest and can be revoked."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = PlaceLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"link to {self.registration_id}"
