"""Words that nobody outside may read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from feedback.models import Redaction
from feedback.summary.names import probable_names


def shown_text(text: str, redactions: Iterable[Redaction]) -> str:
    """The text with every hidden word, in whatever case it stands, shown as `[replacement]`. Longer words go first."""
    hidden = {redaction.words.casefold(): redaction.replacement for redaction in redactions}
    if not hidden:
        return text
    longest_first = sorted(hidden, key=lambda words: (-len(words), words))
    pattern = re.compile("|".join(re.escape(words) for words in longest_first), re.IGNORECASE)
    return pattern.sub(lambda found: f"[{hidden.get(found[0].casefold(), '…')}]", text)


def without_names(text: str, redactions: Iterable[Redaction], first_names: Collection[str]) -> str:
    """The text for a screen that nobody has checked before: hidden words hidden, and whatever looks like a name too."""
    shown = shown_text(text, redactions)
    for words in probable_names(shown, first_names):
        shown = shown.replace(words, "[…]")
    return shown


def shown_words(words: Iterable[str], texts: Iterable[str]) -> list[str]:
    """Those of the words that a shown text still holds: what is hidden in the notes is no title either."""
    shown = "\n".join(texts).casefold()
    return [word for word in words if word.casefold() in shown]
