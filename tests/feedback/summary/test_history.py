"""Acts on a draft are kept and can be undone; late notes and moves of others are never lost from sight."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from feedback.models import Act, Draft, Evidence, Finding, Note
from feedback.summary import actions
from feedback.summary.acts import acts_of
from feedback.summary.curation import MOST_NOTES, curation
from feedback.summary.history import ChangedSince, picture
from ledger.history import SYSTEM, Actor
from tests.factories import make_organiser
from tests.feedback.summary.rooms import compile_now, make_curated_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return make_curated_room()


def both(room):
    return list(Finding.objects.filter(draft=room.draft).order_by("order"))


ACTS = {
    "place": lambda room, bikes, fridge: actions.place_note(room.draft, room.notes[0], fridge, by=SYSTEM),
    "take out": lambda room, bikes, fridge: actions.place_note(room.draft, room.notes[0], None, by=SYSTEM),
    "write": lambda room, bikes, fridge: actions.retitle(bikes, title="Bikes", text="Fast.", revision=1, by=SYSTEM),
    "order": lambda room, bikes, fridge: actions.reorder(
        actions.split(bikes, room.notes[:1], by=SYSTEM), up=True, by=SYSTEM
    ),
    "join": lambda room, bikes, fridge: actions.merge(fridge, bikes, by=SYSTEM),
    "split": lambda room, bikes, fridge: actions.split(bikes, room.notes[:2], by=SYSTEM),
    "move": lambda room, bikes, fridge: actions.move_finding(bikes, room.themes[1], by=SYSTEM),
    "add": lambda room, bikes, fridge: actions.add_finding(room.draft, None, title="More", by=SYSTEM),
    "hide": lambda room, bikes, fridge: actions.hide(bikes, why="Said in jest", by=SYSTEM),
    "quote": lambda room, bikes, fridge: actions.choose_quote(bikes, room.notes[1], by=SYSTEM),
    "confirm": lambda room, bikes, fridge: actions.confirm(bikes, by=SYSTEM),
    "headline": lambda room, bikes, fridge: actions.set_headline(room.draft, headline="We", lead="", by=SYSTEM),
}


@pytest.mark.parametrize("act", ACTS)
def test_every_act_can_be_undone_and_the_undoing_too(room, act):
    before = picture(room.draft)
    ACTS[act](room, *both(room))
    after = picture(room.draft)
    assert after != before
    done = list(Act.objects.newest_first())
    for each in done:
        actions.undo(each, by=SYSTEM)
    assert picture(room.draft) == before
    for each in Act.objects.newest_first().filter(verb="act.undone"):
        actions.undo(each, by=SYSTEM)
    assert picture(room.draft) == after


def test_what_somebody_changed_since_is_not_undone_over_their_head(room):
    _bikes, fridge = both(room)
    actions.place_note(room.draft, room.notes[0], fridge, by=SYSTEM)
    first = Act.objects.get()
    actions.place_note(room.draft, room.notes[0], None, by=SYSTEM)
    with pytest.raises(ChangedSince):
        actions.undo(first, by=SYSTEM)
    assert not Evidence.objects.filter(note=room.notes[0]).exists()


def test_an_act_that_changes_nothing_is_no_history(room):
    bikes, _fridge = both(room)
    actions.reorder(bikes, up=True, by=SYSTEM)
    actions.place_note(room.draft, room.notes[0], bikes, by=SYSTEM)
    assert Act.objects.count() == 0


def test_the_history_names_who_did_it(room):
    serena = make_organiser(room.workshop.programme)
    actions.confirm(both(room)[0], by=Actor("user", str(serena.pk)))
    with translation.override("en"):
        assert [(done.words, done.who) for done in acts_of(room.draft)] == [
            ("said that a finding is ready", "Serena Riva")
        ]


def test_a_note_that_somebody_else_has_moved_stays_where_they_put_it(room, client):
    bikes, fridge = both(room)
    client.force_login(make_organiser(room.workshop.programme))
    actions.place_note(room.draft, room.notes[0], None, by=SYSTEM)
    where = f"/en/org/w/{room.workshop.pk}/summary/notes/{room.notes[0].pk}/place/?from={bikes.pk}"
    page = client.post(where, {"finding": fridge.pk}, follow=True)
    assert "It has changed meanwhile. This is how it stands now." in page.content.decode()
    assert not Evidence.objects.filter(note=room.notes[0]).exists()
    client.post(where.partition("?")[0] + "?from=none", {"finding": fridge.pk})
    assert Evidence.objects.get(note=room.notes[0]).finding == fridge


def test_late_notes_are_told_with_their_tables_and_where_they_went_until_they_were_seen(room, client):
    client.force_login(make_organiser(room.workshop.programme))
    actions.confirm(both(room)[0], by=SYSTEM)
    before = picture(room.draft)
    room.note("My bike to school is red.", table=1)
    compile_now(room.workshop)
    page = client.get(f"/en/org/w/{room.workshop.pk}/summary/")
    assert [(note.text, home is not None) for note, home in page.context["read"].late] in (
        [("My bike to school is red.", True)],
        [("My bike to school is red.", False)],
    )
    assert "1 note arrived from Gelso and was added." in page.content.decode()
    after = picture(room.draft)
    assert {key: after["findings"][key] for key in before["findings"]} == before["findings"]
    assert {key: after["places"][key] for key in before["places"]} == before["places"]
    client.post(f"/en/org/w/{room.workshop.pk}/summary/late/")
    assert curation(room.workshop).late == []


def test_many_notes_come_in_pages_and_none_is_missing(room):
    now = timezone.now()
    Note.objects.bulk_create(
        Note(
            group=room.tables[0],
            session=room.session,
            theme=room.themes[0],
            kind="idea",
            text=f"Idea {number}",
            seq=1000 + number,
            created_at=now + dt.timedelta(seconds=number),
        )
        for number in range(2 * MOST_NOTES)
    )
    theme = str(room.themes[0].pk)
    pages = [curation(room.workshop, theme=theme, page=str(number)) for number in (1, 2, 3)]
    assert [read.pages for read in pages] == [2, 2, 2]
    shown = [note.text for read in pages[:2] for note in read.shown_unplaced]
    assert shown == [f"Idea {number}" for number in range(2 * MOST_NOTES)]
    assert pages[2].page == 2


def test_hidden_words_can_be_shown_again(room):
    note = room.note("The key is with Signora Pina.", theme=1)
    actions.hide_words(note, "Signora Pina", "a neighbour", by=SYSTEM)
    assert [words.words for _note, words in curation(room.workshop).hidden_words] == ["Signora Pina"]
    actions.show_words(note, "Signora Pina", by=SYSTEM)
    assert curation(room.workshop).hidden_words == []
    with pytest.raises(actions.NotInThisDraft):
        actions.show_words(note, "Signora Pina", by=SYSTEM)
    assert Draft.objects.count() == 1
