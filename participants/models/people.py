"""People and their places."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.ids import spoken_code
from ledger.models import ActorKind
from participants.states import HOLDING, OFF_THE_LIST, AgeBand, Channel, RegistrationState
from workshops.models import Audience, Group, Programme, Theme, Workshop
from workshops.models.fields import opaque_id, some_needs

if TYPE_CHECKING:
    from participants.models.questions import Answer
    from participants.models.tables import Seat


class PersonQuerySet(models.QuerySet):
    def of_address(self, email: str) -> PersonQuerySet:
        """Whoever has this address, in whatever letters it is typed; found by the index of the unique constraint."""
        return self.alias(address=Lower("email")).filter(address=email.lower())

    def of_user(self, user: Any) -> PersonQuerySet:
        """Those whose address the user has proved to own; somebody without a row is nobody."""
        if not getattr(user, "is_authenticated", False) or getattr(user, "pk", None) is None:
            return self.none()
        proved = EmailAddress.objects.filter(user=user.pk, verified=True).values(address=Lower("email"))
        return self.annotate(address=Lower("email")).filter(address__in=proved)


class Person(models.Model):
    """Somebody who takes part in a programme; one for each programme and address."""

    id = opaque_id()
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="people")
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"), null=True, blank=True)  # noqa: DJ001 - unique where there is one
    language = models.CharField(max_length=8, default="it")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="people")
    age_band = models.CharField(max_length=6, choices=AgeBand, blank=True)
    area = models.CharField(_("area"), max_length=60, blank=True)
    feed_generation = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PersonQuerySet.as_manager()

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
        return self.exclude(state__in=OFF_THE_LIST)

    def confirmed(self) -> RegistrationQuerySet:
        return self.filter(state=RegistrationState.CONFIRMED).order_by("asked_at", "pk")

    def holding(self) -> RegistrationQuerySet:
        """A place is theirs, firm or offered: nobody else can have it."""
        return self.filter(state__in=HOLDING).order_by("asked_at", "pk")

    def offered(self) -> RegistrationQuerySet:
        """Asked whether they take a place; whose time ends first comes first."""
        return self.filter(state=RegistrationState.OFFERED).order_by("offered_until", "pk")

    def lapsed_at(self, now: dt.datetime) -> RegistrationQuerySet:
        """Offered a place and not answered in time."""
        return self.offered().filter(offered_until__lte=now)

    def waiting(self) -> RegistrationQuerySet:
        """Still without a place; whoever asked first comes first."""
        return self.filter(state=RegistrationState.WAITING).order_by("queue_no")

    def off_the_list(self) -> RegistrationQuerySet:
        """Neither a place nor a turn any more, but still known."""
        return self.filter(state__in=OFF_THE_LIST).order_by("asked_at", "pk")

    def emptied(self) -> RegistrationQuerySet:
        """All went but who it is and the yes to mail about later workshops."""
        return self.filter(state=RegistrationState.EMPTIED)

    def here(self) -> RegistrationQuerySet:
        return self.confirmed().filter(arrived_at__isnull=False)

    def with_people(self) -> RegistrationQuerySet:
        return self.select_related("person", "theme", "audience")

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
    offered_until = models.DateTimeField(null=True, editable=False)
    audience = models.ForeignKey(Audience, models.RESTRICT, null=True, blank=True, related_name="registrations")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    arrived_at = models.DateTimeField(null=True, editable=False)
    arrival = models.UUIDField(null=True, editable=False, help_text="Names this coming in, so that only it is undone.")
    theme = models.ForeignKey(Theme, models.SET_NULL, null=True, blank=True, related_name="+")
    needs = models.CharField(_("needs"), max_length=300, blank=True)
    table_needs = models.JSONField(_("what the table must offer"), default=list, blank=True, validators=[some_needs])
    first_time = models.BooleanField(null=True)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.WEB, editable=False)
    code_generation = models.PositiveIntegerField(default=0, editable=False)
    occasion = models.PositiveIntegerField(default=0, editable=False, help_text="Counts taking and giving up.")

    # Told by `attendance.tell`.
    evening_seats: list[Seat]
    table: Group | None
    came_before: dt.datetime | None
    tables: str
    turn: int
    # Told by `queries.registration_by_link`.
    has_answers: bool
    # Told by `waiting.tell_why`.
    why: str
    # Told by the organisers' list of people.
    mail_came_back: bool
    told_answers: list[Answer]  # by `answers.tell_answers`

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
            models.CheckConstraint(
                condition=Q(state=RegistrationState.OFFERED, offered_until__isnull=False)
                | (~Q(state=RegistrationState.OFFERED) & Q(offered_until=None)),
                name="an_offer_has_an_end",
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
    def is_offered(self) -> bool:
        return self.state == RegistrationState.OFFERED

    @property
    def holds_a_place(self) -> bool:
        """Firm or offered: nobody else can have it."""
        return self.state in HOLDING

    def has_offer_at(self, now: dt.datetime) -> bool:
        """Whether a place is on offer to them and there is still time to answer."""
        return self.offered_until is not None and now < self.offered_until

    @property
    def local_offer_end(self) -> dt.datetime:
        """Until when an offered place is held, on the workshop's clock."""
        if self.offered_until is None:
            raise ValueError(f"{self.pk} has no offer")
        return self.offered_until.astimezone(self.workshop.zone)

    @property
    def spoken_code(self) -> str:
        """What is said at the door, such as `7KTR-248`."""
        return spoken_code("check-in", self.pk, self.code_generation)

    def position(self) -> int:
        """How many wait in front, plus one; it only falls."""
        waiting = Registration.objects.filter(workshop_id=self.workshop_id).waiting()
        return waiting.filter(queue_no__lt=self.queue_no).count() + 1


PROOF_LASTS = dt.timedelta(hours=24)


class PlaceLinkQuerySet(models.QuerySet):
    def valid_at(self, now: object) -> PlaceLinkQuerySet:
        return self.filter(revoked_at=None, expires_at__gt=now)

    def proving_at(self, now: dt.datetime) -> PlaceLinkQuerySet:
        """Mailed to the person a day ago at most: whoever has it owns the address."""
        return self.valid_at(now).filter(proves=True, created_at__gt=now - PROOF_LASTS)


class PlaceLink(models.Model):
    """A key to "my place": many may be valid, each is stored as a digest and can be revoked."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    proves = models.BooleanField(default=False, help_text="It went to the person's own address and nowhere else.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = PlaceLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"link to {self.registration_id}"


class OfferLink(models.Model):
    """The key mailed with an offer. It answers once; the offer it was made for is the registration's `occasion`."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="offer_links")
    occasion = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"offer {self.occasion} to {self.registration_id}"


class Override(models.Model):
    """A place that an organiser gave past a limit, and why. The reason is a person's words: it goes when they go."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="overrides")
    at = models.DateTimeField(default=timezone.now, editable=False)
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.CharField(max_length=36, blank=True)
    reason = models.CharField(_("reason"), max_length=300)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="an_override_has_a_reason")]

    def __str__(self) -> str:
        return f"override for {self.registration_id}"
