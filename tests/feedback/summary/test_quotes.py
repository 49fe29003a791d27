"""A quote that belongs to somebody is shown only while they allow it, wherever it could be shown."""

import datetime as dt
import io
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from feedback import wall
from feedback.models import Finding, Note, Outcome, SaidBy
from feedback.queries import heard_at
from feedback.summary import actions, publish, tally
from feedback.summary.curation import curation
from feedback.summary.named import names_left
from feedback.summary.pdf import setting_of
from feedback.summary.printed import data_of
from feedback.summary.queries import outcome_page
from feedback.summary.quotes import NotOfThisTable, held_back, say_who
from ledger.history import SYSTEM
from ledger.models import Event, Job
from participants.actions.consents import decide
from participants.actions.forget import erase_person, forget_place
from participants.models import Registration, Seat
from participants.purposes import QUOTES
from participants.states import Channel
from tests.factories import make_organiser, make_registration
from tests.feedback.summary.rooms import make_curated_room
from workshops.models import Workshop
from workshops.states import WallMode, WorkshopState

pytestmark = pytest.mark.django_db

WORDS = "Taking it in front of my neighbours is harder"


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    store = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": store}


@pytest.fixture
def spoken():
    """A room with a quote of Teresa's, who allows it; the quote stands for a finding, which repeats it."""
    room = make_curated_room()
    Workshop.objects.filter(pk=room.workshop.pk).update(state=WorkshopState.ANNOUNCED)
    teresa, other = make_registration(room.workshop), make_registration(room.workshop, "Paolo Sala")
    Workshop.objects.filter(pk=room.workshop.pk).update(state=WorkshopState.CURATING)
    Seat.objects.create(registration=teresa, group=room.tables[0])
    Seat.objects.create(registration=other, group=room.tables[1])
    quote = room.note(WORDS, theme=1, kind="quote", dots=9)
    _bikes, fridge = room.draft.findings.order_by("order")
    actions.place_note(room.draft, quote, fridge, by=SYSTEM)
    actions.choose_quote(fridge, quote, by=SYSTEM)
    actions.retitle(fridge, title="Shame", text=f"Somebody said: {WORDS}.", revision=1, language="en", by=SYSTEM)
    actions.set_headline(room.draft, headline="We share a lot", lead=WORDS, language="en", by=SYSTEM)
    decide(teresa, QUOTES, given=True, channel=Channel.WEB, by=SYSTEM)
    say_who(quote, teresa, by=SYSTEM)
    room.teresa, room.other, room.quote = teresa, other, quote
    return room


def publish_it(room):
    publish.publish(room.draft, by=SYSTEM, few_are_fine=True)
    room.workshop.refresh_from_db()


def take_back(room):
    decide(room.teresa, QUOTES, given=False, channel=Channel.MY_PLACE, by=SYSTEM)


def url(room, file=""):
    return f"/en/w/{room.workshop.slug}/said/{file}"


def page_of_preview(room, client):
    return client.get(f"/en/org/w/{room.workshop.pk}/summary/preview/").content.decode()


def page_of_curation(room, client):
    return client.get(f"/en/org/w/{room.workshop.pk}/summary/?theme={room.themes[1].pk}").content.decode()


def docx_of(room, client):
    content = client.get(url(room, "summary.docx")).content
    return zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()


def data_for_pdf(room, client):
    with translation.override("en"):
        data = data_of(outcome_page(room.workshop.slug))
    assert setting_of(data)[:4] == b"%PDF"
    return str(data)


def of_the_wall(room, client):
    room.workshop.wall_mode = WallMode.DOTS
    return str(wall.wall_picture_of(room.workshop, timezone.now()).notes)


PLACES = {
    "page": lambda room, client: client.get(url(room)).content.decode(),
    "csv": lambda room, client: client.get(url(room, "notes.csv")).content.decode(),
    "json": lambda room, client: client.get(url(room, "summary.json")).content.decode(),
    "markdown": lambda room, client: client.get(url(room, "summary.md")).content.decode(),
    "docx": docx_of,
    "pdf": data_for_pdf,
    "wall": of_the_wall,
    "organisers' file": lambda room, client: (
        client.get(reverse("org_notes_csv", args=[room.workshop.pk])).getvalue().decode()
    ),
    "organisers' notes": lambda room, client: client.get(f"/en/org/w/{room.workshop.pk}/notes/").content.decode(),
    "api": lambda room, client: client.get(f"/api/v1/workshops/{room.workshop.pk}/notes").content.decode(),
}


def words_in(place, room, client):
    return WORDS in PLACES[place](room, client)


@pytest.mark.parametrize("place", PLACES)
def test_a_quote_that_was_taken_back_is_gone(spoken, client, place):
    client.force_login(make_organiser(spoken.workshop.programme))
    publish_it(spoken)
    assert words_in(place, spoken, client)
    take_back(spoken)
    assert not words_in(place, spoken, client)


@pytest.mark.parametrize("part", ["", "findings/{finding}/", "themes/{theme}/"])
def test_it_is_gone_from_every_part_of_a_large_outcome(spoken, client, monkeypatch, part):
    """Also where nothing but whose words it is has changed since the notes were counted."""
    monkeypatch.setattr(tally, "MOST_NOTES", 5)
    _bikes, fridge = spoken.draft.findings.order_by("order")
    part = part.format(finding=fridge.pk, theme=spoken.themes[1].pk)
    publish_it(spoken)
    assert WORDS in client.get(url(spoken, part)).content.decode()
    SaidBy.objects.update(registration=None)
    page = client.get(url(spoken, part))
    assert (page.status_code, WORDS in page.content.decode()) == (200, False)
    assert "Shame" in page.content.decode()


