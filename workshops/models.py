"""The plan. Ids are random and opaque; a workshop's public name is its slug, the same in every language."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import TypeGuard
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.ids import new_secret
from workshops.states import (
    AFTER_THE_DAY,
    CHECK_IN_ROLES,
    GIVING_STATES,
    ORGANISING_ROLES,
    PUBLIC_STATES,
    Access,
    ModeratorRole,
    NoteKind,
    Promotion,
    Scale,
    SessionKind,
    SessionState,
    TableNeed,
    TeamRole,
    WallMode,
    WorkshopState,
)
from workshops.words import Words, WordsField


def every_kind() -> list[str]:
    return list(NoteKind.values)


def some_kinds(kinds: object) -> None:
    """A list of one kind at least, each once, in the order in which tablets offer them."""
    if not isinstance(kinds, list) or not kinds or kinds != [kind for kind in NoteKind.values if kind in kinds]:
        raise ValidationError(_("Choose one kind of note at least."))


def kinds_or_none(kinds: object) -> None:
    """As `some_kinds`; an empty list is fine too."""
    if kinds != []:
        some_kinds(kinds)


def ids_of_rows(ids: object) -> None:
    """A list of ids written out, each once; it may be empty."""
    if not isinstance(ids, list) or any(not isinstance(each, str) for each in ids) or len(set(ids)) < len(ids):
        raise ValidationError(_("Choose from the list."))


def some_needs(needs: object) -> None:
    """A list of what tables can offer, each once, in the order in which it is asked; it may be empty."""
    if not isinstance(needs, list) or needs != [need for need in TableNeed.values if need in needs]:
        raise ValidationError(_("Choose from the list of what tables can offer."))


def opaque_id() -> models.UUIDField:
    return models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)


class ProgrammeQuerySet(models.QuerySet):
    def visible_to(self, user: object) -> ProgrammeQuerySet:
        """The programmes whose team the user is in."""
        return self.filter(team__user=user.pk).distinct() if _is_known(user) else self.none()

    def organised_by(self, user: object) -> ProgrammeQuerySet:
        """The programmes the user may change."""
        if not _is_known(user):
            return self.none()
        return self.filter(team__user=user.pk, team__role__in=ORGANISING_ROLES).distinct()

    def public(self) -> ProgrammeQuerySet:
        return self.filter(workshops__state__in=PUBLIC_STATES).distinct()


def _is_known(user: object) -> TypeGuard[AbstractBaseUser]:
    """A user with a row; a tablet and a visitor are nobody here."""
    return all(getattr(user, name, None) for name in ("is_active", "is_authenticated", "pk"))


class Programme(models.Model):
    """A numbered series of workshops about the same matter."""

    id = opaque_id()
    slug = models.SlugField(unique=True, max_length=80)
    title = WordsField(_("title"))
    area = WordsField(_("area"), blank=True)
    summary = WordsField(_("summary"), blank=True)
    organisation = models.CharField(_("organisation"), max_length=120)
    help_line = models.CharField(_("help line"), max_length=40, blank=True)
    contact = models.EmailField(_("address for answers"), blank=True)
    audiences = WordsField(_("for whom"), blank=True, help_text=_("One on each line."))
    partners = WordsField(_("partners"), blank=True, help_text=_("One on each line."))
    contacts = WordsField(_("contacts"), blank=True, help_text=_("One on each line."))
    languages = models.JSONField(_("languages"), default=list)
    zone_name = models.CharField(_("time zone"), max_length=60, default="Europe/Rome")
    funder = models.CharField(_("funder"), max_length=160, blank=True)
    emblem_name = models.CharField(max_length=64, blank=True, editable=False, help_text="The digest of its picture.")
    funder_sentence = WordsField(_("funding sentence"), blank=True)
    funder_grant = models.CharField(_("grant number"), max_length=60, blank=True)
    funder_disclaimer = WordsField(_("disclaimer"), blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ProgrammeQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("programme", args=[self.slug])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)


class TeamSeat(models.Model):
    """What a user may do in a programme."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="team")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="team_seats")
    role = models.CharField(max_length=10, choices=TeamRole)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "user"], name="one_role_for_each_user_in_a_team")]

    def __str__(self) -> str:
        return f"{self.role} in {self.programme_id}"


