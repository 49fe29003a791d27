"""One step back in the agenda, with the same ids, and never over what people have worked with."""

from __future__ import annotations

import pytest
from django.urls import reverse

from ledger.history import SYSTEM
from tests.factories import make_group, make_note, make_organiser, make_session, make_theme, make_workshop
from workshops import undo
from workshops.actions.agenda import add_initiative_to_rate
from workshops.actions.evening import ask_prompt, move_session
from workshops.models import AgendaStep, Prompt, Session
from workshops.states import SessionState

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop():
    return make_workshop()


@pytest.fixture
def organiser(client, workshop):
    user = make_organiser(workshop.programme)
    client.force_login(user)
    return user


def post(client, name, *args, **data):
    return client.post(reverse(name, args=args), data)


def session_form(**changed):
    return {
        "title_it": "Abitudini",
        "title_en": "Habits",
        "minutes": 45,
        "kind": "tables",
        "dots_per_person": 0,
    } | changed


def test_each_change_is_undone_and_leaves_the_agenda_as_it_was(client, workshop, organiser):
    theme = make_theme(workshop.programme)
    session, other = make_session(workshop, prompts=2, rates=True), make_session(workshop, prompts=0)
    first, second = session.prompts.all()
    initiative = add_initiative_to_rate(
        session, by=SYSTEM, name={"it": "Frigo"}, short={"it": "Frigo"}, question={"it": "Lo usi?"}, theme=theme
    )
    before, at = undo.agenda_now(workshop), workshop.pk
    changes = [
        ("org_add_session", (at,), {"kind": "break"}),
        ("org_change_session", (at, session.pk), session_form(minutes=60, roles_en="Serena opens", kinds=["idea"])),
        ("org_move_session", (at, session.pk), {"to": "down"}),
        ("org_move_session", (at, session.pk), {"to": "2"}),
        ("org_remove_session", (at, session.pk), {}),
        ("org_remove_session", (at, other.pk), {}),
        ("org_add_prompt", (at, session.pk), {"text_it": "Terza?"}),
        ("org_change_prompt", (at, first.pk), {"text_it": "Altre parole?"}),
        ("org_move_prompt", (at, first.pk), {"to": "2"}),
        ("org_remove_prompt", (at, second.pk), {}),
        ("org_add_initiative", (at, session.pk), {"name_it": "Bici", "question_it": "La usi?"}),
        ("org_change_initiative", (at, initiative.pk), {"name_it": "Frigo solidale"}),
        ("org_remove_initiative", (at, initiative.pk), {}),
        ("org_agenda_template", (at,), {"template": "two-hours"}),
    ]
    for name, args, data in changes:
        post(client, name, *args, **data)
        assert undo.agenda_now(workshop) != before, name
        post(client, "org_agenda_undo", at)
        assert undo.agenda_now(workshop) == before, name
    assert not workshop.agenda_steps.exists()


def test_several_changes_are_undone_one_after_the_other_the_last_one_first(client, workshop, organiser):
    session = make_session(workshop, minutes=45)
    for minutes in (50, 55, 60):
        post(client, "org_change_session", workshop.pk, session.pk, **session_form(minutes=minutes))
    seen = []
    for _press in range(4):
        post(client, "org_agenda_undo", workshop.pk)
        seen.append(Session.objects.get(pk=session.pk).minutes)
    assert seen == [55, 50, 45, 45]


def test_what_changes_nothing_and_what_is_refused_keeps_no_step(client, workshop, organiser):
    session = make_session(workshop)
    post(client, "org_change_session", workshop.pk, session.pk, **session_form())
    post(client, "org_change_session", workshop.pk, session.pk, **session_form(minutes=0))
    post(client, "org_move_session", workshop.pk, session.pk, to="up")
    assert not AgendaStep.objects.exists()


def test_the_last_twenty_changes_are_kept(client, workshop, organiser):
    session = make_session(workshop, minutes=45)
    for minutes in range(46, 46 + undo.STEPS_KEPT + 3):
        post(client, "org_change_session", workshop.pk, session.pk, **session_form(minutes=minutes))
    kept = [step.before["Session"][str(session.pk)]["minutes"] for step in workshop.agenda_steps.all()]
    assert kept == list(range(45 + undo.STEPS_KEPT + 2, 47, -1))


