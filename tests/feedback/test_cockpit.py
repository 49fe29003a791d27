"""The day as the organiser sees it, and the buttons that drive it."""

import datetime as dt
import re
import uuid

import pytest
import time_machine
from django.utils import timezone, translation

from feedback.cockpit import gather
from feedback.models import Draft, Note
from feedback.next_steps import next_steps
from feedback.notes.actions import apply_ops
from ledger.history import SYSTEM, Actor
from ledger.models import Event
from participants.actions.door import check_in
from participants.actions.seats import seat
from participants.models import Device
from tests.factories import (
    make_device,
    make_group,
    make_note,
    make_organiser,
    make_programme,
    make_registration,
    make_session,
    make_theme,
    make_user,
    make_workshop,
    op_for_new_note,
)
from tests.feedback.summary.rooms import make_curated_room
from workshops.models import Session, Workshop
from workshops.states import SessionKind, SessionState

pytestmark = pytest.mark.django_db
OPENED = dt.timedelta(minutes=22)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def a_day(groups=2):
    """A running workshop with themes Mobility and Food, whose session at the tables opened 22 minutes ago."""
    workshop = make_workshop(state="live")
    themes = [make_theme(workshop.programme, name) for name in ("Mobility", "Food")]
    tables = [make_group(workshop, name) for name in ("Gelso", "Olmo", "Tiglio")[:groups]]
    session = make_session(workshop, state="open", prompts=2)
    opened_at = timezone.now() - OPENED
    Session.objects.update(opened_at=opened_at, ends_at=opened_at + dt.timedelta(minutes=45))
    for table in tables:
        device = make_device(table)
        Device.objects.filter(pk=device.pk).update(seen_at=timezone.now())
    return workshop, tables, Session.objects.get(pk=session.pk), themes


def written(note, minutes_ago):
    Note.objects.filter(pk=note.pk).update(created_at=timezone.now() - dt.timedelta(minutes=minutes_ago))


def cockpit_of(workshop, names=True):
    return gather(Workshop.objects.with_programme().get(pk=workshop.pk), timezone.now(), names=names)


def titles(workshop):
    return [step.title for step in next_steps(cockpit_of(workshop))]


# What is gathered


def test_notes_are_counted_by_theme_and_table_for_the_open_session():
    workshop, [gelso, olmo], session, [mobility, food] = a_day()
    earlier = make_session(workshop, state="closed")
    make_note(gelso, session, theme=mobility)
    make_note(gelso, session, theme=food)
    make_note(olmo, session)
    make_note(olmo, earlier, theme=food)
    cockpit = cockpit_of(workshop)
    assert [table.notes for table in cockpit.tables] == [2, 1]
    assert cockpit.heat_rows == [(mobility, [1, 0]), (food, [1, 0])]
    assert cockpit.notes == 3


def test_between_sessions_the_notes_of_the_whole_day_are_counted():
    workshop, [gelso, olmo], session, _themes = a_day()
    make_note(gelso, session)
    make_note(olmo, make_session(workshop, state="closed"))
    Session.objects.update(state=SessionState.CLOSED, closed_at=timezone.now())
    assert [table.notes for table in cockpit_of(workshop).tables] == [1, 1]


def test_deleted_notes_count_for_nothing():
    workshop, [gelso, _olmo], session, _themes = a_day()
    make_note(gelso, session)
    Note.objects.update(deleted=True)
    cockpit = cockpit_of(workshop)
    assert (cockpit.notes, cockpit.coming_in, cockpit.tables[0].last) == (0, [], None)


def test_the_newest_notes_come_in_first_and_each_table_shows_its_last():
    workshop, [gelso, olmo], session, _themes = a_day()
    notes = {}
    for minutes_ago, group, text in ((9, gelso, "first"), (6, olmo, "second"), (1, gelso, "third")):
        notes[text] = make_note(group, session, text)
        written(notes[text], minutes_ago)
    cockpit = cockpit_of(workshop)
    assert [note.text for note in cockpit.coming_in] == ["third", "second", "first"]
    assert [table.last.text for table in cockpit.tables] == ["third", "second"]
    assert cockpit.notes_lately == 1


