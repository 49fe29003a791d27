"""Changes that heed what tables have answered already: another scale, other words, a question less."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from ledger.history import Actor, record
from workshops.actions.changing import change, kit_changed
from workshops.actions.removing import StillNeeded
from workshops.models import Prompt, Session, Workshop


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
