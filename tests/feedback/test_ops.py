"""Ops: idempotent, merged by field, answered one by one."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DataError, IntegrityError, connection, transaction

from feedback.models import Note, Op
from feedback.notes.actions import accept_held, apply_ops, refuse_held
from feedback.notes.desk import Desk
from feedback.notes.rows import changes, row
from feedback.states import OpState
from ledger import jobs
from ledger.epochs import epoch
from ledger.history import Actor
from ledger.models import ActorKind, Event, Job
from ledger.shapes import Refused
from tests.factories import make_group, make_session, make_theme, make_workshop, op_for_new_note
from workshops.actions.evening import move_session
from workshops.actions.moving import move_workshop
from workshops.models import Session
from workshops.states import SessionState, WorkshopState

pytestmark = pytest.mark.django_db

ILARIA = Actor(ActorKind.DEVICE, "00000000-0000-0000-0000-000000000001")
YOUSSEF = Actor(ActorKind.DEVICE, "00000000-0000-0000-0000-000000000002")


@pytest.fixture
def table():
    """A group in a live workshop with one open session."""
    workshop = make_workshop(state=WorkshopState.LIVE)
    session = make_session(workshop, state=SessionState.OPEN, dots_per_person=3)
    return make_group(workshop), session


def change(note: str, **fields: tuple) -> dict:
    """An op that changes fields; each is `(seen, wanted)`."""
    return {
        "op": str(uuid.uuid4()),
        "note": note,
        "do": "set",
        "set": {name: {"from": seen, "to": wanted} for name, (seen, wanted) in fields.items()},
    }


def test_a_new_note_is_stored_and_answered_with_its_row(table):
    group, session = table
    op = op_for_new_note(session, "I park on Sunday.")
    acks = apply_ops(group, [op], by=ILARIA, name="Ilaria")
    note = Note.objects.get()
    assert acks == [{"op": op["op"], "status": "stored", "note": row(note)}]
    said = (str(note.pk), note.text, note.by, note.seq, note.revision)
    assert said == (op["note"], "I park on Sunday.", "Ilaria", 1, 1)


def test_the_same_op_sent_three_times_is_one_note_and_one_revision(table):
    group, session = table
    op = op_for_new_note(session)
    answers = [apply_ops(group, [op], by=ILARIA, name="Ilaria") for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    group.refresh_from_db()
    assert (Note.objects.count(), Op.objects.count(), group.seq) == (1, 1, 1)


def test_different_fields_changed_apart_join_silently(table):
    group, session = table
    new = op_for_new_note(session, "Bread at seven")
    theme = make_theme(session.workshop.programme)
    apply_ops(group, [new], by=ILARIA, name="Ilaria")
    apply_ops(group, [change(new["note"], text=("Bread at seven", "Bread left at seven"))], by=ILARIA, name="Ilaria")
    apply_ops(group, [change(new["note"], theme=(None, str(theme.pk)))], by=YOUSSEF, name="Youssef")
    note = Note.objects.get()
    assert (note.text, note.theme, note.variants) == ("Bread left at seven", theme, [])


def test_the_same_text_changed_twice_apart_keeps_both(table):
    group, session = table
    new = op_for_new_note(session, "We argue.")
    apply_ops(group, [new], by=ILARIA, name="Ilaria")
    apply_ops(group, [change(new["note"], text=("We argue.", "We argue. Until spring."))], by=YOUSSEF, name="Youssef")
    late = change(new["note"], text=("We argue.", "We argue. In legal Italian."))
    apply_ops(group, [late], by=ILARIA, name="Ilaria")
    note = Note.objects.get()
    assert note.text == "We argue. Until spring."
    assert [(v["op"], v["text"], v["by"]) for v in note.variants] == [
        (late["op"], "We argue. In legal Italian.", "Ilaria")
    ]


def test_a_note_says_who_wrote_its_text_as_it_is_and_a_change_of_its_kind_does_not_alter_that(table):
    group, session = table
    new = op_for_new_note(session, "one")
    apply_ops(group, [new], by=ILARIA, name="Ilaria")
    assert (row(Note.objects.get())["by"], row(Note.objects.get())["text_by"]) == ("Ilaria", "Ilaria")
    apply_ops(group, [change(new["note"], text=("one", "two"))], by=YOUSSEF, name="Youssef")
    written = row(Note.objects.get())["text_at"]
    apply_ops(group, [change(new["note"], kind=("habit", "idea"))], by=ILARIA, name="Ilaria")
    apply_ops(group, [change(new["note"], text=("one", "three"))], by=ILARIA, name="Ilaria")
    stored = row(Note.objects.get())
    assert [stored[name] for name in ("by", "text_by", "text_at", "text")] == ["Ilaria", "Youssef", written, "two"]


def test_one_who_types_on_through_a_clash_leaves_one_variant_with_the_last_text(table):
    group, session = table
    new = op_for_new_note(session, "We argue.")
    theirs = change(new["note"], text=("We argue.", "Theirs."))
    apply_ops(group, [new, theirs], by=YOUSSEF, name="Youssef")
    typed = ["A", "AB", "ABC"]
    ops = [change(new["note"], text=(seen, to)) for seen, to in zip(["We argue.", *typed], typed, strict=False)]
    apply_ops(group, ops, by=ILARIA, name="Ilaria")
    note = Note.objects.get()
    assert (note.text, [(v["op"], v["text"]) for v in note.variants]) == ("Theirs.", [(ops[-1]["op"], "ABC")])
    apply_ops(group, [change(new["note"], text=("ABC", "Theirs."))], by=ILARIA, name="Ilaria")
    note.refresh_from_db()
    assert (note.text, note.variants) == ("Theirs.", [])


def test_nobody_writes_on_in_the_variant_of_another(table):
    group, session = table
    new = op_for_new_note(session, "We argue.")
    mine, yours = change(new["note"], text=("We argue.", "A")), change(new["note"], text=("A", "AB"))
    apply_ops(group, [new, change(new["note"], text=("We argue.", "Theirs."))], by=YOUSSEF, name="Youssef")
    apply_ops(group, [mine], by=ILARIA, name="Ilaria")
    apply_ops(group, [yours], by=YOUSSEF, name="Youssef")
    note = Note.objects.get()
    assert (note.text, [variant["text"] for variant in note.variants]) == ("Theirs.", ["A", "AB"])


def test_keeping_both_as_two_notes_settles_the_conflict(table):
    group, session = table
    new = op_for_new_note(session, "We argue.")
    clash = change(new["note"], text=("nothing", "We shout."))
    second = op_for_new_note(session, "We shout.")
    settle = {"op": str(uuid.uuid4()), "note": new["note"], "do": "settle", "variants": [clash["op"]]}
    apply_ops(group, [new, clash, second, settle], by=ILARIA, name="Ilaria")
    texts = sorted(Note.objects.values_list("text", flat=True))
    assert texts == ["We argue.", "We shout."]
    assert Note.objects.get(pk=new["note"]).variants == []


def test_an_edit_beats_a_delete(table):
    group, session = table
    new = op_for_new_note(session, "Gone?")
    delete = {"op": str(uuid.uuid4()), "note": new["note"], "do": "delete"}
    apply_ops(group, [new, delete], by=ILARIA, name="Ilaria")
    assert Note.objects.standing().count() == 0
    apply_ops(group, [change(new["note"], text=("Gone?", "Still here."))], by=YOUSSEF, name="Youssef")
    assert list(Note.objects.standing().values_list("text", flat=True)) == ["Still here."]


def test_dots_add_up_and_never_fall_below_zero(table):
    group, session = table
    new = op_for_new_note(session)
    dots = [{"op": str(uuid.uuid4()), "note": new["note"], "do": "dot", "add": add} for add in (1, 1, -1, -1, -1, 1)]
    apply_ops(group, [new, *dots], by=ILARIA, name="Ilaria")
    assert Note.objects.get().dots == 1


def test_one_poisoned_op_blocks_no_other(table):
    group, session = table
    good, other = op_for_new_note(session, "one"), op_for_new_note(session, "three")
    poisoned = op_for_new_note(session, "x" * 2001)
    acks = apply_ops(group, [good, poisoned, other], by=ILARIA, name="Ilaria")
    assert [(ack["status"], ack.get("code")) for ack in acks] == [
        ("stored", None),
        ("refused", "text_too_long"),
        ("stored", None),
    ]
    assert sorted(Note.objects.values_list("text", flat=True)) == ["one", "three"]


@pytest.mark.parametrize(
    "problem", [ValueError("?"), KeyError("?"), ValidationError("?"), DataError("?"), IntegrityError("?")]
)
def test_an_op_that_breaks_the_server_is_refused_alone_and_leaves_nothing_half_done(table, monkeypatch, problem):
    group, session = table
    ops = [op_for_new_note(session, text) for text in ("one", "poison", "three")]
    write_out = Desk.write_out

    def fragile(desk):
        write_out(desk)
        if any(note.text == "poison" for note in desk.notes.values()):
            raise problem

    monkeypatch.setattr(Desk, "write_out", fragile)
    acks = apply_ops(group, ops, by=ILARIA, name="Ilaria")
    assert [(ack["status"], ack.get("code")) for ack in acks] == [
        ("stored", None),
        ("refused", "failed"),
        ("stored", None),
    ]
    assert list(Note.objects.order_by("seq").values_list("text", "seq")) == [("one", 1), ("three", 2)]
    group.refresh_from_db()
    assert (group.seq, Op.objects.count()) == (2, 2)


def test_an_op_that_broke_the_server_once_is_taken_when_it_comes_again(table, monkeypatch):
    group, session = table
    op = op_for_new_note(session, "again")
    with monkeypatch.context() as broken:
        broken.setattr("feedback.notes.actions.row", lambda note: 1 / 0)
        [first] = apply_ops(group, [op], by=ILARIA, name="Ilaria")
    [second] = apply_ops(group, [op], by=ILARIA, name="Ilaria")
    assert (first["status"], second["status"], Note.objects.get().text) == ("refused", "stored", "again")


@pytest.mark.parametrize("many", [1, 30])  # 50 are two statements on SQLite
def test_new_notes_cost_the_same_statements_whatever_their_number(table, many, django_assert_num_queries):
    group, session = table
    ops = [op_for_new_note(session, f"note {number}") for number in range(many)]
    epoch()
    with django_assert_num_queries(12):  # 5 reads, 3 writes, 4 that open and close savepoints
        apply_ops(group, ops, by=ILARIA, name="Ilaria")
    assert (Note.objects.count(), Op.objects.count()) == (many, many)


@pytest.mark.parametrize("many", [1, 30])
def test_changes_and_repeats_cost_the_same_statements_whatever_their_number(table, many, django_assert_num_queries):
    group, session = table
    new = [op_for_new_note(session, f"note {number}") for number in range(many)]
    apply_ops(group, new, by=ILARIA, name="Ilaria")
    changes = [change(op["note"], text=(f"note {number}", "changed")) for number, op in enumerate(new)]
    for ops, statements in ((changes, 11), (changes, 8)):
        with django_assert_num_queries(statements):
            apply_ops(group, ops, by=ILARIA, name="Ilaria")
    assert set(Note.objects.values_list("text", "revision")) == {("changed", 2)}


def test_a_note_changed_thrice_in_one_request_ends_as_the_last_op_says_with_a_revision_for_each(table):
    group, session = table
    new = op_for_new_note(session, "a")
    ops = [new, change(new["note"], text=("a", "b")), change(new["note"], text=("b", "c"))]
    acks = apply_ops(group, [*ops, ops[1]], by=ILARIA, name="Ilaria")
    assert [(ack["note"]["text"], ack["note"]["revision"]) for ack in acks] == [("a", 1), ("b", 2), ("c", 3), ("c", 3)]
    told = Op.objects.order_by("seq").values_list("seq", "revision", "after__text")
    assert list(told) == [(1, 1, "a"), (2, 2, "b"), (3, 3, "c")]
    assert row(Note.objects.get()) == acks[2]["note"]


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ("nonsense", "not_an_op"),
        ({"do": "paint"}, "unknown_doing"),
        ({"do": "set", "set": {"colour": {"to": 1}}}, "unknown_field"),
        ({"do": "set", "set": {"text": "bare"}}, "not_an_op"),
        ({"do": "set", "op": "7", "note": str(uuid.uuid4())}, "not_an_id"),
        ({"do": "delete", "op": str(uuid.uuid4()), "note": str(uuid.uuid4())}, "unknown_note"),
        ({"do": "dot", "add": 7, "op": str(uuid.uuid4()), "note": str(uuid.uuid4())}, "not_a_dot"),
        ({"do": "dot", "add": True, "op": str(uuid.uuid4()), "note": str(uuid.uuid4())}, "not_a_dot"),
        (
            {"do": "set", "set": {"rating": {"to": 6}}, "op": str(uuid.uuid4()), "note": str(uuid.uuid4())},
            "unknown_rating",
        ),
        (
            {"do": "set", "set": {"kind": {"to": "joke"}}, "op": str(uuid.uuid4()), "note": str(uuid.uuid4())},
            "unknown_kind",
        ),
    ],
)
def test_a_broken_op_is_refused_with_a_code_and_a_sentence_and_writes_nothing(table, broken, code):
    group, _session = table
    [ack] = apply_ops(group, [broken], by=ILARIA, name="Ilaria")
    assert (ack["status"], ack["code"], bool(ack["sentence"]), ack["note"]) == ("refused", code, True, None)
    assert (Note.objects.count(), Op.objects.count()) == (0, 0)


def test_a_note_cannot_refer_to_things_of_another_workshop(table):
    group, session = table
    foreign = make_theme(make_workshop().programme)
    [ack] = apply_ops(group, [op_for_new_note(session, theme=str(foreign.pk))], by=ILARIA, name="Ilaria")
    assert (ack["status"], ack["code"]) == ("refused", "unknown_theme")
    assert Note.objects.count() == 0


def test_a_note_of_another_table_can_be_neither_read_nor_changed_by_its_id(table):
    group, session = table
    other = make_group(group.workshop)
    new = op_for_new_note(session, "Theirs")
    apply_ops(other, [new], by=YOUSSEF, name="Youssef")
    acks = apply_ops(group, [change(new["note"], text=("Theirs", "Ours")), new], by=ILARIA, name="Ilaria")
    assert [(ack["status"], ack["code"], ack["note"]) for ack in acks] == [
        ("refused", "note_elsewhere", None),
        ("refused", "op_elsewhere", None),
    ]
    assert Note.objects.get().text == "Theirs"


def test_an_op_of_a_closed_session_is_held_and_counts_once_accepted(table):
    group, session = table
    type(session).objects.filter(pk=session.pk).update(state=SessionState.CLOSED)
    op = op_for_new_note(session, "Late but here")
    first, again = (apply_ops(group, [op], by=ILARIA, name="Ilaria") for _ in range(2))
    assert first == again
    assert (first[0]["status"], first[0]["code"]) == ("held", "session_closed")
    assert (Note.objects.count(), Op.objects.get().state) == (0, OpState.HELD)
    organiser = Actor(ActorKind.USER, str(uuid.uuid4()))
    accept_held(Op.objects.get(), by=organiser)
    note = Note.objects.get()
    assert (note.text, note.by, note.author_key, Op.objects.get().state) == (
        "Late but here",
        "Ilaria",
        ILARIA.key,
        OpState.STORED,
    )


@pytest.mark.parametrize("over", [WorkshopState.PUBLISHED, WorkshopState.CANCELLED])
def test_a_late_op_left_out_keeps_its_text_until_the_workshop_is_over(table, over):
    group, session = table
    type(session).objects.filter(pk=session.pk).update(state=SessionState.CLOSED)
    apply_ops(group, [op_for_new_note(session, "A secret")], by=ILARIA, name="Ilaria")
    refuse_held(Op.objects.get(), by=YOUSSEF)
    op = Op.objects.get()
    assert (op.state, op.body["set"]["text"]["to"], Note.objects.count()) == (OpState.REFUSED, "A secret", 0)
    before = WorkshopState.LIVE if over == WorkshopState.CANCELLED else WorkshopState.CURATING
    type(group.workshop).objects.filter(pk=group.workshop_id).update(state=before)
    group.workshop.refresh_from_db()
    move_workshop(group.workshop, over, by=YOUSSEF)
    op.refresh_from_db()
    assert (op.state, op.body, list(Op.objects.of_organiser())) == (OpState.REFUSED, {}, [])


def test_what_is_written_before_its_session_begins_is_kept_and_goes_in_when_it_opens(table):
    group, open_session = table
    early = make_session(group.workshop, state=SessionState.PLANNED)
    other = make_session(group.workshop, state=SessionState.PLANNED)
    new = op_for_new_note(early, "Too soon.")
    ops = [new, change(new["note"], text=("Too soon.", "Too soon!")), op_for_new_note(other, "Much too soon.")]
    acks = apply_ops(group, ops, by=ILARIA, name="Ilaria")
    assert [(ack["status"], ack["code"]) for ack in acks[::2]] == [("held", "session_not_open")] * 2
    assert acks[0]["sentence"].startswith("This session has not begun.")
    assert Note.objects.count() == 0
    move_session(open_session, SessionState.CLOSED, by=YOUSSEF)
    assert not Job.objects.filter(kind="release_early").exists()
    move_session(early, SessionState.OPEN, by=YOUSSEF)
    assert jobs.run(Job.objects.get(kind="release_early").pk)
    note = Note.objects.get()
    assert (note.text, note.by, note.author_key) == ("Too soon.", "Ilaria", ILARIA.key)
    assert [op.body["note"] for op in Op.objects.held()] == [ops[2]["note"]]
    assert apply_ops(group, [new], by=ILARIA, name="Ilaria")[0]["status"] == "stored"


def test_an_op_the_organiser_left_out_is_refused_when_it_comes_again_and_the_others_are_taken(table):
    group, session = table
    closed = make_session(group.workshop, state=SessionState.CLOSED)
    late, fine = op_for_new_note(closed, "Too late."), op_for_new_note(session, "In time.")
    apply_ops(group, [late], by=ILARIA, name="Ilaria")
    refuse_held(Op.objects.get(pk=late["op"]), by=YOUSSEF)
    acks = apply_ops(group, [late, fine], by=ILARIA, name="Ilaria")
    assert [(ack["status"], ack.get("code", "")) for ack in acks] == [("refused", "left_out"), ("stored", "")]
    assert [note.text for note in Note.objects.all()] == ["In time."]


@pytest.mark.parametrize(
    ("first", "decide"), [(accept_held, accept_held), (accept_held, refuse_held), (refuse_held, refuse_held)]
)
def test_a_late_op_is_decided_about_once(table, first, decide):
    group, _session = table
    late = op_for_new_note(make_session(group.workshop, state=SessionState.CLOSED))
    apply_ops(group, [late], by=ILARIA, name="Ilaria")
    op = Op.objects.get(pk=late["op"])
    first(op, by=YOUSSEF)
    before = list(Op.objects.values_list("pk", "state")), Note.objects.count(), Event.objects.count()
    with pytest.raises(Refused, match="Somebody else has decided about it"):
        decide(op, by=YOUSSEF)
    assert (list(Op.objects.values_list("pk", "state")), Note.objects.count(), Event.objects.count()) == before


@pytest.mark.parametrize("clock", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1970-01-01T00:00:00Z"])
def test_a_clock_that_is_far_off_costs_the_label_and_not_the_note(table, clock):
    group, session = table
    [ack] = apply_ops(group, [op_for_new_note(session) | {"written_at": clock}], by=ILARIA, name="Ilaria")
    assert (ack["status"], ack["note"]["written_at"]) == ("stored", None)


@pytest.mark.django_db(transaction=True)
def test_a_session_closes_only_after_the_notes_that_are_being_stored(table):
    group, session = table

    def close() -> None:
        move_session(Session.objects.get(pk=session.pk), SessionState.CLOSED, by=YOUSSEF)
        connection.close()

    closing = threading.Thread(target=close)
    with transaction.atomic():
        apply_ops(group, [op_for_new_note(session)], by=ILARIA, name="Ilaria")
        closing.start()
        closing.join(0.5)
        waits = closing.is_alive()
    closing.join(20)
    session.refresh_from_db()
    assert (waits, session.state, Note.objects.count()) == (True, SessionState.CLOSED, 1)


def test_after_a_restore_the_history_gets_another_name(capsys):
    before = epoch()
    call_command("new_epoch")
    after = epoch()
    assert after != before
    assert capsys.readouterr().out.startswith(f"History {before} is now {after}.")
    assert epoch() == after


def test_after_a_restore_each_note_says_what_it_holds_of_the_history_before(table):
    group, session = table
    new = op_for_new_note(session, "older")
    apply_ops(group, [new, change(new["note"], kind=("habit", "idea"))], by=ILARIA, name="Ilaria")
    call_command("new_epoch")
    apply_ops(group, [change(new["note"], text=("older", "written since"))], by=YOUSSEF, name="Youssef")
    [told] = changes(group.pk, 0)["notes"]
    assert (told["text"], told["revision"], told["base"]) == ("written since", 3, 2)


def test_an_offer_after_a_restore_raises_the_note_to_the_revision_its_device_knew(table):
    group, session = table
    new = op_for_new_note(session, "older")
    apply_ops(group, [new], by=ILARIA, name="Ilaria")
    call_command("new_epoch")
    offers = [change(new["note"], text=("older", "newer")) | {"knew": 5}, change(new["note"], kind=("habit", "idea"))]
    acks = apply_ops(group, offers, by=ILARIA, name="Ilaria")
    assert [(ack["note"]["revision"], ack["note"]["base"]) for ack in acks] == [(5, 5), (6, 5)]
    [whole] = apply_ops(group, [op_for_new_note(session, "forgotten") | {"knew": 7}], by=ILARIA, name="Ilaria")
    assert (whole["note"]["revision"], whole["note"]["base"]) == (7, 7)


def test_an_offer_over_what_somebody_has_written_since_the_restore_hides_nothing_of_it(table):
    group, session = table
    new = op_for_new_note(session, "older")
    apply_ops(group, [new], by=ILARIA, name="Ilaria")
    call_command("new_epoch")
    since = change(new["note"], text=("older", "written since"))
    offer = change(new["note"], text=("older", "newer")) | {"knew": 5}
    acks = apply_ops(group, [since, offer], by=ILARIA, name="Ilaria")
    assert [(ack["note"]["text"], ack["note"]["revision"], ack["note"]["base"]) for ack in acks] == [
        ("written since", 2, 1),
        ("written since", 3, 1),
    ]
    assert [variant["text"] for variant in acks[1]["note"]["variants"]] == ["newer"]


def test_a_second_text_that_becomes_the_text_of_its_note_needs_no_decision_any_more(table):
    group, session = table
    new = op_for_new_note(session, "one")
    second = change(new["note"], text=("another", "two"))
    ops = [new, second, change(new["note"], text=("another", "three")), change(new["note"], text=("one", "two"))]
    acks = apply_ops(group, ops, by=ILARIA, name="Ilaria")
    told = [(ack["note"]["text"], [variant["text"] for variant in ack["note"]["variants"]]) for ack in acks]
    assert told == [("one", []), ("one", ["two"]), ("one", ["two", "three"]), ("two", ["three"])]


@pytest.mark.parametrize("knew", [-1, "4", True, 2**31, 1.5, None])
def test_an_offer_without_a_revision_of_ours_is_refused_and_changes_nothing(table, knew):
    group, session = table
    [ack] = apply_ops(group, [op_for_new_note(session) | {"knew": knew}], by=ILARIA, name="Ilaria")
    assert (ack["status"], Note.objects.count(), Op.objects.count()) == ("refused", 0, 0)


def test_a_note_of_which_the_server_knows_nothing_is_refused_so_that_its_device_offers_it_whole(table):
    group, _session = table
    note = str(uuid.uuid4())
    ops = [change(note, text=("a", "b"))] + [
        {"op": str(uuid.uuid4()), "note": note, "do": do} for do in ("delete", "restore", "dot", "settle")
    ]
    acks = apply_ops(group, ops, by=ILARIA, name="Ilaria")
    assert [ack["code"] for ack in acks] == ["unknown_session", *["unknown_note"] * 4]


def test_two_tablets_that_offer_a_forgotten_note_again_double_neither_its_dots_nor_its_second_text(table):
    group, session = table
    note, dot, second = (str(uuid.uuid4()) for _ in range(3))
    for actor in (ILARIA, YOUSSEF):
        whole = op_for_new_note(session, "We argue.") | {"note": note}
        clash = {"op": second, "note": note, "do": "set", "set": {"text": {"from": None, "to": "We shout."}}}
        ops = [whole, clash, {"op": dot, "note": note, "do": "dot", "add": 1}]
        apply_ops(group, ops, by=actor, name="Ilaria")
    stored = Note.objects.get()
    texts = [variant["text"] for variant in stored.variants]
    assert (stored.text, stored.dots, texts, stored.variants[0]["op"]) == ("We argue.", 1, ["We shout."], second)


def test_the_clock_of_a_device_never_decides_and_the_order_sent_always_does(table):
    group, session = table
    new = op_for_new_note(session, "one") | {"written_at": "2030-01-01T00:00:00Z"}
    later = change(new["note"], text=("one", "two"), kind=("habit", "idea")) | {"written_at": "2001-01-01T00:00:00Z"}
    last = change(new["note"], text=("two", "three"), kind=("idea", "concern")) | {"written_at": "2029-01-01T00:00:00Z"}
    other = op_for_new_note(session, "other") | {"written_at": "2002-01-01T00:00:00Z"}
    acks = apply_ops(group, [new, later, last, other], by=ILARIA, name="Ilaria")
    assert [ack["op"] for ack in acks] == [new["op"], later["op"], last["op"], other["op"]]
    note = Note.objects.get(pk=new["note"])
    assert (note.text, note.kind, note.variants, note.revision) == ("three", "concern", [], 3)
    assert list(Note.objects.order_by("seq").values_list("text", "seq")) == [("three", 3), ("other", 4)]
    assert list(Op.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3, 4]
