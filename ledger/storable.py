"""What every database and every reader can hold: no NUL, no half characters, no huge numbers, bounded depth."""

from __future__ import annotations

import re
from typing import Any, Literal

DEEPEST_JSON = 12
LARGEST_INTEGER = 2**31 - 1

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

Fault = Literal["characters", "number", "depth"]


def has_unstorable_characters(text: str) -> bool:
    """Whether `text` holds NUL or half of a surrogate pair, which PostgreSQL, JSON or UTF-8 refuse."""
    return _UNSTORABLE.search(text) is not None


def fault_of(value: Any, depth: int = DEEPEST_JSON) -> Fault | None:
    """The first thing in a JSON value that cannot be stored, or None."""
    if depth == 0:
        return "depth"
    if isinstance(value, str):
        return "characters" if has_unstorable_characters(value) else None
    if isinstance(value, int | float):
        return "number" if abs(value) > LARGEST_INTEGER else None
    inside: list[Any] = []
    if isinstance(value, dict):
        inside = [part for item in value.items() for part in item]
    elif isinstance(value, list):
        inside = value
    return next((fault for part in inside if (fault := fault_of(part, depth - 1))), None)
