"""The pad as people hold it: their hand, their eyes, their ears, and the time where the workshop is."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.browser import evening, pad
from tests.browser.conftest import LIKE_EVERYBODY
from tests.browser.evening import TABLET, note_on, write_note
from tests.browser.pad import join

HEAR = """() => {
  window.heard = []
  new MutationObserver(() => window.heard.push(document.getElementById('status').textContent))
    .observe(document.getElementById('status'), { childList: true, characterData: true, subtree: true })
}"""
LIVE = "output, [aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log], [role=marquee]"


def ground(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def is_composer_on_the_left(page: Page) -> bool:
    return page.locator(".composer").bounding_box()["x"] < page.locator(".board").bounding_box()["x"]


def test_hand_text_size_and_darkness_apply_at_once_and_stay(tablet: Page) -> None:
    light = ground(tablet)
    tablet.locator(".menu-button").click()
    for choice in ("Left hand", "Largest", "Dark"):
        tablet.locator("dialog.menu label.choice").filter(has_text=choice).click()
    for _look in range(2):
        expect(tablet.locator("html")).to_have_css("font-size", "21.6px")
        assert (is_composer_on_the_left(tablet), ground(tablet)) == (True, "rgb(15, 26, 21)")
        tablet.reload()
        expect(tablet.locator("#new-note")).to_be_visible()
    tablet.locator(".menu-button").click()
    for choice in ("Right hand", "Normal", "Light"):
        tablet.locator("dialog.menu label.choice").filter(has_text=choice).last.click()
    expect(tablet.locator("html")).to_have_css("font-size", "16px")
    assert (is_composer_on_the_left(tablet), ground(tablet)) == (False, light)


def test_a_note_is_two_taps_and_some_typing(tablet: Page) -> None:
    tablet.locator("#new-note").click()
    tablet.keyboard.type("Two taps and some typing.")
    tablet.locator(".composer button.add").click()
    expect(note_on(tablet, "Two taps and some typing.")).to_be_visible()
    tablet.keyboard.type("The next one needs one tap.")
    tablet.locator(".composer button.add").click()
    expect(note_on(tablet, "The next one needs one tap.")).to_be_visible()


def test_one_polite_voice_speaks_and_groups_what_comes_together(tablet: Page, device: Any, code: str) -> None:
    assert tablet.locator(LIVE).evaluate_all("all => all.map(({ id }) => id)") == ["status"]
    other = join(device(*TABLET, "en").new_page(), code, "Youssef")
    expect(tablet.locator("#status")).to_have_text("Ready, also without a connection")
    tablet.evaluate(HEAR)
    other.context.set_offline(True)
    for number in ("one", "two", "three"):
        write_note(other, f"Comes with others: {number}.")
    other.context.set_offline(False)
    for number in ("one", "two", "three"):
        expect(note_on(tablet, f"Comes with others: {number}.")).to_be_visible()
    expect(tablet.locator("#status")).to_have_text("3 new notes from Youssef")
    assert tablet.evaluate("window.heard") == ["3 new notes from Youssef"]


def test_writing_and_sending_are_not_told_step_by_step(tablet: Page) -> None:
    expect(tablet.locator("#status")).to_have_text("Ready, also without a connection")
    tablet.evaluate(HEAR)
    write_note(tablet, "Said once.")
    expect(tablet.locator(".pill.saved")).to_be_visible()
    expect(tablet.locator("#status")).to_have_text("Added")
    assert tablet.evaluate("window.heard") == ["Added"]


def test_times_are_those_of_the_place_wherever_the_tablet_thinks_it_is(chromium: Any, site: Any, code: str) -> None:
    context = chromium.new_context(
        base_url=site.origin, locale="en", **{**LIKE_EVERYBODY, "timezone_id": "America/New_York"}
    )
    page = join(context.new_page(), code)
    kit = page.request.get(f"/api/v1/groups/{pad.group_of(page)}").json()
    session = next(one for one in reversed(kit["sessions"]) if one["state"] == "open")
    end = dt.datetime.fromisoformat(session["ends_at"]).astimezone(ZoneInfo(kit["workshop"]["zone"]))
    expect(page.locator(".under")).to_contain_text(f"{end:%H:%M}")
    context.close()


def test_a_question_asked_anew_takes_the_place_of_the_one_chosen_here(tablet: Page) -> None:
    asked = [0]

    def with_question(route: Any) -> None:
        kit = route.fetch().json()
        session = next(one for one in reversed(kit["sessions"]) if one["state"] == "open")
        session["asked"] = session["prompts"][asked[0]]["id"]
        route.fulfill(json=kit)

    address = f"/api/v1/groups/{pad.group_of(tablet)}"
    kit = tablet.request.get(address, headers={"Accept-Language": "en"}).json()
    session = next(one for one in reversed(kit["sessions"]) if one["state"] == "open")
    first, second, third, *_ = [prompt["text"] for prompt in session["prompts"]]
    question = tablet.locator("p.question")
    evening.pass_the_worker_by(tablet)
    tablet.context.route("**/api/v1/groups/*", with_question)
    tablet.reload()
    expect(question).to_have_text(first)
    tablet.locator(".filters .chip").nth(1).click()
    expect(question).to_have_text(second)
    with tablet.expect_response("**/api/v1/groups/*"):
        tablet.reload()
    expect(tablet.locator(".pill.saved")).to_be_visible()
    expect(question).to_have_text(second)
    asked[0] = 2
    tablet.reload()
    expect(question).to_have_text(third)
