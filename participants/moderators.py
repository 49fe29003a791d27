"""Moderators who are asked to be at two tables at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.template.defaultfilters import date
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from workshops.models import Group, ModeratorSeat, Session, Workshop
from workshops.rounds import leaders, sessions_with_rounds
from workshops.states import ModeratorRole, WorkshopState

LONGEST = dt.timedelta(days=23)
"""A workshop lasts at most so many minutes as a small number holds."""


@dataclass(frozen=True)
class Clash:
    """A sentence about one moderator, and the tables of this workshop it is about."""

    text: str
    tables: frozenset[UUID]


def clashes(workshop: Workshop, groups: Iterable[Group], user: object) -> list[Clash]:
    """Who is named twice here, or elsewhere at the same time, as far as `user` organises it too.

    `groups` come from `with_rounds`: where moderators change tables for a session, each of these is looked at too.
    """
    tables = list(groups)
    seats = [(seat, group) for group in tables for seat in group.moderators.all()]
    elsewhere = list(_at_the_same_time(workshop, user))
    in_rounds = [clash for session in sessions_with_rounds(tables) for clash in _in_a_round(tables, session)]
    return [*_twice_here(seats), *in_rounds, *_elsewhere(workshop, seats, elsewhere)]


def _in_a_round(tables: list[Group], session: Session) -> Iterable[Clash]:
    """Tables that moderators leave alone in a session, and those where two of them do the same."""
    then = leaders(tables, session.pk)
    for group in tables:
        seats, words = then[group.pk], {"session": session.title, "table": group.name}
        if group.moderators.all() and not seats:
            text = _("In “%(session)s” nobody leads table %(table)s.") % words
            yield Clash(text, frozenset([group.pk]))
        for role in ModeratorRole:
            same = [seat for seat in seats if seat.role == role]
            if len(same) > 1:
                words |= {"names": get_text_list([seat.name for seat in same], _("and")), "does": role.label}
                text = _("In “%(session)s” %(names)s have the same to do at table %(table)s: %(does)s.") % words
                yield Clash(text, frozenset([group.pk, *(seat.group_id for seat in same)]))


def _twice_here(seats: list[tuple[ModeratorSeat, Group]]) -> list[Clash]:
    found, told = [], set()
    for seat, _group in seats:
        same = [(other, group) for other, group in seats if _is_same(seat, other)]
        if len(same) < 2 or seat.pk in told:
            continue
        told |= {other.pk for other, _group in same}
        tables = {group.pk: group.name for _other, group in same}
        words = {"name": seat.name, "tables": ", ".join(tables.values())}
        if len(tables) == 1:
            text = _("%(name)s cannot ask and write at once: table %(tables)s.") % words
        else:
            text = _("%(name)s cannot be at two tables: %(tables)s.") % words
        found.append(Clash(text, frozenset(tables)))
    return found


def _elsewhere(
    workshop: Workshop, seats: list[tuple[ModeratorSeat, Group]], elsewhere: list[ModeratorSeat]
) -> list[Clash]:
    return [
        Clash(_in_words(seat, other.group), frozenset([group.pk]))
        for seat, group in seats
        for other in elsewhere
        if _is_same(seat, other, by_name=other.group.workshop.programme_id == workshop.programme_id)
    ]


def _in_words(seat: ModeratorSeat, group: Group) -> str:
    there = group.workshop
    return _("%(name)s is at table %(table)s of “%(workshop)s” at the same time: %(day)s, %(start)s to %(end)s.") % {
        "name": seat.name,
        "table": group.name,
        "workshop": there.title,
        "day": date(there.local_start, "j F"),
        "start": f"{there.local_start:%H:%M}",
        "end": f"{there.local_end:%H:%M}",
    }


def _at_the_same_time(workshop: Workshop, user: object) -> Iterable[ModeratorSeat]:
    """Moderators of other workshops that `user` organises and whose time overlaps."""
    others = (
        Workshop.objects.organised_by(user)
        .exclude(pk=workshop.pk)
        .exclude(state=WorkshopState.CANCELLED)
        .filter(starts_at__lt=workshop.ends_at, starts_at__gt=workshop.starts_at - LONGEST)
    )
    seats = ModeratorSeat.objects.filter(group__workshop__in=others.values("pk"))
    found = seats.select_related("user", "group__workshop__programme").order_by("group__workshop__starts_at", "pk")
    return (seat for seat in found if seat.group.workshop.ends_at > workshop.starts_at)


def _is_same(one: ModeratorSeat, other: ModeratorSeat, *, by_name: bool = True) -> bool:
    """One address is one person and two are two; the name counts where an address is missing, within a programme."""
    if one.address and other.address:
        return one.address == other.address
    return by_name and _plain(one.name) == _plain(other.name)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
