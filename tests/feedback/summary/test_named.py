"""What may be a name, and the link from each of them to where it stands."""

import re

import pytest

from feedback.models import Finding
from feedback.summary import actions
from feedback.summary.curation import MOST_EVIDENCE, MOST_NOTES, curation
from ledger.history import SYSTEM
from tests.factories import make_organiser
from tests.feedback.summary.rooms import make_curated_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(client):
    room = make_curated_room()
    client.force_login(make_organiser(room.workshop.programme))
    return room


def url(room, rest):
    return f"/en/org/w/{room.workshop.pk}/{rest}"


def links(page, words):
    """Where the links lead of which the text holds these words."""
    found = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', page.content.decode(), re.DOTALL)
    return [href.replace("&amp;", "&") for href, text in found if words in text]


def name_everywhere(room):
    """A name in a placed note, in one without a place, in a finding's text and in the introduction."""
    bikes, fridge = room.draft.findings.order_by("order")
    placed = room.note("Signora Pina has the key.", theme=1)
    actions.place_note(room.draft, placed, fridge, by=SYSTEM)
    loose = room.note("Ask Dottor Neri.", theme=1)
    actions.retitle(bikes, title="", text="Signor Rossi rides.", revision=1, language="en", by=SYSTEM)
    actions.set_headline(room.draft, headline="We share", lead="So does Signora Lia.", language="en", by=SYSTEM)
    return placed, loose, bikes


@pytest.mark.parametrize("page", ["summary/publish/", "replies/ask/"])
def test_every_name_before_publication_leads_to_where_it_stands(client, room, page):
    placed, loose, bikes = name_everywhere(room)
    answer, summary = client.get(url(room, page)), url(room, "summary/")
    assert [links(answer, words) for words in ("Signora Pina", "Dottor Neri", "Signor Rossi", "Signora Lia")] == [
        [f"{summary}?note={placed.pk}#behind-{placed.pk}"],
        [f"{summary}?note={loose.pk}#note-{loose.pk}"],
        [f"{summary}?theme={bikes.theme_id}&finding={bikes.pk}#finding-{bikes.pk}"],
        [f"{summary}#headline"],
    ]


def test_every_name_among_the_checks_leads_to_its_note_and_the_note_is_there(client, room):
    placed, loose, _bikes = name_everywhere(room)
    checks = client.get(url(room, "summary/"))
    [to_placed] = links(checks, "Signora Pina")
    [to_loose] = links(checks, "Dottor Neri")
    for link, anchor in ((to_placed, f"behind-{placed.pk}"), (to_loose, f"note-{loose.pk}")):
        where, _hash, aim = link.partition("#")
        assert (aim, f'id="{anchor}"' in client.get(where).content.decode()) == (anchor, True)


def test_a_note_is_found_on_whatever_page_of_its_list_it_stands(room):
    loose = [room.note(f"Loose {number}", theme=1) for number in range(MOST_NOTES)][-1]
    _bikes, fridge = room.draft.findings.order_by("order")
    behind = [room.note(f"Placed {number}", theme=0) for number in range(MOST_EVIDENCE)]
    for note in behind:
        actions.place_note(room.draft, note, fridge, by=SYSTEM)
    reads = {note: curation(room.workshop, note=str(note.pk)) for note in (loose, behind[-1])}
    assert loose.pk in [note.pk for note in reads[loose].shown_unplaced]
    assert behind[-1].pk in [note.pk for note in reads[behind[-1]].shown_evidence]
    assert reads[behind[-1]].chosen.pk == fridge.pk


def test_a_finding_with_too_few_notes_is_one_link_away(client, room):
    lone = actions.place_in_new_finding(room.draft, room.notes[6], by=SYSTEM)
    Finding.objects.filter(pk=lone.pk).update(title={"en": "A thin one"})
    [link] = [each for each in links(client.get(url(room, "summary/")), "A thin one") if "#finding-" in each]
    assert link == f"{url(room, 'summary/')}?theme={lone.theme_id}&finding={lone.pk}#finding-{lone.pk}"


def test_an_address_with_no_such_note_shows_the_first_theme(room):
    assert curation(room.workshop, note="no-such-note").tab.theme == room.themes[0]


def test_an_address_that_names_only_a_finding_shows_the_theme_it_is_on(room):
    _bikes, fridge = room.draft.findings.order_by("order")
    read = curation(room.workshop, finding=str(fridge.pk))
    assert (read.tab.theme, read.chosen.pk) == (room.themes[1], fridge.pk)
