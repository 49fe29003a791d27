"""A tablet that is shared: who leaves loses nothing, who comes next sees nothing of it, and a copy travels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import evening, pad
from tests.browser.evening import TABLET, note_on, write_note
from tests.browser.pad import join, texts_on_the_server, wait_until

WATCH_FOR_ILARIAS_NOTE = """
localStorage.setItem('watched', 'yes')
new MutationObserver(() => {
  if (document.documentElement.textContent.includes('Kept back by Ilaria.')) localStorage.setItem('seen', 'yes')
}).observe(document, { subtree: true, childList: true, characterData: true })
"""


def ask_to_leave(page: Page, words: Any) -> None:
    page.locator(".menu-button").click()
    page.get_by_role("button", name=words("Leave the table")).click()


def leave_anyway(page: Page, words: Any) -> None:
    ask_to_leave(page, words)
    page.locator("dialog.leaving").get_by_role("button", name=words("Leave anyway")).click()


def stores_on(page: Page) -> list[str]:
    """The names of the notes' stores this tablet holds."""
    names = page.evaluate("indexedDB.databases().then((all) => all.map(({ name }) => name))")
    return sorted(name for name in names if name.startswith("tavolo:"))


def test_leaving_with_all_sent_leaves_nothing_on_the_tablet(tablet: Page, words: Any) -> None:
    write_note(tablet, "Sent before leaving.")
    expect(tablet.locator(".pill.saved")).to_be_visible()
    assert len(stores_on(tablet)) == 1
    ask_to_leave(tablet, words)
    tablet.wait_for_url("**/table/")
    assert stores_on(tablet) == []


def test_leaving_offline_says_what_stays_and_the_next_one_sees_none_of_it(tablet: Page, code: str, words: Any) -> None:
    group, address = pad.group_of(tablet), tablet.url
    tablet.context.set_offline(True)
    write_note(tablet, "Never sent by Ilaria.")
    tablet.locator("#new-note").fill("Only typed by Ilaria.")
    ask_to_leave(tablet, words)
    question = tablet.locator("dialog.leaving")
    expect(question).to_contain_text("1 note is still only on this tablet.")
    expect(question).to_contain_text(words("What you are writing is added as a note."))
    question.get_by_role("button", name=words("Leave anyway")).click()
    expect(tablet.locator("#pad")).to_contain_text(words("You left this table."))
    tablet.goto(address)
    expect(tablet.locator("#pad")).to_contain_text(words("You left this table."))
    assert "Ilaria" not in tablet.content()
    tablet.context.set_offline(False)
    tablet.goto(address)
    expect(tablet.locator("#pad")).to_contain_text(words("You left this table."))
    wait_until(tablet, lambda: tablet.request.get(f"/api/v1/groups/{group}").status, 401)
    evening.join_table(tablet, code, "Ilaria")  # another Ilaria: the name alone is no key
    banner = tablet.locator("#banner")
    expect(banner).to_contain_text("2 notes of an earlier moderator wait on this tablet.")
    assert "by Ilaria." not in tablet.content()
    assert {"Never sent by Ilaria.", "Only typed by Ilaria."} & set(texts_on_the_server(tablet, group)) == set()
    banner.get_by_role("button", name=words("Send them")).click()
    for text in ("Never sent by Ilaria.", "Only typed by Ilaria."):
        wait_until(tablet, lambda text=text: texts_on_the_server(tablet, group).count(text), 1)
    expect(banner).not_to_contain_text("earlier moderator")
    wait_until(tablet, lambda: len(stores_on(tablet)), 1)


def test_whoever_joins_next_never_sees_what_the_one_before_had_not_sent(tablet: Page, code: str, words: Any) -> None:
    """The one before has only put the tablet down: nobody left, and the page could open what it remembers."""
    evening.pass_the_worker_by(tablet)
    tablet.context.route("**/ops", lambda route: route.abort())
    write_note(tablet, "Kept back by Ilaria.")
    tablet.context.add_init_script(WATCH_FOR_ILARIAS_NOTE)
    evening.type_code(tablet, code, "Marta")
    expect(tablet.locator("#banner")).to_contain_text("1 note of an earlier moderator waits on this tablet.")
    assert tablet.evaluate("[localStorage.getItem('watched'), localStorage.getItem('seen')]") == ["yes", None]


