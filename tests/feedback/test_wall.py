"""What the projector shows, and what it must never show."""

import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone

from feedback.summary.actions import hide_words
from feedback.wall import Countdown, wall_picture_of
from ledger.history import SYSTEM
from participants.actions.door import check_in
from participants.actions.seats import seat
from tests.factories import make_group, make_note, make_registration, make_session, make_theme, make_workshop
from workshops.actions.evening import ask_prompt, move_session
from workshops.models import Session, Workshop
from workshops.states import SessionKind, WallMode

pytestmark = pytest.mark.django_db


def a_running_workshop(groups=2, kind=SessionKind.TABLES, minutes=45, **fields):
    """A workshop whose one session opened ten minutes ago."""
    workshop = make_workshop(state="live", **fields)
    tables = [make_group(workshop, name) for name in ("Gelso", "Olmo", "Tiglio")[:groups]]
    session = make_session(workshop, state="open", prompts=3, kind=kind)
    opened_at = timezone.now() - dt.timedelta(minutes=10)
    Session.objects.update(opened_at=opened_at, ends_at=opened_at + dt.timedelta(minutes=minutes))
    return workshop, tables, Session.objects.get(pk=session.pk)


def shown(workshop, mode, now=None):
    Workshop.objects.filter(pk=workshop.pk).update(wall_mode=mode)
    return wall_picture_of(Workshop.objects.get(pk=workshop.pk), now or timezone.now())


@pytest.mark.parametrize("mode", WallMode.values)
def test_no_picture_names_a_person(client, mode):
    workshop, [gelso, _olmo], session = a_running_workshop()
    registration = make_registration(workshop, name="Rosalba Quintavalle", needs="hearing loop")
    seat(registration, gelso, by=SYSTEM)
    make_note(gelso, session, "The courtyard key is downstairs.")
    Workshop.objects.update(wall_mode=mode)
    for url in (f"/wall/{workshop.wall_secret}/", f"/wall/{workshop.wall_secret}/picture/"):
        page = client.get(url).content.decode()
        found = [name for name in ("Rosalba", "Quintavalle", "Ilaria", "Youssef", "hearing loop") if name in page]
        assert found == []


def test_a_wrong_secret_is_a_missing_page(client):
    make_workshop()
    assert client.get("/wall/nothing/").status_code == 404
    assert client.get("/wall/nothing/picture/").status_code == 404


def test_the_wall_lets_no_script_make_html_and_is_not_indexed(client):
    workshop = make_workshop()
    answer = client.get(f"/wall/{workshop.wall_secret}/")
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Robots-Tag"] == "noindex"


def test_the_wall_speaks_the_programmes_language_unless_the_address_asks_for_another(client):
    workshop = make_workshop()
    url = f"/wall/{workshop.wall_secret}/"
    english = {"accept-language": "en"}
    assert '<html lang="it" data-theme="light">' in client.get(url, headers=english).content.decode()
    assert '<html lang="en" data-theme="light">' in client.get(url, {"language": "en"}).content.decode()
    assert '<html lang="it" data-theme="light">' in client.get(url, {"language": "xx"}).content.decode()


def test_a_session_shows_its_question_its_clock_and_the_notes_of_that_session():
    workshop, [gelso, olmo], session = a_running_workshop()
    earlier = make_session(workshop, state="closed")
    make_note(gelso, session)
    make_note(gelso, session)
    make_note(olmo, earlier)
    picture = shown(workshop, WallMode.SESSION)
    assert [(table.group.name, table.notes) for table in picture.tables] == [("Gelso", 2), ("Olmo", 0)]
    assert (picture.prompt_no, picture.prompts, str(picture.prompt)) == (1, 3, str(session.prompts.first()))
    assert picture.clock.ends_at == session.ends_at


def test_the_question_asked_is_the_one_the_organiser_chose():
    workshop, _tables, session = a_running_workshop()
    ask_prompt(session, session.prompts.all()[2], by=SYSTEM)
    assert shown(workshop, WallMode.SESSION).prompt_no == 3


@pytest.mark.parametrize(
    ("length", "size"), [(64, ""), (65, ' class="wall-words-long"'), (121, ' class="wall-words-longer"')]
)
def test_the_longer_a_question_or_title_the_smaller_its_letters(client, length, size):
    words = "a" * length
    workshop, _tables, session = a_running_workshop(title={"en": words})
    session.prompts.update(text={"en": words})
    for mode, tag in ((WallMode.SESSION, "h2"), (WallMode.WELCOME, "h1")):
        Workshop.objects.update(wall_mode=mode)
        page = client.get(f"/wall/{workshop.wall_secret}/?language=en").content.decode()
        assert re.search(rf'<{tag}\s*{size} lang="en">{words}</{tag}>', page)


def test_seats_are_counts_of_people_expected_and_here():
    workshop, [gelso, _olmo], _session = a_running_workshop()
    for name in ("Ada", "Bo", "Cleo"):
        registration = make_registration(workshop, name=name)
        seat(registration, gelso, by=SYSTEM)
    check_in(registration, by=SYSTEM)
    table = shown(workshop, WallMode.SESSION).tables[0]
    assert (table.expected, table.here, table.coming, table.seats) == (3, 1, 2, 5)


def test_tables_that_report_share_the_time_in_their_order():
    workshop, _tables, session = a_running_workshop(groups=3, kind=SessionKind.REPORT, minutes=30)
    turns = []
    for minute in (0, 9, 10, 25, 40):
        picture = shown(workshop, WallMode.REPORT, session.opened_at + dt.timedelta(minutes=minute))
        following = picture.next_up.group.name if picture.next_up else None
        turns.append((picture.speaking.group.name, picture.clock.left, following))
    assert turns == [
        ("Gelso", "10:00", "Olmo"),
        ("Gelso", "1:00", "Olmo"),
        ("Olmo", "10:00", "Tiglio"),
        ("Tiglio", "5:00", None),
        ("Tiglio", "0:00", None),
    ]


