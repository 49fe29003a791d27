"""The summary: drafts of findings with their evidence, and the outcome that was published."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.models.notes import Note
from feedback.states import Origin, Tier, Version
from workshops.models import Theme, Workshop
from workshops.models.fields import opaque_id
from workshops.words import WordsField

LONGEST_HIDDEN, LONGEST_INSTEAD = 200, 80
"""Letters of a note that one redaction hides, and letters that stand for them."""


class DraftQuerySet(models.QuerySet):
    def current(self) -> DraftQuerySet:
        """The draft people work on: the newest one."""
        return self.order_by("-version")


class Draft(models.Model):
    """What the compiler and people made of a workshop's notes.

    Until a person has touched it (`curated_at`), a compile replaces its findings; afterwards it only adds.
    """

    id = opaque_id()
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="drafts")
    version = models.PositiveIntegerField(default=1)
    source_digest = models.CharField(max_length=64, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    headline = WordsField(_("headline"), blank=True)
    lead = WordsField(_("introduction"), blank=True)
    compiled_at = models.DateTimeField(default=timezone.now)
    curated_at = models.DateTimeField(null=True)
    note_count = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list, blank=True)
    late_seen_at = models.DateTimeField(null=True, help_text="Until when late notes have been looked at.")

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "version"], name="drafts_of_a_workshop_are_numbered")
        ]

    def __str__(self) -> str:
        return f"draft {self.version} of {self.workshop_id}"


class FindingQuerySet(models.QuerySet):
    def shown(self) -> FindingQuerySet:
        return self.filter(hidden=False)

    def in_order(self) -> FindingQuerySet:
        return self.order_by("theme__order", "order", "pk")

    def with_evidence(self) -> FindingQuerySet:
        return self.select_related("theme", "quote").prefetch_related(
            models.Prefetch(
                "evidence", Evidence.objects.select_related("note__group", "note__theme").order_by("order", "pk")
            )
        )


class Finding(models.Model):
    """One point of the summary. Its title is a template, a verbatim note, or a person's words; never anything else."""

    id = opaque_id()
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="findings")
    theme = models.ForeignKey(Theme, models.SET_NULL, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=64, blank=True)
    tier = models.CharField(max_length=10, choices=Tier, default=Tier.RELATED)
    title = WordsField(_("title"), blank=True)
    text = WordsField(_("text"), blank=True)
    words = models.JSONField(default=list, blank=True, help_text="Words its notes share, for an untitled finding.")
    asked = WordsField(blank=True, help_text="The question whose answers it gathers, as it was asked.")
    quote = models.ForeignKey(Note, models.SET_NULL, null=True, blank=True, related_name="+")
    origin = models.CharField(max_length=6, choices=Origin, default=Origin.AUTO)
    views_differ = models.BooleanField(default=False)
    hidden = models.BooleanField(default=False)
    hidden_why = models.CharField(_("reason"), max_length=300, blank=True)
    order = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=1)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hidden=False) | ~Q(hidden_why=""), name="what_is_left_out_is_left_out_for_a_reason"
            )
        ]

    def __str__(self) -> str:
        return str(self.title) or ", ".join(self.words)


class Evidence(models.Model):
    """A note's place in a finding. In one draft a note has one place, or none."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="placements")
    finding = models.ForeignKey(Finding, models.CASCADE, related_name="evidence")
    note = models.ForeignKey(Note, models.CASCADE, related_name="placements")
    origin = models.CharField(max_length=6, choices=Origin, default=Origin.AUTO)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "note"], name="a_note_has_one_place_in_a_draft")]

    def __str__(self) -> str:
        return f"{self.note_id} in {self.finding_id}"


class Redaction(models.Model):
    """Words of a note that nobody outside may read; shown as `[replacement]`."""

    note = models.ForeignKey(Note, models.CASCADE, related_name="redactions")
    words = models.CharField(max_length=LONGEST_HIDDEN)
    replacement = models.CharField(max_length=LONGEST_INSTEAD, default="…")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "words"], name="words_of_a_note_are_hidden_once")]

    def __str__(self) -> str:
        return f"redaction in {self.note_id}"


class OutcomeQuerySet(models.QuerySet):
    def standing(self) -> OutcomeQuerySet:
        """Published and not withdrawn, the newest version first."""
        return self.filter(withdrawn_at=None).order_by("-version")


class Outcome(models.Model):
    """A published version. It stores note ids with revisions and what people wrote, and renders from rows.

    `body` is `{"findings": [{"id", "theme", "title", "text", "quote", "views_differ", "notes": [[note, revision], …]}],
    "remainder": [[note, revision], …], "initiatives": [{"id", "scale", "counts": [5], "mean", "split"}],
    "review": {"asked", "answered", …}}`.

    `why` it was made and, of a correction, what was corrected (`correction`) stand on its page. One that was taken back
    says so in `withdrawn_why`; one without a reason was followed by the next.
    """

    id = opaque_id()
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="outcomes")
    version = models.PositiveIntegerField(default=1)
    headline = WordsField()
    lead = WordsField(blank=True)
    people = models.PositiveIntegerField(default=0)
    tables = models.PositiveIntegerField(default=0)
    note_count = models.PositiveIntegerField(default=0)
    body = models.JSONField(default=dict)
    published_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=10, choices=Version, default=Version.FIRST)
    correction = WordsField(_("what was corrected"), blank=True)
    withdrawn_why = models.CharField(_("reason"), max_length=300, blank=True)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "version"], name="outcomes_of_a_workshop_are_numbered"),
            models.UniqueConstraint(
                fields=["workshop"], condition=Q(withdrawn_at=None), name="one_outcome_stands_for_each_workshop"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_why="") | Q(withdrawn_at__isnull=False), name="only_what_is_withdrawn_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"outcome {self.version} of {self.workshop_id}"