def test_the_pace_counts_notes_in_five_minutes_since_the_opening():
    workshop, [gelso, olmo], session, _themes = a_day()
    for minutes_ago in (21, 20, 11, 1):
        written(make_note(gelso, session), minutes_ago)
    written(make_note(olmo, session), 21)
    Device.objects.filter(group=olmo).update(seen_at=timezone.now() - dt.timedelta(minutes=4))
    cockpit = cockpit_of(workshop)
    assert [table.pace for table in cockpit.tables] == [[2, 0, 1, 0, 1], [1, 0, 0, 0, None]]
    assert (cockpit.pace_highest, cockpit.pace_slots) == (2, 9)


def test_people_are_counted_and_the_late_and_their_needs_are_named():
    workshop, [gelso, _olmo], _session, _themes = a_day()
    Workshop.objects.update(places=3)
    teresa = make_registration(workshop, name="Teresa Donati", needs="hearing loop")
    make_registration(workshop, name="Carlo Ferri")
    make_registration(workshop, name="Ada Neri")
    make_registration(workshop, name="Waiting Wanda")
    seat(teresa, gelso, by=SYSTEM)
    check_in(teresa, by=SYSTEM)
    people = cockpit_of(workshop).people
    assert (people.confirmed, people.here, people.waiting, people.unseated) == (3, 1, 1, 2)
    assert people.late == ["Ada Neri", "Carlo Ferri"]
    assert people.needs == [("Teresa Donati", "hearing loop")]
    table = cockpit_of(workshop).tables[0]
    assert (table.expected, table.here, table.coming) == (1, 1, 0)


@pytest.mark.parametrize("groups", [1, 3])
def test_more_tables_need_no_more_queries(groups, django_assert_num_queries):
    workshop, tables, session, [mobility, _food] = a_day(groups)
    for table in tables:
        make_note(table, session, theme=mobility)
    workshop = Workshop.objects.with_programme().get(pk=workshop.pk)
    with django_assert_num_queries(15):
        next_steps(gather(workshop, timezone.now(), names=True))


@pytest.mark.parametrize("groups", [1, 3])
def test_the_refreshed_part_needs_no_more_queries_for_more_tables(client, groups, django_assert_num_queries):
    workshop, tables, session, [mobility, _food] = a_day(groups)
    for table in tables:
        make_note(table, session, theme=mobility)
    client.force_login(make_organiser(workshop.programme))
    with django_assert_num_queries(19):  # session, user, workshop, role, and the fifteen
        client.get(f"/en/org/w/{workshop.pk}/live/")


# What to do next


def test_a_quiet_day_asks_for_nothing():
    workshop, _tables, _session, _themes = a_day()
    Session.objects.update(ends_at=timezone.now() + dt.timedelta(minutes=30))
    assert titles(workshop) == []


def test_a_silent_tablet_is_told_with_the_time_and_the_code_for_another():
    workshop, [gelso, _olmo], _session, _themes = a_day()
    seen_at = timezone.now() - dt.timedelta(minutes=4)
    Device.objects.filter(group=gelso).update(seen_at=seen_at)
    type(gelso).objects.filter(pk=gelso.pk).update(code="408210")
    step = next_steps(cockpit_of(workshop))[0]
    assert step.title == f"Gelso’s tablet went silent at {timezone.localtime(seen_at):%H:%M}"
    assert step.why.endswith("The code of its table sheet is 408210.")


def test_tables_without_a_tablet_are_named_once_together():
    workshop, _tables, _session, _themes = a_day(groups=3)
    Device.objects.all().delete()
    assert titles(workshop) == ["No tablet at Gelso, Olmo and Tiglio yet"]


