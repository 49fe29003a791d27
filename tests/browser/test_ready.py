"""Whether the tablet says truly that it would do without a connection."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

READY = "Ready, also without a connection"
DROP_SHELL = """async () => {
  const [name] = (await caches.keys()).filter((own) => own.startsWith('tavolo-'))
  await (await caches.open(name)).delete('/table/shell/')
}"""


def look(page: Page) -> Any:
    """Open the menu, where it is said line by line."""
    if page.locator("dialog.menu[open]").count():
        page.keyboard.press("Escape")
    page.locator(".menu-button").click()
    return page.locator("dialog.menu .ready")


def test_a_tablet_that_joined_says_once_that_it_is_ready_and_line_by_line_in_the_menu(
    tablet: Page,
    say: Any,
) -> None:
    expect(tablet.locator("#banner")).to_contain_text(say("en")(READY))
    lines = look(tablet)
    expect(lines.locator("h3")).to_have_text(say("en")(READY))
    expect(lines.locator("li.good")).to_have_count(4)  # this browser promises nothing about how long it keeps a page
    tablet.reload()
    expect(look(tablet).locator("h3")).to_have_text(say("en")(READY))
    expect(tablet.locator("#banner")).to_be_hidden()


def test_a_file_the_browser_dropped_is_missed_and_fetched_again(tablet: Page, say: Any) -> None:
    expect(tablet.locator("#banner")).to_contain_text(say("en")(READY))
    tablet.context.set_offline(True)
    tablet.evaluate(DROP_SHELL)
    lines = look(tablet)
    expect(lines.locator("h3")).to_have_text(say("en")("Not ready to be without a connection."))
    expect(lines.locator("li.bad")).to_have_text("1 file of the page is missing. Stay connected for a moment.")
    tablet.context.set_offline(False)
    expect(lines.locator("h3")).to_have_text(say("en")(READY))


def test_a_tablet_whose_browser_keeps_nothing_is_told_so(device: Any, code: str, say: Any) -> None:
    context = device(1180, 820, "en")
    context.add_init_script("delete Navigator.prototype.serviceWorker")
    page = context.new_page()
    page.goto("/table/")
    page.locator("[name=code]").fill(code)
    page.locator("[name=name]").fill("Ilaria")
    page.locator("form.card button.button-primary").click()
    expect(page.locator("#new-note")).to_be_visible()
    said = say("en")("This browser cannot keep the page: do not close it without a connection.")
    expect(look(page).locator("li.bad")).to_have_text(said)
    expect(page.locator("#banner")).to_contain_text(said)
