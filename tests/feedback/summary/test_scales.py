"""The scale a session rates with: chosen by organisers, the same for everybody, and never mixed with another."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from feedback.models import Outcome, RatingTally
from feedback.notes.kit import kit
from feedback.notes.words import pad_words
from feedback.summary import docx, markdown
from feedback.summary.actions import set_headline
from feedback.summary.printed import data_of
from feedback.summary.publish import publish
from feedback.summary.queries import page_of
from ledger.history import SYSTEM
from ledger.typesetting import typeset
from participants.run_sheet import run_sheet
from tests.factories import make_group, make_organiser, make_session, make_workshop
from tests.feedback.summary.rooms import Room, make_curated_room
from workshops.actions.agenda import add_initiative
from workshops.agenda_templates import keep_as_template, templates_of, use_template
from workshops.models import Session, Workshop
from workshops.scales import WORDS, steps
from workshops.states import Scale

pytestmark = pytest.mark.django_db


@pytest.fixture
def rating() -> Session:
    """A session that rates, in a workshop with a table."""
    workshop = make_workshop()
    make_group(workshop)
    return make_session(workshop, rates=True)


@pytest.fixture
def organiser(client: Client, rating: Session) -> Client:
    client.force_login(make_organiser(rating.workshop.programme))
    return client


def choose(client: Client, session: Session, scale: str) -> Any:
    url = reverse("org_change_session", args=[session.workshop_id, session.pk])
    return client.post(url, session_form(rates="on", scale=scale), follow=True)


def session_form(**changes: Any) -> dict[str, Any]:
    told = {"title_it": "Abitudini", "title_en": "Habits", "minutes": 45, "kind": "tables", "dots_per_person": 0}
    return told | changes


def scale_of(session: Session) -> str:
    return Session.objects.get(pk=session.pk).scale


def test_an_organiser_chooses_the_scale_and_agenda_run_sheet_and_preview_say_its_steps(organiser, rating):
    choose(organiser, rating, Scale.AGREEMENT)
    assert scale_of(rating) == Scale.AGREEMENT
    agenda, preview = (
        organiser.get(reverse(name, args=[rating.workshop_id])).content.decode()
        for name in ("org_agenda", "org_agenda_preview")
    )
    assert "rated from “not at all” to “fully”" in agenda
    words = ("Do you agree?", *steps(Scale.AGREEMENT), "every week")
    assert [word in preview for word in words] == [True] * 6 + [False]
    workshop = Workshop.objects.with_programme().get(pk=rating.workshop_id)
    [row] = run_sheet(workshop)["rows"]
    assert "initiatives are rated from “not at all” to “fully”" in row["tablets"]


def test_a_form_without_the_field_and_an_unknown_scale_leave_the_scale_as_it_is(organiser, rating):
    choose(organiser, rating, Scale.TAKING_PART)
    choose(organiser, rating, "")
    page = choose(organiser, rating, "stars")
    assert (scale_of(rating), "Choose from the list." in page.content.decode()) == (Scale.TAKING_PART, True)


def test_once_the_session_was_opened_its_scale_stays_and_the_rest_may_change(organiser, rating):
    Session.objects.filter(pk=rating.pk).update(opened_at=timezone.now())
    page = choose(organiser, rating, Scale.AGREEMENT)
    assert "The tables may have answered with this scale, so it stays." in page.content.decode()
    assert scale_of(rating) == Scale.FREQUENCY
    url = reverse("org_change_session", args=[rating.workshop_id, rating.pk])
    organiser.post(url, session_form(rates="on", minutes=50))
    assert Session.objects.get(pk=rating.pk).minutes == 50


def test_going_back_in_the_agenda_leaves_the_scale_tables_have_answered_with(organiser, rating):
    choose(organiser, rating, Scale.AGREEMENT)
    undo = reverse("org_agenda_undo", args=[rating.workshop_id])
    Session.objects.filter(pk=rating.pk).update(opened_at=timezone.now())
    organiser.post(undo)
    assert scale_of(rating) == Scale.AGREEMENT
    Session.objects.filter(pk=rating.pk).update(opened_at=None)
    choose(organiser, rating, Scale.TAKING_PART)
    organiser.post(undo)
    assert scale_of(rating) == Scale.AGREEMENT


def test_a_template_keeps_the_scale_of_each_session(rating):
    Session.objects.filter(pk=rating.pk).update(scale=Scale.AGREEMENT)
    make_session(rating.workshop)
    keep_as_template(rating.workshop, name="Mine", by=SYSTEM)
    other = make_workshop(rating.workshop.programme)
    [kept] = [template for template in templates_of(other.programme) if str(template.name) == "Mine"]
    use_template(other, kept.blocks, by=SYSTEM)
    assert list(other.sessions.values_list("scale", flat=True)) == [Scale.AGREEMENT, Scale.FREQUENCY]


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_tablet_is_told_the_scale_and_has_words_for_each_step_of_all(rating, language):
    Session.objects.filter(pk=rating.pk).update(scale=Scale.TAKING_PART)
    [told] = kit(rating.workshop.groups.get(), me={"name": "", "key": ""})["sessions"]
    assert told["scale"] == Scale.TAKING_PART
    with translation.override(language):
        words = pad_words()
        expected = {
            f"rating_{scale}_{number}": step[:1].upper() + step[1:]
            for scale in Scale.values
            for number, step in enumerate(steps(scale), start=1)
        } | {f"asked_{scale}": str(WORDS[scale].asks) for scale in Scale.values}
    assert {name: words[name] for name in expected} == expected
    assert (len(expected), len(set(expected.values()))) == (18, 16)  # "rather not" and "rather yes" are in two scales


@pytest.fixture
def mixed() -> Room:
    """One initiative that was rated in two sessions, with two scales, and a second one with one."""
    room = make_curated_room()
    set_headline(room.draft, headline="We share.", lead="", language="en", by=SYSTEM)
    later = make_session(room.workshop, rates=True, scale=Scale.AGREEMENT)
    fridge, bikes = (
        add_initiative(room.workshop, name={"en": name, "it": name}, by=SYSTEM) for name in ("Fridge", "Bikes")
    )
    answers = [(fridge, room.session, 5, 3), (fridge, later, 5, 1), (fridge, later, 1, 2), (bikes, later, 4, 4)]
    for initiative, session, answer, people in answers:
        RatingTally.objects.create(
            group=room.tables[0], session=session, initiative=initiative, answer=answer, people=people
        )
    return room


def outcome_of(room: Room) -> Outcome:
    return publish(room.draft, by=SYSTEM, names_are_fine=True, few_are_fine=True)


def test_answers_on_two_scales_are_never_added_up(mixed):
    page = page_of(outcome_of(mixed))
    assert [
        (part.heading, [(str(each.initiative), each.counts, each.sentence) for each in part.initiatives])
        for part in page.rated
    ] == [
        ("Would we use them?", [("Fridge", [0, 0, 0, 0, 3], "3 of 3 people would use it often or every week")]),
        (
            "Do we agree?",
            [
                ("Bikes", [0, 0, 0, 4, 0], "4 of 4 people agree, rather or fully"),
                ("Fridge", [2, 0, 0, 0, 1], "1 of 3 people agree, rather or fully"),
            ],
        ),
    ]


def test_page_and_open_data_say_which_scale_each_count_is_of(client, mixed):
    outcome_of(mixed)
    slug = mixed.workshop.slug
    page = client.get(f"/en/w/{slug}/said/").content.decode()
    assert [heading in page for heading in ("Would we use them?", "Do we agree?", "Would we take part?")] == [
        True,
        True,
        False,
    ]
    assert [page.count(f'<th scope="col">{word}</th>') for word in ("every week", "fully")] == [1, 1]
    data = json.loads(client.get(reverse("said_json", args=[slug])).content)
    assert [(each["initiative"]["en"], each["scale"], each["answers"][0]) for each in data["ratings"]] == [
        ("Bikes", "agreement", "not at all"),
        ("Fridge", "frequency", "never"),
        ("Fridge", "agreement", "not at all"),
    ]


def test_text_document_markdown_and_pdf_have_a_table_for_each_scale(mixed):
    data = data_of(page_of(outcome_of(mixed)))
    assert [(part["heading"], part["answers"][4], part["rows"]) for part in data["ratings"]] == [
        ("Would we use them?", "every week", [["Fridge", [0, 0, 0, 0, 3]]]),
        ("Do we agree?", "fully", [["Bikes", [0, 0, 0, 4, 0]], ["Fridge", [2, 0, 0, 0, 1]]]),
    ]
    text = markdown.document(data)
    assert [text.count(words) for words in ("## Would we use them?", "## Do we agree?", "| Fridge |")] == [1, 1, 2]
    assert docx.document(data).startswith(b"PK")
    assert typeset("outcome.typ", data).startswith(b"%PDF")


def test_an_outcome_from_before_there_were_scales_is_read_as_how_often(mixed):
    outcome = outcome_of(mixed)
    for line in outcome.body["initiatives"]:
        del line["scale"]
    assert [part.scale for part in page_of(outcome).rated] == [Scale.FREQUENCY]