class Theme(models.Model):
    """What notes are about. Its slot is its colour (1 to 8), its icon the organiser's choice."""

    id = opaque_id()
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="themes")
    name = WordsField(_("name"))
    short = WordsField(_("short name"))
    description = WordsField(_("description"), blank=True)
    slot = models.PositiveSmallIntegerField(
        _("colour"), default=1, validators=[MinValueValidator(1), MaxValueValidator(8)]
    )
    icon = models.CharField(_("icon"), max_length=40, default="sprout")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(slot__gte=1, slot__lte=8), name="theme_has_one_of_eight_colours")
        ]

    def __str__(self) -> str:
        return str(self.short or self.name)


class WorkshopQuerySet(models.QuerySet):
    def public(self) -> WorkshopQuerySet:
        """Announced to everybody: on lists, in feeds, in the sitemap."""
        return self.filter(state__in=PUBLIC_STATES, access=Access.PUBLIC)

    def reachable(self) -> WorkshopQuerySet:
        """With a page for whoever knows its address."""
        return self.filter(state__in=PUBLIC_STATES)

    def visible_to(self, user: object) -> WorkshopQuerySet:
        """On the organisers' side: workshops of the user's own programmes, whatever the role."""
        return self.filter(programme__team__user=user.pk).distinct() if _is_known(user) else self.none()

    def organised_by(self, user: object) -> WorkshopQuerySet:
        if not _is_known(user):
            return self.none()
        return self.filter(programme__team__user=user.pk, programme__team__role__in=ORGANISING_ROLES).distinct()

    def with_desk_of(self, user: object) -> WorkshopQuerySet:
        """Where the user may check people in."""
        if not _is_known(user):
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


