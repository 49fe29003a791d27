"""Two programmes with everything in them, and every kind of person, for the permission matrix."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.utils import timezone

from feedback.models import Act, Draft, Evidence, Finding, Op, Outcome, Reply, Review
from feedback.notes.actions import apply_ops
from feedback.states import Answered, Verdict
from ledger import outbox
from ledger.history import SYSTEM
from ledger.models import Erasure
from participants.actions.arrivals import hold_arrivals
from participants.actions.consents import add_purpose, decide
from participants.actions.invitations import new_invitation_link
from participants.actions.links import new_link
from participants.actions.moderating import new_moderator_link
from participants.actions.no_mail import key_of
from participants.actions.questions import Said, change_answers
from participants.actions.signing_up import Wanted, ask_to_confirm
from participants.actions.tablets import remove_device
from participants.actions.team import invite_to_team
from participants.actions.team import key_of as team_key
from participants.calendar import feed_key
from participants.middleware import DEVICE_IN_SESSION
from participants.models import Invitation, ModeratorInvitation, SeatingRule
from participants.purposes import QUOTES
from participants.states import Channel
from tests.config import matrix
from tests.factories import (
    PNG,
    make_device,
    make_group,
    make_note,
    make_organiser,
    make_programme,
    make_question,
    make_registration,
    make_session,
    make_theme,
    make_user,
    make_workshop,
    op_for_new_note,
)
from workshops.actions.agenda import add_initiative
from workshops.actions.audiences import add_audience
from workshops.actions.details import renew_sign_up_link
from workshops.actions.emblem import put_emblem
from workshops.actions.groups import give_table_codes
from workshops.agenda_templates import keep_as_template
from workshops.models import ModeratorSeat, TeamSeat, Workshop
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
    audience = add_audience(workshop, name={"en": "Residents", "it": "Residenti"}, places=2, by=SYSTEM)
    note = make_note(group, session, SECRETS[0], theme=theme)
    registration = make_registration(workshop, name=SECRETS[2], email=f"{uuid.uuid4().hex}{SECRETS[1]}")
    friend = make_registration(workshop)
    rule = SeatingRule.objects.create(kind="together", one=registration, other=friend)
    invitation = Invitation.objects.create(workshop=workshop, name=SECRETS[2], email=SECRETS[1])
    seat = group.moderators.get(role=ModeratorRole.ASKS)
    asked = ModeratorInvitation.objects.create(seat=seat, email="ilaria@posta.example", language="en")
    mail = outbox.write("invitation", to=invitation, about=invitation, scope=workshop.pk)
    question = make_question(workshop, "choice", "Where do you live?", ["Here", "Elsewhere"])
    change_answers(registration, [Said(question, keys=(question.options[0]["key"],))], by=SYSTEM)
    decide(registration, QUOTES, given=True, channel=Channel.PHONE, by=SYSTEM)
    renew_sign_up_link(workshop, by=SYSTEM)
    Workshop.objects.filter(pk=workshop.pk).update(sensitive=True)
    pending = ask_to_confirm(workshop, Wanted(name=SECRETS[2], email=SECRETS[1], language="en"))
    Workshop.objects.filter(pk=workshop.pk).update(sensitive=False)
    device, other_device = make_device(group), make_device(other_group)
    late = op_for_new_note(closed, SECRETS[0])
    apply_ops(group, [late], by=SYSTEM, name="Ilaria")
    draft = Draft.objects.create(workshop=workshop, compiled_at=timezone.now(), headline={"en": "We share a lot"})
    on_team = invite_to_team(programme, email=SECRETS[1], role=TeamRole.HELPER, language="en", by=SYSTEM)
    finding = Finding.objects.create(draft=draft, theme=theme, title={"en": SECRETS[0]})
    Evidence.objects.create(draft=draft, finding=finding, note=note)
    review = Review.objects.create(workshop=workshop, until=timezone.now() + dt.timedelta(days=9))
    said = {"review": review, "registration": registration, "finding": finding, "verdict": Verdict.MISSING}
    answered = {"answer": Answered.TAKEN, "answered_at": timezone.now()}
    reply = Reply.objects.create(text=SECRETS[0], **said, **answered)
    Outcome.objects.create(workshop=workshop, headline={"en": SECRETS[0]}, body={"findings": [frozen(finding)]})
    act = Act.objects.create(draft=draft, verb="note.placed", actor_kind="system", change={})
    unheard = {"op": str(uuid.uuid4()), "do": "walk_in", "registration": str(uuid.uuid4()), "name": SECRETS[2]}
    hold_arrivals(workshop, [unheard], by=SYSTEM)
    ids = {
        "workshop_id": workshop.pk,
        "programme_id": programme.pk,
        "slug": workshop.slug,
        "emblem_name": put_emblem(programme, PNG, by=SYSTEM).emblem_name,
        "year": workshop.local_start.year,
        "month": workshop.local_start.month,
        "token": new_link(registration),
        "feed": feed_key(registration),
        "receipt_id": Erasure.objects.create(key=uuid.uuid4(), kind=Erasure.Kind.PERSON).pk,
        "secret": workshop.wall_secret,
        "session_id": session.pk,
        "prompt_id": session.prompts.first().pk,
        "initiative_id": initiative.pk,
        "theme_id": theme.pk,
        "template_id": keep_as_template(workshop, name="Una serata qui", by=SYSTEM).pk,
        "audience_id": audience.pk,
        "group_id": group.pk,
        "device_id": device.pk,
        "op_id": Op.objects.get(pk=late["op"]).pk,
        "registration_id": registration.pk,
        "arrival_id": uuid.UUID(unheard["op"]),
        "rule_id": rule.pk,
        "invitation_id": invitation.pk,
        "invitation_token": new_invitation_link(invitation),
        "moderator_token": new_moderator_link(asked),
        "recipient_id": invitation.pk,
        "key": key_of(invitation.pk),
        "mail_id": mail.pk,
        "question_id": question.pk,
        "team_invitation_id": on_team.pk,
        "team_key": team_key(on_team),
        "seat_id": TeamSeat.objects.create(programme=programme, user=make_user(), role=TeamRole.HELPER).pk,
        "purpose_key": add_purpose(programme, by=SYSTEM, title={"en": "Film"}, text={"en": "I may be filmed."}).key,
        "pending_id": pending.pk,
        "draft_id": draft.pk,
        "finding_id": finding.pk,
        "note_id": note.pk,
        "reply_id": reply.pk,
        "act_id": act.pk,
        "point": finding.pk,
        "version": 1,
        "number": 1,
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


def frozen(finding: Finding) -> dict[str, Any]:
    """A finding in the body of an outcome, without notes."""
    words = {"title": dict(finding.title), "text": {}, "words": [], "asked": {}}
    return {"id": str(finding.pk), "theme": None, "tier": finding.tier, "quote": None, "notes": [], **words}


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
