"""What the organiser asks at sign-up beyond name and address, and what people answered."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants.models.people import Registration
from participants.states import QuestionKind
from workshops.models import Workshop
from workshops.models.fields import opaque_id
from workshops.words import Words, WordsField

MOST_QUESTIONS = 20
LONGEST_ANSWER = 500


def some_options(options: object) -> None:
    """A list of `{"key": …, "words": {…}}`; keys are given once and never again to other words."""
    if not isinstance(options, list) or any(set(option) != {"key", "words"} for option in options):
        raise ValidationError(_("Write the answers one on each line."))
    keys = [option["key"] for option in options]
    if len(set(keys)) != len(keys):
        raise ValidationError(_("Write the answers one on each line."))


class Question(models.Model):
    """A question of one workshop's sign-up form. Its options keep their keys while their words stay."""

    id = opaque_id()
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="questions")
    kind = models.CharField(_("kind of answer"), max_length=8, choices=QuestionKind, default=QuestionKind.TEXT)
    text = WordsField(_("question"))
    hint = WordsField(_("hint"), blank=True)
    options = models.JSONField(default=list, blank=True, validators=[some_options])
    required = models.BooleanField(_("must be answered"), default=False)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return str(self.text)

    @property
    def choices(self) -> list[dict[str, Any]]:
        """The options as `{"key", "words"}`; those of a yes or no question are ours."""
        options: list[dict[str, Any]] = YES_OR_NO if self.kind == QuestionKind.YES_NO else self.options
        return [{"key": option["key"], "words": Words(option["words"])} for option in options]


YES_OR_NO: list[dict[str, Any]] = [
    {"key": "yes", "words": {"it": "Sì", "en": "Yes"}},
    {"key": "no", "words": {"it": "No", "en": "No"}},
]


class Answer(models.Model):
    """What one person answered. It holds the words of the question and of the chosen options as they were then.

    A question that is changed or removed later changes nothing here.
    """

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.SET_NULL, null=True, related_name="answers")
    kind = models.CharField(max_length=8, choices=QuestionKind)
    asked = WordsField()
    text = models.TextField(blank=True, max_length=LONGEST_ANSWER)
    chosen = models.JSONField(default=list, help_text='The options chosen, `{"key": …, "words": {…}}`.')
    order = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "question"],
                condition=Q(question__isnull=False),
                name="one_answer_for_each_person_and_question",
            ),
        ]

    def __str__(self) -> str:
        return f"answer of {self.registration_id}"

    @property
    def keys(self) -> list[str]:
        return [option["key"] for option in self.chosen]

    @property
    def words(self) -> list[Words]:
        """The chosen options, each in the reader's language."""
        return [Words(option["words"]) for option in self.chosen]
