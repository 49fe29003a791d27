"""One step back in the agenda: it is kept as it was before each change, and put back with the same ids.

Ids stay because notes, seats and ratings hang on them. What people have worked with is never taken away by going back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from ledger.history import Actor, record
from workshops.actions.changing import kit_changed
from workshops.actions.removing import StillNeeded
from workshops.models import AgendaStep, Initiative, Prompt, Session, Theme, Workshop

STEPS_KEPT = 20
FIELDS: dict[type[models.Model], tuple[str, ...]] = {
    Initiative: ("theme_id", "name", "short", "question", "order"),
    Session: (
        *("order", "kind", "title", "minutes", "dots_per_person", "rates", "scale"),
        *("kinds", "themes", "regroups", "roles", "materials", "asked_id"),
    ),
    Prompt: ("session_id", "initiative_id", "text", "order", "retired_at"),
}
"""What is kept of each row; states and real times of sessions are not, the day goes on."""

Rows = dict[str, dict[str, Any]]


def agenda_now(workshop: Workshop) -> dict[str, Rows]:
    """The agenda as plain values: for each model of `FIELDS` its rows by id."""
    return {
        model.__name__: {
            str(row["pk"]): {name: _plain(row[name]) for name in names}
            for row in _rows(model, workshop).values("pk", *names)
        }
        for model, names in FIELDS.items()
    }


def _rows(model: type[models.Model], workshop: Workshop) -> models.QuerySet:
    if model is Prompt:
        return Prompt.every.filter(session__workshop=workshop)
    return model._default_manager.filter(workshop=workshop)


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, dt.datetime) else value


@contextmanager
def remembered(workshop: Workshop) -> Iterator[None]:
    """What is done to the agenda inside can be undone as one step; where nothing changes nothing is kept."""
    with transaction.atomic():
        Workshop.objects.select_for_update().get(pk=workshop.pk)
        before = agenda_now(workshop)
        yield
        if agenda_now(workshop) != before:
            AgendaStep.objects.create(workshop=workshop, before=before)
            old = workshop.agenda_steps.values_list("pk", flat=True)[STEPS_KEPT:]
            AgendaStep.objects.filter(pk__in=list(old)).delete()


@transaction.atomic
def undo(workshop: Workshop, *, by: Actor) -> bool:
    """Put the agenda back as it was before the last change. False when no change is kept.

    Raises `StillNeeded` when something it would take out has been worked with meanwhile; then nothing happens.
    """
    Workshop.objects.select_for_update().get(pk=workshop.pk)
    last = workshop.agenda_steps.first()
    if last is None:
        return False
    asked = {pk: row.pop("asked_id") for pk, row in last.before["Session"].items()}
    for model in FIELDS:
        _take_out(model, workshop, last.before[model.__name__])
    for model in FIELDS:
        _put_back(model, workshop, last.before[model.__name__])
    for pk, prompt in asked.items():
        Session.objects.filter(pk=pk).update(asked=prompt)
    last.delete()
    record(workshop, "agenda.undone", by=by, scope=workshop.pk)
    kit_changed(workshop)
    return True


def _take_out(model: type[models.Model], workshop: Workshop, wanted: Rows) -> None:
    """What came with the change: a question that was asked is retired; raises `StillNeeded` for other used rows."""
    for row in _rows(model, workshop):
        if str(row.pk) in wanted:
            continue
        if isinstance(row, Prompt) and row.session.opened_at:
            Prompt.every.filter(pk=row.pk, retired_at=None).update(retired_at=timezone.now())
        elif _is_in_use(row, workshop):
            raise StillNeeded(row.pk)
        else:
            row.delete()


def _is_in_use(row: models.Model, workshop: Workshop) -> bool:
    if isinstance(row, Session):
        return row.opened_at is not None
    return isinstance(row, Initiative) and workshop.sessions.filter(rates=True, opened_at__isnull=False).exists()


def _put_back(model: type[models.Model], workshop: Workshop, wanted: Rows) -> None:
    themes = {str(pk) for pk in Theme.objects.filter(programme=workshop.programme_id).values_list("pk", flat=True)}
    rows = Prompt.every if model is Prompt else model._default_manager
    rated = workshop.sessions.filter(opened_at__isnull=False)
    for pk, kept in wanted.items():
        fields = dict(kept)
        if model is Session and rated.filter(pk=pk).exists():
            fields.pop("scale", None)  # answers were counted by the scale it has now
        if model is not Prompt:
            fields["workshop"] = workshop
        if model is Initiative and fields["theme_id"] not in themes:  # taken out of the programme meanwhile
            fields["theme_id"] = None
        if fields.get("retired_at"):
            fields["retired_at"] = parse_datetime(fields["retired_at"])
        rows.update_or_create(pk=pk, defaults=fields)
