"""Corrections before the whole room: taken while tables report back, and what was said before stays with the note."""

from __future__ import annotations

import csv
import io
import uuid

import pytest
from django.utils import timezone

from feedback.models import Note, Op
from feedback.notes.actions import accept_held, apply_ops, hold_ops
from feedback.notes.confirmations import fingerprint, heard_in
from feedback.notes.kit import kit
from feedback.summary.material import documents_of, gather
from feedback.wall import wall_picture_of
from ledger.history import SYSTEM, Actor
from ledger.models import ActorKind, Event, Job
from tests.factories import make_group, make_note, make_organiser, make_session, make_workshop
from workshops.actions.evening import move_session, show_on_wall
from workshops.models import Session, Workshop
from workshops.states import SessionKind, SessionState, WallMode, WorkshopState

pytestmark = pytest.mark.django_db

ILARIA = Actor(ActorKind.DEVICE, "00000000-0000-0000-0000-000000000001")


@pytest.fixture
def room():
    """A note of a session that is over, at a workshop where the tables report back now."""
    workshop = make_workshop(state=WorkshopState.LIVE)
    session = make_session(workshop, state=SessionState.OPEN)
    report = make_session(workshop, kind=SessionKind.REPORT, prompts=0)
    note = make_note(make_group(workshop), session, "Bread at six", dots=2)
    move_session(session, SessionState.CLOSED, by=SYSTEM)
    move_session(report, SessionState.OPEN, by=SYSTEM)
    workshop.refresh_from_db()
    return workshop, note, report


def correction(note: Note, text: str, seen: str = "Bread at six") -> dict:
    return {"op": str(uuid.uuid4()), "note": str(note.pk), "do": "correct", "set": {"text": {"from": seen, "to": text}}}


def take(note: Note, *ops: dict, **options) -> list[dict]:
    return apply_ops(note.group, list(ops), by=ILARIA, name="Ilaria", **options)


def told(note: Note) -> list[tuple[str, str, str]]:
    """`(from, to, by)` of each correction, the first one first."""
    note.refresh_from_db()
    return [(one["from"], one["to"], one["by"]) for one in note.corrections]


def test_a_table_corrects_a_note_of_a_closed_session_while_tables_report_back(room):
    _workshop, note, _report = room
    op = correction(note, "Bread at seven")
    [ack] = take(note, op)
    note.refresh_from_db()
    assert (ack["status"], ack["note"]["text"], ack["note"]["text_by"]) == ("stored", "Bread at seven", "Ilaria")
    assert ack["note"]["corrections"] == [
        {"op": op["op"], "from": "Bread at six", "to": "Bread at seven", "by": "Ilaria", "at": note.text_at.isoformat()}
    ]
    found = Event.objects.get(verb="note.corrected")
    assert (found.actor_kind, found.actor_id, found.thing_id, found.data) == (*ILARIA.key.split(":"), str(note.pk), {})


def test_the_same_correction_sent_twice_is_made_once(room):
    _workshop, note, _report = room
    op = correction(note, "Bread at seven")
    assert take(note, op) == take(note, op)
    assert (told(note), note.revision) == ([("Bread at six", "Bread at seven", "Ilaria")], 2)


def test_two_corrections_made_apart_are_both_kept_in_order_and_the_last_one_stands(room):
    _workshop, note, _report = room
    take(note, correction(note, "Bread at seven"), correction(note, "Rolls"))
    assert told(note) == [("Bread at six", "Bread at seven", "Ilaria"), ("Bread at seven", "Rolls", "Ilaria")]
    assert (note.text, note.variants) == ("Rolls", [])


def test_a_correction_brings_a_deleted_note_back(room):
    _workshop, note, _report = room
    Note.objects.filter(pk=note.pk).update(deleted=True)
    take(note, correction(note, "Bread at seven"))
    note.refresh_from_db()
    assert (note.deleted, note.text) == (False, "Bread at seven")


@pytest.mark.parametrize("told_before", [False, True])
def test_after_a_restore_a_correction_offered_again_says_what_was_there_before(room, told_before):
    _workshop, note, _report = room
    op = correction(note, "Bread at seven")
    text = "Bread at seven" if told_before else "Bread at six"
    Note.objects.filter(pk=note.pk).update(text=text)
    take(note, op)
    assert told(note) == [("Bread at six", "Bread at seven", "Ilaria")]


