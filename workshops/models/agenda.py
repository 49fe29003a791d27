"""What happens in an evening: its sessions, the questions they ask and the initiatives they rate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workshops.models.fields import ids_of_rows, kinds_or_none, opaque_id
from workshops.models.programmes import Programme, Theme
from workshops.models.workshops import Workshop
from workshops.states import Scale, SessionKind, SessionState
from workshops.words import Words, WordsField


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
