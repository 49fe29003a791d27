"""The rating round at one table: two tablets count the same people, one of them without a connection."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser import evening
from tests.browser.evening import TABLET

ANSWERS = 5


def counts(tablet: Page) -> list[int]:
    return [int(count) for count in tablet.locator(".tally .tally-count").all_inner_texts()]


def step(tablet: Page, answer: int, way: str) -> Locator:
    """The button for one fewer or one more of an answer, 0 (never) to 4 (every week)."""
    return tablet.locator(".tally-answer").nth(answer).locator("button").nth(["fewer", "more"].index(way))


def expect_counts(tablet: Page, wanted: list[int]) -> None:
    for answer in range(ANSWERS):
        expect(tablet.locator(".tally .tally-count").nth(answer)).to_have_text(str(wanted[answer]))


def people_of(tablet: Page) -> int:
    group = re.search(r"/table/([0-9a-f-]{36})/", tablet.url)[1]
    return tablet.request.get(f"/api/v1/groups/{group}").json()["group"]["people"]


def empty(tablet: Page) -> None:
    """Take every answer of the first initiative back."""
    for answer, count in enumerate(counts(tablet)):
        for _one in range(count):
            step(tablet, answer, "fewer").click()
    expect_counts(tablet, [0] * ANSWERS)
    expect(tablet.locator(".pill.saved")).to_be_visible()


def test_two_tablets_count_together_and_never_more_than_the_people_at_the_table(device: Any, code: str) -> None:
    tablets = [device(*TABLET, "en").new_page() for _ in range(2)]
    for tablet, name in zip(tablets, ("Ilaria", "Youssef"), strict=True):
        tablet.on("dialog", lambda question: question.accept())
        evening.join_table(tablet, code, name)
        tablet.locator(".chip.initiative").first.click()
        expect(tablet.locator(".tally")).to_be_visible()
    first, second = tablets
    people = people_of(first)
    empty(first)
    expect_counts(second, [0] * ANSWERS)

    step(first, 4, "more").press("Enter")
    expect_counts(second, [0, 0, 0, 0, 1])

    second.context.set_offline(True)
    step(second, 1, "more").click()
    expect_counts(second, [0, 1, 0, 0, 1])
    second.reload()
    expect_counts(second, [0, 1, 0, 0, 1])
    for _person in range(people - 1):
        step(first, 3, "more").click()
    expect_counts(first, [0, 0, 0, people - 1, 1])
    expect(first.locator(".pill.saved")).to_be_visible()

    second.context.set_offline(False)
    expect_counts(second, [0, 0, 0, people - 1, 1])
    expect(second.locator("#banner")).to_contain_text("was not counted")
    expect(second.locator(".tally .missing")).to_be_visible()
    step(first, 0, "more").click()
    expect(first.locator(".tally .missing")).to_be_visible()
    expect_counts(first, [0, 0, 0, people - 1, 1])