def test_a_correction_needs_no_session_for_it_while_the_wall_shows_the_report(room):
    workshop, note, report = room
    move_session(report, SessionState.CLOSED, by=SYSTEM)
    show_on_wall(workshop, WallMode.SESSION, by=SYSTEM)
    assert [ack["code"] for ack in take(note, correction(note, "Rolls"))] == ["no_report_back"]
    show_on_wall(workshop, WallMode.REPORT, by=SYSTEM)
    assert [ack["status"] for ack in take(note, correction(note, "Bread at seven"))] == ["stored"]
    Workshop.objects.filter(pk=workshop.pk).update(state=WorkshopState.CURATING)
    assert [ack["code"] for ack in take(note, correction(note, "Buns"))] == ["no_report_back"]
    assert told(note) == [("Bread at six", "Bread at seven", "Ilaria")]


def test_an_ordinary_change_of_a_closed_session_is_still_held_while_tables_report_back(room):
    _workshop, note, _report = room
    change = correction(note, "Bread at seven") | {"do": "set"}
    [ack] = take(note, change)
    note.refresh_from_db()
    assert (ack["status"], ack["code"], note.text) == ("held", "session_closed", "Bread at six")


def test_a_correction_out_of_time_is_held_and_is_a_correction_once_it_is_accepted(room):
    workshop, note, report = room
    move_session(report, SessionState.CLOSED, by=SYSTEM)
    show_on_wall(workshop, WallMode.NEXT, by=SYSTEM)
    [ack] = take(note, correction(note, "Bread at seven"))
    assert ack["sentence"] == "The tables are not reporting back. The organiser has the correction and decides."
    assert told(note) == []
    accept_held(Op.objects.held().get(), by=SYSTEM)
    assert told(note) == [("Bread at six", "Bread at seven", "Ilaria")]


def test_a_removed_tablet_corrects_nothing_by_itself(room):
    _workshop, note, _report = room
    [ack] = hold_ops(note.group, [correction(note, "Bread at seven")], by=ILARIA, name="Ilaria")
    assert (ack["status"], ack["code"], told(note)) == ("held", "removed", [])


def test_a_tablet_corrects_no_note_of_another_table(room):
    workshop, note, _report = room
    [ack] = apply_ops(make_group(workshop), [correction(note, "Rolls")], by=ILARIA, name="Wei")
    assert (ack["status"], ack["code"], told(note)) == ("refused", "note_elsewhere", [])


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"set": {}}, "not_a_correction"),
        ({"set": {"text": {"to": "Rolls"}, "kind": {"to": "idea"}}}, "not_a_correction"),
        ({"set": {"kind": {"to": "idea"}}}, "not_a_correction"),
        ({"set": {"text": {"from": "Bread at six", "to": "  "}}}, "nothing_written"),
        ({"set": {"text": {"from": 6, "to": "Rolls"}}}, "not_a_text"),
        ({"note": "00000000-0000-4000-8000-000000000000"}, "unknown_note"),
    ],
)
def test_what_is_no_correction_is_refused_with_a_reason(room, wrong, code):
    _workshop, note, _report = room
    [ack] = take(note, correction(note, "Rolls") | wrong)
    assert (ack["status"], ack["code"], told(note)) == ("refused", code, [])


def test_a_correction_is_a_change_since_the_table_confirmed(room):
    workshop, note, _report = room
    confirm = {
        "op": str(uuid.uuid4()),
        "do": "confirm",
        "session": str(note.session_id),
        "notes": {str(note.pk): fingerprint(note.kind, note.text)},
    }
    take(note, confirm, late=True)
    take(note, correction(note, "Bread at seven"))
    assert set(heard_in(workshop)[note.group_id, note.session_id].changed) == {note.pk}


def test_wall_and_compiler_use_the_corrected_text(room):
    workshop, note, _report = room
    take(note, correction(note, "Bread at seven"))
    picture = wall_picture_of(workshop, timezone.now())
    assert (picture.mode, [shown.text for shown in picture.notes]) == (WallMode.REPORT, ["Bread at seven"])
    [document] = documents_of(gather(workshop)).values()
    assert [told["text"] for told in document["notes"]] == ["Bread at seven"]


def test_a_correction_while_the_draft_is_curated_asks_for_a_new_compile(room):
    workshop, note, _report = room
    Workshop.objects.filter(pk=workshop.pk).update(state=WorkshopState.CURATING)
    take(note, correction(note, "Bread at seven"), late=True)
    assert Job.objects.filter(kind="compile", subject_id=str(workshop.pk)).exists()


