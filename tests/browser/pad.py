"""What the tests of the note-pad share: joining a table, what the server holds, and ways to break a tablet."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, expect

from tests.browser import evening
from tests.browser.evening import note_on

TABLE = "Gelso"  # the table where nothing waits for a person
ARRIVAL_ASKED = 200  # times, one every 100 ms


def read_code(page: Page) -> str:
    """The code of a table of the workshop that is on, read from its sheet."""
    evening.enter_as_organiser(page, "en")
    live = page.locator("main tbody tr").nth(1).locator("td.end a").get_attribute("href")
    page.goto(f"{live}print/table-sheets/")
    sheet = page.locator(".tent").filter(has=page.locator(f"h2:text-is('{TABLE}')"))
    return re.sub(r"\D", "", sheet.locator(".table-code").inner_text())


def join(page: Page, code: str, name: str = "Ilaria") -> Page:
    """Join and open the pad; the browser's own question before leaving a page is answered with yes."""
    page.on("dialog", lambda question: question.accept())
    evening.join_table(page, code, name)
    expect(page.locator(".pill.saved")).to_be_visible()
    return page


def group_of(page: Page) -> str:
    return re.search(r"/table/([0-9a-f-]{36})/", page.url)[1]


def texts_on_the_server(page: Page, group: str) -> list[str]:
    """The texts of the table's notes that are not deleted."""
    notes = page.request.get(f"/api/v1/groups/{group}/changes?since=0").json()["notes"]
    return [note["text"] for note in notes if not note["deleted"]]


def wait_until(page: Page, question: Callable[[], Any], wanted: Any) -> None:
    """Ask again until the answer is the wanted one."""
    answer = None
    for _attempt in range(ARRIVAL_ASKED):
        answer = question()
        if answer == wanted:
            return
        page.wait_for_timeout(100)
    assert answer == wanted


def give_quota(page: Page, size: int | None) -> None:
    """How much this site may keep on the tablet, in bytes; None: as much as there is."""
    origin = page.evaluate("location.origin")
    session = page.context.new_cdp_session(page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": origin} | ({} if size is None else {"quotaSize": size}))


def expect_sent_once(tablet: Page, *texts: str) -> None:
    """Each note arrives, and only then nothing is left to send: a store just opened for a new author is empty too."""
    group, counts = group_of(tablet), []
    for _attempt in range(ARRIVAL_ASKED):
        found = texts_on_the_server(tablet, group)
        counts = [found.count(text) for text in texts]
        if all(counts):
            break
        tablet.wait_for_timeout(100)
    expect(tablet.locator(".pill.saved")).to_be_visible()
    for text in texts:
        expect(note_on(tablet, text)).to_have_count(1)
    assert counts == [1] * len(texts)


def kill(context: BrowserContext, profile: Path) -> None:
    """No farewell: the browser's first process is the one of this profile that is no helper of another."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes().decode().split("\0")
            if f"--user-data-dir={profile}" in words and not any(word.startswith("--type=") for word in words):
                os.kill(int(process.name), signal.SIGKILL)
    with suppress(Error):
        context.close()
