"""All notes of a workshop: found, exported, and the late ones decided about."""

import csv
import io
import uuid

import pytest
from django.utils import translation

from feedback.models import Note, Op
from feedback.notes.actions import apply_ops
from feedback.states import OpState
from ledger.cells import safe_cell
from ledger.history import Actor
from tests.factories import (
    make_group,
    make_note,
    make_organiser,
    make_session,
    make_theme,
    make_workshop,
    op_for_new_note,
)
from workshops.states import Scale

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def desk(client):
    """An organiser's browser and a workshop with two tables; `desk.get()` is the notes page."""
    workshop = make_workshop(state="live")
    client.force_login(make_organiser(workshop.programme))
    client.workshop, client.session_now = workshop, make_session(workshop, state="open")
    client.gelso, client.olmo = make_group(workshop, "Gelso"), make_group(workshop, "Olmo")
    client.url = f"/en/org/w/{workshop.pk}/notes/"
    return client


def texts(answer):
    return [note.text for note in answer.context["page"]]


def test_filters_narrow_the_notes_together(desk):
    food = make_theme(desk.workshop.programme, "Food")
    make_note(desk.gelso, desk.session_now, "Bread at seven", theme=food, kind="habit")
    make_note(desk.gelso, desk.session_now, "Bread in the bin", theme=food, kind="concern")
    make_note(desk.olmo, desk.session_now, "Bread by bike", kind="habit")
    make_note(desk.olmo, desk.session_now, "A cargo bike", kind="habit")
    assert texts(desk.get(desk.url, {"table": desk.gelso.pk})) == ["Bread in the bin", "Bread at seven"]
    assert texts(desk.get(desk.url, {"theme": food.pk, "kind": "habit"})) == ["Bread at seven"]
    assert texts(desk.get(desk.url, {"q": " BREAD ", "table": desk.olmo.pk})) == ["Bread by bike"]
    assert len(texts(desk.get(desk.url, {"session": desk.session_now.pk}))) == 4


@pytest.mark.parametrize("query", [{"table": "x"}, {"kind": "poem"}, {"page": "many"}, {"table": str(uuid.uuid4())}])
def test_a_filter_that_is_not_understood_is_left_out(desk, query):
    make_note(desk.gelso, desk.session_now, "Bread")
    assert texts(desk.get(desk.url, query)) == ["Bread"]


def test_notes_come_fifty_a_page_and_keep_the_filter(desk):
    for number in range(51):
        make_note(desk.gelso, desk.session_now, f"Note {number}")
    first = desk.get(desk.url, {"q": "note"})
    assert (len(texts(first)), first.context["page"].paginator.num_pages) == (50, 2)
    assert 'href="?q=note&amp;page=2"' in first.content.decode()
    assert texts(desk.get(desk.url, {"q": "note", "page": 2})) == ["Note 0"]


@pytest.mark.parametrize("notes", [1, 3])
def test_more_notes_need_no_more_queries(desk, notes, django_assert_num_queries):
    for _note in range(notes):
        make_note(desk.gelso, desk.session_now)
    with django_assert_num_queries(14):
        desk.get(desk.url)


def test_deleted_notes_and_those_of_other_workshops_are_not_listed(desk):
    make_note(desk.gelso, desk.session_now, "Gone")
    Note.objects.update(deleted=True)
    elsewhere = make_workshop(state="live")
    make_note(make_group(elsewhere), make_session(elsewhere, state="open"), "Foreign")
    assert texts(desk.get(desk.url)) == []


def test_texts_that_clashed_stand_side_by_side(desk):
    note = make_note(desk.gelso, desk.session_now, "The key is with Pina")
    variant = {"op": str(uuid.uuid4()), "text": "The key is at the bar", "by": "Youssef", "at": "2026-04-11T10:50:00Z"}
    Note.objects.filter(pk=note.pk).update(variants=[variant])
    page = desk.get(desk.url)
    assert [note.variants for note in page.context["page"]] == [["The key is at the bar"]]
    assert "Youssef" not in page.content.decode()


@pytest.fixture
def late(desk):
    """An op that came after its session had closed."""
    closed = make_session(desk.workshop, state="closed")
    op = op_for_new_note(closed, "Said on the stairs")
    [ack] = apply_ops(desk.gelso, [op], by=Actor("device", str(uuid.uuid4())), name="Ilaria")
    assert ack["status"] == OpState.HELD
    return Op.objects.get(pk=op["op"])


def test_a_late_note_waits_with_its_text(desk, late):
    [item] = desk.get(desk.url).context["held"]
    assert (item["op"], item["text"], item["by"]) == (late, "Said on the stairs", "Ilaria")


