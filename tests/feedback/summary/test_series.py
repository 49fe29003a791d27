"""A point goes from one workshop into the next, and can be followed forwards and back."""

import uuid

import pytest
from django.utils import translation

from feedback.models import Carried, Outcome
from feedback.summary import actions, publish, series
from ledger.history import SYSTEM
from tests.factories import make_organiser, make_session, make_workshop
from tests.feedback.summary.rooms import make_curated_room
from workshops.actions.moving import NotReady
from workshops.models import Prompt, Workshop
from workshops.states import WorkshopState

pytestmark = pytest.mark.django_db


@pytest.fixture
def series_of_two():
    """A published workshop with a titled point, and the next one with a session at its tables."""
    room = make_curated_room()
    finding = room.draft.findings.order_by("order").first()
    actions.retitle(finding, title="Bikes for school", text="", revision=1, language="en", by=SYSTEM)
    actions.set_headline(room.draft, headline="We share a lot", lead="", language="en", by=SYSTEM)
    publish.publish(room.draft, by=SYSTEM)
    room.workshop.refresh_from_db()
    later = make_workshop(room.workshop.programme)
    return room, finding.pk, make_session(later)


def carry(series_of_two, as_what=series.AS_QUESTION):
    room, point, session = series_of_two
    return series.carry(room.workshop, point, session, as_what=as_what, by=SYSTEM)


def test_a_point_becomes_a_question_of_a_later_workshop(series_of_two):
    carried = carry(series_of_two)
    assert (dict(carried.prompt.text), carried.initiative) == ({"en": "Bikes for school"}, None)
    assert carried.prompt.session == series_of_two[2]


def test_a_point_becomes_something_to_rate(series_of_two):
    carried = carry(series_of_two, series.AS_INITIATIVE)
    carried.initiative.refresh_from_db()
    assert (str(carried.initiative.name), carried.prompt) == ("Bikes for school", None)
    assert carried.initiative.prompts.count() == 1


def test_it_goes_there_once_never_backwards_and_not_without_a_title(series_of_two):
    room, point, session = series_of_two
    carry(series_of_two)
    untitled = room.draft.findings.order_by("order").last()
    own = make_session(room.workshop)
    for wanted, where in ((point, session), (point, own), (untitled.pk, session)):
        with pytest.raises(NotReady):
            series.carry(room.workshop, wanted, where, as_what=series.AS_QUESTION, by=SYSTEM)
    with pytest.raises(series.NoSuchPoint):
        series.carry(room.workshop, uuid.uuid4(), session, as_what=series.AS_QUESTION, by=SYSTEM)
    assert (Carried.objects.count(), Prompt.objects.filter(session=session).count()) == (1, 2)


def test_it_is_followed_forwards_and_back_and_the_programme_says_what_became_of_it(series_of_two, client):
    room, point, session = series_of_two
    carried = carry(series_of_two, series.AS_INITIATIVE)
    page = client.get(f"/en/w/{room.workshop.slug}/said/").content.decode()
    assert f'<a href="/en/w/{session.workshop.slug}/">to be rated in workshop {session.workshop.number}</a>' in page
    Workshop.objects.filter(pk=session.workshop_id).update(state=WorkshopState.PUBLISHED)
    body = {"initiatives": [{"id": str(carried.initiative_id), "counts": [1, 0, 1, 2, 3]}]}
    Outcome.objects.create(workshop=session.workshop, headline={"en": "Rated"}, body=body)
    answer = "5 of 7 people would use it often or every week"
    assert answer in client.get(f"/en/w/{room.workshop.slug}/said/").content.decode()
    back = client.get(f"/en/w/{session.workshop.slug}/said/").content.decode()
    assert f'<a href="/en/w/{room.workshop.slug}/said/#finding-{point}" lang="en">Bikes for school</a>' in back
    programme = client.get(f"/en/p/{room.workshop.programme.slug}/").content.decode()
    assert ("What became of it" in programme, answer in programme) == (True, True)


def test_a_workshop_that_nobody_knows_of_is_no_step_of_the_way(series_of_two):
    room, _point, session = series_of_two
    Workshop.objects.filter(pk=session.workshop_id).update(state=WorkshopState.DRAFT)
    carry(series_of_two)
    assert [way.steps for way in series.ways_of(room.workshop.programme)] == [[]]


def test_that_it_went_on_stays_when_the_initiative_is_taken_out_again(series_of_two):
    carried = carry(series_of_two, series.AS_INITIATIVE)
    carried.initiative.delete()
    carried.refresh_from_db()
    assert (carried.initiative_id, str(carried.title)) == (None, "Bikes for school")


def test_the_organiser_hands_it_on_by_a_form(series_of_two, client):
    room, point, session = series_of_two
    client.force_login(make_organiser(room.workshop.programme))
    where = f"/en/org/w/{room.workshop.pk}/summary/carry/{point}/"
    assert "Bikes for school" in client.get(where).content.decode()
    with translation.override("en"):
        page = client.post(where, {"where": "", "as_what": "question"})
        assert page.context["form"].errors == {"where": ["Choose a session of a later workshop."]}
    client.post(where, {"where": session.pk, "as_what": "question"})
    assert Carried.objects.get().prompt.session == session
