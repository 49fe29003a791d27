"""One evening with places. Its public name is its slug, the same in every language."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.ids import new_secret
from workshops.models.fields import every_kind, opaque_id, some_kinds
from workshops.models.programmes import Programme, is_known
from workshops.states import (
    AFTER_THE_DAY,
    CHECK_IN_ROLES,
    GIVING_STATES,
    ORGANISING_ROLES,
    PUBLIC_STATES,
    Access,
    Promotion,
    WallMode,
    WorkshopState,
)
from workshops.words import WordsField


class WorkshopQuerySet(models.QuerySet):
    def public(self) -> WorkshopQuerySet:
        """Announced to everybody: on lists, in feeds, in the sitemap."""
        return self.filter(state__in=PUBLIC_STATES, access=Access.PUBLIC)

    def reachable(self) -> WorkshopQuerySet:
        """With a page for whoever knows its address."""
        return self.filter(state__in=PUBLIC_STATES)

    def visible_to(self, user: object) -> WorkshopQuerySet:
        """On the organisers' side: workshops of the user's own programmes, whatever the role."""
        return self.filter(programme__team__user=user.pk).distinct() if is_known(user) else self.none()

    def organised_by(self, user: object) -> WorkshopQuerySet:
        if not is_known(user):
            return self.none()
        return self.filter(programme__team__user=user.pk, programme__team__role__in=ORGANISING_ROLES).distinct()

    def with_desk_of(self, user: object) -> WorkshopQuerySet:
        """Where the user may check people in."""
        if not is_known(user):
            return self.none()
        return self.filter(programme__team__user=user.pk, programme__team__role__in=CHECK_IN_ROLES).distinct()

    def coming_at(self, now: dt.datetime) -> WorkshopQuerySet:
        """Not over yet, the nearest first."""
        return (
            self.filter(starts_at__gte=now - dt.timedelta(hours=12))
            .exclude(state__in=[*AFTER_THE_DAY, WorkshopState.CANCELLED])
            .order_by("starts_at")
        )

    def published(self) -> WorkshopQuerySet:
        return self.filter(state=WorkshopState.PUBLISHED)

    def with_programme(self) -> WorkshopQuerySet:
        return self.select_related("programme")

    def in_order(self) -> WorkshopQuerySet:
        return self.order_by("programme_id", "number")


class Workshop(models.Model):
    """One evening with places."""

    id = opaque_id()
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="workshops")
    number = models.PositiveSmallIntegerField(_("number"))
    slug = models.SlugField(unique=True, max_length=80)
    title = WordsField(_("title"))
    summary = WordsField(_("summary"), blank=True)
    objectives = WordsField(_("objectives"), blank=True, help_text=_("One on each line."))
    for_whom = WordsField(_("for whom"), blank=True)
    state = models.CharField(max_length=12, choices=WorkshopState, default=WorkshopState.DRAFT, editable=False)
    cancelled_because = WordsField(_("why it is cancelled"), blank=True)
    access = models.CharField(_("who can take a place"), max_length=10, choices=Access, default=Access.PUBLIC)
    starts_at = models.DateTimeField(_("starts"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=180)
    doors_minutes = models.PositiveSmallIntegerField(_("doors open, minutes before"), default=15)
    venue = models.CharField(_("place"), max_length=120, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    directions = WordsField(_("directions"), blank=True)
    accessibility = WordsField(_("access"), blank=True)
    children = WordsField(_("children"), blank=True)
    places = models.PositiveSmallIntegerField(
        _("places"), default=18, validators=[MinValueValidator(1), MaxValueValidator(2000)]
    )
    reserved = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="The reserved places of all audiences together; 0 where there are none."
    )
    promotion = models.CharField(
        _("when a place becomes free"), max_length=10, choices=Promotion, default=Promotion.AT_ONCE
    )
    offer_hours = models.PositiveSmallIntegerField(
        _("hours to answer"), default=48, validators=[MinValueValidator(2), MaxValueValidator(336)]
    )
    opens_at = models.DateTimeField(_("sign-up opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("sign-up closes"), null=True, blank=True)
    sensitive = models.BooleanField(_("confirmed by mail first"), default=False)
    link_secret = models.CharField(
        max_length=40, blank=True, default="", editable=False, help_text="Opens the form where `access` is by link."
    )
    next_queue_no = models.PositiveIntegerField(default=1, editable=False)
    calendar_sequence = models.PositiveIntegerField(default=0, editable=False)
    kinds = models.JSONField(_("kinds of notes"), default=every_kind, validators=[some_kinds])
    mixed_by = models.JSONField(null=True, blank=True, help_text="What tables are mixed by; nothing is the usual.")
    wall_secret = models.CharField(max_length=40, unique=True, default=new_secret, editable=False)
    wall_mode = models.CharField(max_length=10, choices=WallMode, default=WallMode.WELCOME)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = WorkshopQuerySet.as_manager()

    class Meta:
        ordering = ["programme_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="workshops_of_a_programme_are_numbered"),
            models.CheckConstraint(condition=Q(places__gte=1), name="workshop_has_at_least_one_place"),
            models.CheckConstraint(
                condition=Q(places__gte=F("reserved")), name="reserved_places_are_not_more_than_all"
            ),
            models.CheckConstraint(condition=Q(offer_hours__gte=1), name="an_offer_lasts_at_least_an_hour"),
            models.CheckConstraint(condition=Q(minutes__gte=1), name="workshop_lasts_at_least_a_minute"),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="workshop_sign_up_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("workshop", args=[self.slug])

    @property
    def zone(self) -> ZoneInfo:
        return self.programme.zone

    @property
    def local_start(self) -> dt.datetime:
        return self.starts_at.astimezone(self.zone)

    @property
    def local_end(self) -> dt.datetime:
        return self.ends_at.astimezone(self.zone)

    @property
    def ends_at(self) -> dt.datetime:
        return self.starts_at + dt.timedelta(minutes=self.minutes)

    @property
    def doors_at(self) -> dt.datetime:
        return self.starts_at - dt.timedelta(minutes=self.doors_minutes)

    @property
    def local_doors(self) -> dt.datetime:
        return self.doors_at.astimezone(self.zone)

    @property
    def is_published(self) -> bool:
        return self.state == WorkshopState.PUBLISHED

    @property
    def is_over(self) -> bool:
        return self.state in AFTER_THE_DAY

    def takes_registrations_at(self, now: dt.datetime) -> bool:
        """Whether somebody may take a place (or a turn on the waiting list) at `now`."""
        if self.state not in GIVING_STATES:
            return False
        return (self.opens_at is None or self.opens_at <= now) and now < (self.closes_at or self.ends_at)

    def opens_later_than(self, now: dt.datetime) -> bool:
        return self.opens_at is not None and now < self.opens_at

    def gives_places_at(self, now: dt.datetime) -> bool:
        """Whether somebody who waits can be given a place at `now`: also after sign-up has closed, not as a draft."""
        return self.state in GIVING_STATES and now < self.ends_at


class Audience(models.Model):
    """People some places of a workshop are reserved for, such as residents; whoever signs up says whether they are.

    `places` is at least one and, all audiences together (`Workshop.reserved`), at most the workshop's.
    """

    id = opaque_id()
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="audiences")
    name = WordsField(_("name"))
    places = models.PositiveSmallIntegerField(_("reserved places"), validators=[MinValueValidator(1)])
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(places__gte=1), name="an_audience_has_at_least_one_place"),
        ]

    def __str__(self) -> str:
        return str(self.name)
