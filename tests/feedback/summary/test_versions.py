"""Versions of an outcome: corrected, taken back, replaced; and files made from the version that stands."""

import csv
import io
import json
import zipfile
from xml.etree import ElementTree

import pikepdf
import pytest
from django.utils import translation

from feedback.models import Outcome
from feedback.summary import actions, docx, markdown, publish
from feedback.summary.opendata import FIELDS
from feedback.summary.pdf import setting_of
from feedback.summary.printed import data_of
from feedback.summary.queries import outcome_page
from feedback.summary.versions import editions, withdraw
from ledger.history import SYSTEM
from ledger.models import Event
from tests.factories import PNG, make_organiser
from tests.feedback.summary.rooms import BIKES, make_curated_room
from workshops.actions.emblem import put_emblem
from workshops.actions.moving import NotReady
from workshops.models import Programme
from workshops.states import WorkshopState

pytestmark = pytest.mark.django_db

FUNDER = {
    "funder": "European Union, Horizon 2020",
    "funder_grant": "691895",
    "funder_sentence": {"en": "This project has received funding.", "it": "Questo progetto ha ricevuto fondi."},
    "funder_disclaimer": {"en": "Only the views of the authors.", "it": "Solo il parere di chi scrive."},
}


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    store = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": store}


@pytest.fixture
def room():
    """A published outcome of a programme that somebody pays for."""
    room = make_curated_room()
    Programme.objects.update(**FUNDER)
    put_emblem(room.workshop.programme, PNG, by=SYSTEM)
    actions.set_headline(room.draft, headline="We share a lot", lead="In short", language="en", by=SYSTEM)
    publish.publish(room.draft, by=SYSTEM)
    room.workshop.refresh_from_db()
    return room


def said(room, rest=""):
    return f"/en/w/{room.workshop.slug}/said/{rest}"


def test_a_correction_stands_on_the_page_with_its_date_and_the_older_version_can_be_read(room, client):
    actions.set_headline(room.draft, headline="We share very much", lead="", language="en", by=SYSTEM)
    with translation.override("en"):
        publish.publish(room.draft, correction="The headline was too weak.", by=SYSTEM)
    page = client.get(said(room)).content.decode()
    assert ("We share very much" in page, "The headline was too weak." in page) == (True, True)
    old = client.get(said(room, "1/"))
    assert (old.status_code, "We share a lot" in old.content.decode()) == (200, True)
    assert "It has been corrected since." in old.content.decode()
    assert client.get(said(room, "2/")).status_code == 404  # it stands: it has one address


def test_publishing_again_asks_what_was_corrected(room, client):
    client.force_login(make_organiser(room.workshop.programme))
    where = f"/en/org/w/{room.workshop.pk}/summary/publish/"
    page = client.post(where, {"names_are_fine": "on"})
    assert page.context["form"].errors == {"correction": ["Say what has been corrected."]}
    assert Outcome.objects.count() == 1


def test_what_is_taken_back_is_gone_with_its_files_and_its_page_says_why(room, client):
    with pytest.raises(NotReady):
        withdraw(room.workshop, why=" ", by=SYSTEM)
    withdraw(room.workshop, why="A name was left in.", by=SYSTEM)
    page = client.get(said(room))
    assert (page.status_code, "A name was left in." in page.content.decode()) == (410, True)
    assert "We share a lot" not in page.content.decode()
    for file in ("1/", "notes.csv", "fields.csv", "summary.pdf", "summary.docx", "summary.md", "summary.json"):
        assert client.get(said(room, file)).status_code == 404
    room.workshop.refresh_from_db()
    assert room.workshop.state == WorkshopState.CURATING
    assert Event.objects.get(verb="outcome.withdrawn").data == {"version": 1}
    with translation.override("en"):
        publish.publish(room.draft, correction="The name is hidden.", by=SYSTEM)
        assert [(each.outcome.version, each.words, each.can_be_read) for each in editions(room.workshop.pk)] == [
            (2, "The name is hidden.", False),
            (1, "Published", False),
        ]
    again = client.get(said(room)).content.decode()
    assert ("We share a lot" in again, "The name is hidden." in again, "A name was left in." in again) == (True,) * 3
    assert client.get(said(room, "1/")).status_code == 404