def test_a_theme_a_table_has_not_touched_is_told_when_little_time_is_left():
    workshop, [gelso, olmo], session, [mobility, _food] = a_day()
    for _note in range(3):
        make_note(gelso, session, theme=mobility)
    make_note(olmo, session, theme=mobility)  # one note: Olmo has only begun
    [step] = next_steps(cockpit_of(workshop))
    assert (step.title, step.why) == (
        "Gelso has nothing on Food yet",
        "22 minutes left. Suggest it to Ilaria and Youssef.",
    )
    Session.objects.update(ends_at=timezone.now() + dt.timedelta(minutes=40))
    assert titles(workshop) == []


def test_a_suggestion_opens_the_message_filled_in_for_that_table(client):
    workshop, [gelso, _olmo], session, [mobility, food] = a_day()
    for _note in range(3):
        make_note(gelso, session, theme=mobility)
    client.force_login(make_organiser(workshop.programme))
    [step] = next_steps(cockpit_of(workshop))
    form = client.get(step.url).context["message_form"]
    assert (str(form["table"].value()), form["text"].value()) == (
        str(gelso.pk),
        "Nobody has spoken of Food yet. Is there something to say?",
    )
    other = make_theme(make_workshop().programme)
    for about in (other.pk, "nothing"):
        assert client.get(step.url.replace(str(food.pk), str(about))).context["message_form"]["text"].value() is None


def test_a_new_draft_is_told_with_its_findings_and_the_notes_without_a_place():
    room = make_curated_room()
    ask = "Then ask the people who were there."
    [step] = next_steps(cockpit_of(room.workshop))
    assert (step.title, step.why) == ("The draft is ready", f"2 findings. 1 note to place. {ask}")
    Draft.objects.update(curated_at=timezone.now())
    Note.objects.filter(pk=room.notes[6].pk).update(deleted=True)
    [step] = next_steps(cockpit_of(room.workshop))
    assert (step.title, step.why) == ("Turn the notes into findings", f"2 findings. {ask}")
    Draft.objects.all().delete()
    [step] = next_steps(cockpit_of(room.workshop))
    assert (step.title, step.why) == ("Turn the notes into findings", ask)


def test_a_session_over_its_time_can_be_ended_from_the_list():
    workshop, _tables, session, _themes = a_day()
    Session.objects.update(ends_at=timezone.now() - dt.timedelta(minutes=1))
    [step] = next_steps(cockpit_of(workshop))
    assert (step.title, step.posts) == ("Time is up for Habits", True)
    assert step.url.endswith(f"/sessions/{session.pk}/close/")


def test_between_sessions_the_next_one_is_offered_and_after_the_last_the_summary():
    workshop, _tables, _session, _themes = a_day()
    Session.objects.update(state=SessionState.CLOSED, closed_at=timezone.now())
    assert titles(workshop) == ["Compile the notes"]
    make_session(workshop, title={"en": "Report"}, kind=SessionKind.REPORT)
    assert titles(workshop) == ["Start Report"]


def test_before_the_day_what_is_missing_comes_before_starting():
    workshop = make_workshop()
    assert titles(workshop) == ["Add at least one table.", "Add a session at the tables."]
    make_group(workshop)
    make_session(workshop)
    assert titles(workshop) == []


@pytest.mark.parametrize(("hours_before", "offered"), [(25, []), (23, ["Start the day"])])
def test_the_start_is_offered_from_the_day_before(hours_before, offered):
    workshop = make_workshop(starts_at=timezone.now() + dt.timedelta(hours=hours_before))
    make_group(workshop)
    make_session(workshop)
    assert titles(workshop) == offered


def test_late_notes_come_first():
    workshop, [gelso, _olmo], session, _themes = a_day()
    Device.objects.all().delete()
    Session.objects.update(state=SessionState.CLOSED, closed_at=timezone.now())
    apply_ops(gelso, [op_for_new_note(session)], by=Actor("device", str(uuid.uuid4())), name="Ilaria")
    assert titles(workshop)[0] == "1 late note waits for you"


# Who may see and do what


