"""Programmes, themes, new workshops, details and the steps between their states."""

import datetime as dt

import pytest
from django.urls import reverse

from ledger.history import SYSTEM
from ledger.models import Event
from tests.factories import make_organiser, make_programme, make_session, make_theme, make_user, make_workshop
from workshops.actions.details import change_details
from workshops.actions.moving import move_workshop
from workshops.models import Programme, Workshop
from workshops.states import TeamRole, WorkshopState

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme():
    return make_programme()


@pytest.fixture
def organiser(client, programme):
    user = make_organiser(programme)
    client.force_login(user)
    return user


def url(name, *args):
    return reverse(name, args=args)


def details_of(workshop, **changes):
    start = workshop.local_start
    return {
        "title_it": "Abitudini",
        "title_en": "Habits",
        "day": f"{start:%Y-%m-%d}",
        "hour": f"{start:%H:%M}",
        "minutes": 180,
        "doors_minutes": 15,
        "venue": "Casa di Quartiere",
        "address": "Via San Dionigi 36",
        "places": 18,
        "access": "public",
        "promotion": "at_once",
        "offer_hours": 48,
        "kinds": workshop.kinds,
        **changes,
    }


def test_whoever_is_in_no_team_sees_an_empty_page_and_cannot_start_a_programme(client):
    client.force_login(make_user())
    assert "Ask an organiser to add you to the team" in client.get(url("org_home")).content.decode()
    assert client.get(url("org_new_programme")).status_code == 403


def test_home_shows_only_programmes_of_the_own_teams(client, programme, organiser):
    make_programme(title={"it": "Altro", "en": "Something else"})
    shown = client.get(url("org_home")).context["programmes"]
    assert [(each.pk, each.may) for each in shown] == [(programme.pk, "organise")]


def test_a_new_programme_belongs_to_whoever_started_it(client, organiser):
    data = {
        "title_it": "Orti",
        "title_en": "Gardens",
        "organisation": "Orti Sud",
        "spoken": ["it", "en"],
        "zone_name": "Europe/Rome",
    }
    client.post(url("org_new_programme"), data)
    started = Programme.objects.get(organisation="Orti Sud")
    assert (started.slug, dict(started.title)) == ("orti", {"it": "Orti", "en": "Gardens"})
    assert [(seat.user, seat.role) for seat in started.team.all()] == [(organiser, TeamRole.OWNER)]


def test_an_unknown_time_zone_is_told_in_a_sentence(client, organiser):
    data = {"title_it": "Orti", "organisation": "Orti Sud", "spoken": ["it"], "zone_name": "Europe/Milan"}
    text = client.post(url("org_new_programme"), data).content.decode()
    assert "There is no such time zone. Write one like Europe/Rome." in text
    assert not Programme.objects.filter(organisation="Orti Sud").exists()


def test_a_text_in_a_language_no_longer_spoken_is_kept(client, programme, organiser):
    programme.languages = ["it"]
    programme.save()
    data = {"title_it": "Servizi", "organisation": "Lab", "spoken": ["it"], "zone_name": "Europe/Rome"}
    client.post(url("org_programme", programme.pk), data)
    programme.refresh_from_db()
    assert dict(programme.title) == {"en": "Shared urban services", "it": "Servizi"}


def test_themes_are_added_changed_and_removed(client, programme, organiser):
    kept = make_theme(programme, "Mobility")
    gone = make_theme(programme, "Energy")
    new = {"name_it": "Cibo", "name_en": "Food", "slot": 3, "icon": "carrot"}
    client.post(url("org_add_theme", programme.pk), new)
    client.post(url("org_change_theme", programme.pk, kept.pk), {**new, "name_it": "Bici", "icon": "bike"})
    client.post(url("org_remove_theme", programme.pk, gone.pk))
    themes = [(dict(theme.name), dict(theme.short), theme.slot, theme.icon) for theme in programme.themes.all()]
    assert themes == [
        ({"it": "Bici", "en": "Food"}, {"it": "Bici", "en": "Food"}, 3, "bike"),
        ({"it": "Cibo", "en": "Food"}, {"it": "Cibo", "en": "Food"}, 3, "carrot"),
    ]


