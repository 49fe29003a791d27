"""Sheets for the day, as pages and as PDFs: what is on them, what must never be, and that readers understand them."""

import datetime as dt
import io
import re

import pikepdf
import pytest
import typst
from django.urls import reverse
from django.utils import translation

from ledger.history import SYSTEM
from participants.actions import seats
from participants.actions.table_needs import tell_table_needs
from participants.printed import BLANK_ROWS, attendance, badges, table_sheets
from participants.run_sheet import run_sheet
from participants.seating import board_of
from tests.factories import make_group, make_organiser, make_registration, make_session, make_theme, make_workshop
from workshops.actions.groups import give_table_codes
from workshops.states import NoteKind, TableNeed

pytestmark = pytest.mark.django_db
HOSTILE = ('<script>alert("1")</script>', "#panic() $x$ *bold*", "“Ada” 👩🏽‍🦽 العربية", "a" * 80)
PAGES = ("org_print", "org_run_sheet", "org_badges", "org_attendance", "org_signatures", "org_table_sheets")
PDFS = ("org_run_sheet_pdf", "org_badges_pdf", "org_attendance_pdf", "org_signatures_pdf", "org_table_sheets_pdf")
NEED = "Guidedog."


@pytest.fixture
def workshop():
    return make_workshop(places=300)


@pytest.fixture
def organiser(client, workshop):
    client.force_login(make_organiser(workshop.programme))


@pytest.fixture
def room(workshop):
    """Two tables with codes, a question, and four people of whom one has no table and two have needs."""
    make_session(workshop)
    olmo, gelso = make_group(workshop, "Olmo", size=4), make_group(workshop, "Gelso", size=4, moderators=["Wei Chen"])
    give_table_codes(workshop, by=SYSTEM)
    people = {name: make_registration(workshop, name=name) for name in ("Zoe Villa", "ada Rossi", "Bea", "Li Na Zhou")}
    for name, group in (("Zoe Villa", olmo), ("ada Rossi", olmo), ("Bea", gelso)):
        seats.seat(people[name], group, by=SYSTEM)
    tell_table_needs(people["Bea"], table_needs=[TableNeed.QUIET], area="", by=SYSTEM)
    people["Bea"].refresh_from_db()
    people["Bea"].needs = NEED
    people["Bea"].save()
    return people


def get(client, name, workshop):
    return client.get(reverse(name, args=[workshop.pk]))


def words_of(pdf: bytes) -> str:
    """All text of a PDF, from what readers are given: typst writes it into the tags' content by font mapping."""
    return " ".join(page_words(page) for page in pikepdf.open(io.BytesIO(pdf)).pages)


def page_words(page) -> str:
    text = []
    maps = {name: to_unicode(font) for name, font in page.Resources.Font.items()}
    font = None
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            font = maps[str(operands[0])]
        if str(operator) in ("Tj", "TJ"):
            parts = operands[0] if str(operator) == "TJ" else [operands[0]]
            codes = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
            text.append("".join(font.get(codes[at : at + 2], "") for at in range(0, len(codes), 2)))
    return " ".join(text)


def to_unicode(font) -> dict[bytes, str]:
    source = font.ToUnicode.read_bytes().decode()
    pairs = re.findall(r"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>", source)
    return {bytes.fromhex(code): bytes.fromhex(letters).decode("utf-16-be", "replace") for code, letters in pairs}


def test_badges_come_table_by_table_with_moderators_first_and_own_seats(workshop, room):
    shown = ("first", "family", "role", "table", "yours", "moderator")
    sheets = badges(board_of(workshop))["sheets"]
    assert [[tuple(badge[name] for name in shown) for badge in sheet] for sheet in sheets] == [
        [
            ("Ilaria", "Fontana", "moderator", "Olmo", 0, 1),
            ("Youssef", "Amrani", "moderator", "Olmo", 0, 2),
            ("Zoe", "Villa", "", "Olmo", 1, 0),
            ("ada", "Rossi", "", "Olmo", 2, 0),
            ("Wei", "Chen", "moderator", "Gelso", 0, 1),
            ("Bea", "", "", "Gelso", 1, 0),
            ("Li", "Na Zhou", "", "", 0, 0),
        ]
    ]  # fmt: skip


def test_eleven_badges_are_two_sheets(client, workshop, organiser):
    for number in range(11):
        make_registration(workshop, name=f"Person {number}")
    assert [len(sheet) for sheet in badges(board_of(workshop))["sheets"]] == [10, 1]
    assert len(pikepdf.open(io.BytesIO(get(client, "org_badges_pdf", workshop).content)).pages) == 2
    assert get(client, "org_badges", workshop).content.decode().count('class="badge-sheet"') == 2