class Initiative(models.Model):
    """Something to rate: would you use it?"""

    id = opaque_id()
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="initiatives")
    theme = models.ForeignKey(Theme, models.SET_NULL, null=True, blank=True, related_name="+")
    name = WordsField(_("name"))
    short = WordsField(_("short name"))
    question = WordsField(_("question"), blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return str(self.name)


class SessionQuerySet(models.QuerySet):
    def at_the_tables(self) -> SessionQuerySet:
        return self.filter(kind=SessionKind.TABLES)

    def open(self) -> SessionQuerySet:
        return self.filter(state=SessionState.OPEN)


class Session(models.Model):
    """A block of the agenda. Planned times follow from the order and the minutes; real ones are written as it opens."""

    id = opaque_id()
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="sessions")
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=10, choices=SessionKind, default=SessionKind.TABLES)
    title = WordsField(_("title"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=45, validators=[MinValueValidator(1), MaxValueValidator(600)]
    )
    dots_per_person = models.PositiveSmallIntegerField(_("dots for each person"), default=0)
    rates = models.BooleanField(_("rates initiatives"), default=False)
    scale = models.CharField(_("scale"), max_length=12, choices=Scale, default=Scale.FREQUENCY)
    kinds = models.JSONField(
        _("kinds of notes"),
        default=list,
        blank=True,
        validators=[kinds_or_none],
        help_text="What tablets offer in this session; empty is what the workshop offers.",
    )
    themes = models.JSONField(
        _("themes"),
        default=list,
        blank=True,
        validators=[ids_of_rows],
        help_text="Ids of the themes tablets offer in this session; empty is all of the programme.",
    )
    regroups = models.BooleanField(_("people change tables"), default=False)
    roles = WordsField(_("who does what"), blank=True)
    materials = WordsField(_("materials"), blank=True)
    state = models.CharField(max_length=10, choices=SessionState, default=SessionState.PLANNED, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    ends_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    asked = models.ForeignKey("Prompt", models.SET_NULL, null=True, blank=True, related_name="+", editable=False)

    # Told by `timed`.
    planned_at: dt.datetime
    planned_end: dt.datetime
    at_tables_no: int | None
    # Told by `agenda_of` of the public page.
    rated: list[Words]
    first_question: Words | str
    # Told by `agenda_of` in queries.py.
    sort: str
    icon: str
    each: int | None
    is_tight: bool
    offered: list[Theme]

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=1), name="session_lasts_at_least_a_minute"),
            models.CheckConstraint(
                condition=Q(opened_at=None) | Q(ends_at__gt=F("opened_at")), name="session_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=~Q(state=SessionState.OPEN) | Q(opened_at__isnull=False), name="open_session_has_a_start"
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def is_at_the_tables(self) -> bool:
        return self.kind == SessionKind.TABLES

    @property
    def is_open(self) -> bool:
        return self.state == SessionState.OPEN

    def kinds_offered(self) -> list[str]:
        """The kinds of notes tablets offer in this session."""
        return self.kinds or self.workshop.kinds

    def themes_offered(self, themes: Iterable[Theme]) -> list[Theme]:
        """Those of the programme's themes that tablets offer in this session; all, once none of its own is left."""
        everything = list(themes)
        return [theme for theme in everything if str(theme.pk) in self.themes] or everything

    @property
    def starts_on_the_clock(self) -> dt.datetime:
        """When it opened, else when `timed` plans it."""
        return self.opened_at or self.planned_at

    @property
    def ends_on_the_clock(self) -> dt.datetime:
        """When its time is up, else when `timed` plans that."""
        return self.ends_at or self.planned_end


class AskedPrompts(models.Manager):
    """Without questions that were put in other words, or taken out, after tables had been asked them."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(retired_at=None)


class Prompt(models.Model):
    """A question asked at the tables; in a rating session it belongs to an initiative.

    Once its session has been opened its words stay: notes answer them. It is retired then, and the new words are a
    question of their own. `objects` and `session.prompts` are what is asked, `every` has the retired ones too.
    """

    id = opaque_id()
    session = models.ForeignKey(Session, models.CASCADE, related_name="prompts")
    initiative = models.ForeignKey(Initiative, models.SET_NULL, null=True, blank=True, related_name="prompts")
    text = WordsField(_("question"))
    order = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, editable=False)

    objects = AskedPrompts()
    every = models.Manager()

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return str(self.text)


class AgendaStep(models.Model):
    """The agenda as it was before somebody changed it, so that the change can be undone. See `undo.py`."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="agenda_steps")
    at = models.DateTimeField(default=timezone.now)
    before = models.JSONField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"agenda of {self.workshop_id} before {self.at}"


class AgendaTemplate(models.Model):
    """An agenda that a programme's organisers keep to use again. `blocks` are as in `agenda_templates.py`."""

    id = opaque_id()
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="agenda_templates")
    name = models.CharField(_("name"), max_length=60)
    blocks = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                "programme", Lower("name"), name="agenda_templates_of_a_programme_have_different_names"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GroupQuerySet(models.QuerySet):
    def of_code(self, code: str, now: dt.datetime) -> GroupQuerySet:
        """The group whose table code this is, while codes are valid."""
        return self.filter(code=code, code_until__gt=now)

    def visible_to(self, user: object) -> GroupQuerySet:
        """Groups of the user's own programmes, and groups the user moderates, be it in one session."""
        if not _is_known(user):
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


def timed(workshop: Workshop, sessions: Iterable[Session]) -> list[Session]:
    """The sessions in order, each with `planned_at` and `planned_end` in the workshop's zone, and `at_tables_no`
    counting those at the tables."""
    at, number, out = workshop.starts_at, 0, []
    for session in sorted(sessions, key=lambda s: (s.order, s.pk)):
        session.planned_at = at.astimezone(workshop.zone)
        at = at + dt.timedelta(minutes=session.minutes)
        session.planned_end = at.astimezone(workshop.zone)
        number += session.is_at_the_tables
        session.at_tables_no = number if session.is_at_the_tables else None
        out.append(session)
    return out


from workshops.emblems import Emblem  # noqa: E402, F401 - Django finds the models of an app here
