"""Lists of people: what a spreadsheet writes is read as text, and each bad row is named before anybody is invited."""

from __future__ import annotations

import io
import tracemalloc
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.history import SYSTEM
from ledger.models import Job, Mail
from participants import sheets
from participants.actions.invitations import Wanted, invite
from participants.actions.no_mail import stop_mail
from participants.guest_lists import GuestList, read_guests, sealed, unsealed
from participants.models import Invitation
from participants.sheets import NotAList, read_rows
from tests.factories import make_organiser, make_registration, make_workshop
from workshops.models import Workshop

GUESTS = [("Nome", "E-mail"), ("Andrè Sala", "andre@posta.example"), ("Bruno, detto Nino", "bruno@posta.example")]
ZIPPED = b"PK\x03\x04".__add__
TWO = [(2, ["Andrè Sala", "andre@posta.example"]), (3, ["Bruno, detto Nino", "bruno@posta.example"])]


def csv_of(rows: list[tuple[str, ...]], delimiter: str = ",") -> str:
    return "".join(delimiter.join(f'"{cell}"' for cell in row) + "\r\n" for row in rows)


def xlsx_of(rows: list[tuple]) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(NotAList) as wrong:
        read_rows(content)
    return wrong.value.sentence


# Reading


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_csv_that_spreadsheets_write_reads_the_same(codec, delimiter):
    assert read_rows(csv_of(GUESTS, delimiter).encode(codec)) == [(1, ["Nome", "E-mail"]), *TWO]


def test_an_xlsx_reads_the_same_as_a_csv():
    assert read_rows(xlsx_of(GUESTS)) == [(1, ["Nome", "E-mail"]), *TWO]


def test_a_formula_is_its_own_text_and_a_number_a_text():
    rows = read_rows(xlsx_of([('=HYPERLINK("https://evil.example","Anna")', 42, None, True)]))
    assert rows == [(1, ['=HYPERLINK("https://evil.example","Anna")', "42", "", "True"])]


def test_rows_keep_the_numbers_a_spreadsheet_shows():
    content = b"name,email\n\n\nAnna,anna@posta.example\n"
    assert [number for number, _cells in read_rows(content)] == [1, 4]
    assert [number for number, _cells in read_rows(xlsx_of([("a",), (None,), (), ("b",)]))] == [1, 4]


def test_a_quoted_cell_with_a_line_break_is_one_cell_of_one_row():
    assert read_rows(b'"Anna\nRossi",anna@posta.example\nBruno,b@posta.example') == [
        (1, ["Anna\nRossi", "anna@posta.example"]),
        (2, ["Bruno", "b@posta.example"]),
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "There is nothing in the file."),
        (b"\n \n;;\n", "There is nothing in the file."),
        (b"\x00\x01\x02", "This is not a list we can read. Save it as CSV or XLSX and choose that."),
        (b"\x81\x8d", "This is not a list we can read. Save it as CSV or XLSX and choose that."),
        (b'"' + b"x" * 200_000, "This is not a list we can read. Save it as CSV or XLSX and choose that."),
        (b"\xd0\xcf\x11\xe0old", "This is an old Excel file. Save it as XLSX or CSV and choose that."),
        (b"PK\x03\x04broken", "This file is damaged, or no list. Save it again as XLSX or CSV."),
        (b"x" * 1_000_001, "The file is larger than 1 MB. Keep only the columns with name, e-mail and language."),
        (b"a@b.example\n" * 1_002, "The list has more than 1,000 rows. Split it and take in one part after the other."),
    ],
)  # fmt: skip
def test_what_is_no_list_gets_a_sentence(content, sentence):
    assert refusal(content) == sentence


def packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in parts.items():
            zipped.writestr(name, content)
    return file.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def test_a_file_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(monkeypatch):
    bomb = packed({"xl/worksheets/sheet1.xml": b" " * (sheets.MOST_UNPACKED + 1)})
    assert len(bomb) < 20_000
    monkeypatch.setattr(openpyxl, "load_workbook", None)
    assert refusal(bomb) == "There is too much in the file. Copy the list into a new one and save that."


