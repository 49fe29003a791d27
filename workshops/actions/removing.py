"""Taking things out of the plan, as long as nobody has worked with them."""

from __future__ import annotations

from django.db import transaction

from ledger.history import Actor, record
from workshops.actions.changing import kit_changed
from workshops.models import Group, Initiative, Prompt, Session, Workshop


class StillNeeded(Exception):
    """People have worked with it already: a session that was opened, a table with notes. It stays."""


@transaction.atomic
def remove(thing: Session | Prompt | Initiative | Group, *, by: Actor, workshop: Workshop) -> None:
    """Take something out of the plan. Raises `StillNeeded` once people have worked with it."""
    Workshop.objects.select_for_update().get(pk=workshop.pk)  # sessions are opened under this lock
    if _has_been_used(thing, workshop):
        raise StillNeeded(thing.pk)
    record(thing, f"{thing._meta.model_name}.removed", by=by, scope=workshop.pk)
    thing.delete()
    kit_changed(workshop)


def _has_been_used(thing: Session | Prompt | Initiative | Group, workshop: Workshop) -> bool:
    """Notes hang on opened sessions, questions and tables with ops; ratings on initiatives of an opened session."""
    if isinstance(thing, Session | Prompt):
        session_id = thing.pk if isinstance(thing, Session) else thing.session_id
        return Session.objects.filter(pk=session_id, opened_at__isnull=False).exists()
    if isinstance(thing, Initiative):
        return workshop.sessions.filter(rates=True, opened_at__isnull=False).exists()
    return Group.objects.select_for_update().get(pk=thing.pk).seq > 0
