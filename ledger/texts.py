"""Free text that may name somebody: when they are forgotten, their full name and their address leave it.

Names of one word are left: they are other people's names too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db.models import Model, Q, QuerySet

from ledger.keeping import Subject

GONE = "[…]"
PLAIN_RUN = re.compile(r"[ -~]+")


def without(value: Any, subject: Subject) -> Any:
    """The same JSON value, words or text with everything that means the person replaced."""
    if isinstance(value, str):
        for pattern in _patterns(subject):
            value = pattern.sub(GONE, value)
        return value
    if isinstance(value, dict):
        return type(value)({name: without(inside, subject) for name, inside in value.items()})
    if isinstance(value, list):
        return [without(inside, subject) for inside in value]
    return value


def _patterns(subject: Subject) -> list[re.Pattern[str]]:
    between = r"\s+"
    spelled = [between.join(map(re.escape, needle.split())) for needle in subject.needles]
    return [re.compile(rf"(?<!\w){each}(?!\w)", re.IGNORECASE) for each in spelled]


def may_hold(fields: tuple[str, ...], subject: Subject) -> Q:
    """A coarse sieve for the database: rows with a stretch of plain letters that each hit must contain."""
    wanted = Q(pk__in=[])
    for needle in subject.needles:
        stretches = [run for word in needle.split() for run in PLAIN_RUN.findall(word)]
        longest = max(stretches, key=len, default="")
        for name in fields:
            wanted |= Q(**{f"{name}__icontains": longest})
    return wanted


def rewrite(rows: QuerySet, fields: tuple[str, ...], subject: Subject) -> list[Model]:
    """Rewrite the fields of those rows that hold the person; returns them."""
    changed = []
    for row in rows.filter(may_hold(fields, subject)) if subject.needles else []:
        new = {name: without(getattr(row, name), subject) for name in fields}
        if any(getattr(row, name) != value for name, value in new.items()):
            type(row)._default_manager.filter(pk=row.pk).update(**new)
            changed.append(row)
    return changed


def in_rows(model: type[Model], fields: str, scope: str) -> Callable[[Subject], int]:
    """An eraser for text fields of a model; `scope` is the lookup to the workshop."""
    names = tuple(fields.split())

    def erase(subject: Subject) -> int:
        return len(rewrite(model._default_manager.filter(**{f"{scope}__in": subject.scopes}), names, subject))

    return erase
