"""Places in the order of an agenda: of its sessions, and of the questions of one."""

from __future__ import annotations

from django.db import transaction

from ledger.history import Actor, record
from workshops.actions.changing import kit_changed
from workshops.models import Prompt, Session, Workshop
from workshops.order import put_at, put_beside


@transaction.atomic
def move_prompt(prompt: Prompt, *, up: bool, by: Actor) -> bool:
    """Swap a question with its neighbour. False at the edge."""
    return _told(prompt, put_beside(_prompts(prompt), prompt, up=up), prompt.session.workshop, by)


@transaction.atomic
def move_in_agenda(session: Session, *, up: bool, by: Actor) -> bool:
    """Swap a session with its neighbour. False at the edge."""
    return _told(session, put_beside(_sessions(session), session, up=up), session.workshop, by)


@transaction.atomic
def place_in_agenda(session: Session, position: int, *, by: Actor) -> bool:
    """Put a session at a position, counted from 1; past the end is the end. False when it stands there already."""
    return _told(session, put_at(_sessions(session), session, position - 1), session.workshop, by)


@transaction.atomic
def place_prompt(prompt: Prompt, position: int, *, by: Actor) -> bool:
    """Put a question at a position of its session, counted from 1. False when it stands there already."""
    return _told(prompt, put_at(_prompts(prompt), prompt, position - 1), prompt.session.workshop, by)


def _sessions(session: Session) -> list[Session]:
    return list(session.workshop.sessions.select_for_update())


def _prompts(prompt: Prompt) -> list[Prompt]:
    return list(prompt.session.prompts.select_for_update())


def _told(thing: Session | Prompt, moved: bool, workshop: Workshop, by: Actor) -> bool:
    """Whether it moved; if so, history and tablets know."""
    if moved:
        record(thing, f"{thing._meta.model_name}.reordered", by=by, scope=workshop.pk)
        kit_changed(workshop)
    return moved
