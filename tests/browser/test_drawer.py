"""The notes behind a finding of an outcome: in a drawer with script, in their place without one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

OUTCOME = "/en/w/mappa-delle-abitudini/said/"
NOTES_NAMED = re.compile(r"#notes-[0-9a-f-]{36}$")
TOUCHES_BOTTOM = "node => Math.round(node.getBoundingClientRect().bottom) === innerHeight"
TOUCHES_RIGHT = "node => Math.round(node.getBoundingClientRect().right) === document.documentElement.clientWidth"


@pytest.fixture
def page(device) -> Page:
    page = device(1280, 900, "en").new_page()
    page.goto(OUTCOME)
    return page


def drawer(page: Page):
    return page.locator("dialog.drawer")


def summary(page: Page, place: int = 0):
    return page.locator("details[data-notes] > summary").nth(place)


def test_a_keyboard_opens_the_notes_and_escape_leads_back_to_where_it_was(page):
    summary(page).focus()
    page.keyboard.press("Enter")
    title = page.locator(".said-title").first.inner_text()
    expect(drawer(page).get_by_role("heading", name=title)).to_be_visible()
    expect(drawer(page).locator(".note")).to_have_count(6)
    expect(drawer(page).locator("[data-drawer-body]")).to_be_focused()
    assert NOTES_NAMED.search(page.url)
    page.keyboard.press("Escape")
    expect(drawer(page)).to_be_hidden()
    expect(summary(page)).to_be_focused()
    page.wait_for_url(f"**{OUTCOME}")


def test_back_closes_the_notes_and_forward_opens_them_again(page):
    summary(page, 1).click()
    expect(drawer(page).locator(".note").first).to_be_visible()
    page.go_back()
    expect(drawer(page)).to_be_hidden()
    assert page.url.endswith(OUTCOME)
    page.go_forward()
    expect(drawer(page).get_by_role("heading").first).to_have_text(page.locator(".said-title").nth(1).inner_text())


def test_the_address_of_open_notes_opens_them_for_somebody_else(page, device):
    summary(page, 2).click()
    page.wait_for_url(NOTES_NAMED)
    other = device(390, 844, "en").new_page()
    other.goto(page.url)
    expect(drawer(other).locator(".note").first).to_be_visible()
    drawer(other).get_by_role("button", name="Close").click()
    expect(drawer(other)).to_be_hidden()
    assert other.url.endswith(OUTCOME)


@pytest.mark.parametrize(("size", "edge"), [((1280, 900), TOUCHES_RIGHT), ((390, 844), TOUCHES_BOTTOM)])
def test_notes_stand_beside_the_text_and_on_a_phone_come_from_below(device, size, edge):
    page = device(*size, "en").new_page()
    page.goto(OUTCOME)
    summary(page).click()
    expect(drawer(page).locator(".note").first).to_be_visible()
    assert drawer(page).evaluate(edge)
    page.mouse.click(5, 5)
    expect(drawer(page)).to_be_hidden()


def test_what_is_fetched_is_the_page_that_shows_the_notes_without_script(page):
    with page.expect_request(re.compile("/said/findings/")) as asked:
        summary(page).click()
    expect(drawer(page).locator(".note").first).to_be_visible()
    texts = drawer(page).locator(".note-text").all_inner_texts()
    page.goto(asked.value.url)
    assert page.locator("main .note-text").all_inner_texts() == texts


def test_without_a_connection_the_notes_open_in_their_place(page):
    page.context.set_offline(True)
    summary(page).click()
    expect(page.locator("details.evidence").first.locator(".note").first).to_be_visible()
    expect(drawer(page)).to_be_hidden()


def test_without_script_the_notes_open_in_their_place_and_by_their_address(chromium, site):
    context = chromium.new_context(base_url=site.origin, java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto(OUTCOME)
    summary(page).click()
    body = page.locator("details.evidence .evidence-body").first
    expect(body.locator(".note").first).to_be_visible()
    name = body.get_attribute("id")
    page.goto("about:blank")
    page.goto(f"{OUTCOME}#{name}")
    expect(page.locator(f"#{name} .note").first).to_be_visible()
    context.close()


def test_many_notes_turn_their_pages_inside_the_drawer(page):
    more = '<nav><a class="button" rel="next" href="?page=2">Next page</a></nav></section></section>'

    def with_a_next_page(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</section></section>", more))

    page.route(re.compile(r"/said/findings/[0-9a-f-]+/$"), with_a_next_page)
    with page.expect_request(re.compile("/said/findings/")) as first:
        summary(page).click()
    where = page.url
    with page.expect_request(re.compile(r"\?page=2$")) as second:
        drawer(page).get_by_role("link", name="Next page").click()
    expect(drawer(page).get_by_role("link", name="Next page")).to_have_count(0)
    expect(drawer(page).locator(".note").first).to_be_visible()
    assert (second.value.url, page.url) == (f"{first.value.url}?page=2", where)
