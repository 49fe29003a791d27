"""Recording what happened, and letting higher floors answer it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model

from ledger.models import ActorKind, Event


@dataclass(frozen=True)
class Actor:
    """Who did it: `(kind, id)`; the id of the system is empty."""

    kind: str
    id: str = ""

    @property
    def key(self) -> str:
        """`device:3f…`: one string for stores and streams."""
        return f"{self.kind}:{self.id}"


SYSTEM = Actor(ActorKind.SYSTEM)

Reaction = Callable[[Event], None]
_reactions: dict[str, list[Reaction]] = defaultdict(list)


def reacts_to(verb: str) -> Callable[[Reaction], Reaction]:
    """Declare a higher floor's answer to a verb, in its `reactions.py`. It runs in the recording transaction and only
    leaves rows behind (a Job, a Mail)."""

    def declare(reaction: Reaction) -> Reaction:
        _reactions[verb].append(reaction)
        return reaction

    return declare


def record(thing: Model, verb: str, *, by: Actor, scope: uuid.UUID | None = None, **data: Any) -> Event:
    """Write one Event about `thing` in the caller's transaction and let the higher floors answer it.

    `data` goes into history for good: states, counts and names of fields, never names or texts of people.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{verb} must be recorded in the transaction of the change it tells of")
    event = Event.objects.create(
        verb=verb,
        actor_kind=by.kind,
        actor_id=by.id,
        thing_kind=thing._meta.label_lower,
        thing_id=str(thing.pk),
        scope_id=scope,
        data=data,
    )
    for reaction in _reactions[verb]:
        reaction(event)
    return event
