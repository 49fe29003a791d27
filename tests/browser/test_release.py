"""A new release never costs a note: one in the middle, one taken back, an older store, the kill switch."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page, expect

from tests.browser import evening
from tests.browser.conftest import LIKE_EVERYBODY, STEP_MS
from tests.browser.evening import TABLET, note_on, write_note
from tests.browser.pad import expect_sent_once, join, read_code
from tests.browser.releases import Installation, installation

ASKED = 200  # times, one every 100 ms

# A tablet of the first layout: one note in the outbox, its op sent without an answer, without fields of today.
OLD_STORE = """async ([name, note]) => {
  indexedDB.deleteDatabase(name)
  const db = await new Promise((resolve, reject) => {
    const asked = indexedDB.open(name, 1)
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore('notes', { keyPath: 'id' })
      asked.result.createObjectStore('meta')
    }
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error)
  })
  const tx = db.transaction(['notes', 'meta'], 'readwrite')
  tx.objectStore('notes').put(note)
  tx.objectStore('meta').put({ text: 'A draft of then', kind: 'idea', theme: null, rating: null }, 'draft')
  await new Promise((resolve) => { tx.oncomplete = resolve })
  db.close()
}"""


@pytest.fixture(scope="module")
def tavolo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation of its own; it is SQLite's, because what is tested is on the tablet."""
    with installation(tmp_path_factory.mktemp("releases")) as made:
        yield made


@pytest.fixture(scope="module")
def code(tavolo: Installation, chromium: Any) -> str:
    tavolo.deploy()
    context = chromium.new_context(base_url=tavolo.origin, **LIKE_EVERYBODY)
    context.set_default_timeout(STEP_MS)
    digits = read_code(context.new_page())
    context.close()
    return digits


@pytest.fixture
def tablet(tavolo: Installation, chromium: Any, code: str) -> Iterator[Page]:
    """A tablet that has joined a table of this release."""
    tavolo.deploy()
    width, height = TABLET
    viewport = {"width": width, "height": height}
    context = chromium.new_context(base_url=tavolo.origin, viewport=viewport, locale="en", **LIKE_EVERYBODY)
    context.set_default_timeout(STEP_MS)
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    page = context.new_page()
    join(page, code)
    yield page
    context.close()
    assert complaints == []


def until(page: Page, happens: Callable[[], bool]) -> None:
    """Wait for something of the browser that no page shows, while pages may open anew."""
    for _attempt in range(ASKED):
        with suppress(Error):
            if happens():
                return
        page.wait_for_timeout(100)
    raise AssertionError("it did not happen")


def reconnect(context: BrowserContext) -> None:
    """Let the tablet hear that the connection is back: then it sends, and looks for a release."""
    context.set_offline(True)
    context.set_offline(False)


def wait_for_new_release(page: Page) -> None:
    """Until the tablet holds it whole."""
    until(page, lambda: page.evaluate("navigator.serviceWorker.getRegistration().then((own) => !!own.waiting)"))


def take_new_release(page: Page) -> None:
    wait_for_new_release(page)
    with page.expect_navigation():
        page.locator(".menu-button").click()
        page.locator("dialog.menu .button.yellow").click()


def release_of(page: Page) -> str | None:
    expect(page.locator("#bar .pill, #pad .closed").first).to_be_visible()
    return page.evaluate("document.documentElement.dataset.release ?? null")


def test_a_release_in_the_middle_waits_to_be_asked_and_takes_the_outbox_over(
    tablet: Page, tavolo: Installation
) -> None:
    context = tablet.context
    context.set_offline(True)
    write_note(tablet, "Written before the release.")
    tavolo.deploy("next")
    context.set_offline(False)
    expect_sent_once(tablet, "Written before the release.")  # the old pad, and the new server
    tablet.reload()
    assert release_of(tablet) is None
    reconnect(context)
    wait_for_new_release(tablet)
    context.set_offline(True)
    write_note(tablet, "Written while the release waited.")
    tablet.reload()
    assert release_of(tablet) is None
    expect(note_on(tablet, "Written while the release waited.")).to_be_visible()
    take_new_release(tablet)
    assert release_of(tablet) == "next"
    expect(note_on(tablet, "Written while the release waited.")).to_be_visible()
    context.set_offline(False)
    expect_sent_once(tablet, "Written while the release waited.")