def test_the_kit_says_whether_tables_report_back(room):
    workshop, note, report = room
    said = []
    for state in (SessionState.OPEN, SessionState.CLOSED):
        Session.objects.filter(pk=report.pk).update(state=state)
        workshop.wall_mode = WallMode.NEXT
        note.group.workshop = workshop
        said.append(kit(note.group, me={})["workshop"]["report_back"])
    assert said == [True, False]


class TestOnTheNotesPage:
    """The organiser corrects a note, and sees what was said before."""

    @pytest.fixture
    def desk(self, client, room):
        workshop, note, _report = room
        client.force_login(make_organiser(workshop.programme, name="Serena Riva"))
        client.page = f"/en/org/w/{workshop.pk}/notes/"
        client.correct = lambda text, seen: client.post(
            f"{client.page}{note.pk}/correct/", {"text": text, "seen": seen}, follow=True
        )
        client.workshop, client.note = workshop, note
        return client

    def test_the_organiser_corrects_a_note_and_the_card_shows_what_was_there(self, desk):
        answer = desk.correct("Bread at <b>seven</b>", "Bread at six")
        assert told(desk.note) == [("Bread at six", "Bread at <b>seven</b>", "Serena")]
        page = answer.content.decode()
        assert ("The note is corrected." in page, "Corrected in plenary" in page) == (True, True)
        assert (page.count("Bread at six"), "Bread at &lt;b&gt;seven&lt;/b&gt;" in page) == (1, True)

    def test_it_can_be_done_after_the_evening(self, desk):
        Session.objects.filter(workshop=desk.workshop).update(state=SessionState.CLOSED, closed_at=timezone.now())
        Workshop.objects.filter(pk=desk.workshop.pk).update(state=WorkshopState.CURATING)
        desk.correct("Bread at seven", "Bread at six")
        assert told(desk.note) == [("Bread at six", "Bread at seven", "Serena")]

    def test_a_form_that_shows_an_older_text_corrects_nothing_and_says_so(self, desk):
        Note.objects.filter(pk=desk.note.pk).update(text="Rolls at six")
        answer = desk.correct("Bread at seven", "Bread at six")
        assert (told(desk.note), desk.note.text) == ([], "Rolls at six")
        assert "Somebody else changed this note meanwhile. Nothing was changed." in answer.content.decode()

    def test_nothing_written_and_too_much_written_are_refused(self, desk):
        for text, sentence in ((" ", "Write what the room agreed on."), ("x" * 2001, "at most 2000 characters")):
            assert sentence in desk.correct(text, "Bread at six").content.decode()
        assert (told(desk.note), desk.note.text) == ([], "Bread at six")

    def test_line_ends_of_a_form_are_no_change(self, desk):
        Note.objects.filter(pk=desk.note.pk).update(text="Bread\nat six")
        desk.correct("Bread\r\nat seven", "Bread\r\nat six")
        assert told(desk.note) == [("Bread\nat six", "Bread\nat seven", "Serena")]

    def test_a_note_of_another_workshop_is_not_found(self, desk):
        other = make_workshop(state=WorkshopState.LIVE)
        foreign = make_note(make_group(other), make_session(other, state=SessionState.OPEN), "Salt")
        answer = desk.post(f"{desk.page}{foreign.pk}/correct/", {"text": "Rolls", "seen": "Salt"})
        assert (answer.status_code, told(foreign)) == (404, [])

    def test_the_table_of_notes_has_what_was_said_before(self, desk):
        desk.correct("=Bread at seven", "Bread at six")
        [line] = csv.DictReader(io.StringIO(desk.get(f"{desk.page[:-1]}.csv").content.decode().removeprefix("\ufeff")))
        assert (line["text"], line["said_before"]) == ("'=Bread at seven", "Bread at six")
        assert line["corrected_at"] == _local(desk)

    def test_an_observer_reads_what_was_there_and_corrects_nothing(self, desk):
        desk.correct("Bread at seven", "Bread at six")
        desk.force_login(make_organiser(desk.workshop.programme, "observer", name="Wei"))
        page = desk.get(desk.page).content.decode()
        assert ("Bread at six" in page, "Serena" in page, "/correct/" in page) == (True, False, False)


def _local(desk) -> str:
    desk.note.refresh_from_db()
    return desk.note.text_at.astimezone(desk.workshop.zone).isoformat(timespec="seconds")
