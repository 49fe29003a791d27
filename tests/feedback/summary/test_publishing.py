"""Publishing freezes the draft; what is shown afterwards comes from rows, with hidden words hidden."""

import csv
import io
import json

import pytest
import typst
from django.core.cache import cache
from django.utils import timezone, translation
from django.utils.html import escape

from feedback.models import Finding, Note, Outcome, RatingTally
from feedback.notes.actions import apply_ops
from feedback.summary import actions, pdf, publish, queries, tally
from feedback.summary.opendata import FIELDS
from feedback.summary.printed import data_of
from feedback.summary.queries import outcome_page
from feedback.summary.versions import withdraw
from ledger import jobs, outbox
from ledger.cells import safe_cell
from ledger.history import SYSTEM
from ledger.models import Event, Job, Mail
from participants.models import Registration
from tests.factories import make_programme, make_registration, make_workshop
from tests.feedback.summary.rooms import ALONE, BIKES, FRIDGE, make_curated_room
from workshops.actions.agenda import add_initiative
from workshops.actions.moving import NotReady
from workshops.actions.programmes import add_theme
from workshops.states import WorkshopState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }


def ready_room(**fields):
    room = make_curated_room(**fields)
    actions.set_headline(room.draft, headline="We already share a lot.", lead="", language="en", by=SYSTEM)
    return room


def published_room(**fields):
    room = ready_room(**fields)
    publish.publish(room.draft, by=SYSTEM)
    room.workshop.refresh_from_db()
    return room


def change(note, text):
    """Another text, as a tablet (or an organiser) would send it later."""
    op = {
        "op": "11111111-1111-4111-8111-111111111111",
        "note": str(note.pk),
        "do": "set",
        "set": {"text": {"from": note.text, "to": text}},
    }
    [ack] = apply_ops(note.group, [op], by=SYSTEM, name="Ilaria", late=True)
    assert ack["status"] == "stored"


def test_the_outcome_stores_ids_and_revisions_and_no_text_of_a_note():
    room = ready_room()
    change(room.notes[1], "The children ride.")
    initiative = add_initiative(room.workshop, by=SYSTEM, name={"en": "Fridge"}, short={"en": "Fridge"})
    for table, answer, people in [(0, 5, 3), (1, 5, 2), (1, 1, 1)]:
        RatingTally.objects.create(
            group=room.tables[table], session=room.session, initiative=initiative, answer=answer, people=people
        )
    outcome = publish.publish(room.draft, by=SYSTEM)
    bikes, fridge = Finding.objects.order_by("order")
    ids = [str(note.pk) for note in room.notes]
    assert outcome.body == {
        "findings": [
            {
                "id": str(bikes.pk),
                "theme": str(room.themes[0].pk),
                "tier": "related",
                "words": ["bike", "school"],
                "asked": {},
                "views_differ": False,
                "title": {},
                "text": {},
                "quote": ids[0],
                "notes": [[ids[0], 1], [ids[1], 2], [ids[2], 1]],
            },
            {
                "id": str(fridge.pk),
                "theme": str(room.themes[1].pk),
                "tier": "related",
                "words": ["fridge"],
                "asked": {},
                "views_differ": False,
                "title": {},
                "text": {},
                "quote": ids[3],
                "notes": [[ids[3], 1], [ids[4], 1], [ids[5], 1]],
            },
        ],
        "remainder": [[ids[6], 1]],
        "initiatives": [
            {"id": str(initiative.pk), "scale": "frequency", "counts": [1, 0, 0, 0, 5], "mean": None, "split": False}
        ],
    }
    assert (outcome.version, outcome.tables, outcome.note_count) == (1, 2, 7)


def test_a_draft_without_headline_or_finding_is_not_published():
    room = make_curated_room()
    Finding.objects.update(hidden=True, hidden_why="Not now")
    with translation.override("en"), pytest.raises(NotReady) as refusal:
        publish.publish(room.draft, by=SYSTEM)
    assert refusal.value.reasons == ["Write a headline.", "Keep at least one finding."]
    assert Outcome.objects.count() == 0
    room.workshop.refresh_from_db()
    assert room.workshop.state == WorkshopState.CURATING


