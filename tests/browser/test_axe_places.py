"""Places that are offered, confirmed by mail, behind a link or for invited people only: each page keeps the rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Page, expect

from tests.browser import evening
from tests.browser.evening import PEOPLE, Plan
from tests.browser.letters import link_mailed_to
from tests.browser.walk import Checker, Looks

PHONE = (390, 844)
PLACE = r"/\w\w/my/[\w-]{32,}/"
CONFIRM = r"/\w\w/confirm/[0-9a-f-]{36}/[\w-]+/"
HAS_IT, IS_ASKED = PEOPLE[:2]
FIELD = re.compile(r'name="(csrfmiddlewaretoken|stamp|saw)" value="([^"]+)"')


@pytest.fixture(scope="module", params=["en", "it"])
def looks(request: Any, playwright: Any, browser_of: Any, site: Any) -> Looks:
    """What a look at each of the pages has found."""
    found, language = Looks(), request.param
    contexts = [browser_of(1280, 900, language), browser_of(*PHONE, language)]
    desk, phone = (Checker(context, found, site.origin) for context in contexts)
    evening.enter_as_organiser(desk.page, language)
    plan = evening.plan_workshop(desk.page, language, places=1)
    look_at_an_offer(desk, phone, plan, playwright, site)
    look_at_a_sensitive_workshop(desk, phone, plan, site)
    look_at_closed_doors(desk, phone, plan)
    look_at_entering(phone, plan)
    for context in contexts:
        context.close()
    return found


def look_at_an_offer(desk: Checker, phone: Checker, plan: Plan, playwright: Any, site: Any) -> None:
    """All ask at once, which the organiser is told; the one place is given up, offered, and declined."""
    change_details(desk.page, plan, promotion="offer")
    asked = [playwright.request.new_context(base_url=site.origin) for _person in PEOPLE]
    ask_together(phone.page, plan, asked)
    desk.go(plan.org("people/"))
    desk.go(plan.org("people/bursts/"), is_small=True)
    desk.page.locator("main details.more > summary").first.click()
    desk.look("many at once, about to go", is_small=True)
    mine = link_mailed_to(site, evening.address_of(HAS_IT, plan), PLACE)
    phone.go(f"{mine}give-up/")
    evening.press(phone.page.locator("main form[action$='/give-up/'] button"))
    offer = link_mailed_to(site, evening.address_of(IS_ASKED, plan), f"{PLACE}offer/")
    phone.go(offer, is_small=True)
    phone.go(link_mailed_to(site, evening.address_of(IS_ASKED, plan), PLACE), is_small=True)
    desk.go(plan.org("people/?tab=waiting"), is_small=True)
    desk.go(desk.page.locator("main tbody td.end a").first.get_attribute("href"), is_small=True)
    evening.press(desk.page.locator("form[action$='/give-place/'] button"))
    desk.look("a place past the limit without a reason", is_small=True)
    phone.page.goto(offer)
    evening.press(phone.page.locator("button[value=decline]"))
    phone.look("an offer declined", is_small=True)
    phone.go(offer, is_small=True)
    for context in asked:
        context.dispose()


def ask_together(page: Page, plan: Plan, asked: Sequence[APIRequestContext]) -> None:
    """Each with a browser of their own, all within a moment; the forms are open as long as people need."""
    path = plan.public("place/")
    forms = [dict(FIELD.findall(one.get(path).text())) for one in asked]
    page.wait_for_timeout(evening.MS_TO_WRITE)
    for one, hidden, person in zip(asked, forms, PEOPLE, strict=True):
        wanted = {"name": person, "email": evening.address_of(person, plan)}
        assert "/my/" in one.post(path, form={**hidden, **wanted}).url


def change_details(page: Page, plan: Plan, **choices: str) -> None:
    page.goto(plan.org("details/"))
    for name, value in choices.items():
        page.locator(f"main form.card [name={name}][value={value}]").check()
    evening.press(page.locator("main form.card button.button-primary"))
    expect(page.locator(".banner-bad")).to_have_count(0)


def look_at_a_sensitive_workshop(desk: Checker, phone: Checker, plan: Plan, site: Any) -> None:
    """The place is taken by the button behind a mail, once."""
    desk.page.goto(plan.org("details/"))
    desk.page.locator("main form.card [name=sensitive]").check()
    evening.press(desk.page.locator("main form.card button.button-primary"))
    phone.go(plan.public("place/"), is_small=True)
    phone.page.locator("[name=name]").fill("Zaira Prova")
    phone.page.locator("[name=email]").fill(evening.address_of("Zaira", plan))
    phone.page.wait_for_timeout(evening.MS_TO_WRITE)
    evening.press(phone.page.locator("main form.form button.button-primary"))
    phone.look("a mail is on its way", is_small=True)
    link = link_mailed_to(site, evening.address_of("Zaira", plan), CONFIRM)
    phone.go(link, is_small=True)
    evening.press(phone.page.locator("main form.form button.button-primary"))
    phone.look("confirmed", is_small=True)
    phone.go(link, is_small=True)


def look_at_closed_doors(desk: Checker, phone: Checker, plan: Plan) -> None:
    """By link, then for invited people only: what the organiser sees, and what a stranger does."""
    change_details(desk.page, plan, access="link")
    desk.go(plan.org("questions/"), is_small=True)
    phone.go(desk.page.locator("main .voice").inner_text().removeprefix(phone.origin), is_small=True)
    phone.go(plan.public("place/"), is_small=True)
    change_details(desk.page, plan, access="invited")
    phone.go(plan.public(), is_small=True)
    phone.go(plan.public("place/"), is_small=True)


def look_at_entering(phone: Checker, plan: Plan) -> None:
    """A code is asked for and mistyped."""
    page = phone.page
    page.goto(f"/{plan.language}/org/enter/")
    page.locator("main [name=email]").fill("nobody@posta.example")
    evening.press(page.locator("main form.card button.button-primary"))
    phone.look("enter the code", is_small=True)
    page.locator("main [name=code]").fill("WRONG")
    evening.press(page.locator("main form.card button.button-primary"))
    phone.look("a wrong code", is_small=True)


def test_no_page_about_a_place_breaks_a_rule(looks: Looks) -> None:
    assert looks == Looks()
