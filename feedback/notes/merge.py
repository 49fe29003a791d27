"""How one field of a note is merged. Plain values in, a verdict out; no database, no clock.

The rule is small on purpose: no merging letter by letter. Two texts written apart are two texts, and a person decides.
"""

from __future__ import annotations

from typing import Any, Final, Literal

Verdict = Literal["take", "keep", "clash"]

UNSEEN: Final = object()
"""Stands for a `from` that the device did not send."""


def merge_field(name: str, here: Any, seen: Any, wanted: Any) -> Verdict:
    """Whether the server, holding `here`, takes `wanted` from a device that saw `seen` before it changed the field.

    "take": write it. "keep": it is written already. "clash": a text was changed on both sides and both stay; every
    other field takes the later change.
    """
    if wanted == here:
        return "keep"
    if name != "text":
        return "take"
    return "take" if seen == here or not here else "clash"


def without_variants(variants: list[dict[str, Any]], settled: list[str]) -> list[dict[str, Any]]:
    """The variants that a decision about the ops `settled` leaves open, in their order."""
    return [variant for variant in variants if variant["op"] not in settled]


def undecided(variants: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """The variants that say something else than the note: about the others there is nothing to decide."""
    return [variant for variant in variants if variant["text"] != text]


def carried_on(variants: list[dict[str, Any]], own: list[str], variant: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The variants after their author wrote on: `variant` takes the place of the author's `own` ones.

    Without `variant` the author's text is the note's text now, and the own ones go. A text that stands there already
    is not added again.
    """
    kept = without_variants(variants, own)
    if variant is None or any(other["text"] == variant["text"] for other in kept):
        return kept
    place = next((at for at, other in enumerate(variants) if other["op"] in own), len(kept))
    return [*kept[:place], variant, *kept[place:]]
