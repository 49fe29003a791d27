"""The scales initiatives are rated with: five steps each, in the words of every language. A session has one."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from workshops.states import Scale

STEPS = 5


@dataclass(frozen=True)
class Words:
    """What a scale says: each step, the question at the table, and the heading over all answers."""

    steps: tuple[str | Promise, ...]
    asks: str | Promise
    heading: str | Promise


WORDS: dict[str, Words] = {
    Scale.FREQUENCY: Words(
        (_("never"), _("rarely"), _("sometimes"), _("often"), _("every week")),
        _("How often would you use it?"),
        _("Would we use them?"),
    ),
    Scale.AGREEMENT: Words(
        (_("not at all"), _("rather not"), _("in part"), _("rather yes"), _("fully")),
        _("Do you agree?"),
        _("Do we agree?"),
    ),
    Scale.TAKING_PART: Words(
        (_("no"), _("rather not"), _("maybe"), _("rather yes"), _("yes")),
        _("Would you take part?"),
        _("Would we take part?"),
    ),
}


def steps(scale: str) -> list[str]:
    """The five steps from the lowest, in the current language."""
    return [str(step) for step in WORDS[scale].steps]


def said_high(scale: str, high: int, people: int) -> str:
    """How many of the people gave one of the two highest answers, as a sentence."""
    sentences = {
        Scale.FREQUENCY: ngettext(
            "%(high)d of %(people)d person would use it often or every week",
            "%(high)d of %(people)d people would use it often or every week",
            people,
        ),
        Scale.AGREEMENT: ngettext(
            "%(high)d of %(people)d person agrees, rather or fully",
            "%(high)d of %(people)d people agree, rather or fully",
            people,
        ),
        Scale.TAKING_PART: ngettext(
            "%(high)d of %(people)d person would take part, rather or surely",
            "%(high)d of %(people)d people would take part, rather or surely",
            people,
        ),
    }
    return sentences[Scale(scale)] % {"high": high, "people": people}