def test_the_page_says_how_long_it_took_and_that_nobody_was_asked(room, client):
    page = client.get(said(room)).content.decode()
    assert "Out on the day of the workshop." in page
    assert "Nobody who was there was asked to check it." in page


def test_machines_read_title_date_version_and_publisher(room, client):
    page = client.get(said(room)).content.decode()
    for mark in (
        '<meta property="og:title" content="We share a lot">',
        '<meta property="og:description" content="In short">',
        'itemscope itemtype="https://schema.org/Report"',
        '<meta itemprop="version" content="1">',
        f'<meta itemprop="publisher" content="{room.workshop.programme.organisation}">',
        'itemprop="headline"',
    ):
        assert mark in page


@pytest.mark.parametrize("file", ["", "summary.md", "summary.docx", "summary.json"])
def test_who_pays_stands_on_the_page_and_in_every_file(room, client, file):
    content = client.get(said(room, file)).content
    if file.endswith("docx"):
        content = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml")
    text = content.decode().replace("\\", "")
    for words in ("Horizon 2020", "691895", "This project has received funding.", "Only the views of the authors."):
        assert words in text
    if not file:
        assert 'alt="European Union, Horizon 2020"' in text


def test_the_pdf_has_who_pays_too_and_the_emblem_says_what_it_is(room):
    with translation.override("en"):
        data = data_of(outcome_page(room.workshop.slug))
        assert data["funder"] == [
            "European Union, Horizon 2020, grant 691895",
            "This project has received funding.",
            "Only the views of the authors.",
        ]
        with pikepdf.open(io.BytesIO(setting_of(data))) as pdf:
            pictures = {
                str(each.Alt) for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/Alt" in each
            }
    assert "European Union, Horizon 2020" in pictures


def test_the_pdf_is_tagged_has_a_title_a_language_and_a_bookmark_for_each_heading(room):
    with translation.override("en"):
        page = outcome_page(room.workshop.slug)
        content = setting_of(data_of(page))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert str(pdf.Root.Lang) == "en"
        assert bool(pdf.Root.MarkInfo.Marked) is True
        assert pdf.Root.StructTreeRoot is not None
        assert pdf.open_metadata()["dc:title"] == "We share a lot"
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        with pdf.open_outline() as outline:
            [top] = outline.root
            names = [item.title for item in top.children]
    assert top.title == "We share a lot"
    assert names[:2] == ["Mobility", "Food"]


def test_the_text_document_is_well_formed_titled_and_equal_for_equal_outcomes(room):
    with translation.override("en"):
        data = data_of(outcome_page(room.workshop.slug))
    content = docx.document(data)
    assert content == docx.document(data)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
        parts = {name: ElementTree.fromstring(package.read(name)) for name in package.namelist()}
    texts = [each.text for each in parts["word/document.xml"].iter(f"{{{docx.WORDS}}}t")]
    assert all(any(note in text for text in texts) for note in BIKES)
    titles = [each.text for each in parts["docProps/core.xml"].iter("{http://purl.org/dc/elements/1.1/}title")]
    assert titles == ["We share a lot"]


def test_markdown_says_the_same_with_every_mark_escaped(room):
    with translation.override("en"):
        text = markdown.document(data_of(outcome_page(room.workshop.slug)))
    assert text.startswith("# We share a lot\n")
    assert all(markdown.plain(note) in text for note in BIKES)
    assert markdown.plain("[x](y) *b* <i> # 1. | `") == r"\[x\]\(y\) \*b\* \<i\> \# 1\. \| \`"


def test_json_holds_findings_with_the_ids_of_notes_and_explains_each_field(room, client):
    content = json.loads(client.get(said(room, "summary.json")).content)
    ids = [str(note.pk) for note in room.notes]
    assert [finding["notes"] for finding in content["findings"]] == [ids[:3], ids[3:6]]
    assert sorted(note["note"] for note in content["notes"]) == sorted(ids)
    assert tuple(content["fields"]) == tuple(content["notes"][0]) == FIELDS
    rows = list(csv.DictReader(io.StringIO(client.get(said(room, "fields.csv")).content.decode())))
    assert [(row["field"], bool(row["meaning"])) for row in rows] == [(name, True) for name in FIELDS]
