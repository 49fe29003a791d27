"""The whole evening in a browser, from the front page to the published outcome, in both languages of the sample."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import evening
from tests.browser.evening import PEOPLE, PLACES, TABLES, TABLET, Plan, Say, address_of, note_on, write_note

AT_THE_FIRST_TABLE = ("We ride the bike to school every morning.", "The children ride the bike to school.")
WITHOUT_CONNECTION = ("A bike to school is faster than the bus.", "Nobody parks a bike near the school.")
AT_THE_SECOND_TABLE = ("Our children ride the bike to school too.", "My grandmother knits blankets for us.")
ALL_NOTES = (*AT_THE_FIRST_TABLE, *WITHOUT_CONNECTION, *AT_THE_SECOND_TABLE)
HEADLINE = "We ride to school together"
FINDING = "The bike is the way to school"


@pytest.mark.parametrize("language", ["en", "it"])
def test_an_evening_goes_from_the_front_page_to_the_published_outcome(device: Any, say: Any, language: str) -> None:
    organiser = device(1440, 900, language).new_page()
    evening.look_at_public_pages(organiser, language)
    evening.enter_as_organiser(organiser, language)
    plan = evening.plan_workshop(organiser, language)
    sign_up(device, plan, say(language))
    evening.mix_and_move(organiser, plan)
    codes = evening.go_live(organiser, plan)
    write_at_the_tables(device, organiser, plan, codes, say(language))
    evening.close_all_sessions(organiser, plan)
    evening.compile_notes(organiser, plan)
    curate(organiser, plan)
    publish(organiser, plan)
    read_outcome(device(390, 844, language).new_page(), plan)


def sign_up(device: Any, plan: Plan, word: Say) -> None:
    """Five places for six people; asking twice with one address takes no second place."""
    phones = evening.take_places(device, plan)
    waits = word("You are number %(position)s on the waiting list") % {"position": 1}
    titles = [word("You have a place, %(name)s") % {"name": person.split()[0]} for person in PEOPLE[:PLACES]]
    assert [phone.locator("h1").inner_text() for phone in phones] == [*titles, waits]
    expect(phones[0].locator(".qr svg")).to_be_visible()
    calendar = phones[0].request.get(phones[0].locator("a[href$='calendar.ics']").get_attribute("href"))
    assert (calendar.status, calendar.text().count("BEGIN:VEVENT")) == (200, 1)
    again = device(390, 844, plan.language).new_page()
    evening.ask_for_place(again, plan, PEOPLE[0])
    again.wait_for_url("**/place/sent/")
    again.goto(plan.public("place/"))
    expect(again.locator("main form.form button.button-primary")).to_have_text(word("Join the waiting list"))
    read_mail(again, plan)


def read_mail(page: Page, plan: Plan) -> None:
    """Each person has a letter: five confirmations, one turn on the waiting list."""
    for person in PEOPLE:
        letters = page.locator("main .line").filter(has_text=address_of(person, plan))
        for _attempt in range(20):
            page.goto("/demo/mail/")
            if letters.count():
                break
            page.wait_for_timeout(250)
        expect(letters.first).to_be_visible()


def write_at_the_tables(device: Any, organiser: Page, plan: Plan, codes: dict[str, str], word: Say) -> None:
    """Two tablets at the first table, one at the second; cockpit and wall follow without being reloaded."""
    assert sorted(codes) == sorted(TABLES)
    asks, writes, other = (device(*TABLET, plan.language).new_page() for _tablet in range(3))
    for tablet, table, name in ((asks, 0, "Ilaria"), (writes, 0, "Youssef"), (other, 1, "Marta")):
        evening.join_table(tablet, codes[TABLES[table]], name)
    organiser.goto(plan.org())
    wall = device(1920, 1080, plan.language).new_page()
    wall.goto(organiser.locator("main a[href^='/wall/']").get_attribute("href"))
    for text in AT_THE_FIRST_TABLE:
        write_note(writes, text)
        expect(note_on(asks, text)).to_be_visible()
    for text in AT_THE_SECOND_TABLE:
        write_note(other, text)
    write_without_connection(writes, asks, word)
    for view, table in ((organiser, ".cockpit-tables > li"), (wall, ".wall-table")):
        for name, count in zip(TABLES, (4, 2), strict=True):
            drawing = view.locator(table).filter(has_text=name).locator("svg text").first
            expect(drawing).to_have_text(str(count))


def write_without_connection(writes: Page, asks: Page, word: Say) -> None:
    """The tablet keeps what is written, over a reload too, and sends it when the connection is back."""
    expect(writes.locator(".pill.saved")).to_have_text(word("All saved"))
    writes.on("dialog", lambda question: question.accept())
    writes.context.set_offline(True)
    for text in WITHOUT_CONNECTION:
        write_note(writes, text)
    on_this_tablet = word("{count} on this tablet").replace("{count}", "2")
    expect(writes.locator(".pill.here")).to_have_text(on_this_tablet)
    writes.reload()
    for text in WITHOUT_CONNECTION:
        expect(note_on(writes, text)).to_be_visible()
        expect(note_on(asks, text)).to_have_count(0)
    expect(writes.locator(".pill.here")).to_have_text(on_this_tablet)
    writes.context.set_offline(False)
    for text in WITHOUT_CONNECTION:
        expect(note_on(asks, text)).to_be_visible()
    expect(writes.locator(".pill.saved")).to_have_text(word("All saved"))


def curate(page: Page, plan: Plan) -> None:
    """A note goes into a finding by its menu, the finding gets a title, the summary a headline."""
    finding = page.locator(".curation-finding.card-current")
    finding.locator("[name$=title]").fill(FINDING)
    evening.press(finding.locator("form.form button:not([form])"))
    expect(finding.locator("[name$=title]")).to_have_value(FINDING)
    expect(finding.locator(".curation-in-progress")).to_be_visible()
    note = page.locator(".curation-notes").first.locator("li[data-note]").first
    who = note.get_attribute("id")
    note.locator("summary").click()
    evening.press(note.locator("button[name=finding]").first)
    expect(page.locator(".curation-notes").last.locator(f"#{who}")).to_have_count(1)
    headline = page.locator("#headline form")
    headline.locator("[name$=headline]").fill(HEADLINE)
    evening.press(headline.locator("button"))
    expect(page.locator("#headline [name$=headline]")).to_have_value(HEADLINE)


def publish(page: Page, plan: Plan) -> None:
    """Publish; where a note may have a name in it, or counts are small, say that it is fine."""
    page.goto(plan.org("summary/publish/"))
    for decision in page.locator("[name=names_are_fine], [name=few_are_fine]").all():
        decision.check()
    evening.press(page.locator("form.form button.button-primary"))
    assert not page.url.endswith("/publish/")


def read_outcome(page: Page, plan: Plan) -> None:
    """What everybody reads: headline, findings with the notes behind them, files to take along."""
    page.goto(plan.public("said/"))
    expect(page.locator("h1")).to_have_text(HEADLINE)
    finding = page.locator(".said-finding").filter(has_text=FINDING)
    note = finding.locator(".note-text").filter(has_text=AT_THE_FIRST_TABLE[0])
    expect(note).to_be_hidden()
    finding.locator("details.evidence > summary").click()
    expect(page.locator("dialog.drawer .note-text").filter(has_text=AT_THE_FIRST_TABLE[0])).to_be_visible()
    pdf = page.request.get(plan.public("said/summary.pdf"))
    assert (pdf.status, pdf.body()[:4]) == (200, b"%PDF")
    rows = evening.rows_of(page.request.get(plan.public("said/notes.csv")).text())
    assert sorted(row["text"] for row in rows) == sorted(ALL_NOTES)