def test_a_badge_leads_nobody_to_a_persons_place(client, workshop, organiser, room):
    private = [each for person in room.values() for each in (person.person.email, person.spoken_code, str(person.pk))]
    page = get(client, "org_badges", workshop).content.decode()
    assert "Zoe" in page
    assert [each for each in [*private, NEED, "A quiet corner"] if each in page] == []
    assert 'class="qr"' not in page
    data = str(badges(board_of(workshop))["sheets"])
    assert [each for each in [*private, NEED, "svg"] if each in data] == []


def test_the_list_is_alphabetical_whatever_the_letters_and_only_the_organisers_copy_has_needs(workshop, room):
    board = board_of(workshop)
    mine = attendance(board, is_organisers_copy=True)
    assert mine["rows"] == [
        {"name": "ada Rossi", "table": "Olmo", "needs": ""},
        {"name": "Bea", "table": "Gelso", "needs": f"A quiet corner. {NEED}"},
        {"name": "Li Na Zhou", "table": "", "needs": ""},
        {"name": "Zoe Villa", "table": "Olmo", "needs": ""},
    ]
    desk = attendance(board, is_organisers_copy=False)
    assert desk["rows"] == [{"name": row["name"], "table": row["table"]} for row in mine["rows"]]
    assert (mine["blank"], desk["blank"]) == (BLANK_ROWS, BLANK_ROWS)


def test_needs_are_on_the_organisers_copy_and_not_on_the_one_at_the_desk(client, workshop, organiser, room):
    found = {}
    for name in ("org_attendance", "org_signatures"):
        page = get(client, name, workshop).content.decode()
        pdf = words_of(get(client, f"{name}_pdf", workshop).content)
        found[name] = [(NEED in text, "A quiet corner" in text, "ada Rossi" in text) for text in (page, pdf)]
        assert page.count("<tr>") == 1 + 4 + BLANK_ROWS
    assert found == {"org_attendance": [(True, True, True)] * 2, "org_signatures": [(False, False, True)] * 2}


def test_a_table_sheet_has_questions_kinds_with_examples_code_qr_and_twelve_frames(client, workshop, organiser, room):
    code = workshop.groups.get(name="Olmo").code
    page = get(client, "org_table_sheets", workshop).content.decode()
    assert [page.count(part) for part in ('class="paper-note"', 'class="tent-outside"')] == [24, 2]
    wanted = ["Olmo", "Zoe · ada", "Question 1?", code, "/table/", "Ilaria Fontana, Youssef Amrani"]
    wanted += [str(kind.label) for kind in NoteKind]
    wanted += [kind["example"] for kind in table_sheets(board_of(workshop), [])["kinds"]]
    assert [part for part in wanted if part not in page] == []
    pdf = words_of(get(client, "org_table_sheets_pdf", workshop).content)
    assert [part for part in ("Olmo", "Question 1?", code, "Habit", "Youssef") if part not in pdf] == []


def test_only_kinds_the_workshop_asks_for_are_on_its_sheets(workshop, room):
    workshop.kinds = [NoteKind.IDEA]
    assert [kind["name"] for kind in table_sheets(board_of(workshop), [])["kinds"]] == ["Idea"]


def test_sheets_without_codes_say_when_the_code_comes(client, workshop, organiser):
    make_group(workshop, "Olmo")
    page = get(client, "org_table_sheets", workshop).content.decode()
    assert ("Give the tables their codes" in page, "The code comes when the workshop starts." in page) == (True, True)
    assert "Give the tables their codes" in get(client, "org_print", workshop).content.decode()


@pytest.mark.parametrize("language", ["en", "it"])
@pytest.mark.parametrize("name", PDFS)
def test_every_pdf_is_tagged_and_has_title_and_language(client, workshop, organiser, room, name, language):
    with translation.override(language):
        document = pikepdf.open(io.BytesIO(get(client, name, workshop).content))
        title = {
            "org_run_sheet_pdf": translation.gettext("Run sheet"),
            "org_badges_pdf": translation.gettext("Badges"),
            "org_attendance_pdf": translation.gettext("Attendance list"),
            "org_signatures_pdf": translation.gettext("Signature sheet"),
            "org_table_sheets_pdf": translation.gettext("Table sheets"),
        }[name]
        wanted = f"{title}, {workshop.title}"
    assert (bool(document.Root.MarkInfo.Marked), str(document.Root.Lang)) == (True, language)
    assert len(document.Root.StructTreeRoot.K) > 0
    with document.open_metadata() as metadata:
        assert (metadata["pdfuaid:part"], metadata["dc:title"]) == ("1", wanted)


