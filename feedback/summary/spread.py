"""Tables in their order, and how often each comes up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from workshops.models import Group


def in_order(groups: Iterable[Group]) -> list[Group]:
    """The different tables, in their order."""
    return sorted({group.pk: group for group in groups}.values(), key=lambda group: (group.order, str(group.pk)))


def spread_of(groups: Iterable[Group]) -> list[tuple[str, int]]:
    """How often each table comes up, in the order of tables."""
    every = list(groups)
    counts = Counter(group.pk for group in every)
    return [(group.name, counts[group.pk]) for group in in_order(every)]
