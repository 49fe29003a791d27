"""Reading back: a table confirms the notes it heard, and a later change is never taken for confirmed."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from feedback.models import Confirmation, Note, Op
from feedback.notes.actions import accept_held, apply_ops, hold_ops, refuse_held, release_early
from feedback.notes.confirmations import fingerprint, heard_in
from feedback.notes.copies import Copy, take_in
from feedback.notes.kit import kit
from feedback.notes.rows import changes
from feedback.states import OpState
from ledger.history import SYSTEM, Actor
from ledger.models import ActorKind, Event
from tests.factories import make_group, make_note, make_organiser, make_session, make_workshop, op_for_new_note
from workshops.actions.evening import move_session
from workshops.models import Session
from workshops.states import SessionState, WorkshopState

pytestmark = pytest.mark.django_db

ILARIA = Actor(ActorKind.DEVICE, "00000000-0000-0000-0000-000000000001")


@pytest.fixture
def table():
    workshop = make_workshop(state=WorkshopState.LIVE)
    return make_group(workshop), make_session(workshop, state=SessionState.OPEN)


def take(group, *ops, **options) -> list[dict]:
    return apply_ops(group, list(ops), by=ILARIA, name="Ilaria", **options)


def confirm(session, *notes, **fields: Any) -> dict:
    """The op a tablet sends once the table has heard `notes`: rows, or `(id, kind, text)`."""
    said = [(str(note.pk), note.kind, note.text) if isinstance(note, Note) else note for note in notes]
    return {
        "op": str(uuid.uuid4()),
        "do": "confirm",
        "session": str(session.pk),
        "notes": {note: fingerprint(kind, text) for note, kind, text in said},
        **fields,
    }


def change(note: Note, **values: Any) -> dict:
    """A change of fields, each seen as it is now."""
    note.refresh_from_db()
    set_ = {name: {"from": getattr(note, name), "to": to} for name, to in values.items()}
    return {"op": str(uuid.uuid4()), "note": str(note.pk), "do": "set", "set": set_}


def do(note: Note, doing: str, **fields: Any) -> dict:
    return {"op": str(uuid.uuid4()), "note": str(note.pk), "do": doing, **fields}


def worth(group, session) -> tuple[int, set, set] | None:
    """`(notes read, changed, added)` of the newest confirmation."""
    found = heard_in(group.workshop).get((group.pk, session.pk))
    return None if found is None else (found.count, set(found.changed), set(found.added))


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("habit", "Bread at seven", "120f1c7698a4d263"),
        ("quote", "“Così facciamo già” 🚲", "9f42a5661f1d97cf"),
        ("idea", "", "687b933b254e88f0"),
    ],
)
def test_the_fingerprint_is_the_one_that_tablets_make(kind, text, said):
    assert fingerprint(kind, text) == said  # the same words and digits stand in tests/js/confirming.test.mjs


def test_a_confirmation_names_who_when_how_many_and_the_revision_of_each_note(table):
    group, session = table
    bread, oil = make_note(group, session, "Bread"), make_note(group, session, "Oil")
    take(group, change(oil, text="Oil and salt"))
    oil.refresh_from_db()
    pressed = timezone.now() - dt.timedelta(minutes=20)
    op = confirm(session, bread, oil, people=5, written_at=pressed.isoformat())
    [ack] = take(group, op)
    stored = {
        "id": op["op"],
        "session": str(session.pk),
        "seq": 4,
        "by": "Ilaria",
        "at": pressed.isoformat(),
        "people": 5,
        "notes": {str(bread.pk): 1, str(oil.pk): 2},
    }
    assert ack == {"op": op["op"], "status": "stored", "note": None, "confirmation": stored}
    found = Event.objects.get(verb="notes.confirmed")
    assert (found.actor_kind, found.actor_id, found.thing_id, found.data) == (
        *ILARIA.key.split(":"),
        op["op"],
        {"notes": 2},
    )
    assert (Confirmation.objects.get().author_key, worth(group, session)) == (ILARIA.key, (2, set(), set()))


def test_a_clock_that_runs_ahead_dates_no_confirmation_later_than_it_came(table):
    group, session = table
    tomorrow = (timezone.now() + dt.timedelta(days=1)).isoformat()
    take(group, confirm(session, make_note(group, session), written_at=tomorrow))
    found = Confirmation.objects.get()
    assert found.said_at == found.at


def test_the_same_confirmation_sent_three_times_is_one(table):
    group, session = table
    op = confirm(session, make_note(group, session))
    answers = [take(group, op) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    group.refresh_from_db()
    assert (Confirmation.objects.count(), Op.objects.count(), group.seq) == (1, 2, 2)
    assert Event.objects.filter(verb="notes.confirmed").count() == 1


def test_a_note_and_the_confirmation_of_it_come_in_one_request(table):
    group, session = table
    new = op_for_new_note(session, "Bread")
    take(group, new, confirm(session, (new["note"], "habit", "Bread")))
    assert worth(group, session) == (1, set(), set())


def test_words_changed_deleted_or_added_since_make_it_partial(table):
    group, session = table
    bread, oil, salt = (make_note(group, session, text) for text in ("Bread", "Oil", "Salt"))
    take(group, confirm(session, bread, oil, salt))
    new = op_for_new_note(session, "Sugar")
    take(group, change(bread, text="Bread at seven"), do(oil, "delete"), change(salt, kind="idea"), new)
    assert worth(group, session) == (3, {bread.pk, oil.pk, salt.pk}, {uuid.UUID(new["note"])})


def test_dots_and_numbers_of_people_leave_it_whole(table):
    group, session = table
    Session.objects.filter(pk=session.pk).update(dots_per_person=3)
    bread = make_note(group, session, "Bread")
    take(group, confirm(session, bread))
    acks = take(group, do(bread, "dot", add=1), change(bread, backers=4), change(bread, lang="it"))
    assert ([ack["status"] for ack in acks], worth(group, session)) == (["stored"] * 3, (1, set(), set()))


def test_words_put_back_as_they_were_have_still_been_changed(table):
    group, session = table
    bread = make_note(group, session, "Bread")
    take(group, confirm(session, bread))
    for text in ("Oil", "Bread"):
        take(group, change(bread, text=text))
    assert worth(group, session) == (1, {bread.pk}, set())


def test_what_was_read_in_other_words_than_the_server_has_counts_as_changed(table):
    group, session = table
    bread = make_note(group, session, "Bread")
    gone = make_note(group, session, "Oil")
    take(group, do(gone, "delete"))
    foreign = make_note(make_group(group.workshop), session, "Salt")
    [ack] = take(group, confirm(session, (str(bread.pk), "habit", "Bread at six"), gone, foreign))
    assert ack["confirmation"]["notes"] == {str(bread.pk): 0, str(gone.pk): 0, str(foreign.pk): 0}
    assert worth(group, session) == (3, {bread.pk, gone.pk, foreign.pk}, set())


def test_confirming_again_is_a_new_confirmation_that_counts(table):
    group, session = table
    bread = make_note(group, session, "Bread")
    take(group, confirm(session, bread))
    take(group, change(bread, text="Bread at seven"))
    bread.refresh_from_db()
    take(group, confirm(session, bread, people=4))
    found = heard_in(group.workshop)[group.pk, session.pk]
    assert (found.is_whole, found.confirmation.people, [one.people for one in found.earlier]) == (True, 4, [None])


def test_tables_and_sessions_are_confirmed_each_for_itself(table):
    group, session = table
    other, later = make_group(group.workshop), make_session(group.workshop, state=SessionState.OPEN)
    bread, oil, salt = make_note(group, session), make_note(other, session), make_note(group, later)
    take(group, confirm(session, bread))
    take(group, confirm(later, bread, salt))
    assert (worth(group, session), worth(other, session)) == ((1, set(), set()), None)
    assert worth(group, later) == (2, {bread.pk}, set())
    assert Note.objects.filter(pk=oil.pk).exists()


def _strange(session, note) -> dict[str, dict]:
    """Ops that confirm nothing, by the code they are refused with."""
    foreign = make_session(make_workshop(), state=SessionState.OPEN)
    plain = confirm(session, note)
    return {
        "nothing_read": {**plain, "notes": {}},
        "not_a_fingerprint": {**plain, "notes": {str(note.pk): 3}},
        "not_an_id": {**plain, "notes": {"1": "0" * 16}},
        "not_people": {**plain, "people": 0},
        "too_much_read": {**plain, "notes": {str(uuid.uuid4()): "0" * 16 for _ in range(501)}},
        "unknown_session": confirm(foreign, note),
    }


def test_what_is_no_confirmation_is_refused_with_a_reason_and_stores_nothing(table):
    group, session = table
    strange = {
        code: {**op, "op": str(uuid.uuid4())} for code, op in _strange(session, make_note(group, session)).items()
    }
    acks = take(group, *strange.values())
    assert [(ack["status"], ack["code"]) for ack in acks] == [("refused", code) for code in strange]
    assert Confirmation.objects.count() == 0


def test_readers_get_confirmations_after_their_place_and_with_the_kit(table):
    group, session = table
    bread = make_note(group, session)
    [ack] = take(group, confirm(session, bread))
    read = [changes(group.pk, since)["confirmations"] for since in (0, 1, 2)]
    assert read == [[ack["confirmation"]], [ack["confirmation"]], []]
    assert kit(group, me={})["confirmations"] == [ack["confirmation"]]


def test_a_late_confirmation_is_held_and_says_what_the_notes_are_once_it_is_accepted(table):
    group, session = table
    bread, oil = make_note(group, session, "Bread"), make_note(group, session, "Oil")
    Session.objects.filter(pk=session.pk).update(state=SessionState.CLOSED)
    [ack] = take(group, confirm(session, bread, oil, people=5))
    assert (ack["status"], ack["code"], worth(group, session)) == ("held", "session_closed", None)
    take(group, change(oil, text="Oil and salt"), late=True)
    accept_held(Op.objects.held().get(), by=SYSTEM)
    assert (worth(group, session), Confirmation.objects.get().people) == ((2, {oil.pk}, set()), 5)


def test_a_late_confirmation_left_out_confirms_nothing_and_the_tablet_hears_so(table):
    group, session = table
    bread = make_note(group, session)
    Session.objects.filter(pk=session.pk).update(state=SessionState.CLOSED)
    op = confirm(session, bread)
    take(group, op)
    refuse_held(Op.objects.held().get(), by=SYSTEM)
    [ack] = take(group, op)
    assert (ack["status"], ack["code"], worth(group, session)) == ("refused", "left_out", None)


def test_a_confirmation_before_the_session_began_goes_in_when_it_opens(table):
    group, session = table
    move_session(session, SessionState.CLOSED, by=SYSTEM)
    planned = make_session(group.workshop)
    bread = make_note(group, planned)
    [ack] = take(group, confirm(planned, bread))
    assert (ack["status"], ack["code"]) == ("held", "session_not_open")
    move_session(planned, SessionState.OPEN, by=SYSTEM)
    assert (release_early(planned), worth(group, planned)) == (1, (1, set(), set()))


def test_a_removed_tablet_confirms_nothing_until_the_organiser_says_so(table):
    group, session = table
    bread = make_note(group, session)
    known, late = confirm(session, bread), confirm(session, bread)
    [stored] = take(group, known)
    assert hold_ops(group, [known, late], by=ILARIA, name="Ilaria") == [
        stored,
        {
            "op": late["op"],
            "status": "held",
            "note": None,
            "code": "removed",
            "sentence": "This tablet is no longer at the table. The organiser has the note and decides.",
        },
    ]
    assert (Confirmation.objects.count(), Op.objects.held().get().state) == (1, OpState.HELD)


def test_a_removed_tablet_that_guesses_an_op_id_learns_nothing_of_the_confirmation(table):
    group, session = table
    known = confirm(session, make_note(group, session))
    take(group, known)
    guess = confirm(session, make_note(group, session, "Oil")) | {"op": known["op"]}
    [ack] = hold_ops(group, [guess], by=ILARIA, name="Ilaria")
    assert (ack["code"], "confirmation" in ack) == ("op_elsewhere", False)


def test_an_op_id_of_another_table_confirms_nothing_here(table):
    group, session = table
    op = confirm(session, make_note(group, session))
    take(group, op)
    other = make_group(group.workshop)
    [ack] = take(other, op)
    assert (ack["status"], ack["code"], worth(other, session)) == ("refused", "op_elsewhere", None)


def test_the_confirmation_of_a_saved_copy_is_taken_in_once(table):
    group, session = table
    new = op_for_new_note(session, "Bread")
    copy = Copy(group, "Ilaria", [new, confirm(session, (new["note"], "habit", "Bread"))], left=0)
    taken = [take_in(copy, by=ILARIA) for _ in range(2)]
    assert [(each.new, each.known, each.refused) for each in taken] == [(2, 0, []), (0, 2, [])]
    assert worth(group, session) == (1, set(), set())


@pytest.mark.parametrize("notes", [1, 3])
def test_more_notes_and_confirmations_need_no_more_queries(table, notes, django_assert_num_queries):
    group, session = table
    for _ in range(notes):
        take(group, confirm(session, make_note(group, session)))
    with django_assert_num_queries(2):
        found = heard_in(group.workshop)[group.pk, session.pk]
    assert (found.count, found.since, len(found.earlier)) == (1, notes - 1, notes - 1)


@pytest.fixture
def notes_page(table, client):
    """The organiser's page of all notes, as text."""
    group, _session = table
    client.force_login(make_organiser(group.workshop.programme, name="Serena Riva"))
    return lambda: " ".join(client.get(f"/en/org/w/{group.workshop_id}/notes/").content.decode().split())


