"""What a single line may hold."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Categories of characters that no name and no single line contains: controls, line and paragraph ends.
NOT_IN_A_LINE = ("Cc", "Zl", "Zp")
TURN_THE_READING_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(text: str) -> None:
    """Refuse line breaks, control characters and those that turn the direction of what follows."""
    if any(unicodedata.category(c) in NOT_IN_A_LINE or c in TURN_THE_READING_DIRECTION for c in text):
        raise ValidationError(_("Write it on one line, with letters only your keyboard shows."))