def test_a_name_left_in_stops_it_until_it_is_hidden_or_said_to_be_none():
    room = ready_room()
    named = room.note("The courtyard key is with Signora Pina.", theme=1)
    with translation.override("en"), pytest.raises(NotReady) as refusal:
        publish.publish(room.draft, by=SYSTEM)
    assert refusal.value.reasons == ["1 note may have a name in it. Hide the name, or say that it is not one."]
    actions.hide_words(named, "Signora Pina", "a neighbour", by=SYSTEM)
    publish.publish(room.draft, by=SYSTEM)
    page = outcome_page(room.workshop.slug)
    assert [note.text for note in page.notes if note.id == named.pk] == ["The courtyard key is with [a neighbour]."]


def test_a_name_in_the_organisers_own_words_stops_it_too():
    room = ready_room()
    finding = room.draft.findings.shown().first()
    actions.retitle(
        finding,
        title="Dottor Neri lends his garden",
        text="So does Signora Pina.",
        revision=finding.revision,
        language="en",
        by=SYSTEM,
    )
    with translation.override("en"), pytest.raises(NotReady) as refusal:
        publish.publish(room.draft, by=SYSTEM)
    assert refusal.value.reasons == [
        "“Dottor Neri”, “Signora Pina” in your own texts may be a name. "
        "Write it differently, or say that it is not one."
    ]
    publish.publish(room.draft, by=SYSTEM, names_are_fine=True)
    assert Outcome.objects.count() == 1


def test_saying_that_it_is_no_name_lets_it_through():
    room = ready_room()
    room.note("We sing for Don Bosco.", theme=1)
    publish.publish(room.draft, by=SYSTEM, names_are_fine=True)
    assert Outcome.objects.count() == 1


def test_a_second_version_withdraws_the_first():
    room = ready_room()
    publish.publish(room.draft, by=SYSTEM)
    publish.publish(room.draft, by=SYSTEM)
    versions = [(outcome.version, outcome.withdrawn_at is None) for outcome in Outcome.objects.order_by("version")]
    assert versions == [(1, False), (2, True)]
    assert Event.objects.filter(verb="outcome.published").count() == 2


def test_everybody_who_came_and_left_an_address_is_told_once():
    room = ready_room()
    type(room.workshop).objects.filter(pk=room.workshop.pk).update(state=WorkshopState.LIVE)
    places = [make_registration(room.workshop, name=name) for name in ("Tea Uno", "Ugo Due", "Ivo Tre")]
    Registration.objects.filter(pk__in=[place.pk for place in places[:2]]).update(arrived_at=timezone.now())
    type(places[1].person).objects.filter(pk=places[1].person_id).update(email=None)
    type(room.workshop).objects.filter(pk=room.workshop.pk).update(state=WorkshopState.CURATING)
    outcome = publish.publish(room.draft, by=SYSTEM)
    assert outcome.people == 2
    assert Mail.objects.filter(kind="published").count() == 0
    for _turn in range(2):
        assert jobs.run(Job.objects.get(kind="tell_published").pk)
        jobs.ask("tell_published", room.workshop, scope=room.workshop.pk)
    told = Mail.objects.filter(kind="published").values_list("recipient_id", "subject_id")
    assert list(told) == [(str(places[0].person_id), str(room.workshop.pk))]


def test_the_page_shows_the_text_of_the_stored_revision():
    room = published_room()
    before = room.notes[0].text
    change(room.notes[0], "Something else entirely.")
    assert outcome_page(room.workshop.slug).parts[0].findings[0].notes[0].text == before


def test_a_note_whose_revision_is_gone_is_left_out():
    room = published_room()
    Note.objects.filter(pk=room.notes[0].pk).update(text="Something else.", revision=9)
    shown = {note.id for note in outcome_page(room.workshop.slug).notes}
    assert shown == {room.notes[0].pk, *(note.pk for note in room.notes[1:])}  # revision 1 stands in its op
    room.notes[0].group.ops.all().delete()
    shown = {note.id for note in outcome_page(room.workshop.slug).notes}
    assert shown == {note.pk for note in room.notes[1:]}


def test_an_untitled_finding_is_titled_by_a_template_in_the_reader_s_language():
    room = published_room()
    with translation.override("en"):
        titles = [f.title for part in outcome_page(room.workshop.slug).parts for f in part.findings]
    assert titles == ["2 of 2 tables wrote about: bike, school", "2 of 2 tables wrote about: fridge"]


@pytest.mark.parametrize("state", [state for state in WorkshopState if state != WorkshopState.PUBLISHED])
@pytest.mark.parametrize("file", ["", "notes.csv", "summary.pdf"])
def test_nothing_is_shown_of_a_workshop_that_is_not_published(client, state, file):
    room = published_room()
    type(room.workshop).objects.filter(pk=room.workshop.pk).update(state=state)
    assert client.get(f"/en/w/{room.workshop.slug}/said/{file}").status_code == 404
    assert room.workshop.slug not in client.get("/en/said/").content.decode()


