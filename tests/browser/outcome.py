"""From the closed tables to the published outcome, page by page. Each step leaves the next one possible."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser import evening
from tests.browser.evening import Plan

SAMPLE = "abitudini-e-iniziative"
HEADLINE = "We already share a lot"
MISSING = "Children should use it without a code."
TAKEN_OVER = "It stands in the first finding now."


def enter_sample(page: Page, language: str) -> Plan:
    """The organiser of the sample, at the workshop that is on."""
    evening.enter_as_organiser(page, language)
    page.goto(f"/{language}/org/")
    page.locator(f"main tr:has(a[href*='/{language}/w/{SAMPLE}/']) td.end a, main tbody td.end a").nth(1).click()
    workshop = re.search(r"/org/w/([0-9a-f-]{36})/", page.url)[1]
    return Plan(language, workshop, SAMPLE)


def move_a_note(page: Page, plan: Plan) -> None:
    """Put the first note without a place in the first finding that is offered."""
    page.goto(plan.org("summary/"))
    note = page.locator(".curation-notes").first.locator("li[data-note]").first
    who = note.get_attribute("id")
    note.locator("summary").click()
    evening.press(note.locator("button[name=finding]").first)
    expect(page.locator("#history .curation-acts li").first).to_be_visible()
    expect(page.locator(f".curation-notes >> nth=1 >> #{who}")).to_have_count(1)


def hide_names(page: Page, plan: Plan) -> int:
    """Hide every name the checks have found; returns how many there were."""
    page.goto(plan.org("summary/"))
    names = page.locator("#checks form[action*='/hide/'] button")
    hidden = 0
    while names.count():
        evening.press(names.first)
        hidden += 1
    return hidden


def write_headline(page: Page, plan: Plan) -> None:
    page.goto(plan.org("summary/"))
    headline = page.locator("#headline form")
    headline.locator("[name$=headline]").fill(HEADLINE)
    evening.press(headline.locator("button"))


def ask_people(page: Page, plan: Plan) -> None:
    """Ask everybody who came, for ten days."""
    page.goto(plan.org("summary/"))
    page.locator(".page-head .button-primary").click()
    page.wait_for_url("**/replies/ask/")
    page.locator("[name=until]").fill((dt.date.today() + dt.timedelta(days=10)).isoformat())
    evening.press(page.locator("form.form button.button-primary"))
    page.wait_for_url("**/replies/")


def open_my_review(phone: Page, subject: str) -> None:
    """By the link of the mail, found in the demo's mailbox."""
    for _attempt in range(40):
        phone.goto("/demo/mail/")
        letters = phone.locator("main .line").filter(has_text=subject)
        if letters.count():
            break
        phone.wait_for_timeout(500)
    letters.first.locator("a").first.click()
    link = phone.locator("a[href*='/review/']").first.get_attribute("href")
    phone.goto(urlsplit(link).path)  # a worker beside the demo does not know on which port it answers
    phone.wait_for_url("**/review/1/")


def say_what_is_missing(phone: Page) -> None:
    """Agree with the first finding, miss something in the second, and stop there."""
    phone.locator("label.review-answer").first.click()
    evening.press(phone.locator(".review-form button.button-primary"))
    phone.locator("label.review-answer").last.click()
    phone.locator("[name=text]").fill(MISSING)
    evening.press(phone.locator(".review-form button.button-primary"))
    phone.goto(phone.url.rsplit("/", 2)[0] + "/end/")
    expect(phone.locator("main")).to_contain_text(MISSING)


def answer_correction(page: Page, plan: Plan) -> None:
    """Take it over, with a word to the person."""
    page.goto(plan.org("replies/"))
    said = page.locator(".replies-one").filter(has_text=MISSING)
    said.locator("label.chip").first.click()
    said.locator("[name=why]").fill(TAKEN_OVER)
    evening.press(said.locator("form button"))
    expect(page.locator(".replies-one").filter(has_text=TAKEN_OVER)).to_have_count(1)


def publish(page: Page, plan: Plan) -> None:
    """Read the small counts, say that they may be read by all, and publish."""
    page.goto(plan.org("summary/publish/"))
    if page.locator("[name=few_are_fine]").count():
        page.locator("[name=few_are_fine]").check()
    evening.press(page.locator("form.form button.button-primary").first)
    assert not page.url.endswith("/publish/")