def test_a_theme_of_another_programme_is_not_found(client, programme, organiser):
    foreign = make_theme(make_programme())
    assert client.post(url("org_remove_theme", programme.pk, foreign.pk)).status_code == 404


def test_a_new_workshop_starts_on_the_clock_of_its_town(client, programme, organiser):
    data = {"title_it": "Prova", "day": "2030-07-01", "hour": "18:00", "minutes": 180, "places": 18}
    client.post(url("org_new_workshop", programme.pk), {**data, "evening": "on"})
    workshop = programme.workshops.get()
    assert (workshop.starts_at, workshop.state, workshop.sessions.count()) == (
        dt.datetime(2030, 7, 1, 16, 0, tzinfo=dt.UTC),
        WorkshopState.DRAFT,
        7,
    )


def test_a_new_workshop_cannot_be_on_a_day_that_is_over(client, programme, organiser):
    data = {"title_it": "Prova", "day": "2020-07-01", "hour": "18:00", "minutes": 180, "places": 18}
    text = client.post(url("org_new_workshop", programme.pk), data).content.decode()
    assert "This day is over. Choose one to come." in text
    assert not programme.workshops.exists()


def test_details_are_saved_and_another_place_counts_up_the_calendar_entry(client, programme, organiser):
    workshop = make_workshop(programme)
    client.post(url("org_details", workshop.pk), details_of(workshop, venue="Salone"))
    client.post(url("org_details", workshop.pk), details_of(workshop, venue="Salone", doors_minutes=30))
    workshop.refresh_from_db()
    assert (workshop.venue, workshop.doors_minutes, workshop.calendar_sequence) == ("Salone", 30, 1)


def test_sign_up_that_closes_before_it_opens_is_told_and_nothing_is_written(client, programme, organiser):
    workshop = make_workshop(programme)
    dates = {"opens_at": "2030-03-02T10:00", "closes_at": "2030-03-01T10:00"}
    text = client.post(url("org_details", workshop.pk), details_of(workshop, **dates)).content.decode()
    assert "Sign-up must close after it opens." in text
    workshop.refresh_from_db()
    assert (workshop.opens_at, workshop.closes_at) == (None, None)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title_it": ""}, "Write a title."),
        ({"places": 0}, "There must be at least one place."),
        ({"minutes": 5}, "A workshop lasts at least 15 minutes."),
        ({"day": "soon"}, "Choose a date."),
        ({"hour": "late"}, "Write the time like 18:00."),
    ],
)
def test_each_wrong_detail_has_its_sentence(client, programme, organiser, wrong, sentence):
    workshop = make_workshop(programme)
    text = client.post(url("org_details", workshop.pk), details_of(workshop, **wrong)).content.decode()
    assert sentence in text


def test_a_draft_without_a_place_says_what_is_missing(client, programme, organiser):
    workshop = make_workshop(programme, state=WorkshopState.DRAFT, venue="")
    response = client.post(url("org_state", workshop.pk), {"to": "announced"}, follow=True)
    told = [str(message) for message in response.context["messages"]]
    assert told == ["Say where it takes place.", "Add at least one session to the agenda."]
    workshop.refresh_from_db()
    assert workshop.state == WorkshopState.DRAFT


def test_a_workshop_is_announced_cancelled_and_taken_up_again(client, programme, organiser):
    workshop = make_workshop(programme, state=WorkshopState.DRAFT)
    make_session(workshop)
    client.post(url("org_state", workshop.pk), {"to": "announced"})
    client.post(url("org_cancel", workshop.pk), {})
    client.post(url("org_state", workshop.pk), {"to": "draft"})
    moves = Event.objects.of(workshop).filter(verb="workshop.moved").values_list("data__after", flat=True)
    assert list(moves) == ["announced", "cancelled", "draft"]


@pytest.mark.parametrize("to", ["published", "compiling", "nonsense", ""])
def test_steps_that_belong_elsewhere_are_a_bad_request(client, programme, organiser, to):
    workshop = make_workshop(programme)
    assert client.post(url("org_state", workshop.pk), {"to": to}).status_code == 400
    assert Workshop.objects.get().state == WorkshopState.ANNOUNCED


