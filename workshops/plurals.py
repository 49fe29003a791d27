"""Sentences with a number for pages that fill it in by themselves."""

from __future__ import annotations

from collections.abc import Callable

# One number for each plural category a language may have (CLDR): whatever rule the language follows,
# each of these numbers takes the form of its category.
SAMPLES = {"one": 1, "two": 2, "few": 3, "many": 11, "other": 100}


def counted(form: Callable[[int], str]) -> dict[str, str]:
    """Every plural form of a sentence, by category: `{"one": "Sending {count}", …}`."""
    return {category: form(number) for category, number in SAMPLES.items()}