def test_the_notes_page_says_who_confirmed_what_and_what_changed_since(table, notes_page):
    group, session = table
    bread, oil = make_note(group, session, "Bread"), make_note(group, session, "Oil")
    assert "Read back and confirmed" not in notes_page()
    take(group, confirm(session, bread, people=3))
    take(group, confirm(session, bread, oil, people=5))
    page = notes_page()
    assert ("2 notes, 5 people, Ilaria" in page, "1 note, 3 people, Ilaria" in page) == (True, True)
    assert ("nothing changed" in page, "since it was read back" in page) == (True, False)
    take(group, change(bread, text="Bread at seven"), op_for_new_note(session, "Salt"))
    page = notes_page()
    assert ("nothing changed" in page, "1 changed, 1 new" in page) == (False, True)
    assert (page.count("changed since it was read back"), page.count("written since the notes were read back")) == (
        1,
        1,
    )


@pytest.mark.parametrize("tables", [1, 3])
def test_the_notes_page_needs_no_more_queries_for_more_confirmations(table, client, tables, django_assert_num_queries):
    first, session = table
    for number in range(tables):
        group = first if number == 0 else make_group(first.workshop)
        for _time in range(2):
            take(group, confirm(session, make_note(group, session)))
    client.force_login(make_organiser(first.workshop.programme))
    with django_assert_num_queries(15):
        client.get(f"/en/org/w/{first.workshop_id}/notes/")


