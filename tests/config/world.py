"""Two programmes with everything in them, and every kind of person, for the permission matrix."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.utils import timezone

from feedback.models import Draft, Evidence, Finding, Op
from feedback.notes.actions import apply_ops
from ledger.history import SYSTEM
from participants.actions import new_link, remove_device
from participants.middleware import DEVICE_IN_SESSION
from participants.models import SeatingRule
from tests.config import matrix
from tests.factories import (
    make_device,
    make_group,
    make_note,
    make_organiser,
    make_programme,
    make_registration,
    make_session,
    make_theme,
    make_user,
    make_workshop,
    op_for_new_note,
)
from workshops.actions import add_initiative, give_table_codes
from workshops.models import ModeratorSeat
from workshops.states import ModeratorRole, SessionState, TeamRole, WorkshopState

SECRETS = ("Pina from the fourth floor hides the key", "teresa.secret@posta.example", "Teresa Segreta")


@dataclass
class World:
    """One programme with one of each thing; `ids` are the URL arguments by name."""

    ids: dict[str, Any]
    things: dict[str, Any]


def make_world(state: str = WorkshopState.LIVE) -> World:
    programme = make_programme()
    workshop = make_workshop(programme, state=state, opens_at=None)
    theme = make_theme(programme)
    session = make_session(workshop, state=SessionState.OPEN)
    closed = make_session(workshop, state=SessionState.CLOSED)
    group, other_group = make_group(workshop), make_group(workshop)
    give_table_codes(workshop, by=SYSTEM)
    words = {"en": "Bikes", "it": "Bici"}
    initiative = add_initiative(workshop, by=SYSTEM, name=words, short=words)
    note = make_note(group, session, SECRETS[0], theme=theme)
    registration = make_registration(workshop, name=SECRETS[2], email=f"{uuid.uuid4().hex}{SECRETS[1]}")
    friend = make_registration(workshop)
    rule = SeatingRule.objects.create(kind="together", one=registration, other=friend)
    device, other_device = make_device(group), make_device(other_group)
    late = op_for_new_note(closed, SECRETS[0])
    apply_ops(group, [late], by=SYSTEM, name="Ilaria")
    draft = Draft.objects.create(workshop=workshop, compiled_at=timezone.now())
    finding = Finding.objects.create(draft=draft, theme=theme, title={"en": SECRETS[0]})
    Evidence.objects.create(draft=draft, finding=finding, note=note)
    ids = {
        "workshop_id": workshop.pk,
        "programme_id": programme.pk,
        "slug": workshop.slug,
        "token": new_link(registration),
        "secret": workshop.wall_secret,
        "session_id": session.pk,
        "prompt_id": session.prompts.first().pk,
        "initiative_id": initiative.pk,
        "theme_id": theme.pk,
        "group_id": group.pk,
        "device_id": device.pk,
        "op_id": Op.objects.get(pk=late["op"]).pk,
        "registration_id": registration.pk,
        "rule_id": rule.pk,
        "draft_id": draft.pk,
        "finding_id": finding.pk,
        "note_id": note.pk,
    }
    things = {
        "programme": programme,
        "workshop": workshop,
        "group": group,
        "other_group": other_group,
        "device": device,
        "other_device": other_device,
    }
    return World(ids, things)


def make_clients(world: World, stranger_of: World) -> dict[str, Client]:
    """A browser for each identity of the matrix."""
    programme, group = world.things["programme"], world.things["group"]
    moderator, neighbour = make_user(name="Ilaria"), make_user(name="Wei")
    ModeratorSeat.objects.filter(group=group, role=ModeratorRole.ASKS).update(user=moderator)
    ModeratorSeat.objects.filter(group=world.things["other_group"], role=ModeratorRole.ASKS).update(user=neighbour)
    removed = make_device(group)
    remove_device(removed, by=SYSTEM)
    return {
        matrix.VISITOR: Client(),
        matrix.ORGANISER: signed_in(make_organiser(programme)),
        matrix.OWNER: signed_in(make_organiser(programme, TeamRole.OWNER)),
        matrix.HELPER: signed_in(make_organiser(programme, TeamRole.HELPER)),
        matrix.OBSERVER: signed_in(make_organiser(programme, TeamRole.OBSERVER)),
        matrix.STRANGER: signed_in(make_organiser(stranger_of.things["programme"])),
        matrix.MODERATOR: signed_in(moderator),
        matrix.NEIGHBOUR: signed_in(neighbour),
        matrix.TABLET: joined(world.things["device"]),
        matrix.OTHER_TABLET: joined(world.things["other_device"]),
        matrix.REMOVED_TABLET: joined(removed),
        matrix.OPERATOR: signed_in(make_user(is_staff=True)),
    }


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def joined(device: Any) -> Client:
    client = Client()
    session = client.session
    session[DEVICE_IN_SESSION] = str(device.pk)
    session.save()
    return client
