"""The organiser's tables in a browser: evened out and back by keyboard alone, and a person dragged to a table."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import evening, keys

MOVES = 50
TRIES = 10
GROUPS = "tables => tables.map((table) => table.dataset.group)"
NAMES = ("Ada", "Bea", "Cleo", "Dora", "Elio")


@pytest.fixture
def organiser(device) -> Page:
    page = device(1440, 1000, "en").new_page()
    evening.enter_as_organiser(page, "en")
    return page


@pytest.fixture
def plan(organiser) -> evening.Plan:
    """A workshop of one's own with two tables and five people at the door, nobody of them seated."""
    plan = evening.plan_workshop(organiser, "en")
    for name in NAMES:
        organiser.goto(plan.org("desk/"))
        organiser.get_by_label("Name", exact=True).fill(name)
        organiser.get_by_role("button", name="Add and let in").click()
        organiser.get_by_role("heading", name=name).wait_for()
    return plan


def sizes(page: Page) -> list[str]:
    return [re.sub(r"\s+", " ", text).strip() for text in page.locator(".seating-top h2").all_inner_texts()]


def press(page: Page, label: str) -> None:
    """Go to a button or link by Tab, like somebody without a mouse, and press it."""
    wanted = page.locator("main").get_by_text(label, exact=True).last
    for _step in range(400):
        page.keyboard.press("Tab")
        if wanted.evaluate(
            "node => document.activeElement.matches('a, button') && document.activeElement.contains(node)"
        ):
            page.keyboard.press("Enter")
            return
    pytest.fail(f"Tab never came to {label}")


def card_of(page: Page, name: str) -> Locator:
    return page.locator(".place-card", has_text=name)


def pick_up(page: Page, card: Locator) -> None:
    """Press on a card and pull, until the page says it is held: a page still settling may move under a press."""
    held = page.locator(".place-card.dragged")
    for _attempt in range(TRIES):
        card.scroll_into_view_if_needed()
        box = card.bounding_box()
        page.mouse.move(box["x"] + 40, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + 60, box["y"] + 40, steps=8)
        page.wait_for_timeout(200)
        if held.count():
            return
        page.mouse.up()
    pytest.fail("The card is not taken up.")


def drag(page: Page, what: Locator, to: Locator) -> None:
    """By hand, in small steps, as a mouse does; lets go once the page says where it would land."""
    pick_up(page, what)
    end, target = to.bounding_box(), page.locator(".drop-target")
    for step in range(MOVES):  # a busy browser does not hear the first ones
        page.mouse.move(end["x"] + 8 + step % 2, end["y"] + 8, steps=8)
        if target.count():
            break
        page.wait_for_timeout(100)
    expect(target).to_have_count(1)
    page.mouse.up()


def test_tables_are_evened_out_and_put_back_by_keyboard_alone(organiser, plan):
    organiser.goto(plan.org("tables/"))
    press(organiser, "Even out")
    expect(organiser.get_by_role("heading", name="Even out the tables")).to_be_visible()
    press(organiser, "Make these 5 moves")
    expect(organiser.get_by_text("5 moves made.")).to_be_visible()
    assert sorted(re.findall(r"\d of", " ".join(sizes(organiser)))) == ["2 of", "3 of"]
    press(organiser, "Undo the moves")
    expect(organiser.get_by_text("Everybody sits as before these moves.")).to_be_visible()
    assert re.findall(r"\d of", " ".join(sizes(organiser))) == ["0 of", "0 of"]


def test_somebody_is_dragged_to_a_table_and_back_to_none(organiser, plan):
    organiser.goto(plan.org("tables/"))
    drag(organiser, card_of(organiser, "Ada"), organiser.locator("section.seating").first)
    expect(organiser.get_by_text("Ada moved to")).to_be_visible()
    assert re.findall(r"\d of", " ".join(sizes(organiser))) == ["1 of", "0 of"]
    drag(organiser, card_of(organiser, "Ada"), organiser.locator(".seating-loose"))
    expect(organiser.get_by_text("Ada has no seat now.")).to_be_visible()
    assert re.findall(r"\d of", " ".join(sizes(organiser))) == ["0 of", "0 of"]


def test_two_people_swap_by_keyboard_and_the_menu_closes_with_escape(organiser, plan):
    organiser.goto(plan.org("tables/"))
    evening.press(organiser.locator("form[action$='/tables/mix/'] button"))
    ada = card_of(organiser, "Ada")
    before = table_of(ada)
    open_menu(organiser, ada)
    organiser.keyboard.press("Escape")
    expect(organiser.locator("dialog[open]")).to_have_count(0)
    expect(ada).to_be_focused()
    open_menu(organiser, ada)
    keys.tab_to(organiser, "dialog[open] select[name=other]")
    keys.follow(organiser, "dialog[open] form[action$='/swap/'] button")
    expect(organiser.get_by_text("have swapped.")).to_be_visible()
    after = table_of(card_of(organiser, "Ada"))
    assert {before, after} == set(organiser.locator("section.seating").evaluate_all(GROUPS))


def test_without_script_a_card_leads_to_the_page_of_its_menu(chromium, site, organiser, plan):
    context = chromium.new_context(base_url=site.origin, java_script_enabled=False)
    context.add_cookies(organiser.context.cookies())
    page = context.new_page()
    page.goto(plan.org("tables/"))
    card_of(page, "Ada").click()
    expect(page.locator("h1")).to_have_text("Ada")
    page.get_by_role("button", name="Table Olmo").click()
    expect(
        page.locator("section.seating").filter(has_text="Olmo").locator(".place-card", has_text="Ada")
    ).to_be_visible()
    context.close()


def table_of(card: Locator) -> str:
    return card.evaluate("card => card.closest('[data-group]').dataset.group")


def open_menu(page: Page, card: Locator) -> None:
    card.focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open]")).to_contain_text("Move Ada to")


def test_on_a_phone_a_card_is_no_higher_than_its_words_need(organiser, plan):
    organiser.set_viewport_size({"width": 390, "height": 800})
    organiser.goto(plan.org("tables/"))
    organiser.get_by_role("button", name="Suggest a mix").click()
    cards = organiser.locator(".seating-slot .place-card")
    expect(cards.first).to_be_visible()
    heights = [cards.nth(place).bounding_box()["height"] for place in range(cards.count())]
    assert [height for height in heights if height > 110] == []  # four lines at most
