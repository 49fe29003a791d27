"""What notes, ops and drafts can be."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

from workshops.states import NoteKind as NoteKind

MOST_PEOPLE = 99
"""More than any table has. The tablet knows how many sit there; a number from before somebody left is no mistake."""


class OpState(TextChoices):
    STORED = "stored", _("Stored")
    REFUSED = "refused", _("Refused")
    HELD = "held", _("Held for the organiser")


class Answer(IntegerChoices):
    """How often somebody would use an initiative."""

    NEVER = 1, _("never")
    RARELY = 2, _("rarely")
    SOMETIMES = 3, _("sometimes")
    OFTEN = 4, _("often")
    EVERY_WEEK = 5, _("every week")


class Tier(TextChoices):
    SAME = "same", _("Same wording")
    RELATED = "related", _("Grouped for you")
    QUESTION = "question", _("Answers to one question")
    CONFIRMED = "confirmed", _("Ready")
    SINGLE = "single", _("Said once")


class Origin(TextChoices):
    AUTO = "auto"
    HUMAN = "human"
