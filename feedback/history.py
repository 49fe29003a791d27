"""What happened around a workshop or a programme, as sentences: who did what, when, to what.

A row of history holds ids and names of fields, never a person's words. Names are looked up when the page is read, so
whoever was forgotten has none any more. What a sentence names is what organisers see elsewhere anyway: no note's text.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Page, Paginator
from django.db.models import Model
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from feedback.history_words import CHANGED, FALLBACK, PARTS, SENTENCES, Part
from feedback.states import WhyRead
from ledger.models import ActorKind, Event
from participants.models import Device, Person, User
from participants.states import RegistrationState
from workshops.states import SessionState, TeamRole, WorkshopState

A_PAGE = 50
LONGEST_NAME = 60
STATES: dict[str, Any] = {
    "workshop.moved": WorkshopState,
    "session.moved": SessionState,
    "team.role_changed": TeamRole,
}
NAMES: dict[str, str] = {
    "workshops.workshop": "title",
    "workshops.programme": "title",
    "workshops.session": "title",
    "workshops.prompt": "text",
    "workshops.initiative": "name",
    "workshops.audience": "name",
    "workshops.theme": "name",
    "workshops.group": "name",
    "workshops.teamseat": "user",
    "participants.registration": "person",
    "participants.person": "name",
    "participants.invitation": "called",
    "participants.question": "text",
    "participants.purpose": "title",
    "participants.device": "name",
}
"""Which things have a name to show, and where it stands."""
RELATED = {"workshops.teamseat": "user", "participants.registration": "person"}


@dataclass(frozen=True)
class Told:
    """One row of history as it is read: a sentence, and when it was."""

    event: Event
    sentence: str


@dataclass(frozen=True)
class HistoryPage:
    """A page of history, newest first; `part` says what about, all of it where it is empty."""

    page: Page
    rows: list[Told]
    part: str


def history_of(scope_id: uuid.UUID, *, part: str = "", number: str | None = None) -> HistoryPage:
    """What happened around one workshop or programme, in as many queries however much is shown."""
    events = Event.objects.in_scope(scope_id)
    chosen = part if part in PARTS else ""
    if chosen:
        events = events.filter(verb__in=[verb for verb, (of, _words) in SENTENCES.items() if of == chosen])
    page = Paginator(events, A_PAGE).get_page(number)
    return HistoryPage(page, told(list(page.object_list)), chosen)


def told(events: list[Event]) -> list[Told]:
    """The events as sentences in the reader's language."""
    actors, things = _actors(events), _things(events)
    return [Told(event, _sentence(event, actors, things)) for event in events]


def _sentence(event: Event, actors: dict[tuple[str, str], str], things: dict[tuple[str, str], str]) -> str:
    words = SENTENCES.get(event.verb, (Part.PLAN, FALLBACK))[1]
    thing = things.get((event.thing_kind, event.thing_id), _("(gone)"))
    values = {
        "who": actors.get((event.actor_kind, event.actor_id), _("Somebody whose account is gone")),
        "what": Truncator(thing).chars(LONGEST_NAME),
        "verb": event.verb,
        **_details(event),
    }
    return str(words) % defaultdict(lambda: "–", values)


def _details(event: Event) -> dict[str, Any]:
    """States and fields in words; numbers as they are."""
    details = {name: value for name, value in event.data.items() if isinstance(value, int | str)}
    if choices := STATES.get(event.verb):
        details |= {name: _label(choices, event.data.get(name)) for name in ("before", "after")}
    if "role" in event.data:
        details["role"] = _label(TeamRole, event.data["role"])
    if event.verb == "note.read":
        details["reason"] = _label(WhyRead, event.data.get("reason"))
    if "state" in event.data:
        details["state"] = _label(RegistrationState, event.data["state"])
    if "fields" in event.data:
        details["fields"] = ", ".join(_field(event.thing_kind, name) for name in event.data["fields"])
    return details


def _label(choices: Any, value: Any) -> str:
    return str(choices(value).label) if value in choices.values else str(value)


def _field(kind: str, name: str) -> str:
    """What a form calls the field."""
    try:
        return str(apps.get_model(kind)._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    except (LookupError, FieldDoesNotExist, AttributeError):
        return str(CHANGED.get(name, name))


def _actors(events: Iterable[Event]) -> dict[tuple[str, str], str]:
    """Names by kind and id; a query for each kind of actor on the page."""
    models: dict[str, type[Model]] = {ActorKind.USER: User, ActorKind.PERSON: Person, ActorKind.DEVICE: Device}
    names = {(ActorKind.SYSTEM.value, ""): "Tavolo"}
    for kind, ids in _by_kind((event.actor_kind, event.actor_id) for event in events).items():
        if kind in models:
            rows = models[kind]._default_manager.filter(pk__in=ids)
            names |= {(kind, str(row.pk)): getattr(row, "name", "") or str(row) for row in rows}
    return names


def _things(events: Iterable[Event]) -> dict[tuple[str, str], str]:
    """Names by kind and id; a query for each kind of thing on the page that has a name."""
    names: dict[tuple[str, str], str] = {}
    for kind, ids in _by_kind((event.thing_kind, event.thing_id) for event in events).items():
        if kind in NAMES:
            rows = apps.get_model(kind)._default_manager.filter(pk__in=ids)
            related = [RELATED[kind]] if kind in RELATED else []
            found = rows.select_related(*related) if related else rows
            names |= {(kind, str(row.pk)): str(getattr(row, NAMES[kind])) for row in found}
    return names


def _by_kind(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Ids of rows by kind, without what no row can have as its id."""
    found: dict[str, set[str]] = defaultdict(set)
    for kind, key in pairs:
        if key:
            found[kind].add(key)
    return found