def test_an_accepted_late_note_is_a_note_like_any_other(desk, late):
    desk.post(f"{desk.url}held/{late.pk}/accept/")
    page = desk.get(desk.url)
    assert (texts(page), page.context["held"]) == (["Said on the stairs"], [])


def test_a_late_note_that_was_left_out_can_be_taken_in_after_all(desk, late):
    assert desk.post(f"{desk.url}held/{late.pk}/refuse/").status_code == 302
    page = desk.get(desk.url)
    assert ([item["left_out"] for item in page.context["held"]], page.context["waiting"]) == ([True], 0)
    assert ("Late notes you left out" in page.text, Note.objects.count()) == (True, 0)
    desk.post(f"{desk.url}held/{late.pk}/refuse/")
    desk.post(f"{desk.url}held/{late.pk}/accept/")
    page = desk.get(desk.url)
    assert (texts(page), page.context["held"]) == (["Said on the stairs"], [])
    for decision in ("accept", "refuse"):
        assert desk.post(f"{desk.url}held/{late.pk}/{decision}/").status_code == 404


def test_a_late_note_of_another_workshop_is_not_ours_to_decide(desk, late):
    elsewhere = make_workshop()
    desk.force_login(make_organiser(elsewhere.programme))
    assert desk.post(f"/en/org/w/{elsewhere.pk}/notes/held/{late.pk}/accept/").status_code == 404
    late.refresh_from_db()
    assert late.state == OpState.HELD


def test_observers_read_notes_without_names_and_decide_nothing(desk, late):
    make_note(desk.gelso, desk.session_now, "Bread")
    desk.force_login(make_organiser(desk.workshop.programme, role="observer", name="Olga Sala"))
    page = desk.get(desk.url)
    assert (texts(page), page.context["held"]) == (["Bread"], [])
    assert "Ilaria" not in page.content.decode()
    assert desk.post(f"{desk.url}held/{late.pk}/accept/").status_code == 404
    assert desk.get(f"/en/org/w/{desk.workshop.pk}/notes.csv").status_code == 404


def test_the_table_holds_every_note_in_reading_order_and_no_name(desk):
    food = make_theme(desk.workshop.programme, "Food")
    make_note(desk.olmo, desk.session_now, "Second, of “Olmo”", dots=2)
    note = make_note(desk.gelso, desk.session_now, 'First,\nin two "lines"', theme=food)
    answer = desk.get(f"/en/org/w/{desk.workshop.pk}/notes.csv")
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["table"], row["text"], row["theme"], row["dots"]) for row in rows] == [
        ("Gelso", 'First,\nin two "lines"', "Food", "0"),
        ("Olmo", "Second, of “Olmo”", "", "2"),
    ]
    assert (rows[0]["note"], rows[0]["question"], rows[0]["session"]) == (str(note.pk), "Question 1?", "Habits")
    assert "Ilaria" not in text
    assert answer["Content-Disposition"] == f'attachment; filename="{desk.workshop.slug}-notes.csv"'


@pytest.mark.parametrize(
    ("scale", "language", "word"),
    [
        (Scale.FREQUENCY, "en", "often"),
        (Scale.AGREEMENT, "en", "rather yes"),
        (Scale.TAKING_PART, "it", "piuttosto sì"),
    ],
)
def test_a_rating_stands_in_the_table_with_its_word_on_the_scale_of_its_session(desk, scale, language, word):
    type(desk.session_now).objects.update(scale=scale)
    make_note(desk.gelso, desk.session_now, "By bike", rating=4)
    make_note(desk.olmo, desk.session_now, "On foot")
    answer = desk.get(f"/{language}/org/w/{desk.workshop.pk}/notes.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["rating"], row["rating_in_words"]) for row in rows] == [("4", word), ("", "")]


def test_the_list_of_fields_explains_each_column_of_the_table(desk):
    assert f"/en/org/w/{desk.workshop.pk}/notes/fields.csv" in desk.get(desk.url).content.decode()
    table = desk.get(f"/en/org/w/{desk.workshop.pk}/notes.csv").content.decode("utf-8-sig")
    answer = desk.get(f"/en/org/w/{desk.workshop.pk}/notes/fields.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["field"] for row in rows] == next(csv.reader(io.StringIO(table)))
    assert all(row["meaning"] for row in rows)
    assert answer["Content-Disposition"] == f'attachment; filename="{desk.workshop.slug}-notes-fields.csv"'


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+39 02", "'+39 02"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'  =1"),
        ("\t=1", "'\t=1"),
        ("\n=1", "'\n=1"),
        ("＝1", "'＝1"),
        ("1 = 1", "1 = 1"),
    ],
)
def test_no_cell_is_taken_for_a_formula(cell, written):
    assert safe_cell(cell) == written