def test_entities_that_grow_are_not_read():
    parts = unpacked(xlsx_of(GUESTS))
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    parts["xl/sharedStrings.xml"] = bomb + b"<sst><si><t>&b;</t></si></sst>"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        b'spreadsheetml.sharedStrings+xml"/></Types>',
    )
    assert refusal(packed(parts)) == "This file is damaged, or no list. Save it again as XLSX or CSV."


def test_a_sheet_that_claims_a_million_rows_is_read_to_the_last_it_may_hold_and_in_little_memory():
    parts = unpacked(xlsx_of(GUESTS))
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b'ref="A1:B3"', b'ref="A1:XFD1048576"')
    sheet = sheet.replace(b'<row r="3">', b'<row r="1048576">').replace(b'r="A3"', b'r="A1048576"')
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'r="B3"', b'r="B1048576"')
    content = packed(parts)
    tracemalloc.start()
    try:
        assert read_rows(content) == [(1, ["Nome", "E-mail"]), TWO[0]]
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300) | st.text(max_size=200).map(str.encode) | st.binary(max_size=80).map(b"PK\x03\x04".__add__)
)
def test_whatever_the_file_holds_it_is_rows_of_text_or_a_sentence(content):
    try:
        rows = read_rows(content)
    except NotAList:
        return
    assert rows
    assert all(isinstance(cell, str) for _number, cells in rows for cell in cells)


# Understanding


@pytest.fixture
def workshop(db: None) -> Workshop:
    return make_workshop()


def guests(workshop: Workshop, text: str) -> GuestList:
    return read_guests(workshop, read_rows(text.encode()))


@pytest.mark.parametrize(
    "text",
    [
        "name,email,language\nAnna Rossi,Anna@posta.example,en",
        "Lingua;Nome e cognome;E-mail\nInglese;Anna Rossi;anna@posta.example",
        "first name,surname,mail,lang\nAnna,Rossi,anna@posta.example,EN",
        "email,nome,cognome,language\nanna@posta.example,Anna,Rossi,English",
    ],
)
def test_columns_are_found_by_their_titles(workshop, text):
    assert guests(workshop, text) == GuestList(people=[Wanted("Anna Rossi", "anna@posta.example", "en")])


@pytest.mark.parametrize("text", ["Anna Rossi,anna@posta.example", "anna@posta.example,Anna Rossi"])
def test_without_titles_the_column_with_an_at_holds_addresses(workshop, text):
    assert guests(workshop, text) == GuestList(people=[Wanted("Anna Rossi", "anna@posta.example", "it")])


def test_a_list_without_addresses_gets_a_sentence(workshop):
    with pytest.raises(NotAList, match=r"We found no column with addresses\. Write “E-mail” above it\."):
        guests(workshop, "Anna\nBruno")


def test_each_bad_row_is_named_with_its_number_and_every_reason(workshop):
    make_registration(workshop, email="here@posta.example")
    invite(workshop, [Wanted("", f"{who}@posta.example", "it") for who in ("asked", "silent")], by=SYSTEM)
    stop_mail(Invitation.objects.get(email="silent@posta.example"), by=SYSTEM)
    read = guests(
        workshop,
        "name,email,language\n"
        "Anna,anna@posta.example,\n"
        "Anna again,ANNA@posta.example,\n"
        "Bruno,,it\n"
        "Carlo,carlo,it\n"
        "www.evil.example,dora@posta.example,fr\n"
        "=1+1,eva@posta.example,\n"
        f"{'x' * 81},fabio@posta.example,\n"
        "Here,here@posta.example,\n"
        "Asked,asked@posta.example,\n"
        "Silent,silent@posta.example,\n",
    )
    assert [one.email for one in read.people] == ["anna@posta.example"]
    assert [(row.number, row.why) for row in read.bad] == [
        (3, "The same address stands in row 2."),
        (4, "Write your e-mail, like nome@posta.example"),
        (5, "Write an e-mail address with an @, like nome@posta.example"),
        (
            6,
            "Write your name without a web or e-mail address. Write the language as it or en, or leave it empty.",
        ),
        (7, "The name is a formula. Write what it shows."),
        (8, "Write a name of at most 80 letters"),
        (9, "This address has signed up already."),
        (10, "This address is invited already."),
        (11, "Whoever reads this address asked us not to write."),
    ]


