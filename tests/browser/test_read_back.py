"""A table hears its notes and confirms without a connection; the room corrects a note while tables report back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser import evening
from tests.browser.evening import TABLET, note_on, write_note
from tests.browser.pad import TABLE, group_of, join, wait_until
from tests.browser.walk import Checker, Looks


def open_read_back(tablet: Page) -> Locator:
    """The view, with its first note in sight."""
    tablet.locator(".menu-button").click()
    tablet.locator("dialog.menu > button:has(use[href$='#book-open-check'])").click()
    view = tablet.locator("dialog.readback")
    expect(view.locator(".readback-note").first).to_be_visible()
    return view


def confirmations(tablet: Page) -> list[tuple[int, int | None, list[int]]]:
    """What the server has of this table: how many notes, how many people, and the revisions."""
    told = tablet.request.get(f"/api/v1/groups/{group_of(tablet)}/changes?since=0").json()["confirmations"]
    return [(len(one["notes"]), one["people"], sorted(one["notes"].values())) for one in told]


def cockpit_of(page: Page) -> str:
    """Enter as organiser; the address of the workshop that is on."""
    evening.enter_as_organiser(page, "en")
    return page.locator("main tbody tr").nth(1).locator("td.end a").get_attribute("href")


def card_of_the_table(page: Page) -> Locator:
    return page.locator(".cockpit-tables > li").filter(has=page.locator(f"h3:text-is('{TABLE}')"))


def test_a_table_confirms_without_a_connection_and_the_cockpit_says_so(tablet: Page, device: Any) -> None:
    before = confirmations(tablet)
    tablet.context.set_offline(True)
    write_note(tablet, "I keep the cellar key.")
    view = open_read_back(tablet)
    line = view.locator(".readback-note").filter(has_text="I keep the cellar key.")
    line.get_by_role("button").press("Enter")
    tablet.locator("#edit-text").fill("We keep the cellar key.")
    tablet.locator("dialog.editor[open] .dialog-foot .primary").click()
    changed = view.locator(".readback-note").filter(has_text="We keep the cellar key.")
    expect(changed.get_by_role("button")).to_be_focused()
    read = view.locator(".readback-note").count()
    for _person in range(3):
        view.locator(".people-step button").last.click()
    view.locator(".readback-confirm").press("Enter")
    state = view.locator(".readback-state")
    expect(state).to_contain_text(f"with Ilaria: {read} notes. It is safe on this tablet")

    tablet.reload()
    expect(tablet.locator(".pill.here")).to_be_visible()
    expect(open_read_back(tablet).locator(".readback-state")).to_contain_text(
        f"{read} notes. It is safe on this tablet"
    )
    assert confirmations(tablet) == before

    tablet.context.set_offline(False)
    expect(tablet.locator(".pill.saved")).to_be_attached()
    wait_until(tablet, lambda: len(confirmations(tablet)), len(before) + 1)
    count, people, revisions = confirmations(tablet)[-1]
    assert (count, people, min(revisions) > 0) == (read, 3, True)
    expect(state).not_to_contain_text("It is safe on this tablet")

    cockpit = device(1440, 900, "en").new_page()
    cockpit.goto(cockpit_of(cockpit))
    told = card_of_the_table(cockpit).locator(".cockpit-heard")
    expect(told).to_contain_text(f"{read} notes confirmed at")
    expect(told).not_to_contain_text("changed since")

    view.locator(".dialog-head button").click()
    write_note(tablet, "One more thing was said.")
    expect(told).to_contain_text("1 changed since")
    expect(open_read_back(tablet).locator(".readback-state")).to_contain_text("1 is new since.")
    view.locator(".readback-confirm").click()
    expect(told).to_contain_text(f"{read + 1} notes confirmed at")
    expect(told).not_to_contain_text("changed since")


def end_soon(route: Route) -> None:
    """The kit, with five minutes left of the session that is open."""
    answer = route.fetch()
    kit = answer.json()
    ends_at = dt.datetime.fromisoformat(kit["server_time"]) + dt.timedelta(minutes=5)
    for session in kit["sessions"]:
        session["ends_at"] = ends_at.isoformat() if session["state"] == "open" else session["ends_at"]
    route.fulfill(response=answer, json=kit)


def test_in_the_last_minutes_the_board_asks_to_read_back_until_the_table_has_confirmed(tablet: Page) -> None:
    write_note(tablet, "Said while there was time.")
    reminder = tablet.locator(".read-back")
    expect(reminder).to_be_hidden()
    evening.pass_the_worker_by(tablet)
    tablet.route("**/api/v1/groups/*", end_soon)
    tablet.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(reminder).to_be_visible()
    reminder.get_by_role("button").click()
    view = tablet.locator("dialog.readback")
    view.locator(".readback-confirm").click()
    expect(view.locator(".readback-state")).to_contain_text("with Ilaria")
    view.locator(".dialog-head button").click()
    expect(reminder).to_be_hidden()
    write_note(tablet, "Said in the last minute.")
    expect(reminder).to_be_visible()


@pytest.fixture
def reporting(device: Any) -> Any:
    """The wall shows the report back, as long as the test lasts; gives the organiser's page."""
    page = device(1440, 900, "en").new_page()
    cockpit = cockpit_of(page)
    page.goto(cockpit)
    page.locator("#wall-report").click()
    expect(page.locator("#wall-report")).to_have_attribute("aria-pressed", "true")
    yield page, cockpit
    page.goto(cockpit)
    page.locator("#wall-session").click()
    expect(page.locator("#wall-session")).to_have_attribute("aria-pressed", "true")


