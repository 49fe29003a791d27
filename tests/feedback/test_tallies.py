"""The rating round: counts of a table's answers, by the same ops as notes."""

from __future__ import annotations

import uuid

import pytest

from feedback.models import Note, Op, RatingTally
from feedback.notes.actions import accept_held, apply_ops, hold_ops
from feedback.notes.copies import Copy, take_in
from feedback.notes.kit import kit
from feedback.notes.rows import changes
from feedback.states import OpState
from ledger.history import Actor
from ledger.models import ActorKind
from tests.factories import make_group, make_session, make_workshop, op_for_new_note
from workshops.models import Initiative, Session
from workshops.states import SessionState, WorkshopState

pytestmark = pytest.mark.django_db

ILARIA = Actor(ActorKind.DEVICE, "00000000-0000-0000-0000-000000000001")


@pytest.fixture
def table():
    """A table of three in an open rating session, and the initiative it is asked about."""
    workshop = make_workshop(state=WorkshopState.LIVE)
    session = make_session(workshop, state=SessionState.OPEN, rates=True)
    return make_group(workshop, size=3), session, make_initiative(workshop)


def make_initiative(workshop) -> Initiative:
    return Initiative.objects.create(workshop=workshop, name={"en": "Solidarity fridge"}, short={"en": "Fridge"})


def answer(session, initiative, value: int = 4, add: int = 1) -> dict:
    return {
        "op": str(uuid.uuid4()),
        "do": "tally",
        "session": str(session.pk),
        "initiative": str(initiative.pk),
        "answer": value,
        "add": add,
    }


def take(group, *ops, **options) -> list[dict]:
    return apply_ops(group, list(ops), by=ILARIA, name="Ilaria", **options)


def row(session, initiative, seq: int, counts: list[int]) -> dict:
    return {"session": str(session.pk), "initiative": str(initiative.pk), "seq": seq, "counts": counts}


def test_an_answer_more_is_counted_and_answered_with_all_five_counts(table):
    group, session, initiative = table
    ops = [answer(session, initiative, 4), answer(session, initiative, 5), answer(session, initiative, 5)]
    stored = row(session, initiative, 3, [0, 0, 0, 1, 2])
    assert take(group, *ops)[-1] == {"op": ops[-1]["op"], "status": "stored", "note": None, "tally": stored}
    assert Note.objects.count() == 0


def test_the_same_answer_sent_three_times_counts_once(table):
    group, session, initiative = table
    op = answer(session, initiative)
    answers = [take(group, op) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    group.refresh_from_db()
    assert (list(RatingTally.objects.values_list("people", flat=True)), Op.objects.count(), group.seq) == ([1], 1, 1)


def test_never_more_answers_than_people_at_the_table(table):
    group, session, initiative = table
    *stored, over = take(group, *(answer(session, initiative, value) for value in (1, 2, 2, 5)))
    assert [ack["status"] for ack in stored] == ["stored"] * 3
    assert over == {
        "op": over["op"],
        "status": "refused",
        "code": "all_have_answered",
        "sentence": "All 3 people at the table have answered already.",
        "note": None,
        "tally": row(session, initiative, 3, [1, 2, 0, 0, 0]),
    }
    moved = take(group, answer(session, initiative, 2, -1), answer(session, initiative, 5))
    assert [ack["tally"]["counts"] for ack in moved] == [[1, 1, 0, 0, 0], [1, 1, 0, 0, 1]]


def test_each_initiative_and_each_table_is_counted_for_itself(table):
    group, session, fridge = table
    bikes = make_initiative(session.workshop)
    other = make_group(session.workshop, size=3)
    for _person in range(3):
        take(group, answer(session, fridge))
    [bikes_ack] = take(group, answer(session, bikes))
    [other_ack] = take(other, answer(session, fridge))
    assert (bikes_ack["tally"]["counts"], other_ack["tally"]["counts"]) == ([0, 0, 0, 1, 0], [0, 0, 0, 1, 0])


def test_an_answer_nobody_gave_cannot_be_taken_back(table):
    group, session, initiative = table
    [ack] = take(group, answer(session, initiative, 3, -1))
    assert (ack["status"], ack["code"], RatingTally.objects.count()) == ("refused", "no_such_answer", 0)


def _strange(session, initiative) -> dict[str, dict]:
    """Ops that are no answers, by the code they are refused with."""
    plain = make_session(session.workshop, state=SessionState.OPEN)
    foreign = make_initiative(make_workshop())
    return {
        "unknown_rating": answer(session, initiative, 6),
        "not_an_answer": answer(session, initiative, add=2),
        "not_an_id": {**answer(session, initiative), "session": "1"},
        "unknown_session": answer(plain, initiative),
        "unknown_initiative": answer(session, foreign),
    }


def test_what_is_no_answer_is_refused_with_a_reason_and_counts_nothing(table):
    group, session, initiative = table
    strange = _strange(session, initiative)
    assert [(ack["status"], ack["code"]) for ack in take(group, *strange.values())] == [
        ("refused", code) for code in strange
    ]
    assert RatingTally.objects.count() == 0


def test_readers_get_what_was_counted_after_their_place(table):
    group, session, initiative = table
    take(group, answer(session, initiative), op_for_new_note(session), answer(session, initiative))
    read = [changes(group.pk, since) for since in range(4)]
    assert [(len(each["notes"]), each["tallies"], each["seq"]) for each in read] == [
        (1, [row(session, initiative, 3, [0, 0, 0, 2, 0])], 3),
        (1, [row(session, initiative, 3, [0, 0, 0, 2, 0])], 3),
        (0, [row(session, initiative, 3, [0, 0, 0, 2, 0])], 3),
        (0, [], 3),
    ]
    assert kit(group, me={})["tallies"] == read[0]["tallies"]


def test_a_late_answer_is_held_and_counts_once_it_is_accepted(table):
    group, session, initiative = table
    Session.objects.filter(pk=session.pk).update(state=SessionState.CLOSED)
    op = answer(session, initiative)
    assert [ack["status"] for ack in take(group, op)] == ["held"]
    assert RatingTally.objects.count() == 0
    accept_held(Op.objects.get(), by=ILARIA)
    assert (RatingTally.objects.get().people, Op.objects.get().state) == (1, OpState.STORED)


def test_a_removed_tablet_hears_what_it_counted_as_it_was_then(table):
    group, session, initiative = table
    op = answer(session, initiative)
    [stored] = take(group, op)
    take(group, answer(session, initiative))
    assert hold_ops(group, [op], by=ILARIA, name="Ilaria") == [stored]


def test_the_answers_of_a_saved_copy_are_counted_once(table):
    group, session, initiative = table
    ops = [answer(session, initiative), answer(session, initiative, 5)]
    copy = Copy(group, "Ilaria", ops, left=0)
    taken = [take_in(copy, by=ILARIA) for _ in range(2)]
    assert [(each.new, each.known, each.refused) for each in taken] == [(1, 0, []), (0, 2, [])]
    assert sum(RatingTally.objects.values_list("people", flat=True)) == 2
