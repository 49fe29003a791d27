"""The pad tells the truth: one note for one tap twice, a tablet that is full, a server that does not answer."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import evening, pad
from tests.browser.evening import TABLET, note_on, write_note
from tests.browser.pad import join, texts_on_the_server, wait_until

HOLD_COMMITS = """() => {
  const own = IDBDatabase.prototype.transaction
  window.released = []
  IDBDatabase.prototype.transaction = function (...args) {
    const tx = own.apply(this, args)
    if (args[1] !== 'readwrite' || !window.isHolding) return tx
    const store = tx.objectStore('meta')
    const keepOpen = () => { if (window.isHolding) store.get('nothing').onsuccess = keepOpen }
    keepOpen()
    return tx
  }
  window.isHolding = true
}"""
CLOSED_STORE = """() => {
  const { transaction } = IDBDatabase.prototype
  IDBDatabase.prototype.transaction = function (...args) {
    this.close()
    return transaction.apply(this, args)
  }
}"""


def test_tapping_add_twice_makes_one_note_and_what_is_typed_meanwhile_stays(tablet: Page) -> None:
    group = pad.group_of(tablet)
    tablet.evaluate(HOLD_COMMITS)
    tablet.locator("#new-note").fill("Tapped twice.")
    add = tablet.locator(".composer button.add")
    add.click()
    add.click()
    tablet.locator("#new-note").press_sequentially("And the next one")
    tablet.evaluate("() => { window.isHolding = false }")
    expect(note_on(tablet, "Tapped twice.")).to_have_count(1)
    expect(tablet.locator("#new-note")).to_have_value("And the next one")
    expect(tablet.locator("#new-missing")).to_be_hidden()
    wait_until(tablet, lambda: texts_on_the_server(tablet, group).count("Tapped twice."), 1)
    expect(tablet.locator(".pill.saved")).to_be_visible()
    assert texts_on_the_server(tablet, group).count("Tapped twice.") == 1


def test_a_draft_seen_in_two_tabs_becomes_one_note(tablet: Page) -> None:
    group = pad.group_of(tablet)
    tablet.locator("#new-note").fill("A draft in two tabs.")
    expect(tablet.locator(".kept")).to_be_visible()
    other = tablet.context.new_page()
    other.goto(tablet.url)
    expect(other.locator("#new-note")).to_have_value("A draft in two tabs.")
    for tab in (tablet, other):
        tab.locator(".composer button.add").click()
        expect(tab.locator("#new-note")).to_have_value("")
    wait_until(tablet, lambda: texts_on_the_server(tablet, group).count("A draft in two tabs."), 1)
    expect(other.locator(".pill.saved")).to_be_visible()
    assert texts_on_the_server(tablet, group).count("A draft in two tabs.") == 1


def test_a_full_tablet_says_so_keeps_the_words_and_hands_out_the_copy(
    kept_browser: Any, code: str, words: Any, tmp_path: Path
) -> None:
    context = kept_browser()
    page = join(context.pages[0], code)
    address = page.url
    context.set_offline(True)
    write_note(page, "Kept before the tablet was full.")
    context.close()
    context = kept_browser()
    page = context.pages[0]
    page.goto("/healthz")
    pad.give_quota(page, 1)  # before the store opens: Chromium measures seldom
    page.context.route("**/ops", lambda route: route.abort())
    page.goto(address)
    expect(note_on(page, "Kept before the tablet was full.")).to_be_visible()
    page.locator("#new-note").fill("Too much for this tablet.")
    page.locator(".composer button.add").click()
    banner = page.locator("#banner")
    expect(banner).to_contain_text(words("This tablet is full."))
    expect(page.locator("#new-note")).to_have_value("Too much for this tablet.")
    expect(page.locator(".kept")).to_be_hidden()
    expect(note_on(page, "Too much for this tablet.")).to_have_count(0)
    expect(page.locator(".pill.needs")).to_be_visible()
    with page.expect_download() as saved:
        banner.get_by_role("button", name=words("Save a copy")).click()
    saved.value.save_as(tmp_path / "copy.json")
    copy = json.loads((tmp_path / "copy.json").read_text())
    assert copy["draft"]["text"] == "Too much for this tablet."
    assert [op["set"]["text"]["to"] for op in copy["ops"]] == ["Kept before the tablet was full."]
    pad.give_quota(page, None)
    page.locator(".composer button.add").click()
    expect(note_on(page, "Too much for this tablet.")).to_be_visible()
    expect(banner).not_to_contain_text(words("This tablet is full."))
    context.close()


def test_a_store_that_another_tab_closed_is_not_called_full(tablet: Page, words: Any) -> None:
    tablet.evaluate(CLOSED_STORE)
    tablet.locator("#new-note").fill("The store is closed.")
    banner = tablet.locator("#banner")
    expect(banner).to_contain_text(words("This tablet’s storage does not answer."))
    expect(banner).not_to_contain_text(words("This tablet is full."))
    expect(tablet.locator(".kept")).to_be_hidden()


def test_storage_that_does_not_open_is_said_and_not_waited_for(device: Any, code: str, words: Any) -> None:
    context = device(*TABLET, "en")
    page = join(context.new_page(), code)
    context.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('no', 'UnknownError') }")
    page.reload()
    expect(page.locator("#pad")).to_contain_text(words("This tablet’s storage does not answer."))


@pytest.mark.parametrize(
    ("status", "pill"),
    [(404, "needs"), (429, "here"), (503, "here"), (400, "needs"), (401, "needs"), (500, "here")],
)
def test_the_pill_never_says_sending_when_nothing_can_be_sent(tablet: Page, words: Any, status: int, pill: str) -> None:
    answer = {
        "status": status,
        "content_type": "application/json",
        "headers": {"Retry-After": "1"},
        "body": json.dumps({"code": "x", "sentence": "That is how it is."}),
    }
    group = pad.group_of(tablet)
    text = f"Written while the server said {status}."
    evening.pass_the_worker_by(tablet)
    tablet.context.route("**/ops", lambda route: route.fulfill(**answer))
    write_note(tablet, text)
    expect(tablet.locator(f".pill.{pill}")).to_be_visible()
    tablet.evaluate(
        """() => {
          window.looks = []
          new MutationObserver(() => window.looks.push(document.querySelector('.pill').className))
            .observe(document.querySelector('.pill'), { attributes: true, childList: true })
        }"""
    )
    with tablet.expect_response(re.compile(".*/ops")):
        pass
    with tablet.expect_response(re.compile(".*/ops")):
        pass
    assert {look for look in tablet.evaluate("window.looks") if "sending" in look} == set()
    tablet.locator(".pill").click()
    expect(tablet.locator("dialog.sheet .waiting li")).to_have_count(1)
    if pill == "needs":
        expect(tablet.locator("dialog.sheet .reason")).to_be_visible()
    tablet.context.unroute("**/ops")
    tablet.locator("dialog.sheet .button.primary").click()
    wait_until(tablet, lambda: texts_on_the_server(tablet, group).count(text), 1)


def test_a_tab_left_open_sends_nothing_as_the_one_who_signed_in_since(tablet: Page, code: str) -> None:
    """The other tab's author stays the author: the old tab opens anew as the new one, and the note waits."""
    group = pad.group_of(tablet)
    evening.pass_the_worker_by(tablet)
    tablet.context.route("**/api/v1/groups/*", lambda route: route.abort())  # it cannot ask who is signed in
    other = tablet.context.new_page()
    evening.join_table(other, code, "Youssef")
    answers = []
    tablet.on("response", lambda answer: answers.append(answer.status) if answer.url.endswith("/ops") else None)
    write_note(tablet, "Ilaria's words.")
    wait_until(tablet, lambda: answers[:1], [409])
    assert texts_on_the_server(other, group).count("Ilaria's words.") == 0
    tablet.context.unroute("**/api/v1/groups/*")
    expect(tablet.locator("#banner")).to_contain_text("1 note")
    expect(note_on(tablet, "Ilaria's words.")).to_have_count(0)
