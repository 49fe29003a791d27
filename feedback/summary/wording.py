"""The sentences that title a finding which nobody has titled: templates with counts, never anything else."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.states import Tier
from workshops.scales import steps

FEW = 5
"""Fewer people than this can be recognised by those who know the place."""


def template_title(tier: str, words: Sequence[str], asked: str, tables: int, of: int) -> str:
    """What a finding says of itself; `tables` of the `of` tables with notes have notes in it.

    Only notes that say the same, or that a person confirmed, may be worded as something that tables raised; `words` are
    what related notes share, `asked` is the question that others have in common.
    """
    if asked and tier != Tier.CONFIRMED:
        sentence = ngettext("One of %(of)d tables on: %(asked)s", "%(tables)d of %(of)d tables on: %(asked)s", tables)
    elif tier != Tier.RELATED:
        sentence = ngettext("Raised by one of %(of)d tables", "Raised by %(tables)d of %(of)d tables", tables)
    elif words:
        sentence = ngettext(
            "One of %(of)d tables wrote about: %(words)s", "%(tables)d of %(of)d tables wrote about: %(words)s", tables
        )
    else:
        sentence = ngettext(
            "Put together from one of %(of)d tables", "Put together from %(tables)d of %(of)d tables", tables
        )
    return sentence % {"tables": tables, "of": of, "words": ", ".join(words), "asked": asked}


def gave_high(counts: Sequence[int]) -> int:
    """How many of the five counts' people gave one of the two highest answers."""
    return sum(counts[3:])


def nobody_raised(theme: str) -> str:
    """Silence is a result too."""
    return _("Nobody raised %(theme)s this time. That is a result too.") % {"theme": theme}


def reached(tables: int, of: int) -> str:
    """At how many of the tables that were asked a point came up."""
    return ngettext("at %(tables)d of %(of)d table", "at %(tables)d of %(of)d tables", of) % {
        "tables": tables,
        "of": of,
    }


def said_by_people(dots: int, backers: int, disagreed: int) -> list[str]:
    """Dots, and people as tables counted them; nothing about what nobody counted."""
    facts = []
    if dots:
        facts.append(ngettext("%(count)d dot", "%(count)d dots", dots) % {"count": dots})
    if backers:
        sentence = ngettext(
            "at least %(count)d person stood behind it", "at least %(count)d people stood behind it", backers
        )
        facts.append(sentence % {"count": backers})
    if disagreed:
        sentence = ngettext("at least %(count)d person disagreed", "at least %(count)d people disagreed", disagreed)
        facts.append(sentence % {"count": disagreed})
    return facts


def said_of_ratings(scale: str, counts: Sequence[int], mean: float | None, split: bool) -> list[str]:
    """The mean where there is one, and how answers part where they do, in plain numbers and the words of the scale."""
    words, facts = steps(scale), []
    if split:
        low, high = sum(counts[:2]), gave_high(counts)
        ends = {
            "low": low,
            "lowest": words[0],
            "lower": words[1],
            "high": high,
            "higher": words[3],
            "highest": words[4],
        }
        facts.append(
            _("Answers part: %(low)d “%(lowest)s” or “%(lower)s”, %(high)d “%(higher)s” or “%(highest)s”.") % ends
        )
    if mean is not None:
        told = {"mean": number_format(mean, decimal_pos=1), "lowest": words[0], "highest": words[4]}
        facts.append(_("On average %(mean)s, where 1 is “%(lowest)s” and 5 is “%(highest)s”.") % told)
    return facts


def few_answered(people: int, initiative: str) -> str:
    """So few people answered about an initiative that whoever publishes decides whether all may read it."""
    sentence = ngettext(
        "%(count)d person answered about “%(initiative)s”.",
        "%(count)d people answered about “%(initiative)s”.",
        people,
    )
    return sentence % {"count": people, "initiative": initiative}
