"""The sentences that title a finding which nobody has titled: templates with counts, never anything else."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.states import Tier


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


def said_often(counts: Sequence[int]) -> int:
    """How many of the five counts' people would use something often or every week."""
    return sum(counts[3:])


def nobody_raised(theme: str) -> str:
    """Silence is a result too."""
    return _("Nobody raised %(theme)s this time. That is a result too.") % {"theme": theme}