def test_a_session_that_was_opened_meanwhile_stays_and_so_does_the_step(client, workshop, organiser):
    make_session(workshop)
    post(client, "org_add_session", workshop.pk, kind="break")
    added = workshop.sessions.get(kind="break")
    move_session(added, SessionState.OPEN, by=SYSTEM)
    response = client.post(reverse("org_agenda_undo", args=[workshop.pk]), follow=True)
    assert "What came with the last change is in use by now, so it stays." in response.content.decode()
    assert (workshop.sessions.count(), workshop.agenda_steps.count()) == (2, 1)


def test_going_back_leaves_the_day_as_it_is(client, workshop, organiser):
    session = make_session(workshop, minutes=45)
    post(client, "org_change_session", workshop.pk, session.pk, **session_form(minutes=60))
    move_session(session, SessionState.OPEN, by=SYSTEM)
    opened = Session.objects.get(pk=session.pk)
    post(client, "org_agenda_undo", workshop.pk)
    now = Session.objects.get(pk=session.pk)
    assert (now.minutes, now.state, now.opened_at, now.ends_at) == (45, "open", opened.opened_at, opened.ends_at)


def test_notes_keep_the_words_of_their_question_when_it_is_reworded_on_the_day(client, workshop, organiser):
    session = make_session(workshop, state=SessionState.OPEN, prompts=1)
    old = session.prompts.get()
    note = make_note(make_group(workshop), session)
    post(client, "org_change_prompt", workshop.pk, old.pk, text_it="Altre parole?", text_en="Other words?")
    [new] = session.prompts.all()
    later = make_note(make_group(workshop), session)
    note.refresh_from_db()
    assert [dict(p.text) for p in (note.prompt, later.prompt)] == [
        {"it": "Domanda 1?", "en": "Question 1?"},
        {"it": "Altre parole?", "en": "Other words?"},
    ]
    assert (new.pk != old.pk, new.order) == (True, old.order)


def test_undoing_new_words_keeps_the_words_of_notes_that_answered_them(client, workshop, organiser):
    session = make_session(workshop, state=SessionState.OPEN, prompts=1)
    old = session.prompts.get()
    post(client, "org_change_prompt", workshop.pk, old.pk, text_it="Altre parole?", text_en="Other words?")
    note = make_note(make_group(workshop), session)
    post(client, "org_agenda_undo", workshop.pk)
    note.refresh_from_db()
    assert [p.pk for p in session.prompts.all()] == [old.pk]
    assert dict(note.prompt.text) == {"it": "Altre parole?", "en": "Other words?"}


def test_a_question_taken_out_on_the_day_is_asked_no_more_and_its_notes_keep_it(client, workshop, organiser):
    session = make_session(workshop, state=SessionState.OPEN, prompts=2)
    first, second = session.prompts.all()
    note = make_note(make_group(workshop), session)
    ask_prompt(session, first, by=SYSTEM)
    post(client, "org_remove_prompt", workshop.pk, first.pk)
    note.refresh_from_db()
    session.refresh_from_db()
    assert (list(session.prompts.all()), note.prompt, session.asked) == ([second], first, None)


def test_the_question_on_the_wall_is_asked_in_its_new_words(client, workshop, organiser):
    session = make_session(workshop, state=SessionState.OPEN, prompts=1)
    ask_prompt(session, session.prompts.get(), by=SYSTEM)
    post(client, "org_change_prompt", workshop.pk, session.prompts.get().pk, text_it="Altre?", text_en="Other?")
    session.refresh_from_db()
    assert session.asked == session.prompts.get()


def test_before_the_day_a_question_is_only_reworded(client, workshop, organiser):
    session = make_session(workshop, prompts=1)
    old = session.prompts.get()
    post(client, "org_change_prompt", workshop.pk, old.pk, text_it="Altre?", text_en="Other?")
    assert [(p.pk, dict(p.text)) for p in Prompt.every.all()] == [(old.pk, {"it": "Altre?", "en": "Other?"})]


def test_undo_with_nothing_to_undo_says_so(client, workshop, organiser):
    response = client.post(reverse("org_agenda_undo", args=[workshop.pk]), follow=True)
    assert "There is no change to undo." in response.content.decode()
