"""Small counts are found and listed before anything is published: one too many rather than one missed."""

import pytest
from django.utils import translation

from feedback.models import Finding, Note, Outcome, RatingTally
from feedback.summary import actions, publish
from feedback.summary.small import few_people, small_counts
from ledger.history import SYSTEM
from participants.models import Seat
from tests.factories import make_organiser, make_registration
from tests.feedback.summary.rooms import make_curated_room
from workshops.actions.agenda import add_initiative
from workshops.actions.moving import NotReady
from workshops.states import WorkshopState

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Two of us clean the fridge.", ["Two"]),
        ("3 families share a car, and 1 does not.", ["3", "1"]),
        ("Only one has a key. The only shop is closed.", ["Only one", "The only"]),
        ("A young mother asked for a ramp.", ["A young mother"]),
        ("One of us is deaf.", ["One of us"]),
        ("Due persone puliscono, una signora no.", ["Due", "una signora"]),
        ("Solo una ha la chiave; l’unica panetteria chiude.", ["Solo una", "l’unica"]),
        ("Uno di noi non vede.", ["Uno di noi"]),
        ("Twelve people, 14 notes, bus 77, at 3:30 on 2/4 for 1.50 euro, 4% less.", []),
        ("A shared fridge, one idea, un’idea, una bici.", []),
        ("Sharing is already neighbours’ work and tenants know it, dai vicini ai vicini.", []),
        ("Two tables met 3 times; due tavoli, tre volte in quattro anni.", []),
        ("", []),
    ],
)
def test_words_that_count_few_people(text, words):
    assert few_people(text) == words


@pytest.fixture
def room():
    room = make_curated_room()
    actions.set_headline(room.draft, headline="We share.", lead="", language="en", by=SYSTEM)
    return room


def told(room):
    with translation.override("en"):
        return [(small.finding.pk if small.finding else None, small.sentence) for small in small_counts(room.draft)]


def test_a_draft_without_small_counts_has_none(room):
    assert told(room) == []


def test_each_place_where_few_people_show_is_named_with_its_finding(room):
    bikes, fridge = Finding.objects.order_by("order")
    alone = actions.place_in_new_finding(room.draft, room.notes[6], by=SYSTEM)
    left_out = actions.place_in_new_finding(room.draft, room.note("Said once, left out.", theme=1), by=SYSTEM)
    actions.hide(left_out, why="Said in jest.", by=SYSTEM)
    actions.place_note(room.draft, room.notes[4], None, by=SYSTEM)
    Note.objects.filter(pk=room.notes[0].pk).update(disagreed=1, backers=9)
    Note.objects.filter(pk=room.notes[1].pk).update(backers=3)
    actions.retitle(bikes, title="Two of us ride", text="", revision=1, language="en", by=SYSTEM)
    actions.set_headline(room.draft, headline="We share.", lead="A mother asked.", language="en", by=SYSTEM)
    initiative = add_initiative(room.workshop, by=SYSTEM, name={"en": "Library"}, short={"en": "Library"})
    tally = {"session": room.session, "initiative": initiative, "group": room.tables[0]}
    RatingTally.objects.create(**tally, answer=5, people=4)
    assert told(room) == [
        (bikes.pk, "At least 1 person disagreed."),
        (bikes.pk, "“Two” may count few people: Two of us ride"),
        (fridge.pk, "It was heard at one table only, Olmo."),
        (alone.pk, "One note stands behind it, from Table Olmo."),
        (None, "“A mother” may count few people: A mother asked."),
        (None, "4 people answered about “Library”."),
    ]
    RatingTally.objects.create(**tally, answer=4, people=1)
    assert len(told(room)) == 5


def test_a_quote_from_a_table_of_few_people_is_named(room):
    bikes = Finding.objects.order_by("order").first()
    type(room.workshop).objects.update(state=WorkshopState.LIVE)
    places = [make_registration(room.workshop, name=f"Person {number}") for number in range(4)]
    Seat.objects.bulk_create(Seat(registration=place, group=room.tables[0]) for place in places[:3])
    assert (bikes.pk, "The quote is from a table of 3 people.") in told(room)
    Seat.objects.create(registration=places[3], group=room.tables[0])
    assert told(room) == []


def test_publishing_lists_them_with_a_link_and_wants_a_decision(client, room):
    alone = actions.place_in_new_finding(room.draft, room.notes[6], by=SYSTEM)
    client.force_login(make_organiser(room.workshop.programme))
    where = f"/en/org/w/{room.workshop.pk}/summary/publish/"
    page = client.get(where).content.decode()
    assert f"finding={alone.pk}#finding-{alone.pk}" in page
    assert "One note stands behind it, from Table Olmo." in page
    refused = client.post(where, {"names_are_fine": "on"})
    assert refused.status_code == 200
    assert "1 small count may show who said something." in refused.content.decode()
    assert not Outcome.objects.exists()
    with pytest.raises(NotReady):
        publish.publish(room.draft, by=SYSTEM, names_are_fine=True)
    client.post(where, {"few_are_fine": "on"})
    assert Outcome.objects.count() == 1
