"""Rows that people put in order: the number after the last one, one place up or down, or a place of their choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Max


def after_last(rows: Any) -> int:
    """The order number after the last of `rows`."""
    last = rows.aggregate(last=Max("order"))["last"]
    return 0 if last is None else last + 1


def put_at(ordered: Sequence[Any], thing: Any, place: int) -> bool:
    """Write the `order` of rows with `thing` at `place`, counted from 0; past an end is that end.

    False when it stands there already.
    """
    here = [each.pk for each in ordered].index(thing.pk)
    there = min(max(place, 0), len(ordered) - 1)
    if here == there:
        return False
    rows = list(ordered)
    rows.insert(there, rows.pop(here))
    moved = [(order, each) for order, each in enumerate(rows) if each.order != order]
    for order, each in moved:
        each.order = order
    type(thing)._default_manager.bulk_update([each for _order, each in moved], ["order"])
    return True


def put_beside(ordered: Sequence[Any], thing: Any, *, up: bool) -> bool:
    """Swap `thing` with its neighbour above or below. False at the edge."""
    here = [each.pk for each in ordered].index(thing.pk)
    return put_at(ordered, thing, here - 1 if up else here + 1)