def test_the_list_shows_only_public_workshops(client):
    room = published_room()
    assert f"/en/w/{room.workshop.slug}/said/" in client.get("/en/said/").content.decode()
    type(room.workshop).objects.filter(pk=room.workshop.pk).update(access="link")
    assert f"/en/w/{room.workshop.slug}/said/" not in client.get("/en/said/").content.decode()
    assert client.get(f"/en/w/{room.workshop.slug}/said/").status_code == 200


@pytest.mark.parametrize("findings", [1, 3])
def test_the_page_needs_nine_queries_for_one_finding_as_for_three(client, findings, django_assert_num_queries):
    room = ready_room()
    if findings == 1:
        Finding.objects.order_by("order").last().delete()
    else:
        actions.split(Finding.objects.order_by("order").first(), room.notes[:1], by=SYSTEM)
    publish.publish(room.draft, by=SYSTEM, few_are_fine=True)
    with django_assert_num_queries(9):
        page = client.get(f"/en/w/{room.workshop.slug}/said/")
    assert sum(len(part.findings) for part in page.context["page"].parts) == findings


def test_open_data_holds_every_note_and_no_formula(client):
    room = ready_room()
    room.note('=HYPERLINK("http://x")', theme=1)
    publish.publish(room.draft, by=SYSTEM)
    answer = client.get(f"/en/w/{room.workshop.slug}/said/notes.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    header, *lines = csv.reader(io.StringIO(answer.content.decode()))
    assert tuple(header) == FIELDS
    assert {line[0] for line in lines} == {str(note.pk) for note in room.notes}
    first = room.notes[0]
    assert [str(first.pk), "Olmo", "Habits", "Question 1?", "Mobility", "habit", "en", first.text, "0", "", ""] in lines
    assert [line[7] for line in lines if "HYPERLINK" in line[7]] == ['\'=HYPERLINK("http://x")']


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", " =1", "\n=1", "\u00a0=1", "＝1"])
def test_a_cell_never_begins_like_a_formula(text):
    assert safe_cell(text) == f"'{text}"


def test_an_ordinary_cell_is_left_as_it_is():
    assert safe_cell("1 - 2 = 3") == "1 - 2 = 3"


HOSTILE = [
    '#panic("x") #eval("1") $ x $ *a* _b_ `c` @label <label> // [',
    "مرحبا بالعالم שלום",
    "🚲🥕 👩‍👩‍👧‍👦 \u202e reversed \u200b",
    "a" * 2000,
    "=\\\"\\n'{{ 7*7 }}<script>",
]


def test_the_pdf_holds_hostile_texts_as_they_stand(client):
    room = ready_room()
    for text in HOSTILE:
        room.note(text, theme=1)
    finding = Finding.objects.order_by("order").first()
    actions.retitle(finding, title=HOSTILE[0], text="#panic() " * 2200, revision=1, by=SYSTEM, language="en")
    publish.publish(room.draft, by=SYSTEM, few_are_fine=True)
    answer = client.get(f"/en/w/{room.workshop.slug}/said/summary.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")


def test_the_pdf_is_tagged_and_has_title_and_language(client):
    pikepdf = pytest.importorskip("pikepdf")
    room = published_room()
    document = pikepdf.open(io.BytesIO(client.get(f"/en/w/{room.workshop.slug}/said/summary.pdf").content))
    assert bool(document.Root.MarkInfo.Marked)
    assert str(document.Root.Lang) == "en"
    with document.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "We already share a lot."


def test_hiding_words_later_reaches_page_csv_and_a_stored_pdf(client, django_capture_on_commit_callbacks):
    room = ready_room()
    named = room.note("Ask Signora Pina.", theme=1)
    publish.publish(room.draft, by=SYSTEM, names_are_fine=True)
    urls = [f"/en/w/{room.workshop.slug}/said/{file}" for file in ("", "notes.csv")]
    stored = pdf._folder(room.workshop.pk)
    client.get(f"/en/w/{room.workshop.slug}/said/summary.pdf")
    from django.core.files.storage import default_storage

    [first] = default_storage.listdir(stored)[1]
    assert all(b"Signora Pina" in client.get(url).content for url in urls)
    with django_capture_on_commit_callbacks(execute=True):
        actions.hide_words(named, "Signora Pina", "a neighbour", by=SYSTEM)
    assert default_storage.listdir(stored)[1] == []
    assert [b"Signora Pina" in client.get(url).content for url in urls] == [False, False]
    assert "Signora Pina" not in json.dumps(data_of(outcome_page(room.workshop.slug)))
    client.get(f"/en/w/{room.workshop.slug}/said/summary.pdf")
    assert default_storage.listdir(stored)[1] != [first]


def test_the_same_outcome_is_typeset_once(client, monkeypatch):
    room = published_room()
    set_times = []
    real = pdf.setting_of
    monkeypatch.setattr(pdf, "setting_of", lambda data: set_times.append(1) or real(data))
    one, two = (client.get(f"/en/w/{room.workshop.slug}/said/summary.pdf").content for _time in range(2))
    assert (one == two, len(set_times)) == (True, 1)


def test_without_the_standard_the_document_is_set_all_the_same(monkeypatch):
    room = published_room()
    real = typst.compile

    def strict(*args, pdf_standards, **kwargs):
        if pdf_standards:
            raise typst.TypstError("no")
        return real(*args, **kwargs)

    monkeypatch.setattr(typst, "compile", strict)
    assert pdf.setting_of(data_of(outcome_page(room.workshop.slug))).startswith(b"%PDF-")


@pytest.fixture
def large(monkeypatch):
    """A published outcome that counts as a large one: two findings of three notes fit on no page at once."""
    limits = {"MOST_NOTES": 5, "MOST_FINDINGS": 2, "FEWEST_FINDINGS": 1}
    for name, limit in limits.items():
        monkeypatch.setattr(tally, name, limit)
    monkeypatch.setattr(tally, "LARGE", tally.Caps(findings=2, behind=1, others=1, is_large=True))
    monkeypatch.setattr(queries, "LARGE", tally.LARGE)
    cache.clear()
    room = ready_room()
    room.note("Another thing about food.", theme=1)
    actions.split(Finding.objects.order_by("order").last(), room.notes[3:4], by=SYSTEM)
    publish.publish(room.draft, by=SYSTEM, few_are_fine=True)
    yield room
    cache.clear()


def words_of(client, room, path=""):
    return client.get(f"/en/w/{room.workshop.slug}/said/{path}").content.decode()


def test_a_large_outcome_shows_some_and_a_page_for_each_finding_and_theme_has_all(large, client):
    bikes, fridge, split = Finding.objects.order_by("order")
    page = words_of(client, large)
    assert [escape(note.text) in page for note in large.notes] == [True, False, False, False, True, False, True, False]
    assert f"/en/w/{large.workshop.slug}/said/findings/{bikes.pk}/" in page
    assert f"/en/w/{large.workshop.slug}/said/themes/{large.themes[1].pk}/" in page
    assert f"/en/w/{large.workshop.slug}/said/themes/{large.themes[0].pk}/" not in page
    behind = words_of(client, large, f"findings/{bikes.pk}/")
    assert [escape(text) in behind for text in (*BIKES, *FRIDGE, ALONE)] == [True] * 3 + [False] * 4
    theme = words_of(client, large, f"themes/{large.themes[1].pk}/")
    assert [f"finding-{each.pk}" in theme for each in (bikes, fridge, split)] == [False, True, True]
    assert [text in theme for text in (ALONE, "Another thing about food.", BIKES[0])] == [True, True, False]


def test_a_theme_of_many_findings_has_its_lone_notes_after_the_last_of_them(large, client, monkeypatch):
    monkeypatch.setattr(queries, "FINDINGS_A_PAGE", 1)
    monkeypatch.setattr(queries, "NOTES_A_PAGE", 1)
    pages = [words_of(client, large, f"themes/{large.themes[1].pk}/?page={number}") for number in (1, 2, 3)]
    alone = (ALONE, "Another thing about food.")
    assert [[text in page for text in alone] for page in pages] == [[False, False], [True, False], [False, True]]
    assert [page.count('id="finding-') for page in pages] == [1, 1, 0]


def test_counts_of_a_large_outcome_are_of_all_notes(large, client):
    page = client.get(f"/en/w/{large.workshop.slug}/said/").context["page"]
    whole = outcome_page(large.workshop.slug)
    assert [(part.count, part.all_findings, part.all_others) for part in page.parts] == [(3, 1, 0), (5, 2, 2)]
    assert page.heat == whole.heat
    counted = [[(f.count, f.reach, f.spread) for f in part.findings] for part in whole.parts]
    assert counted == [
        [(3, "at 2 of 2 tables", [("Olmo", 2), ("Gelso", 1)])],
        [(2, "at 2 of 2 tables", [("Olmo", 1), ("Gelso", 1)]), (1, "at 1 of 2 tables", [("Olmo", 1)])],
    ]


def test_what_is_hidden_or_erased_later_leaves_a_large_outcome_at_once(large, client):
    bikes = Finding.objects.order_by("order").first()
    assert "bike, school" in words_of(client, large)
    for note in large.notes[:3]:
        actions.hide_words(note, "bike", "a thing", by=SYSTEM)
    page = words_of(client, large)
    assert ("wrote about: school" in page, "about: bike" in page) == (True, False)
    large.notes[1].delete()
    large.notes[2].delete()
    assert client.get(f"/en/w/{large.workshop.slug}/said/").context["page"].parts[0].count == 1
    assert "[a thing]" in words_of(client, large, f"findings/{bikes.pk}/")


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("more", [0, 2])
def test_a_large_page_needs_twelve_queries_for_three_findings_as_for_five(
    large, client, kept, more, django_assert_num_queries
):
    for note in large.notes[:more]:
        actions.split(Finding.objects.order_by("order").first(), [note], by=SYSTEM)
    publish.publish(large.draft, by=SYSTEM, few_are_fine=True)
    if kept:
        words_of(client, large)
    with django_assert_num_queries(12):
        words_of(client, large)


@pytest.mark.parametrize("path", ["findings/{missing}/", "themes/{missing}/", "themes/none/x/", "themes/nonsense/"])
def test_a_part_that_is_not_there_is_a_404(large, client, path):
    path = path.format(missing="11111111-1111-4111-8111-111111111111")
    assert client.get(f"/en/w/{large.workshop.slug}/said/{path}").status_code == 404


def test_parts_of_an_outcome_that_was_taken_back_are_gone(large, client):
    bikes = Finding.objects.order_by("order").first()
    paths = [f"findings/{bikes.pk}/", f"themes/{large.themes[0].pk}/"]
    assert [client.get(f"/en/w/{large.workshop.slug}/said/{path}").status_code for path in paths] == [200, 200]
    withdraw(large.workshop, why="A mistake.", by=SYSTEM)
    assert [client.get(f"/en/w/{large.workshop.slug}/said/{path}").status_code for path in paths] == [404, 404]


def test_a_theme_nobody_raised_and_the_next_workshop_are_named(client):
    room = ready_room()
    add_theme(room.workshop.programme, by=SYSTEM, name={"en": "Energy"}, short={"en": "Energy"}, icon="sun")
    make_workshop(room.workshop.programme, title={"en": "Over already"}, state=WorkshopState.PUBLISHED)
    make_workshop(room.workshop.programme, title={"en": "Design the fridge"})
    make_workshop(make_programme(), title={"en": "Somewhere else"})
    publish.publish(room.draft, by=SYSTEM)
    page = client.get(f"/en/w/{room.workshop.slug}/said/").content.decode()
    assert "Nobody raised Energy this time. That is a result too." in page
    assert "Design the fridge" in page
    assert "Somewhere else" not in page
    assert "Over already" not in page
    assert ALONE in page


def told(room, language):
    """Somebody who came, the outcome out, and the mail that tells them."""
    type(room.workshop).objects.filter(pk=room.workshop.pk).update(state=WorkshopState.LIVE)
    person = make_registration(room.workshop, name="Tea Uno", email="tea@posta.example").person
    type(person).objects.filter(pk=person.pk).update(language=language)
    type(room.workshop).objects.filter(pk=room.workshop.pk).update(state=WorkshopState.CURATING)
    publish.publish(room.draft, by=SYSTEM)
    jobs.run(Job.objects.get(kind="tell_published").pk)
    return Mail.objects.get(kind="published")


def test_the_mail_says_the_headline_and_where_to_read_in_the_person_s_language():
    room = ready_room()
    message = outbox.compose(told(room, "en"))
    assert (message.to, message.language) == ("tea@posta.example", "en")
    assert message.subject.startswith("What we said on ")
    link = f"http://localhost:8000/en/w/{room.workshop.slug}/said/"
    for body in (message.text, message.html):
        assert "Tea, thank you for having been there." in body
        assert "We already share a lot." in body
        assert link in body


def test_the_mail_is_not_sent_about_an_outcome_that_was_taken_back():
    mail = told(ready_room(), "it")
    Outcome.objects.update(withdrawn_at=timezone.now())
    with pytest.raises(outbox.NobodyToWriteTo):
        outbox.compose(mail)
