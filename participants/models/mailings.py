"""What organisers set about mail: the reminder of a workshop, their own letters, and who wants none."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants.states import LetterTo
from workshops.models import Group, Programme, Theme, Workshop
from workshops.models.fields import opaque_id
from workshops.words import WordsField

USUAL_HOURS = 48
MOST_HOURS = 24 * 30


class Reminder(models.Model):
    """How the people of a workshop are reminded; where there is none, two days before, in our words."""

    workshop = models.OneToOneField(Workshop, models.CASCADE, primary_key=True, related_name="reminder")
    hours_before = models.PositiveSmallIntegerField(
        _("hours before"),
        null=True,
        default=USUAL_HOURS,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_HOURS)],
        help_text=_("Empty: no reminder."),
    )
    text = WordsField(_("own words"), blank=True)
    written_for = models.DateField(null=True, editable=False, help_text="The day of the workshop it was written for.")

    def __str__(self) -> str:
        return f"reminder of {self.workshop_id}"

    @property
    def due_at(self) -> dt.datetime | None:
        """When it is to be written; None for never."""
        if self.hours_before is None:
            return None
        return self.workshop.starts_at - dt.timedelta(hours=self.hours_before)


class Letter(models.Model):
    """What an organiser wrote to some of the people of a workshop, by language, as plain text."""

    id = opaque_id()
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="letters")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)
    to = models.CharField(_("to"), max_length=10, choices=LetterTo)
    group = models.ForeignKey(Group, models.SET_NULL, null=True, blank=True, related_name="+")
    theme = models.ForeignKey(Theme, models.SET_NULL, null=True, blank=True, related_name="+")
    subject = WordsField(_("subject"))
    text = WordsField(_("text"))
    people = models.PositiveIntegerField(default=0, editable=False, help_text="How many it went to.")

    class Meta:
        indexes = [models.Index(fields=["written_by", "at"], name="letters_of_a_day")]

    def __str__(self) -> str:
        return f"letter to {self.people} people of {self.workshop_id}"


class NoMail(models.Model):
    """An address that wants no invitations and no news of a programme; only a keyed digest of it is stored."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="no_mail")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "digest"], name="no_mail_is_said_once"),
            models.CheckConstraint(condition=~Q(digest=""), name="no_mail_names_an_address"),
        ]

    def __str__(self) -> str:
        return f"no mail from {self.programme_id}"