def test_a_step_that_is_no_longer_possible_changes_nothing(client, programme, organiser):
    workshop = make_workshop(programme, state=WorkshopState.PUBLISHED)
    client.post(url("org_state", workshop.pk), {"to": "draft"})
    assert Workshop.objects.get().state == WorkshopState.PUBLISHED


def test_the_way_on_never_leaves_the_site(client, programme, organiser):
    workshop = make_workshop(programme)
    response = client.post(url("org_state", workshop.pk), {"to": "draft", "next": "https://elsewhere.example/"})
    assert response.url == url("org_details", workshop.pk)


@pytest.mark.parametrize("name", ["org_details", "org_agenda"])
@pytest.mark.parametrize("role", [None, TeamRole.HELPER, TeamRole.OBSERVER])
def test_the_plan_of_a_workshop_is_for_its_organisers(client, programme, name, role):
    workshop = make_workshop(programme)
    client.force_login(make_organiser(programme, role=role) if role else make_organiser(make_programme()))
    assert client.get(url(name, workshop.pk)).status_code == 404


def test_a_foreign_programme_is_not_found(client, organiser):
    foreign = make_programme()
    assert client.get(url("org_programme", foreign.pk)).status_code == 404
    assert client.get(url("org_new_workshop", foreign.pk)).status_code == 404


def test_whoever_has_not_entered_is_asked_to(client, programme):
    workshop = make_workshop(programme)
    response = client.get(url("org_details", workshop.pk))
    assert response.url == f"{url('account_request_login_code')}?next={url('org_details', workshop.pk)}"


@pytest.mark.parametrize("workshops", [1, 3])
def test_home_needs_no_more_queries_for_more_workshops(
    client, programme, organiser, workshops, django_assert_num_queries
):
    for _number in range(workshops):
        make_workshop(programme)
    with django_assert_num_queries(6):
        client.get(url("org_home"))


@pytest.mark.parametrize("goal", ["agenda", "-1", "//evil.example", "https://evil.example", "javascript:alert(1)"])
def test_after_a_step_nobody_is_led_to_another_site(client, programme, organiser, goal):
    workshop = make_workshop(programme)
    answer = client.post(url("org_state", workshop.pk), {"to": WorkshopState.DRAFT, "next": goal})
    own = goal if goal in ("agenda", "-1") else url("org_details", workshop.pk)
    assert (answer.status_code, answer["Location"]) == (302, own)


def test_a_move_keeps_the_calendar_count_of_whoever_was_faster(programme):
    workshop = make_workshop(programme)
    meanwhile = Workshop.objects.get(pk=workshop.pk)
    change_details(meanwhile, by=SYSTEM, venue="Biblioteca")
    move_workshop(workshop, WorkshopState.CANCELLED, by=SYSTEM)
    stored = Workshop.objects.get(pk=workshop.pk)
    assert (stored.calendar_sequence, workshop.calendar_sequence) == (1, 1)


def test_the_organiser_chooses_which_kinds_of_notes_tablets_offer(client, programme, organiser):
    workshop = make_workshop(programme)
    client.force_login(organiser)
    client.post(url("org_details", workshop.pk), details_of(workshop, kinds=["quote", "habit"]))
    workshop.refresh_from_db()
    assert workshop.kinds == ["habit", "quote"]
    for strange in ([], ["song"]):
        page = client.post(url("org_details", workshop.pk), details_of(workshop, kinds=strange))
        assert page.status_code == 200
    workshop.refresh_from_db()
    assert workshop.kinds == ["habit", "quote"]


def test_a_text_that_one_language_lacks_is_told_and_hinders_nothing(client, programme, organiser):
    fields = {"title": {"it": "Abitudini", "en": "Habits"}, "summary": {"it": "Poche righe"}}
    workshop = make_workshop(programme, state=WorkshopState.DRAFT, **fields)
    make_session(workshop)
    page = client.get(url("org_details", workshop.pk))
    assert page.context["untranslated"] == ["“summary” is missing in English."]
    client.post(url("org_state", workshop.pk), {"to": "announced"})
    assert Workshop.objects.get(pk=workshop.pk).state == WorkshopState.ANNOUNCED
