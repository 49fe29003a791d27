"""Agendas to start from: those known everywhere, and a programme's own."""

from __future__ import annotations

import pytest
from django.urls import reverse

from ledger.history import SYSTEM
from tests.factories import make_organiser, make_programme, make_session, make_theme, make_workshop
from workshops import agenda_templates as templates
from workshops.actions.agenda import add_initiative_to_rate
from workshops.actions.evening import move_session
from workshops.models import AgendaTemplate
from workshops.states import SessionKind, SessionState

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop():
    return make_workshop()


@pytest.fixture
def organiser(client, workshop):
    user = make_organiser(workshop.programme)
    client.force_login(user)
    return user


def post(client, route, *args, **data):
    return client.post(reverse(route, args=args), data, follow=True)


def test_templates_last_what_their_names_say():
    lasts = {key: template.minutes for key, template in templates.BUILT_IN.items()}
    assert lasts == {
        "two-hours": 120,
        "three-hours": 180,
        "evening": 150,
        "world-cafe": 135,
        "milan-evening": 180,
    }


@pytest.mark.parametrize("key", templates.BUILT_IN)
def test_each_template_gives_its_sessions_in_order_with_words_in_both_languages(workshop, key):
    templates.use_template(workshop, templates.BUILT_IN[key].blocks, by=SYSTEM)
    made = [(s.kind, s.minutes, sorted(s.title)) for s in workshop.sessions.all()]
    assert made == [(b["kind"], b["minutes"], ["en", "it"]) for b in templates.BUILT_IN[key].blocks]


def test_a_world_cafe_has_rounds_for_which_people_change_tables(workshop):
    templates.use_template(workshop, templates.BUILT_IN["world-cafe"].blocks, by=SYSTEM)
    rounds = workshop.sessions.at_the_tables()
    assert [(s.minutes, s.regroups, s.prompts.count()) for s in rounds] == [
        (20, False, 1),
        (20, True, 1),
        (20, True, 1),
    ]


def test_a_programme_in_one_language_gets_the_words_of_that_language():
    workshop = make_workshop(make_programme(languages=["it"]))
    templates.use_template(workshop, templates.BUILT_IN["two-hours"].blocks, by=SYSTEM)
    assert [sorted(session.title) for session in workshop.sessions.all()] == [["it"]] * 6


def test_an_agenda_is_kept_and_used_again_as_it_was_without_times_and_people(client, workshop, organiser):
    theme = make_theme(workshop.programme)
    session = make_session(
        workshop,
        prompts=2,
        minutes=35,
        rates=True,
        dots_per_person=4,
        kinds=["idea", "quote"],
        themes=[str(theme.pk)],
        regroups=True,
        roles={"it": "Serena apre"},
        materials={"it": "Penne"},
    )
    make_session(workshop, kind=SessionKind.BREAK, minutes=15, prompts=0)
    initiative = {"name": {"it": "Frigo"}, "short": {"it": "Frigo"}, "question": {"it": "Lo usi?"}, "theme": theme}
    add_initiative_to_rate(session, by=SYSTEM, **initiative)
    move_session(session, SessionState.OPEN, by=SYSTEM)
    post(client, "org_keep_template", workshop.pk, name="Frigo e bici")
    kept = AgendaTemplate.objects.get()
    later = make_workshop(workshop.programme)
    post(client, "org_agenda_template", later.pk, template=str(kept.pk))
    assert templates.blocks_of(later) == templates.blocks_of(workshop)
    assert [(s.state, s.opened_at) for s in later.sessions.all()] == [("planned", None)] * 2


def test_a_template_takes_the_place_of_an_agenda_that_has_not_begun(client, workshop, organiser):
    make_session(workshop, minutes=7)
    post(client, "org_agenda_template", workshop.pk, template="two-hours")
    assert sum(session.minutes for session in workshop.sessions.all()) == 120


def test_a_template_takes_no_place_once_a_session_has_been_opened(client, workshop, organiser):
    session = make_session(workshop, state=SessionState.OPEN)
    page = post(client, "org_agenda_template", workshop.pk, template="two-hours")
    assert "The day has begun: sessions that were opened stay." in page.content.decode()
    assert list(workshop.sessions.all()) == [session]


def test_a_template_nobody_knows_is_a_bad_request_and_a_foreign_one_too(client, workshop, organiser):
    foreign = make_workshop()
    make_session(foreign)
    kept = templates.keep_as_template(foreign, name="Loro", by=SYSTEM)
    for wanted in ("", "nonsense", str(kept.pk)):
        assert post(client, "org_agenda_template", workshop.pk, template=wanted).status_code == 400
    assert not workshop.sessions.exists()


def test_a_template_is_renamed_and_removed(client, workshop, organiser):
    kept = templates.keep_as_template(workshop, name="Una serata", by=SYSTEM)
    post(client, "org_rename_template", workshop.programme_id, kept.pk, name="Una mattina")
    kept.refresh_from_db()
    assert kept.name == "Una mattina"
    post(client, "org_remove_template", workshop.programme_id, kept.pk)
    assert not AgendaTemplate.objects.exists()


@pytest.mark.parametrize("name", ["Una serata", "UNA SERATA"])
def test_two_templates_of_a_programme_have_different_names(client, workshop, organiser, name):
    templates.keep_as_template(workshop, name="Una serata", by=SYSTEM)
    other = templates.keep_as_template(workshop, name="Una mattina", by=SYSTEM)
    said = "There is a template " + name + " already."
    assert said in post(client, "org_keep_template", workshop.pk, name=name).content.decode()
    assert said in post(client, "org_rename_template", workshop.programme_id, other.pk, name=name).content.decode()
    assert sorted(AgendaTemplate.objects.values_list("name", flat=True)) == ["Una mattina", "Una serata"]


def test_a_programme_keeps_thirty_templates_at_most(client, workshop, organiser):
    for number in range(templates.MOST_OWN):
        templates.keep_as_template(workshop, name=f"Serata {number}", by=SYSTEM)
    page = post(client, "org_keep_template", workshop.pk, name="Una di troppo")
    assert "A programme keeps 30 templates at most. Remove one first." in page.content.decode()
    assert AgendaTemplate.objects.count() == templates.MOST_OWN


def test_templates_of_another_programme_are_not_found(client, workshop, organiser):
    foreign = templates.keep_as_template(make_workshop(), name="Loro", by=SYSTEM)
    for name in ("org_rename_template", "org_remove_template"):
        assert post(client, name, workshop.programme_id, foreign.pk, name="Nostra").status_code == 404
    foreign.refresh_from_db()
    assert foreign.name == "Loro"


@pytest.mark.parametrize("own", [1, 3, 30])
def test_more_templates_need_no_more_queries(client, workshop, organiser, own, django_assert_num_queries):
    for number in range(own):
        templates.keep_as_template(workshop, name=f"Serata {number}", by=SYSTEM)
    with django_assert_num_queries(4):
        client.get(reverse("org_templates", args=[workshop.programme_id]))