def test_observers_read_the_cockpit_without_names_and_without_buttons(client):
    workshop, [gelso, _olmo], session, _themes = a_day()
    make_registration(workshop, name="Carlo Ferri", needs="a quiet corner")
    make_note(gelso, session, "The bikes stay dry.")
    client.force_login(make_organiser(workshop.programme, role="observer", name="Olga Sala"))
    for url in (f"/en/org/w/{workshop.pk}/", f"/en/org/w/{workshop.pk}/live/"):
        page = client.get(url).content.decode()
        assert "The bikes stay dry." in page
        assert [word for word in ("Carlo", "quiet corner", "Ilaria", "Youssef", 'form="act"') if word in page] == []


@pytest.mark.parametrize(
    ("role", "named", "leads_to"),
    [
        (
            "organiser",
            "Organiser",
            "agenda/ data/ desk/ details/ history/ mail/ notes/ people/ replies/ summary/ tables/ wall/",
        ),
        ("observer", "Observer", "notes/"),
    ],
)
def test_the_side_bar_names_the_role_and_leads_only_where_it_may_go(client, role, named, leads_to):
    workshop, _groups, _session, _themes = a_day()
    client.force_login(make_organiser(workshop.programme, role=role, name="Olga Sala"))
    home = f"/en/org/w/{workshop.pk}/"
    rail = client.get(home).content.decode().split("</header>")[0]
    assert f'<span class="who">Olga Sala<span>{named}</span></span>' in rail
    nav = rail.split('<nav class="org-nav"')[1].split("</nav>")[0]
    assert sorted(set(re.findall(rf'href="{home}([^"]+)"', nav))) == leads_to.split()


@pytest.mark.parametrize("role", ["observer", "helper", None])
def test_only_organisers_press_buttons(client, role):
    workshop, [gelso, _olmo], session, _themes = a_day()
    user = make_organiser(workshop.programme, role=role) if role else make_organiser(make_programme())
    client.force_login(user)
    base = f"/en/org/w/{workshop.pk}"
    urls = [f"{base}/sessions/{session.pk}/{act}/" for act in ("open", "close", "extend", "ask")]
    urls += [f"{base}/go-live/", f"{base}/wall/mode/", f"{base}/devices/{gelso.devices.get().pk}/remove/"]
    before = Event.objects.count()
    assert {client.post(url).status_code for url in urls} == {404}
    assert Event.objects.count() == before


def test_a_stranger_is_asked_to_enter_and_a_helper_finds_nothing(client):
    workshop = make_workshop()
    assert client.get(f"/en/org/w/{workshop.pk}/").status_code == 302
    client.force_login(make_organiser(workshop.programme, role="helper"))
    assert client.get(f"/en/org/w/{workshop.pk}/").status_code == 404


@pytest.fixture
def organiser(client):
    """Presses buttons of a running day: `press("sessions/…/close/", minutes=5)`."""
    workshop, tables, session, _themes = a_day()
    client.force_login(make_organiser(workshop.programme))

    def press(path, **data):
        return client.post(f"/en/org/w/{workshop.pk}/{path}", data)

    press.workshop, press.session, press.tables, press.client = workshop, session, tables, client
    return press


def test_five_minutes_more_move_the_end(organiser):
    answer = organiser(f"sessions/{organiser.session.pk}/extend/", minutes="5")
    assert answer["Location"] == f"/en/org/w/{organiser.workshop.pk}/"
    assert Session.objects.get().ends_at - organiser.session.ends_at == dt.timedelta(minutes=5)


@pytest.mark.parametrize("minutes", ["0", "61", "-61", "many", ""])
def test_minutes_out_of_bounds_change_nothing(organiser, minutes):
    assert organiser(f"sessions/{organiser.session.pk}/extend/", minutes=minutes).status_code == 400
    assert Session.objects.get().ends_at == organiser.session.ends_at


def test_one_session_is_open_at_a_time(organiser):
    report = make_session(organiser.workshop, kind=SessionKind.REPORT)
    organiser(f"sessions/{report.pk}/open/")
    assert Session.objects.get(pk=report.pk).state == SessionState.PLANNED
    page = organiser.client.get(f"/en/org/w/{organiser.workshop.pk}/")
    assert [str(message) for message in page.context["messages"]] == ["End Habits first."]