def test_a_moderator_with_an_account_who_is_back_sends_what_waited(device: Any, words: Any) -> None:
    page = device(*TABLET, "en").new_page()
    page.on("dialog", lambda question: question.accept())
    page.goto("/demo/enter/moderator/")
    page.locator("main form[method=post] button").click()
    page.wait_for_url("**/table/*/")
    expect(page.locator("#new-note")).to_be_visible()
    evening.wait_for_worker(page)
    group, address = pad.group_of(page), page.url
    page.context.set_offline(True)
    write_note(page, "Waits for its author.")
    leave_anyway(page, words)
    expect(page.locator("#pad")).to_contain_text(words("You left this table."))
    page.context.set_offline(False)
    page.goto("/demo/enter/moderator/")
    page.locator("main form[method=post] button").click()
    page.wait_for_url(address)
    wait_until(page, lambda: texts_on_the_server(page, group).count("Waits for its author."), 1)
    expect(note_on(page, "Waits for its author.")).to_have_count(1)


def test_a_workshop_that_is_over_leaves_nothing_on_the_tablet(tablet: Page, words: Any) -> None:
    def over(route: Any) -> None:
        kit = route.fetch().json()
        kit["workshop"]["state"] = "published"
        route.fulfill(json=kit)

    evening.pass_the_worker_by(tablet)
    tablet.context.route("**/api/v1/groups/*", over)
    tablet.reload()
    expect(tablet.locator("#pad")).to_contain_text(words("This workshop is over."))
    assert stores_on(tablet) == []


def test_a_copy_is_opened_on_another_tablet_and_counts_once(
    device: Any, code: str, tablet: Page, tmp_path: Path
) -> None:
    group = pad.group_of(tablet)
    tablet.context.set_offline(True)
    write_note(tablet, "Travels as a file.")
    tablet.locator("#new-note").fill("Half a thought.")
    tablet.locator(".menu-button").click()
    with tablet.expect_download() as saved:
        tablet.locator("dialog.menu").get_by_role("button", name="Save a copy").click()
    saved.value.save_as(tmp_path / "copy.json")
    tablet.locator("dialog.menu").get_by_role("button", name="Close").click()
    other = join(device(*TABLET, "en").new_page(), code, "Youssef")
    for _time in range(2):
        other.locator("dialog.menu input[type=file]").set_input_files(tmp_path / "copy.json")
        expect(other.locator("#toast")).to_contain_text("1 note of the copy goes out.")
        expect(note_on(other, "Travels as a file.")).to_have_count(1)
    expect(other.locator("#new-note")).to_have_value("Half a thought.")
    tablet.context.set_offline(False)
    expect(tablet.locator(".pill.saved")).to_be_visible()
    expect(other.locator(".pill.saved")).to_be_visible()
    assert texts_on_the_server(other, group).count("Travels as a file.") == 1


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        ("no json", "This file is no saved copy of notes."),
        ({"format": "something"}, "This file is no saved copy of notes."),
        ({"format": "tavolo-notes", "version": 2, "ops": []}, "A newer Tavolo saved this copy."),
        ({"format": "tavolo-notes", "version": 1, "ops": [], "group": {"id": "x"}}, "This copy is of another table."),
    ],
)
def test_a_file_that_is_no_copy_of_this_table_is_refused_with_a_reason(
    tablet: Page, tmp_path: Path, content: Any, answer: str
) -> None:
    path = tmp_path / "copy.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    tablet.locator("dialog.menu input[type=file]").set_input_files(path)
    expect(tablet.locator("#toast")).to_contain_text(answer)
