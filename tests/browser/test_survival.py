"""What a tablet said was on it survives the browser: killed at any moment, loaded by force, put to sleep."""

from __future__ import annotations

import os
import random
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page, expect

from tests.browser import evening
from tests.browser.evening import TABLET, note_on, write_note
from tests.browser.pad import expect_sent_once, group_of, join, kill, texts_on_the_server, wait_until

KILLS = int(os.environ.get("TAVOLO_TEST_KILLS", "8"))
SEED = int(os.environ.get("TAVOLO_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)


def open_again(page: Page, address: str, texts: list[str]) -> None:
    """Open the pad without a connection: it must show these notes."""
    page.goto(address)
    expect(page.locator("#new-note")).to_be_visible()
    for text in texts:
        expect(note_on(page, text)).to_have_count(1)


def send_for_all(page: Page, texts: list[str]) -> None:
    """Joining anew makes another author: send what those before had no time to send, once the pad has found it."""
    group = group_of(page)
    send = page.locator("#banner").get_by_role("button", name="Send them")

    def is_all_there() -> bool:
        with suppress(Error):  # the button may go while it is pressed: then it has been
            if send.count():
                send.click(timeout=1000)
        return set(texts) <= set(texts_on_the_server(page, group))

    wait_until(page, is_all_there, True)


def test_a_browser_killed_at_any_moment_loses_and_doubles_nothing_it_marked(
    kept_browser: Any,
    code: str,
    tmp_path: Path,
) -> None:
    print(f"TAVOLO_TEST_SEED={SEED} TAVOLO_TEST_KILLS={KILLS}")  # noqa: T201  (shown when it fails)
    chance = random.Random(SEED)
    context = kept_browser()
    page = context.pages[0]
    join(page, code)
    address, marked, last = page.url, [], []
    for number in range(KILLS):
        last = [f"Kill {number}, note {one} of seed {SEED}." for one in range(chance.randint(1, 3))]
        for text in last:
            write_note(page, text)
        marked += last
        page.locator("#new-note").press_sequentially("Half a note", delay=1)
        if chance.random() < 0.5:
            page.locator(".composer button.add").click(no_wait_after=True)
        page.wait_for_timeout(chance.uniform(0, 400))
        kill(context, tmp_path / "profile")
        context = kept_browser()
        context.set_offline(True)
        page = context.pages[0]
        open_again(page, address, last)
        if chance.random() < 0.5 or number == KILLS - 1:  # on the way again, with what was left
            context.set_offline(False)
            join(page, code)
    send_for_all(page, marked)
    expect_sent_once(page, *marked)
    context.close()


def test_a_reload_past_every_cache_without_a_connection_loses_nothing(tablet: Page) -> None:
    tablet.context.set_offline(True)
    write_note(tablet, "Written before the reload by force.")
    address = tablet.url
    tablet.context.new_cdp_session(tablet).send("Page.reload", {"ignoreCache": True})
    expect(tablet.locator("#new-note")).to_have_count(0)  # such a reload passes the worker by
    open_again(tablet, address, ["Written before the reload by force."])
    tablet.context.set_offline(False)
    expect_sent_once(tablet, "Written before the reload by force.")


def test_a_tablet_that_slept_sends_what_it_has_and_shows_what_came(
    tablet: Page,
    device: Any,
    code: str,
) -> None:
    neighbour = device(*TABLET, "en").new_page()
    neighbour.on("dialog", lambda question: question.accept())
    evening.join_table(neighbour, code, "Youssef")
    tablet.context.set_offline(True)
    with tablet.expect_event("requestfailed", lambda request: request.url.endswith("/ops")):
        write_note(tablet, "Written before the tablet slept.")
    sleep = tablet.context.new_cdp_session(tablet)
    sleep.send("Page.setWebLifecycleState", {"state": "frozen"})
    tablet.context.set_offline(False)
    write_note(neighbour, "Written while the other tablet slept.")
    expect_sent_once(neighbour, "Written while the other tablet slept.")
    sleep.send("Page.setWebLifecycleState", {"state": "active"})
    expect_sent_once(tablet, "Written before the tablet slept.")
    expect(note_on(tablet, "Written while the other tablet slept.")).to_have_count(1)
    expect(note_on(neighbour, "Written before the tablet slept.")).to_have_count(1)
