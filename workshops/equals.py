"""Texts by language as equals: what is written in one language of a programme and not in another."""

from __future__ import annotations

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from workshops.models import Workshop

TOLD = ("title", "for_whom", "summary", "objectives", "directions", "accessibility", "children")


def untranslated(workshop: Workshop) -> list[str]:
    """One sentence for each text that readers of a language would get in another one. It hinders nothing."""
    found = []
    for name in TOLD:
        words = getattr(workshop, name)
        missing = [code for code in workshop.programme.languages if words and not words.get(code)]
        field = str(Workshop._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # a field of its own
        for code in missing:
            told = {"text": field, "language": get_language_info(code)["name_translated"]}
            found.append(_("“%(text)s” is missing in %(language)s.") % told)
    return found
