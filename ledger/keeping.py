"""What is kept about people: for each field and file whether it is personal, of whom, why, on what ground, until when.

Each floor declares its own in `personal.py`. A test fails for a field nobody declared. What somebody is told about
themselves, what an erasure empties and what the retention run looks after all follow from these declarations.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Whom(TextChoices):
    """Whose data it is."""

    PARTICIPANT = "participant", _("participants")
    MODERATOR = "moderator", _("moderators")
    USER = "user", _("people who sign in")


class Ground(TextChoices):
    """On what ground it is kept."""

    TASK = "task", _("needed to run the workshop")
    CONSENT = "consent", _("consent")
    SAFETY = "safety", _("needed to keep the service safe and accountable")


@dataclass(frozen=True)
class Term:
    """Until when something is kept: `days` after the moment that `says` names, or as long as `says` tells."""

    key: str
    says: str | Promise
    days: int = 0

    @property
    def span(self) -> dt.timedelta:
        return dt.timedelta(days=self.days)


CONTACT = Term("contact", _("90 days after publication, at the latest a year after the workshop"), 90)
NEWS = Term("news", _("until it is taken back, at the latest two years after it was said"), 730)
CONTACT_OR_NEWS = Term(
    "contact-or-news",
    _(
        "90 days after publication, at the latest a year after the workshop; where somebody allows mail about later "
        "workshops, until that is taken back, at the latest two years after it was said"
    ),
)
UNPUBLISHED = Term("unpublished", _("a year after the workshop"), 365)
WAITING = Term("waiting", _("30 days after the workshop, for whoever had no place"), 30)
AUDIT = Term("audit", _("two years"), 730)
MAIL_FILES = Term("mail-files", _("30 days after sending"), 30)
SESSION = Term("session", _("two weeks after the last visit"), 14)
ACCOUNT = Term("account", _("while the account is in use, and 30 days more"), 30)
MOMENT = Term("moment", _("minutes"))
SIGN_UP = Term("sign-up", _("two days"), 2)
TEAM_LINK = Term("team-link", _("14 days"), 14)
OUTCOME = Term("outcome", _("as long as the outcome is published"))
PROGRAMME = Term("programme", _("as long as the programme"))
LOGS = Term("logs", _("14 days, set where logs are gathered"), 14)
BACKUPS = Term("backups", _("30 days, set where backups are kept"), 30)
DOOR = Term("door", _("12 hours after the workshop"))
TABLET = Term("tablet", _("until it is sent and the tablet leaves the table"))


@dataclass(frozen=True)
class Subject:
    """Somebody to be told about or forgotten. `key` is the random id that may stay; `ids` are all ids they had."""

    key: uuid.UUID
    kind: str
    ids: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    scopes: frozenset[uuid.UUID] = frozenset()
    row: Any = field(default=None, compare=False)

    @property
    def needles(self) -> list[str]:
        """Texts that mean this person and nobody else: addresses, and names of two words at least; longest first."""
        telling = {name for name in self.names if len(name.split()) > 1} | self.addresses
        return sorted((text for text in telling if text), key=lambda text: (-len(text), text))


Rows = Callable[[Subject], QuerySet]
Eraser = Callable[[Subject], int]


@dataclass(frozen=True)
class Kept:
    """One line of the table: fields of a model, or a place outside the database (`model` is empty, `store` names it).

    `rows` finds those of one person. `erase` empties them and says how many there were; without it they are deleted.
    `told` are the fields that the person is shown; `title` is what their own page calls them. What goes `with_place`
    is emptied also when only one place of a person is past its term.
    """

    store: str
    fields: tuple[str, ...] = ()
    of: str = ""
    why: str | Promise = ""
    ground: str = ""
    until: Term | None = None
    rows: Rows | None = None
    erase: Eraser | None = None
    title: str | Promise = ""
    told: tuple[str, ...] = ()
    with_place: bool = False
    is_file: bool = False

    @property
    def is_personal(self) -> bool:
        return bool(self.of)

    @property
    def model(self) -> type[Model]:
        return apps.get_model(self.store)


_kept: list[Kept] = []


def kept() -> tuple[Kept, ...]:
    """Everything declared, from the highest floor to the ground."""
    return tuple(_kept)


def plain(model: str, fields: str) -> None:
    """Fields that say nothing about a person; words with blanks between."""
    _kept.append(Kept(model, tuple(fields.split())))


def personal(
    model: str,
    fields: str,
    *,
    of: str,
    why: str | Promise,
    until: Term,
    ground: str = Ground.TASK,
    path: str = "",
    rows: Rows | None = None,
    erase: Eraser | None = None,
    title: str | Promise = "",
    told: str = "",
    with_place: bool = False,
) -> None:
    """Fields that say something about a person.

    `path` is the lookup from the model to the person (`registration__person`): what it finds is told to that person
    (`told`, all fields unless said; "-" is none) and deleted when they are erased. Where no path leads, `rows` finds
    them by the `Subject`.
    """
    if path:
        rows = _by_path(model, path)
    names = tuple(fields.split())
    shown = () if told == "-" else tuple(told.split()) or names
    _kept.append(Kept(model, names, of, why, ground, until, rows, erase, title, shown if rows else (), with_place))


def _by_path(model: str, path: str) -> Rows:
    def rows(subject: Subject) -> QuerySet:
        return apps.get_model(model)._default_manager.filter(**{path: subject.key})

    return rows


def store(
    name: str,
    *,
    of: str = "",
    why: str | Promise,
    until: Term,
    ground: str = Ground.TASK,
    erase: Eraser | None = None,
) -> None:
    """A place outside the database: files, caches, queues, logs."""
    _kept.append(Kept(name, of=of, why=why, ground=ground, until=until, erase=erase, is_file=True))


def unregistered() -> list[str]:
    """Fields of models that no floor has declared, or declared twice, and declared ones that do not exist."""
    declared = [f"{line.store}.{name}" for line in _kept if not line.is_file for name in line.fields]
    there = {
        f"{model._meta.label_lower}.{each.name}"
        for model in apps.get_models(include_auto_created=True)
        for each in (*model._meta.concrete_fields, *model._meta.many_to_many)
    }
    twice = {name for name in declared if declared.count(name) > 1}
    return sorted(there ^ set(declared) | twice)


@dataclass(frozen=True)
class Remains:
    """What is still there of one workshop: how much, whose, and the day from which the retention run removes it."""

    what: str | Promise
    count: int
    of: str
    why: str | Promise
    until: dt.datetime | None
    says: str | Promise


@dataclass(frozen=True)
class Duty:
    """One rule of the retention run. `overdue` are the rows past their term at a moment, `forget` removes them and
    says how many; `remains` says what of a workshop is still there."""

    name: str
    overdue: Callable[[dt.datetime], Iterable[Any]]
    forget: Callable[[dt.datetime], int]
    remains: Callable[[Any], list[Remains]] = lambda workshop: []


_duties: dict[str, Duty] = {}


def duty(each: Duty) -> None:
    """Declare a rule of the retention run, in a floor's `personal.py`."""
    _duties[each.name] = each


def duties() -> tuple[Duty, ...]:
    """All rules, from the highest floor to the ground."""
    return tuple(_duties.values())
