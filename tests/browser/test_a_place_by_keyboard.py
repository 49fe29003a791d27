"""From asking for a place to being forgotten: on a phone, with the keyboard alone, in the running demo."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import door, evening
from tests.browser.evening import Plan, Say
from tests.browser.keys import follow, tab_to, write
from tests.browser.letters import letters_to, link_mailed_to
from tests.browser.pad import wait_until
from tests.browser.walk import Checker, Looks

PHONE = (390, 844)
TERESA, LUCA = "Teresa Donati", "Luca Ricci"
PLACE = r"/\w\w/my/[\w-]{32,}/"


@pytest.mark.parametrize("language", ["en", "it"])
def test_somebody_waits_is_promoted_comes_and_is_forgotten_with_the_keyboard_alone(
    device: Any, say: Any, site: Any, language: str
) -> None:
    word, looks = say(language), Looks()
    organiser = device(1440, 900, language).new_page()
    evening.enter_as_organiser(organiser, language)
    plan = evening.plan_workshop(organiser, language, places=1)
    luca, teresa, desk = (Checker(device(*PHONE, language), looks, site.origin) for _phone in range(3))
    ask(luca, plan, LUCA)
    expect_title(luca.page, word, "You have a place, %(name)s", name="Luca")
    ask(teresa, plan, TERESA)
    expect_title(teresa.page, word, "You are number %(position)s on the waiting list", position=1)
    teresa.look("my turn on the waiting list", is_small=True)
    give_up(luca)
    address = evening.address_of(TERESA, plan)
    teresa.go(link_mailed_to(site, address, PLACE), is_small=True)
    expect_title(teresa.page, word, "You have a place, %(name)s", name="Teresa")
    check_in_without_a_network(desk, plan, teresa.page.locator(".say-code").inner_text())
    told = download_and_delete(teresa)
    assert [row["name"] for row in told["participants.person"]["rows"]] == [TERESA]
    assert [row["state"] for row in told["participants.registration"]["rows"]] == ["confirmed"]
    assert letters_to(site, address) == []
    assert looks == Looks()


def expect_title(page: Page, word: Say, title: str, **names: object) -> None:
    expect(page.locator("h1")).to_have_text(word(title) % names)


def ask(check: Checker, plan: Plan, person: str) -> None:
    """From the page of the workshop to the form, and the form sent with Enter."""
    page = check.page
    check.go(plan.public(), is_small=True)
    follow(page, f"a[href='{plan.public('place/')}']")
    check.look("the form", is_small=True)
    write(page, "[name=name]", person)
    write(page, "[name=email]", evening.address_of(person, plan))
    page.wait_for_timeout(evening.MS_TO_WRITE)  # a form sent sooner is taken for a script's
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/*/")


def give_up(check: Checker) -> None:
    page = check.page
    check.look("my place", is_small=True)
    follow(page, "a[href$='/give-up/']")
    check.look("giving up asks", is_small=True)
    follow(page, "main form[action$='/give-up/'] button")
    check.look("the place is given up", is_small=True)


def check_in_without_a_network(check: Checker, plan: Plan, code: str) -> None:
    """At the door: the code that is said is typed; the phone keeps it, also through a reload, and tells it later."""
    page = check.page
    page.goto("/demo/enter/organiser/")
    follow(page, "main form[method=post] button")
    page.goto(f"/desk/{plan.workshop}/")
    expect(door.line(page, TERESA)).to_be_visible()
    evening.wait_for_worker(page)
    with check.offline():
        tab_to(page, "#search")
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        expect(page.locator(".said.here h2")).to_have_text(TERESA)
        check.look("checked in without a network", is_small=True)
        page.reload()
        expect(door.line(page, TERESA).locator(".only-here")).to_be_visible()
        assert door.names_here(page, plan.workshop) == []
    expect(page.locator(".pill.saved")).to_be_visible()
    wait_until(page, lambda: door.names_here(page, plan.workshop), [TERESA])
    check.look("told afterwards", is_small=True)


def download_and_delete(check: Checker) -> dict[str, Any]:
    """The link came by mail a moment ago, so it opens what is known, and then no more. What the file held."""
    page = check.page
    follow(page, "main a[href$='/data/']")
    check.look("my data", is_small=True)
    mine = page.url
    tab_to(page, "a[href$='/data/file/']")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    told = json.loads(download.value.path().read_text(encoding="utf-8"))
    follow(page, "a[href$='/data/delete/']")
    check.look("deleting asks", is_small=True)
    follow(page, "main form[action$='/data/delete/'] button")
    check.look("the receipt", is_small=True)
    assert page.goto(mine).status == 404
    check.look("a link that has ended", is_small=True)
    return told["data"]
