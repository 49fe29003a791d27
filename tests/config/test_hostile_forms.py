"""Whatever is typed into a form of the organisers, the answer is a page, never an error of the server."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.config import matrix
from tests.config.test_permission_matrix import OURS
from tests.config.world import World, make_clients, make_world
from workshops.models import Workshop
from workshops.states import WorkshopState

pytestmark = pytest.mark.django_db

TEXTS = (
    "", "x" * 3001, "x" * 240 + "@posta.example", "Olmo\r\nBcc: teresa@posta.example", 'a"\x0b\x1b;=1+1', "{not-an-id}",
)  # fmt: skip
NUMBERS = ("", "-1", "9" * 30, "9" * 5000, "many")
MOMENTS = ("", "0001-01-01", "9999-12-31", "0001-01-01T00:00", "9999-12-31T23:59", "soon")
ZONES = ("", "Europe/../Rome", "Europe", "Europe/Nowhere", "x" * 60)
HOSTILE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("minutes", "places", "doors_minutes", "dots_per_person", "size", "slot", "revision"), NUMBERS),
    **dict.fromkeys(("day", "hour", "opens_at", "closes_at"), MOMENTS),
    "zone_name": ZONES,
}
"""What is written into a field, by its name; the others get `TEXTS`."""


WORDS = {"title_en": "Title", "title_it": "Titolo"}
PROGRAMME = WORDS | {
    "organisation": "Laboratorio",
    "help_line": "02 555",
    "spoken": ["it", "en"],
    "zone_name": "Europe/Rome",
    "funder": "EU",
    "funder_grant": "691895",
    "summary_it": "Poche righe",
}
THEME = {"slot": "3", "icon": "bike", "name_it": "Energia", "short_it": "Energia", "description_it": "Luce"}
PLAN = WORDS | {
    "day": "2031-05-20",
    "hour": "18:00",
    "minutes": "180",
    "venue": "Casa",
    "address": "Via Olmo 1",
    "places": "18",
}
DETAILS = PLAN | {
    "doors_minutes": "15",
    "access": "public",
    "opens_at": "2025-05-01T08:00",
    "closes_at": "2031-05-20T12:00",
    "objectives_it": "Uno",
}
SESSION = WORDS | {"minutes": "45", "kind": "tables", "dots_per_person": "3", "rates": "on"}
INITIATIVE = {"theme": "<theme_id>", "name_it": "Frigo", "short_it": "Frigo", "question_it": "Lo useresti?"}
TABLE = {"name": "Gelso", "size": "5", "room": "Sala 1", "asks": "Ilaria Fontana", "writes": "Youssef Amrani"}
PERSON = {"name": "Paola Sala", "email": "paola@posta.example", "theme": "<theme_id>", "needs": "Scale"}
FORMS: dict[str, dict[str, Any]] = {
    "org_new_programme": PROGRAMME,
    "org_programme": PROGRAMME,
    "org_add_theme": THEME,
    "org_change_theme": THEME,
    "org_new_workshop": PLAN | {"evening": "on"},
    "org_details": DETAILS,
    "org_state": {"to": WorkshopState.CANCELLED, "next": "/it/org/"},
    "org_add_session": {"kind": "tables"},
    "org_change_session": SESSION,
    "org_move_session": {"to": "up"},
    "org_add_prompt": {"text_it": "Come ti muovi?"},
    "org_change_prompt": {"text_it": "Come ti muovi?"},
    "org_move_prompt": {"to": "up"},
    "org_add_initiative": INITIATIVE,
    "org_change_initiative": INITIATIVE,
    "org_session_extend": {"minutes": "5", "from": "wall"},
    "org_ask_prompt": {"prompt": "<prompt_id>"},
    "org_wall_mode": {"mode": "next"},
    "org_add_person": PERSON,
    "org_person": PERSON,
    "org_seat": {"registration": "<registration_id>", "group": "<group_id>"},
    "org_keep_seat": {"registration": "<registration_id>", "kept": "1"},
    "org_add_table": TABLE,
    "org_change_table": TABLE,
    "org_add_rule": {"one": "<registration_id>", "kind": "apart", "other": "<registration_id>"},
    "org_compile": {"force": "yes"},
    "org_tell_tables": {"table": "", "text": "Five minutes left"},
    "org_take_copy": {"copy": "not a file"},
    "org_headline": {"headline": "Titolo", "lead": "Poche righe"},
    "org_publish": {"names_are_fine": "on"},
    "org_place_note": {"finding": "<finding_id>"},
    "org_hide_words": {"words": "Pina", "replacement": "a neighbour"},
    "org_add_finding": {"title": "Bici", "theme": "<theme_id>"},
    "org_edit_finding": {"title": "Bici", "text": "Tante", "revision": "1"},
    "org_act_on_finding": {"act": "keep"},
    "org_merge_findings": {"into": "<finding_id>"},
    "org_split_finding": {"note": "<note_id>"},
    "org_choose_quote": {"note": "<note_id>"},
    "org_desk_here": {"registration": "<registration_id>", "here": "1"},
    "org_desk_find": {"q": "7KTR-248"},
    "org_desk_walk_in": {"name": "Paola Sala"},
}  # fmt: skip
"""What each form takes, by route: every field with a value that is fine; `<…>` stands for an id of the world."""


def fill(value: Any, world: World) -> Any:
    """An id of the world in place of its name."""
    return str(world.ids[value[1:-1]]) if str(value).startswith("<") else value


WITHOUT_FIELDS = {
    "org_remove_theme", "org_agenda_template", "org_agenda_end", "org_remove_session", "org_remove_prompt",
    "org_remove_initiative", "org_go_live", "org_session_open", "org_session_close", "org_device_remove",
    "org_held_accept", "org_held_refuse", "org_send_link", "org_give_up", "org_mix", "org_mix_undo",
    "org_start_tables", "org_table_codes", "org_remove_rule", "org_remove_table",
}  # fmt: skip
READ_ONLY = {
    "org_home", "org_agenda", "org_cockpit", "org_cockpit_live", "org_wall", "org_notes", "org_notes_csv", "org_people",
    "org_tables", "org_table_sheets", "org_summary", "org_summary_progress", "org_preview", "org_desk",
}  # fmt: skip
OF_A_DRAFT = {"org_headline", "org_publish", "org_place_note", "org_hide_words", "org_choose_quote"}
DRIVING = {"org_state", "org_session_extend", "org_ask_prompt", "org_compile", "org_publish"}
"""Buttons: they store nothing that somebody typed."""
LOOKED_AT = (
    "home", "programme", "workshop", "workshop_calendar", "place_form", "my_place", "my_calendar", "wall", "api_group",
    "api_workshops", "org_home", "org_programme", "org_details", "org_agenda", "org_cockpit", "org_people",
    "org_person", "org_tables", "org_table_sheets", "org_desk", "org_summary", "org_preview", "org_notes_csv",
)  # fmt: skip


def address(name: str, world: World) -> str:
    arguments = dict(OURS)[name]
    slug = {"slug": world.things["programme"].slug} if name == "programme" else {}
    return reverse(name, kwargs={argument: {**world.ids, **slug}[argument] for argument in arguments})


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def organiser(world) -> Client:
    client = make_clients(world, make_world())[matrix.ORGANISER]
    client.raise_request_exception = False
    return client


def test_every_form_of_the_organisers_is_tried():
    posts = {name for name, _arguments in OURS if name.startswith("org_")} - READ_ONLY
    assert posts == set(FORMS) | WITHOUT_FIELDS


@pytest.mark.parametrize("name", FORMS)
def test_no_value_of_a_form_breaks_a_page(name, world, organiser):
    if "finding" in name or name in OF_A_DRAFT:
        Workshop.objects.update(state=WorkshopState.CURATING)
    fine = {field: fill(value, world) for field, value in FORMS[name].items()}
    taken, broken = dict(fine), []
    for field in fine:
        for hostile in HOSTILE.get(field, TEXTS):
            with transaction.atomic():
                status = organiser.post(address(name, world), fine | {field: hostile}).status_code
                transaction.set_rollback(True)
            if status >= 500:
                broken.append((field, hostile[:20]))
            if status == 302 and hostile:
                taken[field] = hostile
    if name not in DRIVING:
        organiser.post(address(name, world), taken)
        broken += [page for page in LOOKED_AT if organiser.get(address(page, world)).status_code >= 500]
    assert broken == []


def test_no_button_breaks_a_page(world, organiser):
    broken = []
    for name in sorted(WITHOUT_FIELDS):
        with transaction.atomic():
            statuses = [organiser.post(address(name, world)).status_code for _press in range(2)]
            broken += [name for status in statuses if status >= 500]
            transaction.set_rollback(True)
    assert broken == []
