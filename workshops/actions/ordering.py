"""Places in the order of an agenda: of its sessions, and of the questions of one."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from ledger.history import Actor, record
from workshops.actions.changing import kit_changed
from workshops.models import Prompt, Session, Workshop


@transaction.atomic
def move_prompt(prompt: Prompt, *, up: bool, by: Actor) -> bool:
    """Swap a question with its neighbour. False at the edge."""
    ordered = list(prompt.session.prompts.select_for_update().order_by("order", "pk"))
    moved = _swap_with_neighbour(ordered, prompt, up=up)
    if moved:
        record(prompt, "prompt.reordered", by=by, scope=prompt.session.workshop_id)
        kit_changed(prompt.session.workshop)
    return moved


@transaction.atomic
def move_in_agenda(session: Session, *, up: bool, by: Actor) -> bool:
    """Swap a session with its neighbour. False at the edge."""
    ordered = list(session.workshop.sessions.select_for_update().order_by("order", "pk"))
    moved = _swap_with_neighbour(ordered, session, up=up)
    if moved:
        record(session, "session.reordered", by=by, scope=session.workshop_id)
        kit_changed(session.workshop)
    return moved


def _swap_with_neighbour(ordered: list[Any], thing: Any, *, up: bool) -> bool:
    """Write the new `order` of rows in a list where `thing` went one up or down. False at the edge."""
    here = next(i for i, other in enumerate(ordered) if other.pk == thing.pk)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(ordered):
        return False
    ordered[here], ordered[there] = ordered[there], ordered[here]
    for position, each in enumerate(ordered):
        if each.order != position:
            type(each).objects.filter(pk=each.pk).update(order=position)
    return True


@transaction.atomic
def place_in_agenda(session: Session, position: int, *, by: Actor) -> bool:
    """Put a session at a position, counted from 1; past the end is the end. False when it stands there already."""
    return _place(session, list(session.workshop.sessions.select_for_update()), position, session.workshop, by)


@transaction.atomic
def place_prompt(prompt: Prompt, position: int, *, by: Actor) -> bool:
    """Put a question at a position of its session, counted from 1. False when it stands there already."""
    return _place(prompt, list(prompt.session.prompts.select_for_update()), position, prompt.session.workshop, by)


def _place(thing: Session | Prompt, ordered: list[Any], position: int, workshop: Workshop, by: Actor) -> bool:
    """Write the new `order` of the rows in `ordered`, with `thing` at `position`."""
    before = [each.pk for each in ordered]
    ordered.insert(min(max(position, 1), len(ordered)) - 1, ordered.pop(before.index(thing.pk)))
    if [each.pk for each in ordered] == before:
        return False
    for order, each in enumerate(ordered):
        if each.order != order:
            type(each)._default_manager.filter(pk=each.pk).update(order=order)
    record(thing, f"{thing._meta.model_name}.reordered", by=by, scope=workshop.pk)
    kit_changed(workshop)
    return True
