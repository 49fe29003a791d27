"""What happens in the evening: sessions open, last longer and close, questions are asked, the wall shows them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from ledger.history import Actor, record
from workshops.actions.changing import kit_changed
from workshops.actions.moving import MovedMeanwhile, MoveNotAllowed
from workshops.models import Group, Prompt, Session, Workshop
from workshops.states import SESSION_MOVES, WALL_OF_KIND, SessionKind, SessionState


class AnotherIsOpen(Exception):
    """Another session of the workshop is still open: `session`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session.pk)
        self.session = session


@transaction.atomic
def move_session(session: Session, new_state: str, *, by: Actor) -> None:
    """The only writer of a session's state; opening sets its real end, closing tells the tablets.

    Raises `MoveNotAllowed`, `MovedMeanwhile`, or `AnotherIsOpen`: a room does one thing at a time.
    """
    Workshop.objects.select_for_update().get(pk=session.workshop_id)  # open sessions are counted under this lock
    old_state, now = session.state, timezone.now()
    if new_state not in SESSION_MOVES[old_state]:
        raise MoveNotAllowed(session.pk, new_state)
    fields: dict[str, Any] = {"state": new_state}
    if new_state == SessionState.OPEN:
        if running := Session.objects.filter(workshop=session.workshop_id).open().exclude(pk=session.pk).first():
            raise AnotherIsOpen(running)
        fields |= {"opened_at": now, "ends_at": now + dt.timedelta(minutes=session.minutes), "closed_at": None}
    else:
        _wait_for_tables(session)
        fields["closed_at"] = now
    if not Session.objects.filter(pk=session.pk, state=old_state).update(**fields):
        raise MovedMeanwhile(session.pk)
    for name, value in fields.items():
        setattr(session, name, value)
    if new_state == SessionState.OPEN:
        show_on_wall(session.workshop, WALL_OF_KIND[SessionKind(session.kind)], by=by)
    record(session, "session.moved", by=by, scope=session.workshop_id, before=old_state, after=new_state)
    kit_changed(session.workshop)


def _wait_for_tables(session: Session) -> None:
    """Notes that are being stored come first: whoever reads after the session has closed reads all of them."""
    tables = Group.objects.select_for_update().filter(workshop=session.workshop_id)
    list(tables.order_by("pk").values_list("pk"))


@transaction.atomic
def extend_session(session: Session, *, minutes: int, by: Actor) -> None:
    """More (or fewer) minutes for an open session. It never ends before it began.

    Raises `MoveNotAllowed` when it is not open.
    """
    session = Session.objects.select_for_update().get(pk=session.pk)
    if not session.is_open or session.ends_at is None or session.opened_at is None:
        raise MoveNotAllowed(session.pk, "extend")
    session.ends_at = max(session.ends_at + dt.timedelta(minutes=minutes), session.opened_at + dt.timedelta(minutes=1))
    session.save(update_fields=["ends_at"])
    record(session, "session.extended", by=by, scope=session.workshop_id, minutes=minutes)
    kit_changed(session.workshop)


@transaction.atomic
def ask_prompt(session: Session, prompt: Prompt, *, by: Actor) -> None:
    """The question the wall and the tablets show now."""
    Session.objects.filter(pk=session.pk).update(asked=prompt)
    record(session, "session.asked", by=by, scope=session.workshop_id)
    kit_changed(session.workshop)


@transaction.atomic
def show_on_wall(workshop: Workshop, mode: str, *, by: Actor) -> None:
    """What the projector shows."""
    Workshop.objects.filter(pk=workshop.pk).update(wall_mode=mode)
    workshop.wall_mode = mode
    record(workshop, "wall.shown", by=by, scope=workshop.pk, mode=mode)
    kit_changed(workshop)
