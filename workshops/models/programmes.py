"""A series of workshops, its team and its themes."""

from __future__ import annotations

from typing import TypeGuard
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workshops.models.fields import opaque_id
from workshops.states import ORGANISING_ROLES, PUBLIC_STATES, TeamRole
from workshops.words import WordsField


class ProgrammeQuerySet(models.QuerySet):
    def visible_to(self, user: object) -> ProgrammeQuerySet:
        """The programmes whose team the user is in."""
        return self.filter(team__user=user.pk).distinct() if is_known(user) else self.none()

    def organised_by(self, user: object) -> ProgrammeQuerySet:
        """The programmes the user may change."""
        if not is_known(user):
            return self.none()
        return self.filter(team__user=user.pk, team__role__in=ORGANISING_ROLES).distinct()

    def public(self) -> ProgrammeQuerySet:
        return self.filter(workshops__state__in=PUBLIC_STATES).distinct()


def is_known(user: object) -> TypeGuard[AbstractBaseUser]:
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
