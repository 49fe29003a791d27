"""Whom a change of the plan will be told to, shown before it is made. Higher floors say who: they know the people."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise

from ledger.models import Event
from workshops.models import Workshop
from workshops.states import GIVING_STATES, WorkshopState

TOLD_ABOUT = ("starts_at", "minutes", "venue", "address")
"""What people plan their day by; another title or text is no news worth a mail."""


@dataclass(frozen=True)
class Told:
    """People of one sort: the names of those who get a mail, and of those who have no address."""

    who: str | Promise
    names: list[str] = field(default_factory=list)
    without_mail: list[str] = field(default_factory=list)


class Audience(StrEnum):
    """Whom a piece of news is for: everybody who knows of the workshop, or those who lead its tables and were asked."""

    EVERYBODY = "everybody"
    ASKED_TO_LEAD = "asked-to-lead"


Teller = Callable[[Workshop, Audience], Iterable[Told]]
_tellers: list[Teller] = []


def tells(teller: Teller) -> Teller:
    """Declare, in a floor's `reactions.py`, whom it writes to when time or place change, or when it is cancelled."""
    _tellers.append(teller)
    return teller


def told_of(workshop: Workshop, audience: Audience = Audience.EVERYBODY) -> list[Told]:
    """Everybody who would be told of a change now; sorts of people that nobody is of are left out."""
    found = [told for teller in _tellers for told in teller(workshop, audience)]
    return [told for told in found if told.names or told.without_mail]


def news_in(workshop: Workshop, values: dict[str, Any]) -> list[str]:
    """Which of the new `values` are news that is told at once.

    While a workshop is a draft that is another start alone: moderators are asked before anybody else knows of it. What
    else changes in it is told when it is announced again, see `unsaid`.
    """
    told: tuple[str, ...] = TOLD_ABOUT if workshop.state in GIVING_STATES else ()
    if workshop.state == WorkshopState.DRAFT:
        told = ("starts_at",)
    return [name for name in told if name in values and getattr(workshop, name) != values[name]]


def told_of_news(workshop: Workshop, values: dict[str, Any]) -> list[Told]:
    """Whom saving `values` now tells something; nobody when there is no news in them."""
    if not news_in(workshop, values):
        return []
    is_draft = workshop.state == WorkshopState.DRAFT
    return told_of(workshop, Audience.ASKED_TO_LEAD if is_draft else Audience.EVERYBODY)


@dataclass(frozen=True)
class Unsaid:
    """What people do not know who knew of a workshop before it was taken back: `names` of changed fields, and whether
    they were told that it is cancelled."""

    names: tuple[str, ...] = ()
    was_cancelled: bool = False

    def __bool__(self) -> bool:
        return bool(self.names) or self.was_cancelled


def unsaid(workshop: Workshop) -> Unsaid:
    """What announcing a draft, or one that was just announced, tells people who knew of it before; two queries."""
    history = Event.objects.of(workshop)
    taken_back = Q(data__before__in=list(GIVING_STATES)) & ~Q(data__after__in=list(GIVING_STATES))
    cancelled = Q(data__after=WorkshopState.CANCELLED)
    last = history.filter(taken_back | cancelled, verb="workshop.moved").last()
    if last is None:
        return Unsaid()
    since = history.filter(verb="workshop.changed", pk__gt=last.pk).values_list("data", flat=True)
    changed = {name for data in since for name in data["fields"]}
    names = tuple(name for name in TOLD_ABOUT if name in changed)
    return Unsaid(names, was_cancelled=last.data["after"] == WorkshopState.CANCELLED)
