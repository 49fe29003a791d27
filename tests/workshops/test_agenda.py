"""The agenda builder: sums, moves at the edges, what stays once it was used."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from ledger.history import SYSTEM
from ledger.models import Event
from tests.factories import make_group, make_organiser, make_programme, make_session, make_theme, make_workshop
from workshops.actions.agenda import add_initiative
from workshops.actions.ordering import move_in_agenda
from workshops.actions.programmes import add_theme, remove_theme
from workshops.actions.removing import StillNeeded, remove
from workshops.models import Initiative, Prompt, Session, Workshop
from workshops.queries import agenda_of
from workshops.states import SessionKind, SessionState

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop():
    return make_workshop(starts_at=dt.datetime(2027, 4, 10, 16, 0, tzinfo=dt.UTC), minutes=120)


@pytest.fixture
def organiser(client, workshop):
    user = make_organiser(workshop.programme)
    client.force_login(user)
    return user


def url(name, *args):
    return reverse(name, args=args)


def order_of(workshop):
    return [session.minutes for session in workshop.sessions.order_by("order")]


def page(client, workshop, **query):
    return client.get(url("org_agenda", workshop.pk), query)


def test_an_agenda_that_fits_says_from_when_to_when(client, workshop, organiser):
    make_session(workshop, minutes=75)
    make_session(workshop, minutes=45, kind=SessionKind.PLENARY, prompts=0)
    assert "Everything fits, 18:00 to 20:00" in english(page(client, workshop))


def test_an_agenda_that_is_too_long_says_by_how_much_and_when_it_would_end(client, workshop, organiser):
    make_session(workshop, minutes=132)
    text = english(page(client, workshop))
    assert "12 minutes too long. Shorten a session or end at 20:12." in text


def english(response):
    return response.content.decode()


def test_sums_count_tables_together_and_breaks_apart(workshop):
    for kind, minutes in [
        (SessionKind.ARRIVAL, 10),
        (SessionKind.PLENARY, 15),
        (SessionKind.TABLES, 40),
        (SessionKind.BREAK, 20),
        (SessionKind.REPORT, 25),
    ]:
        make_session(workshop, kind=kind, minutes=minutes, prompts=0)
    plan = agenda_of(workshop)
    assert (plan.sums, plan.minutes, plan.spare, plan.too_long) == (
        {"tables": 40, "together": 40, "break": 30},
        110,
        10,
        0,
    )


def test_reporting_back_shares_its_minutes_among_the_tables(workshop):
    make_group(workshop)
    make_group(workshop)
    make_group(workshop)
    make_session(workshop, kind=SessionKind.REPORT, minutes=20, prompts=0)
    [report] = agenda_of(workshop).sessions
    assert (report.each, report.is_tight) == (6, True)


def test_ending_when_the_agenda_ends_changes_the_workshop_and_its_calendar_entry(client, workshop, organiser):
    make_session(workshop, minutes=132)
    client.post(url("org_agenda_end", workshop.pk))
    workshop.refresh_from_db()
    assert (workshop.minutes, workshop.calendar_sequence) == (132, 1)


@pytest.mark.parametrize(
    ("which", "to", "expected"),
    [
        (0, "up", [10, 20, 30]),
        (0, "down", [20, 10, 30]),
        (2, "down", [10, 20, 30]),
        (2, "up", [10, 30, 20]),
    ],
)
def test_sessions_move_one_place_and_stop_at_the_edges(client, workshop, organiser, which, to, expected):
    sessions = [make_session(workshop, minutes=minutes) for minutes in (10, 20, 30)]
    client.post(url("org_move_session", workshop.pk, sessions[which].pk), {"to": to})
    assert order_of(workshop) == expected


def test_a_direction_that_is_none_is_a_bad_request(client, workshop, organiser):
    session = make_session(workshop)
    assert client.post(url("org_move_session", workshop.pk, session.pk), {"to": "left"}).status_code == 400


def test_a_new_session_has_a_name_in_each_language(client, workshop, organiser):
    response = client.post(url("org_add_session", workshop.pk), {"kind": "break"})
    session = workshop.sessions.get()
    assert (session.minutes, sorted(session.title), session.dots_per_person) == (15, ["en", "it"], 0)
    assert response.url == f"{url('org_agenda', workshop.pk)}?session={session.pk}#editor"


def test_an_unknown_kind_of_session_is_a_bad_request(client, workshop, organiser):
    assert client.post(url("org_add_session", workshop.pk), {"kind": "dance"}).status_code == 400
    assert not workshop.sessions.exists()


def test_saving_a_session_writes_its_fields_and_one_event(client, workshop, organiser):
    session = make_session(workshop)
    data = {"title_it": "Abitudini", "title_en": "Ways", "minutes": 50, "kind": "tables", "dots_per_person": 2}
    client.post(url("org_change_session", workshop.pk, session.pk), data | {"rates": "on"})
    session.refresh_from_db()
    saved = (dict(session.title), session.minutes, session.dots_per_person, session.rates)
    assert saved == ({"it": "Abitudini", "en": "Ways"}, 50, 2, True)
    assert [event.data for event in Event.objects.of(session).filter(verb="session.changed")] == [
        {"fields": ["dots_per_person", "minutes", "rates", "title"]}
    ]


def test_bad_minutes_are_told_and_nothing_is_written(client, workshop, organiser):
    session = make_session(workshop, minutes=45)
    data = {"title_it": "Cambiato", "title_en": "", "minutes": 0, "kind": "tables", "dots_per_person": 0}
    text = english(client.post(url("org_change_session", workshop.pk, session.pk), data))
    assert "A session takes at least 1 minute." in text
    assert 'value="Cambiato"' in text
    session.refresh_from_db()
    assert (session.minutes, session.title["it"]) == (45, "Abitudini")


def test_a_session_that_was_opened_cannot_be_removed(client, workshop, organiser):
    opened, planned = make_session(workshop, state=SessionState.OPEN), make_session(workshop)
    client.post(url("org_remove_session", workshop.pk, opened.pk))
    client.post(url("org_remove_session", workshop.pk, planned.pk))
    assert list(workshop.sessions.all()) == [opened]


@pytest.mark.parametrize(
    ("minutes", "told"), [(45, ""), (132, " 12 minutes too long. Shorten a session or end at 20:12.")]
)
def test_what_was_saved_is_said_where_the_page_opens_and_whether_it_still_fits(
    client, workshop, organiser, minutes, told
):
    session = make_session(workshop)
    data = {"title_it": "Abitudini", "minutes": minutes, "kind": "tables", "dots_per_person": 3}
    saved = client.post(url("org_change_session", workshop.pk, session.pk), data, follow=True)
    before, editor = english(saved).split('id="editor"')
    [words] = re.findall(r"<p>Saved at \d\d:\d\d\.(.*)</p>", editor)
    assert (words, "Saved at" in before) == (told, False)
    prompt = session.prompts.get()
    saved = client.post(url("org_change_prompt", workshop.pk, prompt.pk), {"text_it": "Prima?"}, follow=True)
    before, questions = english(saved).split('id="questions"')
    assert ("Saved at" in before, "Saved at" in questions) == (False, True)


def test_why_an_opened_session_stays_is_said_in_its_editor(client, workshop, organiser):
    session = make_session(workshop, state=SessionState.OPEN)
    before, editor = english(client.post(url("org_remove_session", workshop.pk, session.pk), follow=True)).split(
        'id="editor"'
    )
    why = "This session has been opened, so it stays: its notes belong to it."
    assert (why in before, why in editor) == (False, True)


def test_questions_are_added_moved_changed_and_removed(client, workshop, organiser):
    session = make_session(workshop, prompts=2)
    first, second = session.prompts.all()
    client.post(url("org_add_prompt", workshop.pk, session.pk), {"text_it": "Terza?", "text_en": ""})
    third = session.prompts.last()
    client.post(url("org_move_prompt", workshop.pk, third.pk), {"to": "up"})
    client.post(url("org_change_prompt", workshop.pk, first.pk), {"text_it": "Prima?", "text_en": "First?"})
    client.post(url("org_remove_prompt", workshop.pk, second.pk))
    assert [dict(prompt.text) for prompt in session.prompts.all()] == [
        {"it": "Prima?", "en": "First?"},
        {"it": "Terza?"},
    ]


@pytest.mark.parametrize(
    ("which", "to", "expected"),
    [(0, "3", [20, 30, 10]), (2, "1", [30, 10, 20]), (1, "99", [10, 30, 20]), (1, "2", [10, 20, 30])],
)
def test_sessions_are_put_at_a_place_and_the_times_follow(client, workshop, organiser, which, to, expected):
    sessions = [make_session(workshop, minutes=minutes) for minutes in (10, 20, 30)]
    client.post(url("org_move_session", workshop.pk, sessions[which].pk), {"to": to})
    starts = [f"{session.planned_at:%H:%M}" for session in agenda_of(workshop).sessions]
    first, second, _third = expected
    assert (order_of(workshop), starts) == (
        expected,
        ["18:00", f"18:{first:02}", f"18:{first + second:02}" if first + second < 60 else "19:00"],
    )


@pytest.mark.parametrize("to", ["0", "-1", "99999", "²", "2.5", ""])
def test_a_place_that_is_none_is_a_bad_request(client, workshop, organiser, to):
    session = make_session(workshop)
    prompt = session.prompts.get()
    statuses = [
        client.post(url("org_move_session", workshop.pk, session.pk), {"to": to}).status_code,
        client.post(url("org_move_prompt", workshop.pk, prompt.pk), {"to": to}).status_code,
    ]
    assert statuses == [400, 400]


def test_an_initiative_comes_with_its_question_and_a_short_name(client, workshop, organiser):
    session = make_session(workshop, prompts=0, rates=True)
    theme = make_theme(workshop.programme)
    data = {"name_it": "Frigo solidale", "question_it": "Lo useresti?", "theme": str(theme.pk)}
    client.post(url("org_add_initiative", workshop.pk, session.pk), data)
    initiative = workshop.initiatives.get()
    saved = (dict(initiative.name), dict(initiative.short), initiative.theme)
    assert saved == ({"it": "Frigo solidale"}, {"it": "Frigo solidale"}, theme)
    assert [(dict(p.text), p.initiative) for p in session.prompts.all()] == [({"it": "Lo useresti?"}, initiative)]


def test_an_initiative_takes_no_theme_of_another_programme(client, workshop, organiser):
    session = make_session(workshop, prompts=0, rates=True)
    foreign = make_theme(make_programme())
    data = {"name_it": "Frigo", "theme": str(foreign.pk)}
    client.post(url("org_add_initiative", workshop.pk, session.pk), data)
    assert not Initiative.objects.exists()


def test_the_agenda_of_an_evening_fills_an_empty_agenda_once(client, workshop, organiser):
    client.post(url("org_agenda_template", workshop.pk), {"template": "milan-evening"})
    client.post(url("org_agenda_template", workshop.pk), {"template": "milan-evening"})
    assert sum(order_of(workshop)) == 180
    assert workshop.sessions.count() == 7


def test_an_unknown_session_in_the_address_leads_back_to_the_agenda(client, workshop, organiser):
    make_session(workshop)
    response = page(client, workshop, session="nonsense")
    assert (response.status_code, response.url) == (302, url("org_agenda", workshop.pk))


def test_questions_of_a_foreign_workshop_are_not_found(client, workshop, organiser):
    foreign = make_session(make_workshop())
    prompt = foreign.prompts.get()
    assert client.post(url("org_remove_prompt", workshop.pk, prompt.pk)).status_code == 404
    assert client.post(url("org_remove_session", workshop.pk, foreign.pk)).status_code == 404
    assert (Prompt.objects.count(), Session.objects.count()) == (1, 1)


@pytest.mark.parametrize("sessions", [1, 3, 60])
def test_a_longer_agenda_needs_no_more_queries(client, workshop, organiser, sessions, django_assert_num_queries):
    for _number in range(sessions):
        make_session(workshop, prompts=3)
    add_initiative(workshop, by=SYSTEM, name={"it": "Frigo"}, short={"it": "Frigo"})
    with django_assert_num_queries(12):
        page(client, workshop)


def test_swapping_records_who_moved_what(workshop):
    first, _second = make_session(workshop), make_session(workshop)
    assert move_in_agenda(first, up=False, by=SYSTEM)
    assert Event.objects.of(first).last().verb == "session.reordered"
    assert Workshop.objects.get(pk=workshop.pk).sessions.last() == first


def test_a_session_opened_a_moment_ago_stays_though_the_page_is_older(workshop):
    session = make_session(workshop)
    prompt = session.prompts.first()
    prompt.session  # noqa: B018 - as the page read it
    now = timezone.now()
    Session.objects.filter(pk=session.pk).update(opened_at=now, ends_at=now + dt.timedelta(hours=1))
    for thing in (session, prompt):
        with pytest.raises(StillNeeded):
            remove(thing, by=SYSTEM, workshop=workshop)


def test_the_editor_offers_each_theme_once_in_the_language_of_the_page(client, workshop, organiser):
    session = make_session(workshop, kinds=["idea"])
    add_theme(workshop.programme, by=SYSTEM, name={"it": "Cibo", "en": "Food"}, short={"en": "Food"})
    form = page(client, workshop, session=session.pk).context["form"]
    assert [label for _key, label in form.fields["themes"].choices] == ["Food"]
    assert form["kinds"].initial == ["idea"]


def test_what_tablets_offer_is_kept_at_the_tables_only(client, workshop, organiser):
    session, theme = make_session(workshop), make_theme(workshop.programme)
    data = {"title_it": "Idee", "minutes": 30, "dots_per_person": 3, "regroups": "on", "kinds": ["quote", "idea"]}
    data |= {"themes": [str(theme.pk)], "roles_it": "Serena apre", "materials_it": "Penne"}
    seen = []
    for kind in ("tables", "plenary"):
        client.post(url("org_change_session", workshop.pk, session.pk), data | {"kind": kind})
        session.refresh_from_db()
        seen.append((session.kinds, session.themes, session.regroups, session.dots_per_person, dict(session.roles)))
    assert seen == [
        (["idea", "quote"], [str(theme.pk)], True, 3, {"it": "Serena apre"}),
        ([], [], False, 0, {"it": "Serena apre"}),
    ]


def test_a_theme_that_is_gone_narrows_nothing_down(workshop):
    kept, gone = make_theme(workshop.programme, "Food"), make_theme(workshop.programme, "Energy")
    session = make_session(workshop, themes=[str(gone.pk)])
    remove_theme(gone, by=SYSTEM)
    assert session.themes_offered(workshop.programme.themes.all()) == [kept]


def test_the_preview_shows_what_the_tablet_offers_in_the_session(client, workshop, organiser):
    theme = make_theme(workshop.programme, "Food")
    make_theme(workshop.programme, "Energy")
    make_session(workshop)
    session = make_session(workshop, prompts=2, kinds=["idea"], themes=[str(theme.pk)], dots_per_person=3)
    shown = client.get(url("org_agenda_preview", workshop.pk), {"session": session.pk})
    context = shown.context
    assert (context["session"], context["kinds"], context["themes"]) == (session, ["idea"], [theme])
    text = english(shown)
    words = ("Question 2?", "Idea", "Food", "3 dots for each person.", "Energy", "Concern")
    assert [word for word in words if word in text] == list(words[:4])


def test_the_preview_of_an_agenda_without_tables_says_so(client, workshop, organiser):
    make_session(workshop, kind=SessionKind.BREAK, prompts=0)
    assert "No session at the tables yet" in english(client.get(url("org_agenda_preview", workshop.pk)))
