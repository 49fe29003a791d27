"""What a compile could not use as given is told on the page; a link to another question is followed by one press."""

import pytest
from django.urls import reverse

from feedback.models import Draft, Finding
from feedback.summary import actions
from feedback.summary.curation import curation
from ledger.history import SYSTEM
from tests.factories import make_organiser
from tests.feedback.summary.rooms import ALONE, FRIDGE, make_curated_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    """The note that stands alone says the same as the first of the bikes, on another theme."""
    room = make_curated_room()
    tell(room, [problem(room, 6, f"linked to {room.notes[0].pk}, which is not in the same section")])
    return room


def problem(room, number, reason):
    return {"section": f"{room.session.pk}::", "note": str(room.notes[number].pk), "reason": reason}


def tell(room, problems):
    Draft.objects.filter(pk=room.draft.pk).update(problems=problems)


def page_of(room, client):
    client.force_login(make_organiser(room.workshop.programme))
    return client.get(f"/en/org/w/{room.workshop.pk}/summary/").content.decode()


def test_every_kind_of_problem_is_told_in_a_sentence_with_its_note_and_its_reason(room, client):
    others = [
        problem(room, 1, "text is not text"),
        {"section": f"{room.session.pk}::", "note": None, "reason": "the compiler ended with -9"},
        {"section": None, "note": None, "reason": "ratings of x by y are not 5 counts"},
    ]
    tell(room, [*room.draft.problems, *others])
    page = page_of(room, client)
    told = [
        "4 things could not be compiled.",
        "This note is linked to one of another question or theme.",
        "A note could not be read. It waits among the notes without a place.",
        f"Some notes of “{room.session.title}” could not be grouped.",
        "Some answers about an initiative could not be added up.",
        "text is not text",
        "the compiler ended with -9",
    ]
    assert [sentence in page for sentence in told] == [True] * len(told)


def test_without_a_problem_nothing_is_said_of_any(room, client):
    tell(room, [])
    assert "could not be compiled" not in page_of(room, client)


def test_one_press_puts_linked_notes_together_and_the_link_is_gone(room, client):
    bikes = Finding.objects.order_by("order").first()
    page = page_of(room, client)
    act = reverse("org_place_note", args=[room.workshop.pk, room.notes[6].pk])
    assert f'{act}?&amp;from=none"' in page
    assert f'name="finding" value="{bikes.pk}"><svg' in page
    assert client.post(f"{act}?from=none", {"finding": str(bikes.pk)}).status_code == 302
    assert [evidence.note.text for evidence in bikes.evidence.order_by("order")][-1] == ALONE
    assert "could not be compiled" not in page_of(room, client)


def test_the_note_that_has_no_place_goes_to_the_other_one(room):
    """The linked note is placed, the one it is linked to is not."""
    _bikes, fridge = Finding.objects.order_by("order")
    actions.place_note(room.draft, room.notes[0], None, by=SYSTEM)
    actions.place_note(room.draft, room.notes[6], fridge, by=SYSTEM)
    [told] = curation(room.workshop).problems
    assert (told.move.note.pk, told.move.seen, told.move.into) == (room.notes[0].pk, None, fridge.pk)


def test_two_linked_notes_without_a_place_wait_for_somebody_to_place_one(room, client):
    actions.place_note(room.draft, room.notes[0], None, by=SYSTEM)
    [told] = curation(room.workshop).problems
    assert told.move is None
    assert "Place one of them in a finding first." in page_of(room, client)


def test_words_that_are_hidden_are_hidden_here_too(room, client):
    tell(room, [problem(room, 3, "text is not text")])
    actions.hide_words(room.notes[3], "market", "a place", by=SYSTEM)
    page = page_of(room, client)
    banner = page[page.index("could not be compiled") : page.index('id="notes-title"')]
    assert (FRIDGE[0] in banner, "[a place]" in banner) == (False, True)