def test_it_is_gone_from_the_front_page(spoken, client):
    publish_it(spoken)
    assert WORDS in [note.text for note in heard_at(spoken.workshop).quotes]
    take_back(spoken)
    assert WORDS not in [note.text for note in heard_at(spoken.workshop).quotes]


@pytest.mark.parametrize("page", [page_of_preview, page_of_curation])
def test_it_is_gone_from_a_draft(spoken, client, page):
    client.force_login(make_organiser(spoken.workshop.programme))
    finding = Finding.objects.get(quote=spoken.quote)
    actions.retitle(finding, title="Shame", text="", revision=finding.revision, language="en", by=SYSTEM)
    actions.set_headline(spoken.draft, headline="We share a lot", lead="", language="en", by=SYSTEM)
    assert WORDS in page(spoken, client)
    take_back(spoken)
    assert WORDS not in page(spoken, client)
    assert Finding.objects.filter(quote=spoken.quote).count() == 0


def test_history_and_a_new_version_prove_it(spoken, client):
    publish_it(spoken)
    take_back(spoken)
    assert [(event.verb, event.thing_id) for event in Event.objects.filter(verb="quote.taken_back")] == [
        ("quote.taken_back", str(spoken.quote.pk))
    ]
    assert list(Outcome.objects.order_by("version").values_list("version", "why")) == [(1, "first"), (2, "consent")]
    assert Job.objects.unbuilt().filter(kind="forget_pdf", subject_id=str(spoken.workshop.pk)).count() == 1
    page = client.get(url(spoken)).content.decode()
    assert "A quote was taken back by whoever had said it" in page
    assert WORDS not in client.get(url(spoken, "1/")).content.decode()
    assert "One quote is left out because whoever said it does not allow it." in page


def test_another_consent_takes_no_quote_back(spoken):
    publish_it(spoken)
    decide(spoken.teresa, "photos", given=True, channel=Channel.WEB, by=SYSTEM)
    decide(spoken.teresa, "photos", given=False, channel=Channel.WEB, by=SYSTEM)
    assert (held_back(spoken.workshop.pk), Outcome.objects.count()) == (set(), 1)


def test_only_somebody_of_the_table_can_have_said_it(spoken):
    idea = spoken.note("Nobody's words in particular", theme=1, kind="idea")
    for note, person in ((spoken.quote, spoken.other), (idea, spoken.teresa)):
        with pytest.raises(NotOfThisTable):
            say_who(note, person, by=SYSTEM)
    assert SaidBy.objects.get().registration == spoken.teresa


def test_whatever_is_chosen_as_a_quote_can_belong_to_somebody(spoken, client):
    """Also a note that nobody wrote down as a quote: its words are somebody's once they stand for a finding."""
    _bikes, fridge = spoken.draft.findings.order_by("order")
    words = "The fridge needs a rota of neighbours"
    idea = spoken.note(words, theme=1, kind="idea")
    actions.place_note(spoken.draft, idea, fridge, by=SYSTEM)
    actions.choose_quote(fridge, idea, by=SYSTEM)
    client.force_login(make_organiser(spoken.workshop.programme))
    page = client.get(f"/en/org/w/{spoken.workshop.pk}/summary/?theme={fridge.theme_id}&finding={fridge.pk}").text
    assert reverse("org_said_by", args=[spoken.workshop.pk, idea.pk]) in page
    say_who(idea, spoken.teresa, by=SYSTEM)
    publish_it(spoken)
    client.logout()
    assert words in client.get(url(spoken)).text
    take_back(spoken)
    assert words not in client.get(url(spoken)).text


@pytest.mark.parametrize("allowed", [True, False])
@pytest.mark.parametrize("forget", [lambda p: erase_person(p.person, by=SYSTEM), forget_place])
def test_of_a_forgotten_person_only_what_they_allowed_stays(spoken, allowed, forget):
    if not allowed:
        take_back(spoken)
    Workshop.objects.update(starts_at=timezone.now() - dt.timedelta(days=3))
    forget(Registration.objects.select_related("person").get(pk=spoken.teresa.pk))
    assert held_back(spoken.workshop.pk) == (set() if allowed else {spoken.quote.pk})


def test_a_name_in_a_quote_that_was_taken_back_still_stops_but_is_not_told(spoken, client):
    """The quote may be allowed again, and then the name would be out unseen."""
    Note.objects.filter(pk=spoken.quote.pk).update(text="Signora Pina lends her bike")
    client.force_login(make_organiser(spoken.workshop.programme))
    pages = [f"/en/org/w/{spoken.workshop.pk}/{rest}" for rest in ("summary/publish/", "replies/ask/")]
    told = [("Signora Pina" in client.get(page).text) for page in pages]
    take_back(spoken)
    assert told + [("Signora Pina" in client.get(page).text) for page in pages] == [True, True, False, False]
    [left] = names_left(spoken.draft)
    with translation.override("en"):
        assert (left.note, names_left(spoken.draft)[0].words) == (
            spoken.quote,
            ["[a quote that its speaker has taken back]"],
        )


def test_organisers_are_not_shown_in_the_draft_what_was_taken_back(spoken):
    take_back(spoken)
    with translation.override("en"):
        shown = {note.pk: note.shown for note in curation(spoken.workshop).notes}
    assert shown[spoken.quote.pk] == "[a quote that its speaker has taken back]"
