"""The wall as the room sees it: read from the last row, whole, and still there when the network is not."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import evening

SMALLEST_PX = 29  # on a screen 1920 wide, what is read at ten metres
MODES = ("welcome", "dots", "report", "next", "session")

# Each text with its size on the screen, and whether a part lies outside. Letters inside drawings are scaled with them.
TEXTS = """() => {
  const found = []
  const walker = document.createTreeWalker(document.querySelector('.wall-page'), NodeFilter.SHOW_TEXT)
  for (let text; (text = walker.nextNode());) {
    const around = text.parentElement
    if (!text.textContent.trim() || around.closest('.visually-hidden')) continue
    const range = document.createRange()
    range.selectNode(text)
    const { left, right, top, bottom } = range.getBoundingClientRect()
    const drawing = around.closest('svg')
    const scale = drawing ? drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width : 1
    const isOut = left < 0 || top < 0 || right > innerWidth || bottom > innerHeight
    found.push({ text: text.textContent.trim(), size: parseFloat(getComputedStyle(around).fontSize) * scale, isOut })
  }
  return found
}"""
OVERLAPS = """() => {
  const parts = [...document.querySelectorAll('.wall-page > *')].map((part) => part.getBoundingClientRect())
  const isUnder = (one) => (other) => other.height && other.top < one.bottom - 1
  return parts.flatMap((one, at) => parts.slice(at + 1).filter(isUnder(one))).length
}"""


@pytest.fixture
def organiser(device: Any) -> Page:
    """The cockpit of the workshop that is on."""
    page = device(1440, 900, "en").new_page()
    evening.enter_as_organiser(page, "en")
    page.goto(page.locator("main tbody tr").nth(1).locator("td.end a").get_attribute("href"))
    return page


def show(organiser: Page, mode: str) -> None:
    evening.press(organiser.locator(f"#wall-{mode}"))


def open_wall(organiser: Page, device: Any, language: str, mode: str, size: tuple[int, int] = (1920, 1080)) -> Page:
    wall = organiser.locator("main a[href^='/wall/']").first.get_attribute("href")
    page = device(*size, language).new_page()
    page.goto(f"{wall}?language={language}")
    expect(page.locator(f".wall-page-{mode}")).to_be_visible()
    page.evaluate("document.fonts.ready")
    return page


@pytest.mark.parametrize("language", ["en", "it"])
def test_each_picture_is_whole_and_read_from_the_last_row(organiser: Page, device: Any, language: str) -> None:
    for mode in MODES:
        show(organiser, mode)
        page = open_wall(organiser, device, language, mode)
        texts = page.evaluate(TEXTS)
        assert len(texts) > 5, mode
        assert [one for one in texts if one["isOut"] or one["size"] < SMALLEST_PX] == [], mode
        assert page.evaluate(OVERLAPS) == 0, mode


def test_it_keeps_its_picture_and_clock_without_a_network_and_comes_back(organiser: Page, device: Any) -> None:
    show(organiser, "session")
    page = open_wall(organiser, device, "en", "session")
    state, clock, question = page.locator(".wall-state"), page.locator(".wall-clock"), page.locator(".wall-question h2")
    asked, told = question.inner_text(), clock.inner_text()
    expect(state).to_be_hidden()
    page.context.set_offline(True)
    expect(state).to_have_text("Reconnecting")
    expect(clock).not_to_have_text(told)
    assert question.inner_text() == asked
    show(organiser, "next")
    expect(page.locator(".wall-page-session")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator(".wall-page-next")).to_be_visible()
    expect(state).to_be_hidden()
    show(organiser, "session")
    expect(page.locator(".wall-page-session")).to_be_visible()
