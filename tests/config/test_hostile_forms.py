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
    **dict.fromkeys(
        ("number", "minutes", "places", "doors_minutes", "dots_per_person", "size", "slot", "revision"), NUMBERS
    ),
    **dict.fromkeys(("offer_hours", "contact_days", "waiting_days"), NUMBERS),
    **dict.fromkeys(("day", "hour", "opens_at", "closes_at", "until"), MOMENTS),
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
    "contact": "laboratorio@posta.example",
    "summary_it": "Poche righe",
    "audiences_it": "Abitanti",
    "partners_it": "Il Comune",
    "contacts_it": "Serena Riva, 02 555",
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
    "promotion": "offer",
    "offer_hours": "48",
    "opens_at": "2025-05-01T08:00",
    "closes_at": "2031-05-20T12:00",
    "objectives_it": "Uno",
    "kinds": ["habit", "idea"],
    "told": "yes",
}
SESSION = WORDS | {"minutes": "45", "kind": "tables", "dots_per_person": "3", "rates": "on", "regroups": "on"}
SESSION |= {"scale": "agreement"}
SESSION |= {"kinds": "habit", "themes": "<theme_id>", "roles_it": "Serena apre", "materials_it": "Penne"}
INITIATIVE = {"theme": "<theme_id>", "name_it": "Frigo", "short_it": "Frigo", "question_it": "Lo useresti?"}
INVITED = {"name": "Paola Sala", "email": "paola@posta.example", "language": "it"}
LETTER = {
    "to": "confirmed", "group": "<group_id>", "theme": "<theme_id>", "subject_it": "Ciao", "subject_en": "Hello",
    "text_it": "A presto.", "text_en": "See you.",
}  # fmt: skip
TABLE = {"name": "Gelso", "size": "5", "room": "Sala 1", "asks": "Ilaria Fontana", "writes": "Youssef Amrani"}
PERSON = {"name": "Paola Sala", "email": "paola@posta.example", "theme": "<theme_id>", "needs": "Scale"}
PERSON |= {"audience": "<audience_id>"}
AUDIENCE = {"name_it": "Residenti", "name_en": "Residents", "places": "3"}
QUESTION = {
    "text_it": "Dove abiti?",
    "hint_it": "Solo il quartiere",
    "kind": "choice",
    "options_it": "Qui\nAltrove",
    "required": "on",
}
PURPOSE = {"title_it": "Riprese", "text_it": "Posso essere ripreso.", "basis": "consent", "asked": "on"}
ADDED = PERSON | {"channel": "paper"}
FORMS: dict[str, dict[str, Any]] = {
    "org_new_programme": PROGRAMME,
    "org_programme": PROGRAMME,
    "org_add_theme": THEME,
    "org_change_theme": THEME,
    "org_new_workshop": PLAN | {"evening": "on"},
    "org_details": DETAILS,
    "org_state": {"to": WorkshopState.DRAFT, "next": "/it/org/"},
    "org_emblem": {"picture": "not a file"},
    "org_terms": {"contact_days": "30", "waiting_days": "10"},
    "org_cancel": {"cancelled_because_it": "Piove", "cancelled_because_en": "It rains"},
    "org_copy": {"title_it": "Ancora", "title_en": "Again", "day": "2031-05-05", "hour": "18:00"},
    "org_add_audience": AUDIENCE,
    "org_change_audience": AUDIENCE,
    "org_agenda_template": {"template": "two-hours"},
    "org_keep_template": {"name": "Una serata"},
    "org_rename_template": {"name": "Una mattina"},
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
    "org_add_person": ADDED,
    "org_person": PERSON,
    "org_answer_offer": {"answer": "take"},
    "org_give_place": {"reason": "Interpreta per un ospite"},
    "org_invite": INVITED,
    "org_read_list": {"list": "not a file"},
    "org_invite_list": {"people": "not a seal"},
    "org_invitation": {"email": "paola@posta.example"},
    "org_reminder": {"unit": "days", "number": "2", "text_it": "A presto", "text_en": "See you"},
    "org_letter": LETTER | {"send": "yes", "expected": "<registration_id>", "letter": "<note_id>"},
    "org_seat": {"registration": "<registration_id>", "group": "<group_id>"},
    "org_invite_moderators": {"again": "1"},
    "org_regroup_moderators": {"move_on": "asks"},
    "org_regroup_seat": {"registration": "<registration_id>", "group": "<group_id>"},
    "org_keep_seat": {"registration": "<registration_id>", "kept": "1"},
    "org_swap": {"registration": "<registration_id>", "other": "<registration_id>"},
    "org_add_table": TABLE,
    "org_change_table": TABLE,
    "org_add_rule": {"one": "Teresa", "which_one": "<registration_id>", "kind": "apart", "other": "Ada"},
    "org_compile": {"force": "yes"},
    "org_tell_tables": {"table": "", "text": "Five minutes left"},
    "org_take_copy": {"copy": "not a file"},
    "org_correct_note": {"text": "Rolls", "seen": "Pina from the fourth floor hides the key"},
    "org_headline": {"headline": "Titolo", "lead": "Poche righe"},
    "org_publish": {"names_are_fine": "on", "few_are_fine": "on", "correction": "A name was left in"},
    "org_place_note": {"finding": "<finding_id>"},
    "org_hide_words": {"words": "Pina", "replacement": "a neighbour"},
    "org_add_finding": {"title": "Bici", "theme": "<theme_id>"},
    "org_edit_finding": {"title": "Bici", "text": "Tante", "revision": "1"},
    "org_act_on_finding": {"act": "keep"},
    "org_merge_findings": {"into": "<finding_id>"},
    "org_split_finding": {"note": "<note_id>"},
    "org_choose_quote": {"note": "<note_id>"},
    "org_hide_finding": {"why": "Said in jest"},
    "org_move_finding": {"theme": "<theme_id>"},
    "org_show_words": {"words": "Pina"},
    "org_said_by": {"registration": "<registration_id>"},
    "org_withdraw_outcome": {"why": "A name was left in"},
    "org_carry": {"where": "<session_id>", "as_what": "question"},
    "org_ask": {"until": "2031-05-20", "names_are_fine": "on"},
    "org_answer_reply": {"answer": "left", "why": "Nobody else heard it"},
    "org_desk_here": {"registration": "<registration_id>", "here": "1"},
    "org_desk_find": {"q": "7KTR-248"},
    "org_desk_walk_in": {"name": "Paola Sala", "audience": "<audience_id>"},
    "org_allow": {"allowed": "photos", "channel": "phone"},
    "org_remove_burst": {"registration": "<registration_id>"},
    "org_add_question": QUESTION,
    "org_change_question": QUESTION,
    "org_move_question": {"to": "up"},
    "org_sign_up_link": {"do": "renew"},
    "org_add_purpose": PURPOSE,
    "org_word_purpose": PURPOSE,
    "org_invite_to_team": {"email": "nina@posta.example", "name": "Nina Sala", "role": "helper", "language": "it"},
    "org_change_role": {"role": "observer"},
    "org_mix_by": {"mixed_by": "age"},
    "org_table_needs": {"table_needs": "step-free", "area": "Chiaravalle"},
    "org_make_moves": {"move": "not a move"},
    "org_data": {"contact_days": "30", "waiting_days": "10"},
}  # fmt: skip
"""What each form takes, by route: every field with a value that is fine; `<…>` stands for an id of the world."""