def test_a_release_taken_back_leaves_the_newer_notes_alone_and_says_so(
    tablet: Page, tavolo: Installation, say: Any
) -> None:
    tavolo.deploy("next")
    reconnect(tablet.context)
    take_new_release(tablet)
    tavolo.stop()
    write_note(tablet, "Written in the release that was taken back.")
    tavolo.deploy("this")
    tablet.context.route("**/ops", lambda route: route.abort())
    reconnect(tablet.context)
    take_new_release(tablet)
    closed = tablet.locator(".closed")
    expect(closed).to_contain_text(say("en")("These notes were kept by a newer version of the note-pad."))
    tavolo.deploy("next")
    tablet.context.unroute("**/ops")
    closed.locator("button").click()
    expect(note_on(tablet, "Written in the release that was taken back.")).to_be_visible()
    expect_sent_once(tablet, "Written in the release that was taken back.")


def test_a_store_of_the_first_layout_is_opened_with_its_outbox(tablet: Page) -> None:
    group = re.search(r"/table/([0-9a-f-]{36})/", tablet.url)[1]
    kit = tablet.request.get(f"/api/v1/groups/{group}").json()
    session = next(one for one in kit["sessions"] if one["state"] == "open")
    prompt = session["asked"] or session["prompts"][0]["id"]  # the one the tablet shows
    note = "0b6a3f64-6f6e-4d6e-9d53-0c6b1f0a7a11"
    text = "Written under the first layout."
    changes = {
        "session": session["id"],
        "prompt": prompt,
        "kind": "idea",
        "lang": "en",
        "text": text,
    }
    born = "2026-04-11T10:00:00Z"
    op = {"op": "5d0f8a2e-38c5-4c67-8a4e-5f2f8a0c9b21", "note": note, "do": "set", "written_at": born}
    kept = {"id": note, "born": born, "server": None, "local": {}, "refused": []}
    kept["sent"] = {**op, "set": {field: {"to": value} for field, value in [*changes.items(), ("text", text)]}}
    other = tablet.context.new_page()
    other.goto("/table/")
    address = tablet.url
    tablet.close()
    other.evaluate(OLD_STORE, [f"tavolo:{kit['me']['key']}:{group}", kept])
    other.goto(address)
    expect(other.locator("#new-note")).to_have_value("A draft of then")
    expect_sent_once(other, text)


def test_a_tab_whose_notes_another_one_takes_over_says_so_and_takes_no_more(tablet: Page, say: Any) -> None:
    other = tablet.context.new_page()
    other.goto("/table/")
    other.evaluate("""async () => {
      const { name } = (await indexedDB.databases()).find((own) => own.name.startsWith('tavolo:'))
      await new Promise((resolve) => { indexedDB.open(name, 99).onsuccess = resolve })
    }""")
    expect(tablet.locator("#banner")).to_contain_text(say("en")("Another tab took over the notes of this table."))
    assert tablet.locator("#pad").evaluate("pad => pad.inert") is True


def test_the_page_opens_without_a_connection_in_the_language_of_now(tablet: Page, tavolo: Installation) -> None:
    tablet.context.add_cookies([{"name": "language", "value": "it", "url": tavolo.origin}])
    tablet.reload()
    tablet.context.set_offline(True)
    tablet.reload()
    expect(tablet.locator("#new-note")).to_be_visible()
    assert tablet.evaluate("document.documentElement.lang") == "it"


def test_the_kill_switch_takes_worker_and_pages_off_the_tablet_and_leaves_the_notes(
    tablet: Page, tavolo: Installation
) -> None:
    tablet.context.set_offline(True)
    write_note(tablet, "Written before the switch was pulled.")
    tavolo.deploy(TAVOLO_SERVICE_WORKER="false")
    tablet.context.route("**/ops", lambda route: route.abort())
    tablet.context.set_offline(False)
    until(tablet, lambda: tablet.evaluate("caches.keys().then((names) => names.length)") == 0)
    tablet.reload()
    until(tablet, lambda: tablet.evaluate("navigator.serviceWorker.getRegistrations().then((own) => own.length)") == 0)
    assert tablet.evaluate("caches.keys()") == []
    expect(note_on(tablet, "Written before the switch was pulled.")).to_be_visible()
    tablet.context.unroute("**/ops")
    expect_sent_once(tablet, "Written before the switch was pulled.")
    tavolo.deploy()
    tablet.reload()
    evening.wait_for_worker(tablet)
