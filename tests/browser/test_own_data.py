"""On a phone: see what is known, download it, delete it. Every page on the way keeps the rules, in both languages."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser import evening
from tests.browser.walk import Checker, Looks

FULL = "dalle-iniziative-ai-servizi"
PHONE = (390, 844)


def address(language: str) -> str:
    return f"zaira-{language}@posta.example"


@pytest.fixture(scope="module", params=["en", "it"])
def walked(request: Any, browser_of: Any, site: Any) -> tuple[Looks, dict[str, Any]]:
    """The whole way on one phone; what a look at each page found, and what was downloaded."""
    found, language = Looks(), request.param
    context = browser_of(*PHONE, language)
    check = Checker(context, found, site.origin)
    told = walk(check, language)
    look_as_organiser(browser_of(1280, 900, language), found, site.origin, language)
    context.close()
    return found, told


def walk(check: Checker, language: str) -> dict[str, Any]:
    page = check.page
    wait_for_place(page, language)
    check.look("my place", is_small=True)
    evening.press(page.locator("main a[href$='/data/']"))
    check.look("my data, asked for", is_small=True)
    evening.press(page.locator("main form[method=post] button"))
    check.look("my data, on its way", is_small=True)
    page.goto(link_in_mail(page, language))
    check.look("my data", is_small=True)
    with page.expect_download() as download:
        page.locator("a[href$='/data/file/']").click()
    told = json.loads(download.value.path().read_text(encoding="utf-8"))
    mine = page.url
    evening.press(page.locator("form[action$='/account/'] button"))
    check.look("my places", is_small=True)
    evening.press(page.locator("form[action*='/my/open/'] button").first)
    assert "/data/" not in page.url
    page.goto(mine)
    evening.press(page.locator("a[href$='/data/delete/']"))
    check.look("deleting asks", is_small=True)
    evening.press(page.locator("main form[method=post] button"))
    check.look("the receipt", is_small=True)
    assert page.goto(mine).status == 404
    told["left"] = letters(page, address(language)).count()
    return told


def wait_for_place(page: Page, language: str) -> None:
    page.goto(f"/{language}/w/{FULL}/place/")
    page.locator("[name=name]").fill("Zaira Prova")
    page.locator("[name=email]").fill(address(language))
    page.locator(".chips label.chip").first.click()
    page.wait_for_timeout(evening.MS_TO_WRITE)  # a form sent sooner is taken for a script's
    evening.press(page.locator("main form.form button.button-primary"))


def letters(page: Page, to: str) -> Any:
    page.goto("/demo/mail/")
    return page.locator("main .line").filter(has_text=to)


def link_in_mail(page: Page, language: str) -> str:
    """The newest letter to the address, once the worker has sent it."""
    subject = {"en": "Your data", "it": "I tuoi dati"}[language]
    for _attempt in range(160):  # the worker may be busy with the letters of the sample
        found = letters(page, address(language)).filter(has_text=subject)
        if found.count():
            break
        page.wait_for_timeout(250)
    evening.press(found.first.locator("a"))
    text = page.locator("main").inner_text()
    link = next(word for word in text.split() if word.endswith("/data/"))
    return urlsplit(link).path  # a worker of its own knows no port


def look_as_organiser(context: Any, found: Looks, origin: str, language: str) -> None:
    check = Checker(context, found, origin)
    evening.enter_as_organiser(check.page, language)
    check.go(f"/{language}/org/")
    cockpit = check.page.locator("main tbody td.end a").first.get_attribute("href")
    check.go(f"{cockpit}data/", is_small=True)
    check.page.locator("[name=contact_days]").fill("400")
    evening.press(check.page.locator("main form.form button.button-primary"))
    check.look("terms that are too long", is_small=True)
    check.go(f"{cockpit}people/")
    check.go(check.page.locator("main tbody a").first.get_attribute("href"))
    check.go(check.page.locator("main a[href$='/erase/']").get_attribute("href"), is_small=True)
    expect(check.page.locator("form[action$='/erase/'] button")).to_be_visible()
    context.close()


def test_the_file_is_mine_and_after_deleting_no_letter_is_left(walked: tuple[Looks, dict[str, Any]]) -> None:
    _found, told = walked
    assert [row["name"] for row in told["data"]["participants.person"]["rows"]] == ["Zaira Prova"]
    assert told["left"] == 0


def test_the_pages_keep_the_rules(walked: tuple[Looks, dict[str, Any]]) -> None:
    found, _told = walked
    assert (found.rules, found.dark, found.sideways, found.complaints, found.strangers) == ([], [], [], [], [])
