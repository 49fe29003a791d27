"""Taking a place on a phone with the keyboard alone: own questions, consents, changing and taking back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import evening
from tests.browser.evening import Plan
from tests.browser.keys import tab_to
from tests.browser.walk import Checker, Looks

PHONE = (390, 844)
CHOICE = {
    "text_it": "Dove abiti?",
    "text_en": "Where do you live?",
    "options_it": "In quartiere\nAltrove",
    "options_en": "In the quarter\nElsewhere",
}
TEXT = {"text_it": "Come ci hai trovati?", "text_en": "How did you hear of us?"}


@pytest.mark.parametrize("language", ["en", "it"])
def test_a_place_is_taken_answered_and_allowed_with_the_keyboard_alone(
    device: Any, say: Any, site: Any, language: str
) -> None:
    word, looks = say(language), Looks()
    organiser = Checker(device(1440, 900, language), looks, site.origin)
    evening.enter_as_organiser(organiser.page, language)
    plan = evening.plan_workshop(organiser.page, language)
    ask_own_questions(organiser, plan)
    phone = Checker(device(*PHONE, language), looks, site.origin)
    take_a_place(phone, plan, word)
    change_an_answer(phone, word)
    allow_and_take_back(phone, word)
    look_at_the_person(organiser, plan)
    assert (looks.rules, looks.dark, looks.sideways, looks.complaints, looks.strangers) == ([], [], [], [], [])


def ask_own_questions(check: Checker, plan: Plan) -> None:
    """One required choice and one text, by the organiser's page; then the pages about what people may allow."""
    page = check.page
    for kind, words in (("choice", CHOICE), ("text", TEXT)):
        page.goto(plan.org("questions/"))
        form = page.locator("form[action$='/questions/add/']")
        evening.open_around(form)
        for name, value in words.items():
            form.locator(f"[name={name}]").fill(value)
        form.locator("[name=kind]").select_option(kind)
        if kind == "choice":
            form.locator("[name=required]").check()
        form.get_by_role("button").click()
        expect(page.locator("main ol.lines")).to_contain_text(words[f"text_{plan.language}"])
    check.look("the organiser's questions")
    check.go(page.locator("main a[href$='/purposes/']").get_attribute("href"))
    check.go(plan.org("people/"))
    check.go(plan.org("people/bursts/"))


def take_a_place(check: Checker, plan: Plan, word: Any) -> None:
    """First without the answer that is needed; then with it, and one thing allowed."""
    page = check.page
    check.go(plan.public("place/"), is_small=True)
    tab_to(page, "[name=name]")
    page.keyboard.type("Teresa Donati")
    tab_to(page, "[name=email]")
    page.keyboard.type(evening.address_of("Teresa Donati", plan))
    page.wait_for_timeout(evening.MS_TO_WRITE)
    tab_to(page, "main form.form button.button-primary")
    page.keyboard.press("Enter")
    needed = word("Answer this: %(question)s") % {"question": CHOICE[f"text_{plan.language}"]}
    expect(page.locator("main .banner-bad")).to_be_focused()
    expect(page.locator("main .banner-bad")).to_contain_text(needed)
    check.look("a required question left open", is_small=True)
    tab_to(page, "main .banner-bad a")
    page.keyboard.press("Enter")
    tab_to(page, "input[type=radio][name^=question_]")
    page.keyboard.press("Space")
    tab_to(page, "textarea[name^=question_]")
    page.keyboard.type("Al mercato")
    tab_to(page, "[name=allow_quotes]")
    page.keyboard.press("Space")
    tab_to(page, "main form.form button.button-primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/*/")
    expect(page.locator("h1")).to_have_text(word("You have a place, %(name)s") % {"name": "Teresa"})
    expect(page.locator(".said-answers")).to_contain_text("Al mercato")
    check.look("my place with answers and consents", is_small=True)


def change_an_answer(check: Checker, word: Any) -> None:
    page = check.page
    tab_to(page, "a[href$='/answers/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/answers/")
    check.look("changing an answer", is_small=True)
    tab_to(page, "input[type=radio][name^=question_]")
    page.keyboard.press("ArrowDown")
    tab_to(page, "main form.form button.button-primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/*/")
    expect(page.locator("main")).to_contain_text(word("Your answers are saved."))


def allow_and_take_back(check: Checker, word: Any) -> None:
    """The same number of presses either way: one."""
    page = check.page
    photos = "form.allow-line:has(input[value=photos])"
    for value, badge in (("1", "Allowed"), ("0", "Not allowed")):
        tab_to(page, f"{photos} button[value='{value}']")
        page.keyboard.press("Enter")
        expect(page.locator(f"{photos} .badge")).to_have_text(word(badge))
    expect(page.locator("form.allow-line:has(input[value=quotes]) .badge")).to_have_text(word("Allowed"))


def look_at_the_person(check: Checker, plan: Plan) -> None:
    """The organiser sees the changed answer and what is allowed."""
    page = check.page
    check.go(plan.org("people/"))
    expect(page.locator("main tbody")).to_contain_text(CHOICE[f"options_{plan.language}"].split("\n")[1])
    check.go(page.locator("main tbody td.end a").first.get_attribute("href"))
    expect(page.locator(".said-answers")).to_contain_text("Al mercato")
    expect(page.locator(".allow-line .badge-ok")).to_have_count(1)