@pytest.mark.parametrize(
    ("kind", "wall"),
    [
        ("arrival", "welcome"),
        ("plenary", "session"),
        ("tables", "session"),
        ("break", "session"),
        ("report", "report"),
        ("closing", "next"),
    ],
)
def test_opening_a_session_turns_the_wall_to_it(organiser, kind, wall):
    organiser(f"sessions/{organiser.session.pk}/close/")
    following = make_session(organiser.workshop, kind=kind)
    organiser(f"sessions/{following.pk}/open/")
    assert Session.objects.get(pk=following.pk).state == SessionState.OPEN
    assert Workshop.objects.get().wall_mode == wall


def test_a_session_ended_by_mistake_can_be_reopened(organiser):
    organiser(f"sessions/{organiser.session.pk}/close/")
    organiser(f"sessions/{organiser.session.pk}/open/")
    assert Session.objects.get().state == SessionState.OPEN


def test_a_session_does_not_open_before_the_day_starts(client):
    workshop = make_workshop()
    session = make_session(workshop)
    client.force_login(make_organiser(workshop.programme))
    client.post(f"/en/org/w/{workshop.pk}/sessions/{session.pk}/open/")
    assert Session.objects.get().state == SessionState.PLANNED


def test_starting_the_day_gives_tables_their_codes_or_says_what_is_missing(client):
    workshop = make_workshop()
    client.force_login(make_organiser(workshop.programme))
    client.post(f"/en/org/w/{workshop.pk}/go-live/")
    assert Workshop.objects.get().state == "announced"
    group = make_group(workshop)
    make_session(workshop)
    client.post(f"/en/org/w/{workshop.pk}/go-live/")
    group.refresh_from_db()
    assert (Workshop.objects.get().state, len(group.code)) == ("live", 6)


def test_a_question_of_another_session_cannot_be_asked(organiser):
    own, foreign = organiser.session.prompts.last(), make_session(make_workshop()).prompts.first()
    path = f"sessions/{organiser.session.pk}/ask/"
    assert [organiser(path, prompt=value).status_code for value in (foreign.pk, "", "x", own.pk)] == [
        404,
        404,
        404,
        302,
    ]
    assert Session.objects.get(pk=organiser.session.pk).asked == own


def test_the_wall_shows_what_was_chosen_and_nothing_made_up(organiser):
    assert organiser("wall/mode/", mode="fireworks").status_code == 400
    answer = organiser("wall/mode/", mode="next", **{"from": "wall"})
    assert answer["Location"] == f"/en/org/w/{organiser.workshop.pk}/wall/"
    assert Workshop.objects.get().wall_mode == "next"


def test_a_removed_tablet_is_off_its_table(organiser):
    device = organiser.tables[0].devices.get()
    organiser(f"devices/{device.pk}/remove/")
    assert cockpit_of(organiser.workshop).tables[0].devices == []
    foreign = make_device(make_group(make_workshop()))
    assert organiser(f"devices/{foreign.pk}/remove/").status_code == 404


def test_looking_changes_nothing(organiser):
    before = Event.objects.count()
    for path in ("", "live/", "notes/", "wall/", "notes.csv"):
        assert organiser.client.get(f"/en/org/w/{organiser.workshop.pk}/{path}").status_code == 200
    assert Event.objects.count() == before


def test_the_part_that_is_refreshed_holds_no_token_and_stays_the_same_while_nothing_happens(organiser):
    url = f"/en/org/w/{organiser.workshop.pk}/live/"
    make_note(organiser.tables[0], organiser.session)
    with time_machine.travel(timezone.now(), tick=False):
        page, again = (organiser.client.get(url).content.decode() for _time in range(2))
    assert "csrfmiddlewaretoken" not in page
    assert page == again


def test_the_cockpit_of_a_user_without_a_team_is_missing(client):
    client.force_login(make_user())
    assert client.get(f"/en/org/w/{make_workshop().pk}/").status_code == 404