def test_a_row_with_characters_no_database_holds_is_a_bad_row(workshop):
    read = read_guests(workshop, [(1, ["name", "email"]), (2, ["An\x00na", "anna@posta.example"])])
    assert [row.why for row in read.bad] == ["There are characters in it that cannot be stored."]


def test_the_preview_s_people_are_ours_of_this_workshop_and_of_today_only(workshop):
    people = [Wanted("Anna", "anna@posta.example", "it")]
    seal = sealed(workshop, people)
    assert unsealed(workshop, seal) == people
    assert [unsealed(make_workshop(), seal), unsealed(workshop, seal + "x"), unsealed(workshop, "")] == [None] * 3


# On the page


@pytest.fixture
def organiser(client: Client, workshop: Workshop) -> None:
    client.force_login(make_organiser(workshop.programme))


def send(client: Client, workshop: Workshop, content: bytes, name: str = "guests.csv"):
    address = reverse("org_read_list", args=[workshop.pk])
    return client.post(address, {"list": SimpleUploadedFile(name, content)})


@pytest.mark.parametrize("content", [csv_of(GUESTS).encode(), xlsx_of(GUESTS)], ids=["csv", "xlsx"])
def test_a_preview_invites_nobody_and_its_button_everybody_once(client, workshop, organiser, content):
    page = send(client, workshop, content)
    assert [one.name for one in page.context["guests"].people] == ["Andrè Sala", "Bruno, detto Nino"]
    assert (Invitation.objects.count(), Mail.objects.count(), Job.objects.count()) == (0, 0, 0)
    seal, invite_them = page.context["seal"], reverse("org_invite_list", args=[workshop.pk])
    answers = [client.post(invite_them, {"people": seal}, follow=True) for _press in range(2)]
    assert [str(message) for answer in answers for message in answer.context["messages"]] == [
        "2 people are invited.",
        "2 were invited already.",
    ]
    assert Invitation.objects.count() == 2


def test_bad_rows_stand_on_the_preview_and_are_left_out(client, workshop, organiser):
    page = send(client, workshop, b"name,email\nAnna,anna@posta.example\n<script>x</script>,broken")
    text = page.content.decode()
    assert "Row 3" in text
    assert "&lt;script&gt;x&lt;/script&gt;, broken" in text
    client.post(reverse("org_invite_list", args=[workshop.pk]), {"people": page.context["seal"]})
    assert [each.email for each in Invitation.objects.all()] == ["anna@posta.example"]


def test_no_file_or_a_broken_one_is_a_sentence_beside_the_field(client, workshop, organiser):
    missing = client.post(reverse("org_read_list", args=[workshop.pk]))
    assert missing.context["list_form"].errors == {"list": ["Choose a file."]}
    broken = send(client, workshop, b"PK\x03\x04")
    assert broken.context["list_form"].errors == {
        "list": ["This file is damaged, or no list. Save it again as XLSX or CSV."]
    }


def test_a_preview_of_somebody_else_s_making_invites_nobody(client, workshop, organiser):
    for people in ("", "forged", sealed(make_workshop(), [Wanted("", "anna@posta.example", "it")])):
        answer = client.post(reverse("org_invite_list", args=[workshop.pk]), {"people": people}, follow=True)
        assert "The preview is too old, or not ours. Choose the file again." in answer.content.decode()
    assert Invitation.objects.count() == 0
