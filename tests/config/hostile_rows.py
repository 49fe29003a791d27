"""The forms with free text, and the columns where what is written into them ends up."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import Model

from feedback.models import Draft, Finding, Message, Note, Outcome, Reply
from participants.models import (
    Answer,
    Device,
    Invitation,
    Letter,
    Override,
    Person,
    Purpose,
    Question,
    Registration,
    Reminder,
    TeamInvitation,
)
from participants.queries.mail import letter_goes_to
from participants.states import RegistrationState
from tests.config.hostile import NOTHING, REFUSED, Form
from tests.config.test_hostile_forms import FORMS, HOSTILE, OF_A_DRAFT, address, fill
from tests.config.world import World
from tests.factories import make_question
from workshops.models import AgendaTemplate, Audience, Group, Initiative, Programme, Prompt, Session, Theme, Workshop
from workshops.states import SessionState, WorkshopState

CHOSEN = {
    "spoken", "icon", "kind", "kinds", "theme", "access", "evening", "rates", "to", "next", "from", "prompt", "mode",
    "registration", "group", "kept", "one", "other", "force", "table", "copy", "names_are_fine", "finding", "act",
    "few_are_fine",
    "into", "note", "here", "channel", "basis", "asked", "required", "allowed", "do", "audience", "promotion", "answer",
    "sensitive", "role", "mixed_by", "table_needs", "move", "move_on", "scale",
    "themes", "regroups", "template",
    "again", "as_what", "where", "verdict", "told", "which_one",
    "picture", "unit", "language", "list", "people", "send", "expected", "letter", "seen",
}  # fmt: skip
"""Fields whose values come from a list, a file or a page before: nobody types them."""

ROWS: dict[str, tuple[type[Model], str]] = {
    "org_new_programme": (Programme, ""),
    "org_programme": (Programme, "programme_id"),
    "org_add_theme": (Theme, ""),
    "org_change_theme": (Theme, "theme_id"),
    "org_new_workshop": (Workshop, ""),
    "org_details": (Workshop, "workshop_id"),
    "org_cancel": (Workshop, "workshop_id"),
    "org_copy": (Workshop, ""),
    "org_change_session": (Session, "session_id"),
    "org_keep_template": (AgendaTemplate, ""),
    "org_rename_template": (AgendaTemplate, "template_id"),
    "org_add_prompt": (Prompt, ""),
    "org_change_prompt": (Prompt, "prompt_id"),
    "org_add_initiative": (Initiative, ""),
    "org_change_initiative": (Initiative, "initiative_id"),
    "org_add_person": (Registration, ""),
    "org_person": (Registration, "registration_id"),
    "org_table_needs": (Registration, "registration_id"),
    "org_add_table": (Group, ""),
    "org_change_table": (Group, "group_id"),
    "org_tell_tables": (Message, ""),
    "org_headline": (Draft, "draft_id"),
    "org_add_finding": (Finding, ""),
    "org_edit_finding": (Finding, "finding_id"),
    "org_desk_walk_in": (Person, ""),
    "org_hide_finding": (Finding, "finding_id"),
    "org_answer_reply": (Reply, "reply_id"),
    "org_publish": (Outcome, ""),
    "org_add_question": (Question, ""),
    "org_change_question": (Question, "question_id"),
    "org_add_purpose": (Purpose, ""),
    "org_word_purpose": (Purpose, "purpose_key"),
    "org_invite_to_team": (TeamInvitation, ""),
    "org_add_audience": (Audience, ""),
    "org_change_audience": (Audience, "audience_id"),
    "org_give_place": (Override, ""),
    "org_invite": (Invitation, ""),
    "org_invitation": (Invitation, "invitation_id"),
    "org_reminder": (Reminder, ""),
    "org_letter": (Letter, ""),
    "org_correct_note": (Note, "note_id"),
    "place_form": (Registration, ""),
    "my_answers": (Registration, "registration_id"),
    "table_join": (Device, ""),
}
"""The row a form writes, by the id in the world that names it; without one, the row that is new."""

LOOKED_FOR = {
    "org_desk_find", "find_place", "org_hide_words", "org_show_words", "org_withdraw_outcome", "org_add_rule",
}  # fmt: skip
"""What is written there is sought, and leads to no row with the same text; or it can be said only once, as why an
outcome is taken back. Every other field must store some."""

SAY_SO_AFTERWARDS = {"org_correct_note", "org_table_needs", "org_hide_finding"}
"""They refuse on the next page, and the row stays as it was."""


def public_forms(world: World) -> dict[str, dict[str, Any]]:
    """What the forms of visitors, participants and tablets take."""
    asked = f"question_{make_question(world.things['workshop']).pk.hex}"
    choice = f"question_{world.ids['question_id'].hex}"
    world.things["group"].refresh_from_db()
    return {
        "place_form": {
            "name": "Paola Sala",
            "email": "paola@posta.example",
            "needs": "Scale",
            "audience": "none",
            asked: "Un manifesto",
        },
        "find_place": {"email": "paola@posta.example"},
        "my_answers": {asked: "Un manifesto", choice: ""},
        "table_join": {"code": world.things["group"].code, "name": "Ilaria"},
    }


def fine_values(name: str, taken: dict[str, Any], world: World) -> dict[str, Any]:
    """A value that is taken for each field of a form."""
    fine = {field: fill(value, world) for field, value in taken.items()}
    if name == "org_letter":  # to everybody the preview would name
        people = letter_goes_to(world.things["workshop"], fine["to"])
        expected = ",".join(str(registration.pk) for registration in people)
        return fine | {"group": "", "theme": "", "expected": expected, "letter": str(uuid.uuid4())}
    return fine


def texts_of(taken: dict[str, Any]) -> tuple[str, ...]:
    """The fields of a form in which something can be typed."""
    return tuple(f for f in taken if f not in CHOSEN and f not in HOSTILE and f != "code" and taken[f] != "")


def forms_with_text(world: World) -> list[Form]:
    """Every form of visitors and organisers in which something can be typed."""
    return [
        Form(name, address(name, world), fine_values(name, taken, world), texts, _reader(name, world))
        for name, taken in {**FORMS, **public_forms(world)}.items()
        if (texts := texts_of(taken))
    ]


def prepare(name: str, world: World) -> None:
    """Bring the world into the state in which the form is open: a summary that is being curated, somebody who waits, a
    question that no table has been asked."""
    if "finding" in name or name in OF_A_DRAFT:
        Workshop.objects.update(state=WorkshopState.CURATING)
    if name in {"org_change_prompt", "org_change_session"}:
        Session.objects.update(state=SessionState.PLANNED, opened_at=None, ends_at=None)
    if name == "org_give_place":
        waiting = {"state": RegistrationState.WAITING, "queue_no": 900, "arrived_at": None, "arrival": None}
        Registration.objects.filter(pk=world.ids["registration_id"]).update(**waiting)


def _reader(name: str, world: World) -> Callable[[str], str]:
    if name in LOOKED_FOR:
        return lambda field: NOTHING
    model, key = ROWS[name]
    wanted = {"pk": world.ids[key]} if key else {}
    if key == "purpose_key":  # every programme has one of this key
        wanted = {"key": world.ids[key], "programme": world.ids["programme_id"]}
    before = set(model._base_manager.values_list("pk", flat=True))
    first = model._base_manager.filter(**wanted).first() if name in SAY_SO_AFTERWARDS else None

    def read(field: str) -> str:
        rows = model._base_manager.all()
        row = rows.get(**wanted) if wanted else rows.exclude(pk__in=before).first()
        if row is None or (first and column(row, field) == column(first, field)):
            return REFUSED
        return column(row, field)

    return read


def column(row: Any, field: str) -> str:
    """What a row holds of a form's field."""
    if field in ("asks", "writes"):
        return row.moderators.filter(role=field).values_list("name", flat=True).first() or ""
    if isinstance(row, Registration) and field.startswith("question_"):
        answers = Answer.objects.filter(registration=row, question=field.removeprefix("question_"))
        return answers.values_list("text", flat=True).first() or ""
    if isinstance(row, Registration) and field in ("name", "email", "area"):
        return getattr(row.person, field) or ""
    if isinstance(row, Finding) and field == "why":
        return row.hidden_why
    base, _underscore, language = field.rpartition("_")
    if base == "options":
        return "\n".join(option["words"].get(language, "") for option in row.options)
    if language in ("it", "en") and base:
        return getattr(row, base).get(language, "")
    value = getattr(row, field)
    return value.get("en", "") if isinstance(value, dict) else value
