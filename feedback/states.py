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
    """An answer about an initiative: a step of the session's scale (`workshops.scales`), from the lowest."""

    FIRST = 1, "1"
    SECOND = 2, "2"
    THIRD = 3, "3"
    FOURTH = 4, "4"
    FIFTH = 5, "5"


class Tier(TextChoices):
    SAME = "same", _("Same wording")
    RELATED = "related", _("Grouped for you")
    QUESTION = "question", _("Answers to one question")
    CONFIRMED = "confirmed", _("Ready")
    SINGLE = "single", _("Said once")


class Origin(TextChoices):
    AUTO = "auto"
    HUMAN = "human"


class WhyRead(TextChoices):
    """Why the operator read what somebody said."""

    ORGANISER = "organiser", _("An organiser asked for help")
    CONCERNED = "concerned", _("Somebody it is about asked for it")
    FAULT = "fault", _("A fault is being looked into")
    LAW = "law", _("The law asks for it")


class Verdict(TextChoices):
    """What somebody who was there says of a finding."""

    AGREES = "agrees", _("This is what we said")
    MISSING = "missing", _("Something’s missing")


class Answered(TextChoices):
    """What organisers did with what was missing."""

    TAKEN = "taken", _("Taken over")
    LEFT = "left", _("Not taken over")
    WAIVED = "waived", _("Put aside")


class Agreed(IntegerChoices):
    """How far somebody agrees with a sentence about the workshop."""

    NO = 1, _("no")
    RATHER_NOT = 2, _("rather not")
    PARTLY = 3, _("partly")
    RATHER_YES = 4, _("rather yes")
    YES = 5, _("yes")


class Version(TextChoices):
    """Why a version of an outcome was made."""

    FIRST = "first", _("Published")
    CORRECTED = "corrected", _("Corrected")
    CONSENT = "consent", _("A quote was taken back by whoever had said it")
    ERASED = "erased", _("Somebody’s name was taken out")