@pytest.mark.parametrize("name", [*PAGES, *PDFS])
def test_hostile_names_stay_text(client, workshop, organiser, name):
    make_session(workshop, title={"en": HOSTILE[1], "it": HOSTILE[1]})
    group = make_group(workshop, HOSTILE[0], moderators=list(HOSTILE[:2]))
    give_table_codes(workshop, by=SYSTEM)
    for text in HOSTILE:
        person = make_registration(workshop, name=text, needs=text)
        seats.seat(person, group, by=SYSTEM)
    answer = get(client, name, workshop)
    assert answer.status_code == 200
    if name in PDFS:
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
        assert "#panic()" in words_of(answer.content)
    else:
        assert HOSTILE[0] not in answer.content.decode()


def test_letters_no_font_of_ours_has_cost_the_standard_and_not_the_document(client, workshop, organiser, monkeypatch):
    real, asked = typst.compile, []

    def strict(*args, pdf_standards, **kwargs):
        asked.append(pdf_standards)
        if pdf_standards:
            raise typst.TypstError("no")
        return real(*args, **kwargs)

    monkeypatch.setattr(typst, "compile", strict)
    assert get(client, "org_badges_pdf", workshop).content.startswith(b"%PDF-")
    assert asked == [["ua-1"], []]


@pytest.mark.parametrize("name", [*PAGES, *PDFS])
def test_sheets_of_an_empty_workshop_are_empty(client, workshop, organiser, name):
    assert get(client, name, workshop).status_code == 200


@pytest.mark.parametrize("name", [*PAGES, *PDFS])
def test_another_programmes_sheets_are_not_found(client, workshop, room, name):
    client.force_login(make_organiser(make_workshop().programme))
    assert get(client, name, workshop).status_code == 404


QUERIES = {"org_badges": 14, "org_attendance_pdf": 13, "org_table_sheets": 14}


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("people", [1, 3, 200])
def test_more_people_need_no_more_queries(client, workshop, organiser, people, name, django_assert_num_queries):
    make_session(workshop)
    group = make_group(workshop, "Olmo", size=20)
    everybody = [make_registration(workshop, name=f"Person {number}") for number in range(people)]
    seats.seat_all(workshop, {str(person.pk): str(group.pk) for person in everybody}, by=SYSTEM)
    with django_assert_num_queries(QUERIES[name]):
        assert get(client, name, workshop).status_code == 200


def test_the_run_sheet_says_when_what_happens_who_does_it_and_with_what(client):
    workshop = make_workshop(starts_at=dt.datetime(2027, 4, 10, 16, 0, tzinfo=dt.UTC), minutes=60)
    client.force_login(make_organiser(workshop.programme))
    theme = make_theme(workshop.programme, "Food")
    make_theme(workshop.programme, "Energy")
    make_session(
        workshop, minutes=45, kinds=["idea"], themes=[str(theme.pk)], dots_per_person=3, regroups=True,
        roles={"en": "Serena opens\nMarco keeps time"}, materials={"en": "Pens"},
    )  # fmt: skip
    make_session(workshop, kind="break", minutes=20, prompts=0, title={"en": "Break"})
    make_group(workshop, "Olmo", room="Hall")
    with translation.override("en"):
        sheet = run_sheet(workshop)
    assert sheet["rows"][0] == {
        "start": "18:00",
        "end": "18:45",
        "minutes": 45,
        "kind": "At the tables",
        "title": "Habits",
        "lang": "en",
        "asked": [{"text": "Question 1?", "lang": "en"}],
        "tablets": ["Idea", "Food", "3 dots for each person", "people change tables"],
        "roles": ["Serena opens", "Marco keeps time"],
        "materials": ["Pens"],
    }
    assert (sheet["rows"][1]["start"], sheet["rows"][1]["tablets"]) == ("18:45", [])
    assert sheet["tables"] == [
        {"name": "Olmo", "room": "Hall", "seats": 5, "moderators": ["Ilaria Fontana (asks)", "Youssef Amrani (writes)"]}
    ]
    assert sheet["labels"]["too_long"] == "The agenda is 5 minutes longer than the workshop."


@pytest.mark.parametrize("size", [1, 3, 60])
def test_a_longer_run_sheet_needs_no_more_queries(client, size, django_assert_num_queries):
    workshop = make_workshop()
    client.force_login(make_organiser(workshop.programme))
    for _number in range(size):
        make_session(workshop)
        make_group(workshop)
    with django_assert_num_queries(11):
        client.get(reverse("org_run_sheet", args=[workshop.pk]))
