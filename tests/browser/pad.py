"""What the tests of the note-pad share: the code of a table, and ways to break a tablet's storage or its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import evening

TABLE = "Gelso"  # the table where nothing waits for a person
ARRIVAL_ASKED = 200  # times, one every 100 ms


def code_of(browser_of: Callable[..., BrowserContext], table: str = TABLE) -> str:
    """The code of a table of the workshop that is on, read from its sheet."""
    context = browser_of()
    page = context.new_page()
    evening.enter_as_organiser(page, "en")
    live = page.locator("main tbody tr").nth(1).locator("td.end a").get_attribute("href")
    page.goto(f"{live}print/table-sheets/")
    sheet = page.locator(".tent").filter(has=page.locator(f"h2:text-is('{table}')"))
    digits = re.sub(r"\D", "", sheet.locator(".table-code").inner_text())
    context.close()
    return digits


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