def fill(value: Any, world: World) -> Any:
    """An id of the world in place of its name."""
    return str(world.ids[value[1:-1]]) if str(value).startswith("<") else value


WITHOUT_FIELDS = {
    "org_chase", "org_withdraw", "org_send_again", "org_tell_of_workshop", "org_remove_theme", "org_remove_audience",
    "org_check_ready", "org_sheets_printed", "org_remove_template", "org_agenda_undo", "org_regroup_mix",
    "org_regroup_undo", "org_regroup_clear",
    "org_agenda_end", "org_remove_session", "org_remove_prompt",
    "org_remove_initiative", "org_go_live", "org_session_open", "org_session_close", "org_device_remove",
    "org_held_accept", "org_held_refuse", "org_send_link", "org_give_up", "org_mix", "org_mix_undo",
    "org_start_tables", "org_table_codes", "org_remove_rule", "org_remove_table",
    "org_late_seen", "org_undo", "org_renew_codes",
    "org_remove_question", "org_undo_moves", "org_arrival_accept", "org_arrival_leave_out", "org_erase",
    "org_people_csv",
    "org_withdraw_team_invitation", "org_leave_team",
    "org_undo_burst",
}  # fmt: skip
READ_ONLY = {
    "org_templates", "org_agenda_preview", "org_regroup", "org_brief_pdf", "org_ready",
    "org_run_sheet", "org_run_sheet_pdf",
    "org_invited", "org_mail", "org_mail_preview", "org_replies", "org_review_codes",
    "org_home", "org_agenda", "org_cockpit", "org_cockpit_live", "org_wall", "org_notes", "org_notes_csv",
    "org_notes_fields", "org_people",
    "org_team", "org_history", "org_programme_history", "org_tables", "org_table_sheets", "org_summary",
    "org_summary_progress", "org_preview", "org_desk",
    "org_bursts", "org_questions", "org_purposes", "org_rebalance", "org_print", "org_badges", "org_badges_pdf",
    "org_attendance", "org_attendance_pdf", "org_signatures", "org_signatures_pdf", "org_table_sheets_pdf",
    "org_move",
}  # fmt: skip
OF_A_DRAFT = {
    "org_headline", "org_publish", "org_place_note", "org_hide_words", "org_choose_quote", "org_ask", "org_show_words",
    "org_said_by",
}  # fmt: skip
DRIVING = {"org_state", "org_session_extend", "org_ask_prompt", "org_compile", "org_publish", "org_ask"}
"""Buttons: they store nothing that somebody typed."""
LOOKED_AT = (
    "home", "programme", "workshop", "workshop_calendar", "place_form", "my_place", "my_calendar", "wall", "api_group",
    "api_workshops", "org_home", "org_programme", "org_details", "org_agenda", "org_cockpit", "org_people",
    "org_person", "org_invited", "org_invitation", "org_mail", "org_mail_preview", "org_letter", "org_tables",
    "org_table_sheets", "org_desk", "org_summary", "org_preview", "org_notes_csv",
    "my_answers", "org_questions", "org_purposes", "org_bursts", "org_team", "join_team",
    "org_history", "org_programme_history",
    "programme_calendar", "programme_feed", "workshops_feed", "outcomes_feed", "calendar", "calendar_month", "sitemap",
    "org_templates", "org_agenda_preview", "org_run_sheet",
    "org_replies", "my_review",
)  # fmt: skip


def address(name: str, world: World) -> str:
    arguments = dict(OURS)[name]
    slug = {"slug": world.things["programme"].slug} if name.startswith("programme") else {}
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
