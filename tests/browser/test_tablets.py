"""What tablets must survive: two tabs, a session that ended, answers that are none, a browser that is killed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.browser import evening
from tests.browser.conftest import STEP_MS
from tests.browser.evening import note_on, write_note
from tests.browser.pad import expect_sent_once, group_of, join, kill, texts_on_the_server

NO_ANSWERS = {
    "a login page": {"content_type": "text/html", "body": "<title>Sign in</title><form></form>"},
    "an empty object": {"content_type": "application/json", "body": "{}"},
    "acks of something else": {"content_type": "application/json", "body": '{"epoch": "x", "seq": 1, "acks": []}'},
}


def send_what_waited(tablet: Page, say: Any) -> None:
    """Joining anew makes another author: what the one before left is sent when somebody says so."""
    tablet.locator("#banner").get_by_role("button", name=say("en")("Send them")).click()


def test_two_tabs_that_were_without_connection_send_each_note_once(tablet: Page) -> None:
    other = tablet.context.new_page()
    other.goto(tablet.url)
    expect(other.locator("#new-note")).to_be_visible()
    tablet.context.set_offline(True)
    write_note(tablet, "Written in the first tab.")
    write_note(other, "Written in the second tab.")
    for tab in (tablet, other):
        expect(note_on(tab, "Written in the first tab.")).to_have_count(1)
        expect(note_on(tab, "Written in the second tab.")).to_have_count(1)
    tablet.context.set_offline(False)
    expect(other.locator(".pill.saved")).to_be_visible()
    expect_sent_once(tablet, "Written in the first tab.", "Written in the second tab.")
    for tab in (tablet, other):
        expect(note_on(tab, "Written in the second tab.")).to_have_count(1)


def test_a_session_that_ended_keeps_the_note_and_joining_again_sends_it(tablet: Page, code: str, say: Any) -> None:
    tablet.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    write_note(tablet, "Written after the session had ended.")
    expect(tablet.locator(".pill.needs")).to_be_visible()
    expect(tablet.locator("#banner")).to_contain_text(say("en")("Your notes stay on this tablet."))
    tablet.locator("#banner button").click()
    tablet.wait_for_url("**/table/")
    evening.join_table(tablet, code, "Ilaria")
    send_what_waited(tablet, say)
    expect_sent_once(tablet, "Written after the session had ended.")


@pytest.mark.parametrize("kind", NO_ANSWERS)
def test_an_answer_that_is_none_never_empties_the_outbox(tablet: Page, kind: str) -> None:
    text = f"Written while the answer was {kind}."
    asked = []
    evening.pass_the_worker_by(tablet)
    tablet.context.route(
        "**/ops", lambda route: (asked.append(route.request.url), route.fulfill(status=200, **NO_ANSWERS[kind]))
    )
    write_note(tablet, text)
    for _tenth in range(STEP_MS // 100):
        if len(asked) >= 2:
            break
        tablet.wait_for_timeout(100)
    assert len(asked) >= 2
    expect(tablet.locator(".pill.saved")).to_have_count(0)
    tablet.reload()
    expect(note_on(tablet, text)).to_be_visible()
    expect(tablet.locator(".pill.saved")).to_have_count(0)
    assert texts_on_the_server(tablet, group_of(tablet)).count(text) == 0
    tablet.context.unroute("**/ops")
    expect_sent_once(tablet, text)


def test_a_browser_that_is_killed_keeps_what_it_said_was_on_this_tablet(
    kept_browser: Any, code: str, tmp_path: Path, say: Any
) -> None:
    context = kept_browser()
    page = context.pages[0]
    join(page, code)
    address = page.url
    context.set_offline(True)
    write_note(page, "Written before the browser was killed.")
    expect(page.locator(".pill.here")).to_be_visible()
    kill(context, tmp_path / "profile")
    again = kept_browser()
    again.set_offline(True)
    page = again.pages[0]
    page.goto(address)
    expect(note_on(page, "Written before the browser was killed.")).to_be_visible()
    again.set_offline(False)
    join(page, code)
    send_what_waited(page, say)
    expect_sent_once(page, "Written before the browser was killed.")
    again.close()
