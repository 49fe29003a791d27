"""A copy that a tablet saved as a file is taken in once, whatever is in the file."""

from __future__ import annotations

import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from feedback.models import Note, Op
from feedback.notes.actions import apply_ops
from feedback.notes.copies import MOST_BYTES, TakenIn, read_copy, take_in
from ledger.history import SYSTEM, Actor
from ledger.models import Event
from tests.factories import make_group, make_organiser, make_session, make_workshop, op_for_new_note

pytestmark = pytest.mark.django_db

ILARIA = Actor("device", "00000000-0000-0000-0000-000000000001")


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def table():
    """A table and a session that is over."""
    workshop = make_workshop(state="live")
    session = make_session(workshop, state="closed")
    return make_group(workshop, "Olmo"), session


def copy_of(group, ops, **instead) -> dict:
    """A copy as static/js/notepad/copy.js writes it."""
    said = {
        "format": "tavolo-notes",
        "version": 1,
        "saved_at": "2026-04-11T10:52:00.000Z",
        "workshop": {"id": str(group.workshop_id), "title": "Habits"},
        "group": {"id": str(group.pk), "name": group.name},
        "by": "Ilaria",
        "ops": ops,
        "notes": [{"id": op["note"], "unsent": True} for op in ops],
    }
    return said | instead


def taken(group, said) -> TakenIn:
    return take_in(read_copy(group.workshop, json.dumps(said).encode()), by=SYSTEM)


@pytest.mark.parametrize("notes", [1, 3, 60])
def test_a_copy_is_taken_in_whole_also_after_the_session_and_twice_is_once(table, notes):
    group, session = table
    said = copy_of(group, [op_for_new_note(session, f"Note {number}") for number in range(notes)])
    assert taken(group, said) == TakenIn(group, new=notes, known=0, held=0, refused=[], left=0)
    assert taken(group, said) == TakenIn(group, new=0, known=notes, held=0, refused=[], left=0)
    assert (Note.objects.count(), Op.objects.count()) == (notes, notes)
    assert {note.by for note in Note.objects.all()} == {"Ilaria"}
    assert Event.objects.filter(verb="copy.taken").count() == 1


def test_what_the_tablet_sends_after_all_is_answered_as_stored(table):
    group, session = table
    op = op_for_new_note(session, "Bread at seven")
    taken(group, copy_of(group, [op]))
    [ack] = apply_ops(group, [op], by=ILARIA, name="Ilaria")
    assert (ack["status"], ack["note"]["text"], Note.objects.count()) == ("stored", "Bread at seven", 1)


def test_what_waits_for_the_organiser_already_is_not_slipped_in(table):
    group, session = table
    op = op_for_new_note(session, "Said on the stairs")
    apply_ops(group, [op], by=ILARIA, name="Ilaria")
    assert taken(group, copy_of(group, [op])) == TakenIn(group, new=0, known=0, held=1, refused=[], left=0)
    assert Note.objects.count() == 0


def test_one_poisoned_op_stops_no_other(table):
    group, session = table
    good = op_for_new_note(session, "Bread")
    poison = [op_for_new_note(session, "a\x00b"), op_for_new_note(session, "x" * 2001), 7, None, {"op": good["op"]}]
    found = taken(group, copy_of(group, []) | {"ops": [*poison, good]})
    assert (found.new, [note.text for note in Note.objects.all()]) == (1, ["Bread"])
    assert found.refused == [
        "A note has at most 2000 characters.",
        "An op is an object.",
        "It contains characters or numbers that cannot be stored.",
        "This kind of change is not known here.",
    ]


def test_a_note_the_tablet_has_no_op_for_is_told(table):
    group, _session = table
    unsent = [{"id": str(uuid.uuid4()), "unsent": True}, {"id": str(uuid.uuid4()), "unsent": False}, "?", None]
    assert taken(group, copy_of(group, [], notes=unsent)).left == 1


@pytest.fixture
def desk(client, table):
    """An organiser's browser; `desk.send(content)` uploads a file and gives the sentence that is shown."""
    group, _session = table
    client.force_login(make_organiser(group.workshop.programme))
    url = f"/en/org/w/{group.workshop_id}/notes/copy/"

    def send(content: bytes) -> str:
        file = SimpleUploadedFile("tavolo.json", content, content_type="application/json")
        answer = client.post(url, {"copy": file}, follow=True)
        assert answer.status_code == 200
        [message] = answer.context["messages"]
        return str(message)

    client.url, client.send = url, send
    return client


def test_the_organiser_reads_what_was_new(desk, table):
    group, session = table
    ops = [op_for_new_note(session, f"Note {number}") for number in range(3)]
    assert desk.send(json.dumps(copy_of(group, ops)).encode()) == "Copy of Table Olmo: 3 notes are new or changed."
    assert desk.send(json.dumps(copy_of(group, ops)).encode()) == "Copy of Table Olmo: 3 changes were here."
    assert desk.send(json.dumps(copy_of(group, [])).encode()) == "Copy of Table Olmo: There was nothing unsent in it."


NO_COPY = "This file is not a copy saved on a tablet. Nothing was changed."
NOT_WHOLE = "This copy is not whole. Save it again on the tablet. Nothing was changed."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", NO_COPY),
        (b"\xff\xfe\x00", NO_COPY),
        (b"<html></html>", NO_COPY),
        (b"[]", NO_COPY),
        (b'{"format": "tavolo-notes", "version": NaN}', NO_COPY),
        (b"[" * 100_000, NO_COPY),
        (b'{"format": "a-photo", "version": 1}', NO_COPY),
        (b'{"format": "tavolo-notes", "version": 1}', NOT_WHOLE),
        (b" " * (MOST_BYTES + 1), "This file is too large for a copy of a table\u2019s notes. Nothing was changed."),
    ],
)
def test_another_file_is_refused_in_words_and_changes_nothing(desk, content, sentence):
    assert desk.send(content) == sentence
    assert Op.objects.count() == 0


@pytest.mark.parametrize(
    ("instead", "sentence"),
    [
        ({"ops": {}}, NOT_WHOLE),
        ({"notes": None}, NOT_WHOLE),
        ({"by": 7}, NOT_WHOLE),
        ({"ops": [{}] * 2001}, "This copy holds too many changes. Nothing was changed."),
        ({"group": {"id": "7"}}, "This copy belongs to another workshop. Nothing was changed."),
        ({"group": []}, "This copy belongs to another workshop. Nothing was changed."),
        (
            {"version": 2},
            "This copy was saved by another version of Tavolo. Send the notes from the tablet instead."
            " Nothing was changed.",
        ),
    ],
)
def test_a_copy_that_is_not_whole_is_refused_in_words(desk, table, instead, sentence):
    group, session = table
    assert desk.send(json.dumps(copy_of(group, [op_for_new_note(session)]) | instead).encode()) == sentence
    assert Op.objects.count() == 0


def test_a_table_of_another_workshop_is_as_unknown_as_none(desk):
    elsewhere = make_workshop(state="live")
    foreign = copy_of(make_group(elsewhere), [op_for_new_note(make_session(elsewhere))])
    missing = foreign | {"group": {"id": str(uuid.uuid4())}}
    said = [desk.send(json.dumps(each).encode()) for each in (foreign, missing)]
    assert said == ["This copy belongs to another workshop. Nothing was changed."] * 2
    assert Op.objects.count() == 0


def test_no_file_at_all_is_asked_for(desk):
    page = desk.post(desk.url, {"copy": "text"}, follow=True)
    assert [str(message) for message in page.context["messages"]] == ["Choose the file that was saved on the tablet."]
