"""Tables: their names and seats, who moderates them, and the codes that open their tablets."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from ledger.history import Actor, record
from workshops.actions.changing import change, kit_changed
from workshops.models import Group, ModeratorSeat, Workshop
from workshops.order import after_last
from workshops.states import ModeratorRole

CODES_LAST = dt.timedelta(hours=36)


class NameTaken(Exception):
    """Another table of the workshop has this name."""


@transaction.atomic
def add_group(
    workshop: Workshop,
    *,
    name: str,
    by: Actor,
    size: int = 5,
    room: str = "",
    offers: Iterable[str] = (),
    moderators: Iterable[str] = (),
    addresses: Iterable[str] = (),
) -> Group:
    """A table; the first moderator asks, the second writes, `addresses` are theirs in the same order.

    Raises `NameTaken`.
    """
    _hold_table_name(workshop, name)
    order = after_last(workshop.groups)
    fields = {"name": name, "size": size, "room": room, "offers": list(offers), "order": order}
    group = Group.objects.create(workshop=workshop, **fields)
    for role, moderator, address in zip_longest(ModeratorRole, moderators, addresses, fillvalue=""):
        if moderator:
            ModeratorSeat.objects.create(group=group, role=role, **_moderator(moderator, address))
    record(group, "group.added", by=by, scope=workshop.pk)
    return group


@transaction.atomic
def change_group(
    group: Group, *, name: str, size: int, by: Actor, room: str = "", offers: Iterable[str] = (), **moderators: str
) -> None:
    """A table as the organiser wants it in one step; `moderators` are the arguments of `name_moderators`.

    Raises `NameTaken`.
    """
    _hold_table_name(group.workshop, name, but=group)
    name_moderators(group, by=by, **moderators)
    change(group, by=by, workshop=group.workshop, name=name, size=size, room=room, offers=list(offers))


def _hold_table_name(workshop: Workshop, name: str, *, but: Group | None = None) -> None:
    """Names and order of tables are given under the workshop's lock. Raises `NameTaken`."""
    Workshop.objects.select_for_update().get(pk=workshop.pk)
    others = workshop.groups.exclude(pk=but.pk) if but else workshop.groups
    if others.filter(name__iexact=name).exists():
        raise NameTaken(name)


@transaction.atomic
def start_groups(workshop: Workshop, tables: Iterable[tuple[str, int]], *, by: Actor) -> None:
    """The first tables, by name and seats; nothing happens when there are some. Twice is once."""
    workshop = Workshop.objects.select_for_update().get(pk=workshop.pk)
    if workshop.groups.exists():
        return
    for name, size in tables:
        add_group(workshop, name=name, size=size, by=by)


@transaction.atomic
def name_moderators(
    group: Group, *, by: Actor, asks: str = "", writes: str = "", asks_email: str = "", writes_email: str = ""
) -> bool:
    """Who asks and who writes at a table; an empty name leaves the chair empty. False when nothing changed.

    Whoever signs in with the address opens the table's pad.
    """
    wanted = {ModeratorRole.ASKS: (asks, asks_email), ModeratorRole.WRITES: (writes, writes_email)}
    before = {role: (name, email) for role, name, email in group.moderators.values_list("role", "name", "email")}
    if before == {role.value: named for role, named in wanted.items() if named[0]}:
        return False
    for role, (name, address) in wanted.items():
        if not name:
            group.moderators.filter(role=role).delete()
        elif before.get(role) != (name, address):
            ModeratorSeat.objects.update_or_create(group=group, role=role, defaults=_moderator(name, address))
    record(group, "group.moderators_named", by=by, scope=group.workshop_id)
    kit_changed(group.workshop)
    return True


def _moderator(name: str, address: str) -> dict[str, Any]:
    """The fields of a moderator's seat; the user is whoever signs in with the address."""
    user = get_user_model().objects.filter(email__iexact=address).first() if address else None
    return {"name": name, "email": address, "user": user}


@transaction.atomic
def give_table_codes(workshop: Workshop, *, by: Actor) -> None:
    """Six digits for each table, different over all workshops, good for the evening and the next day."""
    until = max(timezone.now(), workshop.ends_at) + CODES_LAST
    for group in workshop.groups.select_for_update():
        if group.code is None:
            group.code = _free_code()
        group.code_until = until
        group.save(update_fields=["code", "code_until"])
    record(workshop, "codes.given", by=by, scope=workshop.pk)


def _free_code() -> str:
    while True:
        code = f"{secrets.randbelow(10**6):06d}"
        if not Group.objects.filter(code=code).exists():
            return code
