"""From a list with a mistake to a place: the organiser on a desk, the guest on a phone and with keys only."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import evening
from tests.browser.evening import Plan
from tests.browser.keys import follow, tab_to
from tests.browser.letters import letters_to, link_mailed_to
from tests.browser.walk import Checker, Looks

LINK = r"/\w\w/my/invitation/[\w-]{32}/"


@pytest.mark.parametrize("language", ["en", "it"])
def test_a_guest_from_a_list_takes_a_place_on_a_phone_with_keys_only(
    device: Any, say: Any, site: Any, language: str
) -> None:
    word, looks = say(language), Looks()
    desk = Checker(device(1440, 900, language), looks, site.origin)
    evening.enter_as_organiser(desk.page, language)
    plan = evening.plan_workshop(desk.page, language)
    address = evening.address_of("Guest", plan)
    invite_from_list(desk, plan, address)
    phone = Checker(device(390, 844, language), looks, site.origin)
    link = link_mailed_to(site, address, LINK)
    phone.go(no_more_mail(site, address), is_small=True)
    answer_with_keys(phone, link, word)
    desk.page.goto(plan.org("people/invited/?state=accepted"))
    expect(desk.page.locator("main tbody th")).to_contain_text(address)
    look_at_mail(desk, plan)
    no_more = no_more_mail(site, address)
    phone.page.goto(no_more)
    follow(phone.page, "main form button")
    phone.look("no more mail", is_small=True)
    assert looks == Looks()


def invite_from_list(desk: Checker, plan: Plan, address: str) -> None:
    """Row 3 has no whole address: it is named, left out, and nobody is invited before the button."""
    page = desk.page
    desk.go(plan.org("people/invited/"), is_small=True)
    rows = f"Nome;E-mail;Lingua\nGita Sala;{address};{plan.language}\nBruno;bruno;it\n"
    sheet = {"name": "guests.csv", "mimeType": "text/csv", "buffer": rows.encode("cp1252")}
    page.locator("input[type=file]").set_input_files(sheet)
    evening.press(page.locator("#list button"))
    desk.look("what a list holds", is_small=True)
    expect(page.locator("main tbody th")).to_have_count(2)
    expect(page.locator("main tbody tr").first).to_contain_text("3")
    expect(page.locator("main tbody tr").first).to_contain_text("Bruno, bruno, it")
    evening.press(page.locator("main form button.button-primary"))
    expect(page.locator("main tbody th")).to_have_count(1)
    desk.look("somebody is invited", is_small=True)
    desk.go(page.locator("main tbody td.end a").get_attribute("href"), is_small=True)


def no_more_mail(site: Any, address: str) -> str:
    """Where the button of a mail program for no more mail leads."""
    header = letters_to(site, address)[0]["List-Unsubscribe"]
    return re.search(r"<http://localhost(?::\d+)?(/\S+)>", header)[1]


def answer_with_keys(phone: Checker, link: str, word: Any) -> None:
    """Tab to the name, which is there already, on to the yes, and Enter."""
    page = phone.page
    phone.go(link, is_small=True)
    expect(page.locator("h1")).to_have_text(word("You are invited"))
    tab_to(page, "[name=name]")
    assert page.evaluate("document.activeElement.value") == "Gita Sala"
    follow(page, "button[name=answer][value=yes]")
    page.wait_for_url("**/my/*/")
    expect(page.locator("h1")).to_have_text(word("You have a place, %(name)s") % {"name": "Gita"})
    phone.go(link, is_small=True)
    expect(page.locator("h1")).to_have_text(word("You said yes"))


def look_at_mail(desk: Checker, plan: Plan) -> None:
    """What was sent, how mails look, and a letter of the organiser's own up to its last button."""
    page = desk.page
    desk.go(plan.org("mail/"), is_small=True)
    desk.go(plan.org("mail/preview/?kind=invitation"), is_small=True)
    expect(page.locator(".mail-text")).to_be_visible()
    desk.go(plan.org("mail/write/"), is_small=True)
    for field in page.locator("main form.card input[type=text], main form.card textarea").all():
        field.fill("Porta una tazza <b>grande</b>")
    evening.press(page.locator("main form.card button.button-primary"))
    expect(page.locator(".mail-text")).to_contain_text("<b>grande</b>")
    desk.look("a letter before it is sent", is_small=True)
    evening.press(page.locator("main button[name=send]"))
    expect(page.locator("main tbody tr").first).to_contain_text("Gita")