STEPS = ("text", "kind", "delete", "restore", "dot", "people", "add", "confirm")


class WholeOrPartial(TestCase):
    """Whatever happens at the table, a confirmation covers exactly the notes whose words nobody has touched since."""

    @settings(deadline=None, max_examples=60)
    @given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 2)), max_size=12))
    def test_a_confirmation_covers_exactly_what_nobody_touched_since(self, steps):
        workshop = make_workshop(state=WorkshopState.LIVE)
        group, session = make_group(workshop), make_session(workshop, state=SessionState.OPEN, dots_per_person=9)
        notes = [make_note(group, session, f"note {number}") for number in range(3)]
        read: set | None = None
        touched: set = set()
        for number, (step, which) in enumerate(steps):
            note = notes[which]
            note.refresh_from_db()
            before = (note.kind, note.text, note.deleted)
            if step == "confirm":
                standing = [each for each in Note.objects.filter(group=group) if not each.deleted]
                if not standing:
                    continue
                take(group, confirm(session, *standing))
                read, touched = {each.pk for each in standing}, set()
                continue
            take(group, _op_of(step, note, session, number))
            note.refresh_from_db()
            if (note.kind, note.text, note.deleted) != before:
                touched.add(note.pk)
        standing_now = {each.pk for each in Note.objects.filter(group=group) if not each.deleted}
        expected = None if read is None else (len(read), read & touched, standing_now - read)
        assert worth(group, session) == expected


def _op_of(step: str, note: Note, session: Session, number: int) -> dict:
    return {
        "text": lambda: change(note, text=f"text {number}"),
        "kind": lambda: change(note, kind=("idea", "habit")[number % 2]),
        "delete": lambda: do(note, "delete"),
        "restore": lambda: do(note, "restore"),
        "dot": lambda: do(note, "dot", add=1),
        "people": lambda: change(note, backers=number),
        "add": lambda: op_for_new_note(session, f"more {number}"),
    }[step]()
