"""What a table says about a note: how many stood behind it, who disagreed, the same note, dots within bounds."""

from __future__ import annotations

import csv
import io
import uuid

import pytest
from django.urls import reverse

from feedback.models import Note
from feedback.notes.actions import apply_ops
from feedback.notes.kit import kit
from feedback.summary.material import documents_of, gather
from ledger.history import SYSTEM
from tests.factories import make_group, make_note, make_organiser, make_session, make_workshop, op_for_new_note
from workshops.actions.details import change_details
from workshops.states import NoteKind, SessionState, WorkshopState

pytestmark = pytest.mark.django_db


@pytest.fixture
def table():
    """A table of two in an open session with one dot for each person."""
    workshop = make_workshop(state=WorkshopState.LIVE)
    session = make_session(workshop, state=SessionState.OPEN, dots_per_person=1)
    return make_group(workshop, size=2), session


def take(group, *ops) -> list[dict]:
    return apply_ops(group, list(ops), by=SYSTEM, name="Ilaria")


def setting(note, **fields) -> dict:
    changes = {name: {"to": str(value) if isinstance(value, uuid.UUID) else value} for name, value in fields.items()}
    return {"op": str(uuid.uuid4()), "note": str(note.pk), "do": "set", "set": changes}


def dot(note, add: int = 1) -> dict:
    return {"op": str(uuid.uuid4()), "note": str(note.pk), "do": "dot", "add": add}


def test_how_many_stood_behind_it_and_who_disagreed_are_numbers_without_names(table):
    group, session = table
    note = make_note(group, session)
    [ack] = take(group, setting(note, backers=4, disagreed=0))
    assert (ack["note"]["backers"], ack["note"]["disagreed"]) == (4, 0)
    [ack] = take(group, setting(note, backers=None))
    assert (ack["note"]["backers"], ack["note"]["disagreed"]) == (None, 0)


@pytest.mark.parametrize("value", [-1, 100, True, "3", 1.5, [1]])
def test_what_is_no_number_of_people_is_refused(table, value):
    group, session = table
    note = make_note(group, session)
    assert [ack["code"] for ack in take(group, setting(note, backers=value))] == ["not_people"]


def test_a_note_can_be_the_same_as_another_of_its_table_and_session(table):
    group, session = table
    first = make_note(group, session, "Bread at seven")
    again = op_for_new_note(session, "The bakery leaves bread", same_as=str(first.pk))
    [ack] = take(group, again)
    assert (ack["status"], ack["note"]["same_as"]) == ("stored", str(first.pk))
    [document] = documents_of(gather(group.workshop)).values()
    assert [note["same_as"] for note in document["notes"] if "same_as" in note] == [str(first.pk)]


def test_a_foreign_missing_or_other_sessions_note_cannot_be_the_same(table):
    group, session = table
    note = make_note(group, session)
    later = make_session(group.workshop, state=SessionState.OPEN)
    strangers = [
        uuid.uuid4(),
        make_note(make_group(group.workshop), session).pk,
        make_note(group, later).pk,
    ]
    acks = take(group, *(setting(note, same_as=other) for other in strangers))
    assert [(ack["status"], ack["code"]) for ack in acks] == [("refused", "unknown_same_as")] * 3
    note.refresh_from_db()
    assert note.same_as is None


def test_no_chain_of_same_notes_leads_back_to_its_start(table):
    group, session = table
    one, two, three = (make_note(group, session) for _ in range(3))
    acks = take(group, setting(one, same_as=one.pk), setting(two, same_as=one.pk), setting(three, same_as=two.pk))
    assert [ack["status"] for ack in acks] == ["refused", "stored", "stored"]
    [circle] = take(group, setting(one, same_as=three.pk))
    assert circle["code"] == "same_as_itself"
    assert [ack["status"] for ack in take(group, setting(two, same_as=None), setting(one, same_as=three.pk))] == [
        "stored",
        "stored",
    ]


def test_a_table_gives_no_more_dots_than_its_people_have(table):
    group, session = table
    one, two = make_note(group, session), make_note(group, session)
    *given, over = take(group, dot(one), dot(two), dot(two))
    assert [ack["status"] for ack in given] == ["stored", "stored"]
    assert (over["status"], over["code"], over["sentence"]) == (
        "refused",
        "no_dots_left",
        "All 2 dots of the table are given.",
    )
    assert [ack["status"] for ack in take(group, dot(one, -1), dot(two))] == ["stored", "stored"]
    assert list(Note.objects.order_by("dots").values_list("dots", flat=True)) == [0, 2]


def test_dots_of_a_deleted_note_and_of_another_session_are_free_again(table):
    group, session = table
    gone, note = make_note(group, session, dots=2), make_note(group, session)
    elsewhere = make_session(group.workshop, state=SessionState.OPEN, dots_per_person=1)
    make_note(group, elsewhere, dots=2)
    assert [ack["code"] for ack in take(group, dot(note))] == ["no_dots_left"]
    delete = {"op": str(uuid.uuid4()), "note": str(gone.pk), "do": "delete"}
    assert [ack["status"] for ack in take(group, delete, dot(note))] == ["stored", "stored"]


def test_tablets_are_offered_the_kinds_of_the_workshop_and_late_ones_may_send_any(table):
    group, session = table
    change_details(group.workshop, by=SYSTEM, kinds=[NoteKind.HABIT, NoteKind.IDEA])
    group.refresh_from_db()
    assert kit(group, me={})["kinds"] == ["habit", "idea"]
    assert [ack["status"] for ack in take(group, op_for_new_note(session, kind="quote"))] == ["stored"]


def test_the_list_of_all_notes_has_the_numbers_and_the_link(client, table):
    group, session = table
    first = make_note(group, session, "Bread at seven")
    take(group, op_for_new_note(session, "The bakery", same_as=str(first.pk), backers=3, disagreed=0))
    client.force_login(make_organiser(group.workshop.programme))
    text = client.get(reverse("org_notes_csv", args=[group.workshop.pk])).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["stood_behind_it"], row["disagreed"], row["same_as"]) for row in rows] == [
        ("", "", ""),
        ("3", "0", str(first.pk)),
    ]
