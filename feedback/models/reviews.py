"""The review: people who were there say whether the findings are what they said, before everybody can read them."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.models.summary import Finding
from feedback.states import Agreed, Answered, Verdict
from participants.models import Registration
from workshops.models import Workshop
from workshops.models.fields import opaque_id

LONGEST_REPLY = 2000


class Review(models.Model):
    """One workshop's people are asked until `until`; asking once more only moves that moment.

    `codes` counts how often the codes on paper were renewed: those printed before open nothing any more.
    """

    id = opaque_id()
    workshop = models.OneToOneField(Workshop, models.CASCADE, related_name="review")
    opened_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    codes = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=models.F("opened_at")), name="a_review_ends_after_it_begins")
        ]

    def __str__(self) -> str:
        return f"review of {self.workshop_id}"

    @property
    def local_until(self) -> dt.datetime:
        """The last minute in which somebody can answer, on the workshop's clock."""
        return (self.until - dt.timedelta(minutes=1)).astimezone(self.workshop.zone)


class ReplyQuerySet(models.QuerySet):
    def agreeing(self) -> ReplyQuerySet:
        return self.filter(verdict=Verdict.AGREES)

    def corrections(self) -> ReplyQuerySet:
        """What people say is missing, the first one first."""
        return self.filter(verdict=Verdict.MISSING).order_by("at", "pk")

    def unanswered(self) -> ReplyQuerySet:
        """Corrections that nobody has answered: they keep the outcome from being published."""
        return self.corrections().filter(answer="")

    def of_finding(self, finding: Finding) -> ReplyQuerySet:
        return self.filter(finding=finding)


class Reply(models.Model):
    """What one person says of one finding, or (finding empty) of all of them. Nobody is shown who it was.

    `revision` is the finding's when it was read. What is missing gets an `answer`, which the person can read.
    """

    id = opaque_id()
    review = models.ForeignKey(Review, models.CASCADE, related_name="replies")
    registration = models.ForeignKey(Registration, models.CASCADE, related_name="replies")
    finding = models.ForeignKey(Finding, models.SET_NULL, null=True, related_name="replies")
    verdict = models.CharField(max_length=8, choices=Verdict)
    text = models.TextField(_("What’s missing?"), max_length=LONGEST_REPLY, blank=True)
    revision = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(max_length=8, choices=Answered, blank=True)
    why = models.TextField(_("Your answer"), max_length=LONGEST_REPLY, blank=True)
    answered_at = models.DateTimeField(null=True)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "finding"],
                condition=Q(finding__isnull=False),
                name="a_person_says_one_thing_of_a_finding",
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.AGREES, text="") | (Q(verdict=Verdict.MISSING) & ~Q(text="")),
                name="whoever_misses_something_says_what",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="an_answer_has_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(answer__in=[Answered.LEFT, Answered.WAIVED]) | ~Q(why=""), name="a_no_has_a_reason"
            ),
            models.CheckConstraint(condition=Q(answer="") | Q(verdict=Verdict.MISSING), name="only_a_lack_is_answered"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} on {self.finding_id}"


class Feedback(models.Model):
    """How the workshop was for one person, in three sentences to agree with and one to write."""

    registration = models.OneToOneField(Registration, models.CASCADE, primary_key=True, related_name="feedback")
    review = models.ForeignKey(Review, models.CASCADE, related_name="feedback")
    heard = models.PositiveSmallIntegerField(_("I could say what I wanted to say."), choices=Agreed, null=True)
    useful = models.PositiveSmallIntegerField(_("The evening was worth my time."), choices=Agreed, null=True)
    again = models.PositiveSmallIntegerField(_("I would come again."), choices=Agreed, null=True)
    text = models.TextField(_("What should we do differently?"), max_length=LONGEST_REPLY, blank=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"feedback of {self.registration_id}"
