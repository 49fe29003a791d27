"""People who sit together, and who moderates them in which session."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from workshops.models.agenda import Session
from workshops.models.fields import opaque_id, some_needs
from workshops.models.programmes import is_known
from workshops.models.workshops import Workshop
from workshops.states import ORGANISING_ROLES, ModeratorRole


class GroupQuerySet(models.QuerySet):
    def of_code(self, code: str, now: dt.datetime) -> GroupQuerySet:
        """The group whose table code this is, while codes are valid."""
        return self.filter(code=code, code_until__gt=now)

    def visible_to(self, user: object) -> GroupQuerySet:
        """Groups of the user's own programmes, and groups the user moderates, be it in one session."""
        if not is_known(user):
            return self.none()
        return self.filter(
            Q(workshop__programme__team__user=user.pk, workshop__programme__team__role__in=ORGANISING_ROLES)
            | Q(moderators__user=user.pk)
            | Q(rounds__seat__user=user.pk)
        ).distinct()

    def with_rounds(self) -> GroupQuerySet:
        """With their moderators and the rounds these lead elsewhere, for `workshops.rounds`; two queries more."""
        rounds = models.Prefetch("rounds", ModeratorRound.objects.select_related("session").order_by("session__order"))
        seats = ModeratorSeat.objects.select_related("user").prefetch_related(rounds)
        return self.prefetch_related(models.Prefetch("moderators", seats))


class Group(models.Model):
    """People who sit together; shown as "Table Olmo". `size` counts seats for people, not for the moderators.

    `seq` counts the stored ops of the group and is raised only under the lock of this row.
    """

    id = opaque_id()
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="groups")
    name = models.CharField(_("name"), max_length=40)
    room = models.CharField(_("room"), max_length=60, blank=True)
    size = models.PositiveSmallIntegerField(
        _("seats"), default=5, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    offers = models.JSONField(_("what it offers"), default=list, blank=True, validators=[some_needs])
    order = models.PositiveSmallIntegerField(default=0)
    seq = models.PositiveBigIntegerField(default=0, editable=False)
    code = models.CharField(max_length=6, null=True, unique=True, editable=False)  # noqa: DJ001 - unique where there is one
    code_until = models.DateTimeField(null=True, editable=False)

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["workshop", "name"], name="tables_of_a_workshop_have_different_names"),
            models.CheckConstraint(condition=Q(size__gte=1), name="table_has_at_least_one_seat"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def topic(self) -> str:
        """The name its wake-ups go by."""
        return f"group:{self.pk}"


class ModeratorSeatQuerySet(models.QuerySet):
    def at(self, group: Group) -> ModeratorSeatQuerySet:
        """Whoever leads the table in any session: what they wrote there may arrive after they have moved on."""
        return self.filter(Q(group=group) | Q(rounds__group=group)).distinct()

    def leading(self, group: Group, session_id: object) -> ModeratorSeatQuerySet:
        """Who leads the table in a session, who asks first; with None, in sessions without rounds of their own."""
        if session_id is None:
            return self.filter(group=group).order_by("role", "pk")
        elsewhere = ModeratorRound.objects.filter(session=session_id, seat=OuterRef("pk"))
        here = Q(rounds__session=session_id, rounds__group=group) | Q(group=group) & ~Exists(elsewhere)
        return self.filter(here).distinct().order_by("role", "pk")


class ModeratorSeat(models.Model):
    """One of the two moderators of a group: one asks, one writes."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="moderators")
    role = models.CharField(max_length=6, choices=ModeratorRole)
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"), blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="moderator_seats"
    )

    objects = ModeratorSeatQuerySet.as_manager()

    class Meta:
        ordering = ["role"]
        constraints = [models.UniqueConstraint(fields=["group", "role"], name="one_moderator_asks_and_one_writes")]

    def __str__(self) -> str:
        return self.name

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def address(self) -> str:
        """Where they are written to, as far as we know: what was typed, else that of the user; in small letters."""
        return (self.email or (self.user.email if self.user else "")).lower()


class ModeratorRound(models.Model):
    """A moderator leads another table than their own in one session; without a row they lead their own."""

    seat = models.ForeignKey(ModeratorSeat, models.CASCADE, related_name="rounds")
    session = models.ForeignKey(Session, models.CASCADE, related_name="moderator_rounds")
    group = models.ForeignKey(Group, models.CASCADE, related_name="rounds")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seat", "session"], name="a_moderator_leads_one_table_in_a_session")
        ]

    def __str__(self) -> str:
        return f"{self.seat_id} at {self.group_id} in {self.session_id}"
