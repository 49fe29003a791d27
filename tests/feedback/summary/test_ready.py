"""The notes are compiled by themselves once everything that was said has arrived, and not before."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from feedback.summary import actions
from feedback.summary.ready import is_over, missing_to_compile
from ledger import jobs
from ledger.history import SYSTEM
from ledger.models import Event, Job
from participants.models import Device
from tests.factories import make_organiser, make_session
from tests.feedback.summary.rooms import make_room, work_off
from workshops.actions.moving import NotReady
from workshops.models import Session, Workshop
from workshops.states import SessionKind, SessionState, WorkshopState

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    """Two tables, each with a tablet that has told, after the session closed, that nothing waits in it."""
    made = make_room()
    now = timezone.now()
    Session.objects.update(closed_at=now - dt.timedelta(minutes=5))
    for table in made.tables:
        Device.objects.create(group=table, name="Ilaria", until=now + dt.timedelta(hours=5), seen_at=now, unsent=0)
    return made


def tablet(room, table=0):
    return Device.objects.filter(group=room.tables[table])


def look(now=None):
    jobs.look_out(now or timezone.now())
    return list(Job.objects.filter(kind="compile").values_list("wanted", flat=True))


def test_a_workshop_whose_tables_are_closed_and_whose_tablets_have_sent_everything_is_compiled_by_itself(room):
    assert look() == [1]
    room.workshop.refresh_from_db()
    assert room.workshop.state == WorkshopState.COMPILING
    asked = Event.objects.get(verb="compile.asked")
    assert (asked.actor_kind, asked.scope_id) == (SYSTEM.kind, room.workshop.pk)
    work_off()
    assert room.draft.note_count == 7


def test_looking_again_and_again_is_one_run(room):
    assert [look(), look(), look()] == [[1], [1], [1]]


def test_unsent_notes_are_waited_for_and_named_by_table_and_number(room):
    tablet(room).update(unsent=3)
    assert look() == []
    assert missing_to_compile(room.workshop) == ["A tablet of Table Olmo still has 3 notes to send."]
    with pytest.raises(NotReady, match="still has 3 notes"):
        actions.ask_to_compile(room.workshop, by=SYSTEM)
    tablet(room).update(unsent=0)
    assert look() == [1]


def test_the_organiser_s_word_does_not_wait_for_a_tablet(room):
    tablet(room).update(unsent=1)
    actions.ask_to_compile(room.workshop, by=SYSTEM, force=True)
    assert Job.objects.get(kind="compile").wanted == 1


def test_what_a_tablet_told_before_the_session_closed_is_not_believed(room):
    at = timezone.now() - dt.timedelta(minutes=9)
    tablet(room, 1).update(seen_at=at)
    time = timezone.localtime(at, room.workshop.zone).strftime("%H:%M")
    assert look() == []
    assert missing_to_compile(room.workshop) == [
        f"A tablet of Table Gelso was last heard of at {time}. It may hold notes."
    ]
    tablet(room, 1).update(seen_at=timezone.now())
    assert look() == [1]


def test_a_tablet_that_was_taken_off_its_table_is_not_waited_for(room):
    tablet(room).update(unsent=3, revoked_at=timezone.now())
    assert look() == [1]


def test_a_table_without_a_tablet_keeps_nobody_waiting(room):
    Device.objects.all().delete()
    assert look() == [1]


@pytest.mark.parametrize("state", [SessionState.OPEN, SessionState.PLANNED])
def test_an_open_or_coming_session_at_the_tables_is_waited_for(room, state):
    make_session(room.workshop, state=state)
    assert look() == []
    assert look(room.workshop.ends_at + dt.timedelta(days=1)) == []


def test_tables_that_report_back_are_heard_first_unless_the_time_is_up(room):
    report = make_session(room.workshop, kind=SessionKind.REPORT, prompts=0)
    assert not is_over(room.workshop, room.workshop.starts_at)
    assert is_over(room.workshop, room.workshop.ends_at)
    Session.objects.filter(pk=report.pk).update(state=SessionState.OPEN, opened_at=timezone.now())
    assert not is_over(room.workshop, room.workshop.ends_at)
    Session.objects.filter(pk=report.pk).update(state=SessionState.CLOSED)
    assert is_over(room.workshop, room.workshop.starts_at)


def test_a_break_that_never_began_before_the_tables_keeps_nobody_waiting(room):
    pause = make_session(room.workshop, kind=SessionKind.BREAK, prompts=0)
    Session.objects.filter(pk=room.session.pk).update(order=pause.order + 1)
    assert is_over(room.workshop, room.workshop.starts_at)


@pytest.mark.parametrize("state", [each for each in WorkshopState if each != WorkshopState.LIVE])
def test_only_a_live_workshop_is_compiled_by_itself(room, state):
    Workshop.objects.update(state=state)
    assert look() == []


def test_a_workshop_without_notes_waits_for_the_organiser(room):
    room.workshop.groups.get(name="Olmo").notes.all().delete()
    room.workshop.groups.get(name="Gelso").notes.all().delete()
    assert look() == []
    assert missing_to_compile(room.workshop) == ["There are no notes yet."]


def test_the_page_names_what_is_missing_and_lets_the_organiser_go_on(client, room):
    tablet(room).update(unsent=2)
    client.force_login(make_organiser(room.workshop.programme))
    page = client.get(reverse("org_summary", args=[room.workshop.pk])).content.decode()
    assert "A tablet of Table Olmo still has 2 notes to send." in page
    assert "Compile all the same" in page
