"""What the cockpit says of tables that confirmed their notes, and of those that have not."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone, translation

from feedback.cockpit import Cockpit, gather
from feedback.models import Note
from feedback.next_steps import next_steps
from feedback.notes.actions import apply_ops
from feedback.notes.confirmations import fingerprint
from ledger.history import SYSTEM
from tests.factories import make_device, make_group, make_note, make_organiser, make_session, make_workshop
from workshops.actions.evening import move_session
from workshops.models import Session, Workshop
from workshops.states import SessionState

pytestmark = pytest.mark.django_db
HOW = "Ask the moderators to read the notes back to the table before the session ends."


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def evening():
    """A session that ends in four minutes, and three tables: Gelso and Olmo have a note, Tiglio has none."""
    workshop = make_workshop(state="live")
    session = make_session(workshop, state=SessionState.OPEN)
    ends_at = timezone.now() + dt.timedelta(minutes=4)
    Session.objects.update(ends_at=ends_at, opened_at=ends_at - dt.timedelta(minutes=45))
    tables = [make_group(workshop, name) for name in ("Gelso", "Olmo", "Tiglio")]
    for table in tables:
        make_device(table)
    notes = [make_note(table, session, f"said at {table.name}") for table in tables[:2]]
    return workshop, session, notes


def confirm(note: Note) -> None:
    """The note's table hears it and confirms."""
    note.refresh_from_db()
    said = {str(note.pk): fingerprint(note.kind, note.text)}
    op = {"op": str(uuid.uuid4()), "do": "confirm", "session": str(note.session_id), "notes": said}
    [ack] = apply_ops(note.group, [op], by=SYSTEM, name="Ilaria", late=True)
    assert ack["status"] == "stored"


def change(note: Note, text: str) -> None:
    wanted = {"text": {"from": note.text, "to": text}}
    op = {"op": str(uuid.uuid4()), "note": str(note.pk), "do": "set", "set": wanted}
    apply_ops(note.group, [op], by=SYSTEM, name="Ilaria", late=True)


def cockpit_of(workshop: Workshop) -> Cockpit:
    return gather(Workshop.objects.with_programme().get(pk=workshop.pk), timezone.now(), names=True)


def asked(workshop: Workshop) -> list[str]:
    """What the cockpit asks for about reading back."""
    return [step.title for step in next_steps(cockpit_of(workshop)) if step.why == HOW]


def test_in_the_last_minutes_tables_with_notes_are_asked_to_confirm_until_they_have(evening):
    workshop, _session, [gelso, olmo] = evening
    assert asked(workshop) == ["Gelso and Olmo have not confirmed their notes yet"]
    confirm(gelso)
    assert asked(workshop) == ["Olmo has not confirmed its notes yet"]
    confirm(olmo)
    assert asked(workshop) == []
    change(gelso, "said otherwise")
    assert asked(workshop) == ["Gelso has changed notes since it confirmed them"]


def test_nobody_is_asked_while_there_is_time_or_once_the_session_is_over(evening):
    workshop, session, _notes = evening
    Session.objects.update(ends_at=timezone.now() + dt.timedelta(minutes=20))
    assert asked(workshop) == []
    Session.objects.update(ends_at=timezone.now() - dt.timedelta(minutes=1))
    assert asked(workshop) == ["Gelso and Olmo have not confirmed their notes yet"]
    session.refresh_from_db()
    move_session(session, SessionState.CLOSED, by=SYSTEM)
    assert asked(workshop) == []


def test_each_table_shows_what_it_confirmed_and_what_changed_since(evening, client):
    workshop, _session, [gelso, olmo] = evening
    confirm(gelso)
    confirm(olmo)
    change(olmo, "said otherwise")
    tables = cockpit_of(workshop).tables
    assert [(t.to_read, t.heard and (t.heard.count, t.heard.since)) for t in tables] == [
        (1, (1, 0)),
        (1, (1, 1)),
        (0, None),
    ]
    client.force_login(make_organiser(workshop.programme))
    page = client.get(f"/en/org/w/{workshop.pk}/").content.decode()
    assert (page.count("1 note confirmed at"), page.count("1 changed since"), "not read back" in page) == (2, 1, False)


def test_between_sessions_the_last_one_at_the_tables_counts(evening):
    workshop, session, [gelso, _olmo] = evening
    confirm(gelso)
    session.refresh_from_db()
    move_session(session, SessionState.CLOSED, by=SYSTEM)
    cockpit = cockpit_of(workshop)
    assert (cockpit.counted, cockpit.read_back) == (None, session)
    assert [table.has_to_confirm for table in cockpit.tables] == [False, True, False]
    later = make_session(workshop)
    move_session(later, SessionState.OPEN, by=SYSTEM)
    assert [(table.to_read, table.heard) for table in cockpit_of(workshop).tables] == [(0, None)] * 3
