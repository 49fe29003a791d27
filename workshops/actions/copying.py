"""The next workshop of a series, made from one before: its whole plan, nobody and nothing of what was said."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Model

from ledger.history import Actor, record
from workshops.actions.details import renew_sign_up_link
from workshops.actions.programmes import plan_workshop
from workshops.models import Audience, Group, Initiative, ModeratorRound, ModeratorSeat, Prompt, Session, Workshop
from workshops.states import Access

Row = TypeVar("Row", bound=Model)

OF_THE_DAY: dict[type[Model], tuple[str, ...]] = {
    Workshop: (
        "programme", "number", "slug", "title", "state", "cancelled_because", "starts_at", "opens_at", "closes_at",
        "link_secret", "next_queue_no", "calendar_sequence", "mixed_by", "wall_secret", "wall_mode", "created_at",
    ),
    Session: ("state", "opened_at", "ends_at", "closed_at", "asked"),
    Group: ("seq", "code", "code_until"),
}  # fmt: skip
"""Fields that belong to one day and start anew; all others are the plan."""


@transaction.atomic
def copy_workshop(workshop: Workshop, *, starts_at: dt.datetime, by: Actor, title: Any = None) -> Workshop:
    """A draft at the end of the series with the plan of `workshop`: texts, agenda, questions and initiatives, tables,
    reserved places, and the moderators, who are to be asked anew. Sign-up opens and closes as long before as there.

    People, seats and notes stay where they are. Higher floors copy what is theirs when they hear `workshop.copied`.
    """
    fields = _plan_of(workshop) | {"title": title or workshop.title, "starts_at": starts_at}
    for name in ("opens_at", "closes_at"):
        fields[name] = _as_long_before(getattr(workshop, name), workshop.starts_at, starts_at, workshop.zone)
    copy = plan_workshop(workshop.programme, by=by, **fields)
    _copy_rows(Audience, workshop, copy)
    sessions = _copy_agenda(workshop, copy)
    _copy_tables(workshop, copy, sessions)
    if copy.access == Access.LINK:
        renew_sign_up_link(copy, by=by)
    record(copy, "workshop.copied", by=by, scope=copy.pk, of=str(workshop.pk), number=workshop.number)
    return copy


def _plan_of(row: Model) -> dict[str, Any]:
    """The values of a row that make the plan, by column."""
    left = OF_THE_DAY.get(type(row), ())
    fields = [each for each in row._meta.concrete_fields if not each.primary_key and each.name not in left]
    return {each.attname: getattr(row, each.attname) for each in fields}


def _copy_rows(model: type[Row], workshop: Workshop, copy: Workshop) -> dict[Any, Row]:
    """The rows of a model that hang on the workshop, for the copy; the new ones by the id of the old."""
    old = list(model._default_manager.filter(workshop=workshop))
    new = [model(**(_plan_of(row) | {"workshop_id": copy.pk})) for row in old]
    model._default_manager.bulk_create(new)
    return {row.pk: copied for row, copied in zip(old, new, strict=True)}


def _copy_agenda(workshop: Workshop, copy: Workshop) -> dict[Any, Session]:
    """The new sessions by the id of the old."""
    initiatives = _copy_rows(Initiative, workshop, copy)
    sessions = _copy_rows(Session, workshop, copy)
    prompts = []
    for prompt in Prompt.objects.filter(session__workshop=workshop):
        initiative = initiatives[prompt.initiative_id].pk if prompt.initiative_id else None
        ids = {"session_id": sessions[prompt.session_id].pk, "initiative_id": initiative}
        prompts.append(Prompt(**(_plan_of(prompt) | ids)))
    Prompt.objects.bulk_create(prompts)
    return sessions


def _copy_tables(workshop: Workshop, copy: Workshop, sessions: dict[Any, Session]) -> None:
    """Tables with the names and addresses of their moderators, and the rounds these lead elsewhere; whether they can
    come is another question."""
    tables = _copy_rows(Group, workshop, copy)
    old = list(ModeratorSeat.objects.filter(group__workshop=workshop))
    new = [
        ModeratorSeat(
            group=tables[seat.group_id], role=seat.role, name=seat.name, email=seat.email, user_id=seat.user_id
        )
        for seat in old
    ]
    ModeratorSeat.objects.bulk_create(new)
    seats = {seat.pk: copied for seat, copied in zip(old, new, strict=True)}
    ModeratorRound.objects.bulk_create(
        ModeratorRound(seat=seats[each.seat_id], session=sessions[each.session_id], group=tables[each.group_id])
        for each in ModeratorRound.objects.filter(session__workshop=workshop)
    )


def _as_long_before(
    moment: dt.datetime | None, start: dt.datetime, new_start: dt.datetime, zone: ZoneInfo
) -> dt.datetime | None:
    """The moment moved with the start, by the clocks of the town: four days before at noon stays noon."""
    if moment is None:
        return None
    before, here, there = (each.astimezone(zone).replace(tzinfo=None) for each in (start, moment, new_start))
    return (there - (before - here)).replace(tzinfo=zone)