def choose_first_session(tablet: Page) -> None:
    tablet.locator(".menu-button").click()
    tablet.locator("dialog.menu .sessions label").first.click()
    tablet.keyboard.press("Escape")


def test_a_table_corrects_what_the_room_heard_and_the_organiser_sees_both_texts(tablet: Page, reporting: Any) -> None:
    page, cockpit = reporting
    choose_first_session(tablet)
    expect(tablet.locator(".plenary")).to_be_visible()
    card = tablet.locator(".notes > li").first
    before = card.locator("p.said").first.inner_text()
    tablet.context.set_offline(True)
    card.locator(".cover").press("Enter")
    tablet.locator("#correct-text").fill("That is what we said.")
    tablet.locator("dialog[open] .dialog-foot .primary").click()
    corrected = note_on(tablet, "That is what we said.")
    expect(corrected).to_be_visible()
    tablet.reload()
    choose_first_session(tablet)
    corrected.locator("details.said-before summary").click()
    expect(corrected.locator("details.said-before .said")).to_have_text(before)

    tablet.context.set_offline(False)
    expect(tablet.locator(".pill.saved")).to_be_visible()
    page.goto(f"{cockpit}notes/?q=That+is+what+we+said")
    told = page.locator(".notes-board > li").first
    told.locator(".note-before summary").click()
    expect(told.locator(".note-before .note-text")).to_have_text(before)
    told.locator(".note-correct summary").click()
    told.locator("textarea").fill("That is what we all said.")
    evening.press(told.locator(".note-correct button"))
    choose_first_session(tablet)
    expect(note_on(tablet, "That is what we all said.")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "it"])
def test_reading_back_and_correcting_break_no_rule_of_accessibility(
    browser_of: Any, site: Any, code: str, reporting: Any, language: str
) -> None:
    looks, context = Looks(), browser_of(*TABLET, language)
    check = Checker(context, looks, site.origin)
    tablet = join(check.page, code)
    write_note(tablet, f"Written to be read back in {language}.")
    view = open_read_back(tablet)
    view.locator(".readback-confirm").click()
    expect(view.locator(".readback-state")).to_be_visible()
    check.look("reading back", is_small=True)
    view.locator(".dialog-head button").click()
    choose_first_session(tablet)
    expect(tablet.locator(".plenary")).to_be_visible()
    tablet.locator(".notes .cover").first.click()
    tablet.locator("#correct-text").fill(f"Corrected in {language}.")
    check.look("correcting", is_small=True)
    tablet.locator("dialog[open] .dialog-foot .primary").click()
    note_on(tablet, f"Corrected in {language}.").locator("details.said-before summary").click()
    check.look("a corrected note", is_small=True)
    context.close()
    page, cockpit = reporting
    organiser = Checker(page.context, looks, site.origin)
    organiser.go(f"{cockpit}notes/")
    organiser.page.locator("#heard > summary").click()
    organiser.page.locator(".note-before summary").first.click()
    organiser.page.locator(".note-correct summary").first.click()
    organiser.look("notes with a correction", is_small=True)
    assert looks == Looks()