def test_the_speaking_tables_most_dotted_notes_come_first_and_no_more_than_four():
    workshop, [gelso, olmo], session = a_running_workshop(kind=SessionKind.REPORT, minutes=40)
    for dots in (1, 5, 3, 2, 4):
        make_note(gelso, session, f"{dots} dots", dots=dots)
    make_note(olmo, session, "of another table", dots=9)
    assert [note.text for note in shown(workshop, WallMode.REPORT).notes] == ["5 dots", "4 dots", "3 dots", "2 dots"]


def test_without_a_report_session_the_notes_of_all_tables_are_shown():
    workshop, [gelso, olmo], session = a_running_workshop()
    theme = make_theme(workshop.programme)
    make_note(gelso, session, "of Gelso", dots=1, theme=theme)
    make_note(olmo, session, "of Olmo", dots=9)
    picture = shown(workshop, WallMode.REPORT)
    assert (picture.speaking, [note.text for note in picture.notes]) == (None, ["of Olmo", "of Gelso"])
    assert picture.themes == [(theme, 1)]


def test_no_name_in_a_note_reaches_the_wall():
    workshop, [gelso, _olmo], session = a_running_workshop()
    make_registration(workshop, name="Fatou Diop")
    texts = {
        3: "Signora Pina lends her drill.",
        2: "Fatou shares her car.",
        1: "The baker at number nine gives bread away.",
    }
    notes = [make_note(gelso, session, text, dots=dots) for dots, text in texts.items()]
    hide_words(notes[2], "the baker at number nine", "a shop", by=SYSTEM)
    assert [note.text for note in shown(workshop, WallMode.REPORT).notes] == [
        "[…] lends her drill.",
        "[…] shares her car.",
        "[a shop] gives bread away.",
    ]


@pytest.mark.parametrize("mode", WallMode.values)
@pytest.mark.parametrize("groups", [1, 3])
def test_more_tables_need_no_more_queries(client, django_assert_num_queries, mode, groups):
    workshop, tables, session = a_running_workshop(groups=groups)
    for table in tables:
        make_note(table, session, dots=1)
    Workshop.objects.update(wall_mode=mode)
    expected = {WallMode.WELCOME: 2, WallMode.NEXT: 3, WallMode.SESSION: 6, WallMode.DOTS: 9, WallMode.REPORT: 12}[mode]
    with django_assert_num_queries(expected):
        client.get(f"/wall/{workshop.wall_secret}/picture/")


def test_a_draft_has_no_page_to_point_to():
    assert shown(make_workshop(state="draft"), WallMode.WELCOME).qr == ""
    assert shown(make_workshop(), WallMode.WELCOME).address.startswith("localhost:8000/")


@pytest.mark.parametrize(
    ("minute", "left", "is_last", "is_up"),
    [(0, "45:00", False, False), (40, "5:00", True, False), (44.99, "0:00", True, False), (45, "0:00", True, True)],
)
def test_a_countdown_counts_in_whole_seconds_and_never_below_zero(minute, left, is_last, is_up):
    start = dt.datetime(2026, 4, 11, 10, 30, tzinfo=dt.UTC)
    clock = Countdown(start, start + dt.timedelta(minutes=45), start + dt.timedelta(minutes=minute))
    assert (clock.left, clock.is_last, clock.is_up) == (left, is_last, is_up)


def test_times_are_those_of_the_programmes_place(client):
    with time_machine.travel("2026-04-11T08:00:00Z", tick=False):
        workshop, _tables, _session = a_running_workshop(minutes=45)
        make_session(workshop, title={"it": "Pausa", "en": "Break"}, kind=SessionKind.BREAK)
        Workshop.objects.update(wall_mode=WallMode.SESSION)
        page = client.get(f"/wall/{workshop.wall_secret}/", {"language": "en"}).content.decode()
    assert "Break at 10:35" in page


def test_dots_show_the_most_dotted_notes_of_the_session_without_names():
    workshop, [gelso, olmo], session = a_running_workshop()
    bread, bikes = make_theme(workshop.programme, "Food"), make_theme(workshop.programme, "Mobility")
    make_note(gelso, session, "Bread left at seven, says Youssef", theme=bread, dots=3)
    make_note(olmo, session, "A cargo bike", theme=bikes, dots=5)
    make_note(olmo, session, "Nobody gave a dot", theme=bikes)
    before = make_session(workshop, state="closed")
    make_note(gelso, before, "Of the session before", theme=bread, dots=9)
    picture = shown(workshop, WallMode.DOTS)
    assert [(note.dots, note.text) for note in picture.notes] == [
        (5, "A cargo bike"),
        (3, "Bread left at seven, says [\u2026]"),
    ]
    assert (picture.dots, [(str(theme), count) for theme, count in picture.themes]) == (
        8,
        [("Food", 3), ("Mobility", 5)],
    )


def test_dots_of_the_whole_evening_are_shown_between_sessions():
    workshop, [gelso], session = a_running_workshop(groups=1)
    for number in range(7):
        make_note(gelso, session, f"Note {number}", dots=number + 1)
    move_session(session, "closed", by=SYSTEM)
    picture = shown(workshop, WallMode.DOTS)
    assert ([note.dots for note in picture.notes], picture.dots) == ([7, 6, 5, 4, 3, 2], 28)
