"""Changes to single parts of an agenda that need more than a new value: places in the order, and words on the day."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from ledger.history import Actor, record
from workshops.actions import StillNeeded, change, kit_changed
from workshops.models import Prompt, Session, Workshop


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


@transaction.atomic
def change_session(session: Session, *, by: Actor, **fields: Any) -> None:
    """Write changed fields of a session. Raises `StillNeeded` for another scale once the session has been opened:
    answers were counted by the one it has."""
    Workshop.objects.select_for_update().get(pk=session.workshop_id)  # sessions are opened under this lock
    session.refresh_from_db(fields=["opened_at", "scale"])
    if session.opened_at is not None and fields.get("scale", session.scale) != session.scale:
        raise StillNeeded(session.pk)
    change(session, by=by, workshop=session.workshop, **fields)


@transaction.atomic
def reword_prompt(prompt: Prompt, *, text: dict[str, str], by: Actor) -> Prompt:
    """Ask a question in other words; returns the question that is asked now.

    Once its session has been opened the tables have answered the old words: these stay with the notes, and the new ones
    are a question of their own in the same place.
    """
    session = _hold(prompt)
    if session.opened_at is None or prompt.text == text:
        change(prompt, by=by, workshop=session.workshop, text=text)
        return prompt
    _retire(prompt, session, by)
    instead = Prompt.objects.create(session=session, initiative=prompt.initiative, text=text, order=prompt.order)
    if session.asked_id == prompt.pk:
        Session.objects.filter(pk=session.pk).update(asked=instead)
    record(instead, "prompt.added", by=by, scope=session.workshop_id, instead_of=str(prompt.pk))
    kit_changed(session.workshop)
    return instead


@transaction.atomic
def take_out_prompt(prompt: Prompt, *, by: Actor) -> None:
    """Ask a question no more. Once its session has been opened it is retired, and notes that answer it keep it."""
    session = _hold(prompt)
    if session.opened_at:
        _retire(prompt, session, by)
        if session.asked_id == prompt.pk:
            Session.objects.filter(pk=session.pk).update(asked=None)
    else:
        record(prompt, "prompt.removed", by=by, scope=session.workshop_id)
        prompt.delete()
    kit_changed(session.workshop)


def _hold(prompt: Prompt) -> Session:
    """The question's session, while no other can be opened or closed."""
    Workshop.objects.select_for_update().get(pk=prompt.session.workshop_id)
    return Session.objects.select_related("workshop__programme").get(pk=prompt.session_id)


def _retire(prompt: Prompt, session: Session, by: Actor) -> None:
    prompt.retired_at = timezone.now()
    prompt.save(update_fields=["retired_at"])
    record(prompt, "prompt.retired", by=by, scope=session.workshop_id)
