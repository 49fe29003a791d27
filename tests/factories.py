"""Rows for tests: say only what matters here, the rest is believable."""

from __future__ import annotations

import base64
import datetime as dt
import itertools
import uuid
from typing import Any

from django.utils import timezone

from feedback.models import Note
from feedback.notes.actions import apply_ops
from ledger.history import SYSTEM, Actor
from ledger.models import ActorKind
from participants.actions.places import register
from participants.actions.questions import add_question, keyed
from participants.models import Device, Question, Registration, User
from workshops.actions.agenda import add_session
from workshops.actions.groups import add_group
from workshops.actions.programmes import add_theme, plan_workshop
from workshops.models import Group, Programme, Session, TeamSeat, Theme, Workshop
from workshops.states import SessionKind, SessionState, TeamRole, WorkshopState

_numbers = itertools.count(1)

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A picture of one point."""


def make_user(email: str = "", name: str = "Serena Riva", **fields: Any) -> User:
    return User.objects.create_user(email or f"user{next(_numbers)}@posta.example", name, **fields)


def make_programme(**fields: Any) -> Programme:
    number = next(_numbers)
    values = {
        "slug": f"programme-{number}",
        "title": {"it": "Servizi urbani condivisi", "en": "Shared urban services"},
        "organisation": "Laboratorio Civico",
        "help_line": "02 555 0142",
        "languages": ["it", "en"],
        **fields,
    }
    return Programme.objects.create(**values)


def make_organiser(programme: Programme, role: str = TeamRole.ORGANISER, **fields: Any) -> User:
    """A user with a seat in the programme's team."""
    user = make_user(**fields)
    TeamSeat.objects.create(programme=programme, user=user, role=role)
    return user


def make_theme(programme: Programme, name: str = "Mobility", **fields: Any) -> Theme:
    words = {"en": name, "it": name}
    return add_theme(programme, by=SYSTEM, name=words, short=words, **{"icon": "bike", **fields})


def make_workshop(programme: Programme | None = None, **fields: Any) -> Workshop:
    """Announced, in ten days, with places for eighteen; no agenda and no tables."""
    programme = programme or make_programme()
    state = fields.pop("state", WorkshopState.ANNOUNCED)
    values = {
        "title": {"it": "Abitudini e iniziative", "en": "Habits and initiatives"},
        "starts_at": (timezone.now() + dt.timedelta(days=10)).replace(minute=0, second=0, microsecond=0),
        "venue": "Casa di Quartiere",
        "address": "Via San Dionigi 36",
        **fields,
    }
    workshop = plan_workshop(programme, by=SYSTEM, **values)
    Workshop.objects.filter(pk=workshop.pk).update(state=state)
    workshop.refresh_from_db()
    return workshop


def make_session(workshop: Workshop, state: str = SessionState.PLANNED, prompts: int = 1, **fields: Any) -> Session:
    """A session at the tables, with as many questions as asked for."""
    values = {"kind": SessionKind.TABLES, "title": {"it": "Abitudini", "en": "Habits"}, "minutes": 45, **fields}
    session = add_session(
        workshop,
        by=SYSTEM,
        prompts=[{"it": f"Domanda {n + 1}?", "en": f"Question {n + 1}?"} for n in range(prompts)],
        **values,
    )
    if state != SessionState.PLANNED:
        now = timezone.now()
        Session.objects.filter(pk=session.pk).update(state=state, opened_at=now, ends_at=now + dt.timedelta(minutes=45))
        session.refresh_from_db()
    return session


def make_group(workshop: Workshop, name: str = "", **fields: Any) -> Group:
    """A table with two moderators."""
    number = next(_numbers)
    values = {"size": 5, "moderators": ["Ilaria Fontana", "Youssef Amrani"], **fields}
    return add_group(workshop, name=name or f"Olmo {number}", by=SYSTEM, **values)


def make_registration(workshop: Workshop, name: str = "Teresa Donati", email: str = "", **fields: Any) -> Registration:
    """A place, or a turn on the waiting list when the places are taken."""
    address = email or f"person{next(_numbers)}@posta.example"
    registration, _new = register(workshop, name=name, email=address, language="en", by=SYSTEM, **fields)
    return registration


def make_question(
    workshop: Workshop, kind: str = "text", text: str = "How did you hear of us?", options: Any = (), **fields: Any
) -> Question:
    """An own question on the sign-up form; `options` are the words to choose from."""
    keyed_options = keyed([{"en": option, "it": option} for option in options], [])
    words = {"en": text, "it": text}
    return add_question(workshop, by=SYSTEM, kind=kind, text=words, options=keyed_options, **fields)


def make_device(group: Group, name: str = "Ilaria") -> Device:
    """A tablet that has joined the table."""
    return Device.objects.create(group=group, name=name, until=timezone.now() + dt.timedelta(days=1))


def op_for_new_note(session: Session, text: str = "I park on Sunday.", **fields: Any) -> dict:
    """An op that makes a note, as a tablet sends it; `fields` are further values to set."""
    prompt = session.prompts.first()
    values = {
        "session": str(session.pk),
        "prompt": str(prompt.pk) if prompt else None,
        "kind": "habit",
        "lang": "en",
        "text": text,
        **fields,
    }
    return {
        "op": str(uuid.uuid4()),
        "note": str(uuid.uuid4()),
        "do": "set",
        "set": {name: {"to": value} for name, value in values.items()},
    }


def make_note(group: Group, session: Session, text: str = "I park on Sunday.", **fields: Any) -> Note:
    """A stored note; `theme` may be a Theme, `dots` a number."""
    dots = fields.pop("dots", 0)
    theme = fields.pop("theme", None)
    if theme is not None:
        fields["theme"] = str(theme.pk)
    op = op_for_new_note(session, text, **fields)
    actor = Actor(ActorKind.USER, str(uuid.uuid4()))
    [ack] = apply_ops(group, [op], by=actor, name="Ilaria", late=True)
    if ack["status"] != "stored":
        raise ValueError(ack)
    Note.objects.filter(pk=op["note"]).update(dots=dots)
    return Note.objects.get(pk=op["note"])
