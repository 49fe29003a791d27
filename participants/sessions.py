"""The agenda with people, for programs: each session with its questions, and who sits at and leads which table then."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import TextField
from django.db.models.functions import Cast

from participants.models import Seat
from participants.states import RegistrationState
from workshops.models import Workshop
from workshops.states import SessionKind

Key = str
"""An id as the database writes it: rows come by the hundred, and making a UUID of each costs more than the rest."""

Places = dict[Key | None, dict[Key, tuple[Key, str]]]
"""By session (None is the whole evening) and registration: the table, and how the person is called."""

Table = dict[str, Any]


def sessions_with_people(workshop: Workshop) -> list[dict[str, Any]]:
    """The sessions in order with planned times in UTC, in three queries however many there are."""
    sessions, (tables, rounds), places = _sessions(workshop), _tables(workshop), _places(workshop)
    usual = _then(tables, {}, places, None)
    at = workshop.starts_at
    for session in sessions:
        session["starts_at"], at = at, at + dt.timedelta(minutes=session["minutes"])
        session["ends_at"], key = at, session.pop("key")
        if session["kind"] == SessionKind.TABLES:
            changes = key in places or key in rounds
            session["tables"] = _then(tables, rounds.get(key, {}), places, key) if changes else usual
    return sessions


def _sessions(workshop: Workshop) -> list[dict[str, Any]]:
    """One row for each question, gathered by session."""
    ordered = workshop.sessions.order_by("order", "pk", "prompts__order", "prompts__pk").annotate(key=_as_text("pk"))
    found: dict[Key, dict[str, Any]] = {}
    for row in ordered.values("key", "pk", "kind", "title", "minutes", "state", "prompts__pk", "prompts__text"):
        session = found.setdefault(
            row["key"],
            {
                "key": row["key"],
                "id": row["pk"],
                "kind": row["kind"],
                "title": row["title"],
                "minutes": row["minutes"],
                "state": row["state"],
                "prompts": [],
                "tables": [],
            },
        )
        if row["prompts__pk"]:
            session["prompts"].append({"id": str(row["prompts__pk"]), "text": row["prompts__text"]})
    return list(found.values())


@dataclass(frozen=True)
class Leading:
    """A moderator's seat, and the table it belongs to."""

    seat: int
    table: Key
    name: str
    role: str


@dataclass(frozen=True)
class Here:
    """A table with its own moderators, who asks first."""

    id: UUID
    name: str
    leading: list[Leading]


def _tables(workshop: Workshop) -> tuple[dict[Key, Here], dict[Key, dict[int, Key]]]:
    """The tables in order; by session and moderator's seat the table led elsewhere. One row for each of these."""
    ordered = workshop.groups.order_by("order", "pk", "moderators__role").annotate(
        key=_as_text("pk"),
        session=_as_text("moderators__rounds__session"),
        there=_as_text("moderators__rounds__group"),
    )
    tables: dict[Key, Here] = {}
    rounds: dict[Key, dict[int, Key]] = defaultdict(dict)
    of_seat = ("moderators__pk", "moderators__role", "moderators__name")
    for key, pk, name, seat, role, moderator, session, there in ordered.values_list(
        "key", "pk", "name", *of_seat, "session", "there"
    ):
        here = tables.setdefault(key, Here(pk, name, []))
        if seat and all(other.seat != seat for other in here.leading):
            here.leading.append(Leading(seat, key, moderator, role))
        if session:
            rounds[session][seat] = there
    return tables, rounds


def _places(workshop: Workshop) -> Places:
    """Everybody with a firm place who has a seat."""
    seats = Seat.objects.filter(group__workshop=workshop, registration__state=RegistrationState.CONFIRMED)
    places: Places = defaultdict(dict)
    ordered = seats.order_by("registration__person__name", "registration").annotate(
        at=_as_text("session"), who=_as_text("registration"), table=_as_text("group")
    )
    for session, who, table, name in ordered.values_list("at", "who", "table", "registration__person__name"):
        places[session][who] = (table, name)
    return places


def _as_text(name: str) -> Cast:
    return Cast(name, TextField())


def _then(tables: dict[Key, Here], moved: dict[int, Key], places: Places, session: Key | None) -> list[Table]:
    """The tables in one session: a seat, or a moderator's round, for it goes before the one for the whole evening."""
    people: dict[Key, list[str]] = {key: [] for key in tables}
    for table, name in (places.get(None, {}) | places.get(session, {})).values():
        people[table].append(name)
    leading: dict[Key, list[Leading]] = {key: [] for key in tables}
    for each in (each for here in tables.values() for each in here.leading):
        leading[moved.get(each.seat, each.table)].append(each)
    return [
        {
            "id": here.id,
            "name": here.name,
            "moderators": [
                {"name": each.name, "role": each.role}
                for each in sorted(leading[key], key=lambda each: (each.role, each.seat))
            ],
            "people": people[key],
        }
        for key, here in tables.items()
    ]
