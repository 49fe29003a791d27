"""The door on a phone: without a connection, killed, scanned, twice at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import door, evening
from tests.browser.conftest import CHROMIUM, LIKE_EVERYBODY, QUIET, STEP_MS
from tests.browser.pad import kill, wait_until
from tests.browser.walk import KEEP_REFUSALS, Checker, Looks

ANNA, CARLO, LI_NA = door.TO_COME
WRONG_ANSWERS = {
    "a portal's page": {"status": 200, "content_type": "text/html", "body": "<h1>Welcome to the hotel</h1>"},
    "an empty object": {"status": 200, "content_type": "application/json", "body": "{}"},
    "nothing at all": {"status": 204, "body": ""},
    "acks of nobody's ops": {"status": 200, "content_type": "application/json", "body": '{"epoch": "e", "acks": []}'},
}

# A browser with a reader of its own, and a camera that shows something.
OWN_READER = """
globalThis.BarcodeDetector = class {
  static getSupportedFormats = async () => ['qr_code']
  detect = async () => [{ rawValue: 'CODE' }]
}
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 })
  const context = canvas.getContext('2d')
  setInterval(() => context.fillRect(0, 0, Math.random() * 320, 240), 50)
  return canvas.captureStream(20)
}
"""
OUT = {"en": "Sign out", "it": "Esci"}
NO_CAMERA = """() => {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'))
}"""


@pytest.fixture
def phone(device: Any) -> Page:
    """A phone whose owner has planned a workshop and stands at its door."""
    page = device(*door.PHONE, "en").new_page()
    page.door = door.plan_door(page)
    door.open_door(page, page.door)
    return page


def expect_here(page: Page, *names: str) -> None:
    wait_until(page, lambda: door.names_here(page, page.door), sorted(names))


def test_who_came_while_there_was_no_connection_is_there_once_afterwards(phone: Page) -> None:
    phone.context.set_offline(True)
    door.tick(phone, ANNA)
    phone.reload()
    expect(door.line(phone, ANNA)).to_contain_text("only on this phone")
    door.tick(phone, CARLO)
    door.add_walk_in(phone, "Omar Haddad")
    expect(phone.locator(".pill")).to_have_text("3 on this phone")
    expect(phone.locator(".count")).to_have_text("3 of 4")
    phone.context.set_offline(False)
    expect(phone.locator(".pill.saved")).to_be_visible()
    expect_here(phone, ANNA, CARLO, "Omar Haddad")
    expect(phone.locator(".only-here")).to_have_count(0)
    phone.reload()
    expect_here(phone, ANNA, CARLO, "Omar Haddad")


@pytest.mark.parametrize("wrong", WRONG_ANSWERS)
def test_an_answer_that_is_not_ours_never_counts_as_sent(phone: Page, wrong: str) -> None:
    sends = "**/arrivals"
    phone.route(sends, lambda route: route.fulfill(**WRONG_ANSWERS[wrong]))
    with phone.expect_response(lambda response: response.request.method == "POST"):
        door.tick(phone, ANNA)
    expect(door.line(phone, ANNA)).to_contain_text("only on this phone")
    assert door.names_here(phone, phone.door) == []
    phone.unroute(sends)
    expect_here(phone, ANNA)
    expect(phone.locator(".pill.saved")).to_be_visible()


def test_an_answer_that_got_lost_is_asked_for_again_and_counts_once(phone: Page) -> None:
    heard = []

    def lose(route: Any) -> None:
        heard.append(route.fetch().status)
        route.abort()

    phone.route("**/arrivals", lose, times=1)
    door.add_walk_in(phone, "Omar Haddad")
    expect(phone.locator(".pill.saved")).to_be_visible()
    assert heard == [200]
    expect_here(phone, "Omar Haddad")
    expect(door.line(phone, "Omar Haddad")).to_have_count(1)


def test_a_browser_killed_after_the_mark_has_lost_nobody(kept_browser: Any, tmp_path: Path) -> None:
    context = kept_browser()
    page = context.pages[0]
    workshop = door.plan_door(page)
    door.open_door(page, workshop)
    context.set_offline(True)
    door.tick(page, ANNA)
    door.add_walk_in(page, "Omar Haddad")
    kill(context, tmp_path / "profile")
    context = kept_browser()
    context.set_offline(True)
    page = context.pages[0]
    page.goto(f"/desk/{workshop}/")
    for name in (ANNA, "Omar Haddad"):
        expect(door.line(page, name)).to_contain_text("only on this phone")
    context.set_offline(False)
    if page.get_by_role("button", name="Sign in").or_(page.locator(".pill.saved")).first.text_content() == "Sign in":
        evening.enter_as_organiser(page, "en")
        page.goto(f"/desk/{workshop}/")
    expect(page.locator(".pill.saved")).to_be_visible()
    wait_until(page, lambda: door.names_here(page, workshop), sorted([ANNA, "Omar Haddad"]))
    context.close()


def test_a_seat_given_twice_while_apart_is_a_choice_that_keys_alone_can_make(phone: Page) -> None:
    anna = door.person(phone, phone.door, ANNA)
    phone.context.set_offline(True)
    door.tick(phone, ANNA)
    door.send(phone, phone.door, {"op": door.new_id(), "do": "here", "registration": anna["id"]})
    phone.context.set_offline(False)
    choice = phone.locator(".choice")
    expect(choice).to_contain_text(f"{ANNA} is here already, since")
    expect(phone.locator(".pill")).to_have_text("1 needs you")
    choice.get_by_role("button", name="It is somebody else").focus()
    phone.keyboard.press("Enter")
    expect(phone.locator("#walk-in")).to_be_focused()
    phone.keyboard.type("Anna Kessler")
    phone.keyboard.press("Enter")
    expect(phone.locator(".pill.saved")).to_be_visible()
    expect_here(phone, ANNA, "Anna Kessler")
    expect(choice).to_have_count(0)


def test_one_more_than_there_are_places_is_let_in_for_a_reason(phone: Page) -> None:
    door.send(phone, phone.door, door.walk_in("Fourth Person"), door.walk_in("Fifth Person"))
    door.add_walk_in(phone, "Omar Haddad")
    choice = phone.locator(".choice")
    expect(choice).to_contain_text("All places are taken.")
    expect(phone.locator(".said.not")).to_contain_text("All places are taken.")
    assert door.names_here(phone, phone.door) == ["Fifth Person", "Fourth Person"]
    choice.get_by_label("Why one more?").fill("He brings the speaker.")
    choice.get_by_role("button", name="Let in over the limit").click()
    expect(phone.locator(".pill.saved")).to_be_visible()
    expect_here(phone, "Fifth Person", "Fourth Person", "Omar Haddad")


@pytest.mark.parametrize("language", ["en", "it"])
def test_what_the_door_says_without_a_connection_breaks_no_rule(device: Any, site: Any, language: str) -> None:
    looks = Looks()
    context = device(*door.PHONE, language)
    check = Checker(context, looks, site.origin)
    page = check.page
    workshop = door.plan_door(page)
    door.open_door(page, workshop)
    anna = door.person(page, workshop, ANNA)
    context.set_offline(True)
    door.line(page, ANNA).get_by_role("button").click()
    expect(page.locator(".said.here h2")).to_have_text(ANNA)
    door.add_walk_in(page, "Omar Haddad")
    check.look("without a connection", is_small=True)
    door.send(page, workshop, {"op": door.new_id(), "do": "here", "registration": anna["id"]})
    door.send(page, workshop, door.walk_in("Fourth Person"), door.walk_in("Fifth Person"))
    context.set_offline(False)
    expect(page.locator(".choice")).to_have_count(2)
    check.look("with two choices", is_small=True)
    page.get_by_role("button", name=OUT[language]).click()
    check.look("before leaving with something unsent", is_small=True)
    assert (looks.rules, looks.dark, looks.sideways, looks.strangers) == ([], [], [], [])


def test_a_code_and_a_name_are_enough_without_a_mouse(phone: Page) -> None:
    code = door.person(phone, phone.door, CARLO)["code"]
    search = phone.locator("#search")
    for typed, name in ((f"{code[:4]}-{code[4:]}".lower(), CARLO), ("li zh", LI_NA)):
        search.focus()
        phone.keyboard.type(typed)
        phone.keyboard.press("Enter")
        expect(phone.locator(".said.here h2")).to_have_text(name)
        expect(search).to_have_value("")
    phone.keyboard.type(code)
    phone.keyboard.press("Enter")
    expect(phone.locator(".said.already")).to_contain_text("Already here since")
    expect_here(phone, CARLO, LI_NA)


def test_whoever_was_ticked_by_mistake_is_taken_back_here_and_at_the_server(phone: Page) -> None:
    door.tick(phone, ANNA)
    expect_here(phone, ANNA)
    phone.locator(".said").get_by_role("button", name="Undo").click()
    expect(door.line(phone, ANNA).get_by_role("button", name=f"Here: {ANNA}", exact=True)).to_be_visible()
    expect_here(phone)


def test_signing_out_leaves_no_name_on_the_phone(phone: Page) -> None:
    door.tick(phone, ANNA)
    expect(phone.locator(".pill.saved")).to_be_visible()
    phone.get_by_role("button", name="Sign out").click()
    phone.wait_for_url("**/enter/**")
    databases = (
        "indexedDB.databases().then((all) => all.map(({ name }) => name).filter((name) => name.includes('desk:')))"
    )
    assert phone.evaluate(databases) == []
    phone.goto(f"/desk/{phone.door}/")
    expect(phone.locator("#search")).to_have_count(0)


def test_a_ticket_held_before_the_camera_checks_in(playwright: Any, site: Any, phone: Page, tmp_path: Path) -> None:
    anna = door.person(phone, phone.door, ANNA)
    film = door.film_of(f"{anna['code'][:4]}-{anna['code'][4:]}", tmp_path / "ticket.y4m")
    camera = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=[*QUIET, *camera, f"--use-file-for-fake-video-capture={film}"]
    )
    context = browser.new_context(base_url=site.origin, viewport={"width": 390, "height": 844}, **LIKE_EVERYBODY)
    context.set_default_timeout(STEP_MS)
    context.add_init_script(KEEP_REFUSALS)
    context.add_cookies(phone.context.cookies())
    page = context.new_page()
    door.open_door(page, phone.door)
    page.context.set_offline(True)
    page.get_by_role("button", name="Scan tickets").click()
    expect(page.locator(".said.here h2")).to_have_text(ANNA)
    assert page.evaluate("globalThis.refused") == []
    page.context.set_offline(False)
    expect_here(phone, ANNA)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("video")).to_be_hidden()
    context.close()
    browser.close()


def test_a_browser_that_reads_codes_by_itself_loads_no_reader(phone: Page) -> None:
    carlo = door.person(phone, phone.door, CARLO)
    phone.add_init_script(OWN_READER.replace("CODE", carlo["code"]))
    door.open_door(phone, phone.door)
    loaded = []
    phone.on("request", lambda request: loaded.append(request.url))
    phone.get_by_role("button", name="Scan tickets").click()
    expect(phone.locator(".said.here h2")).to_have_text(CARLO)
    assert [url for url in loaded if "reader" in url] == []


def test_without_a_camera_the_list_is_enough(phone: Page) -> None:
    phone.evaluate(NO_CAMERA)
    phone.get_by_role("button", name="Scan tickets").click()
    expect(phone.locator(".scan [role=status]")).to_have_text("No camera here. The list is enough.")
    door.tick(phone, ANNA)


def test_the_doors_of_this_phone_open_without_a_connection(phone: Page) -> None:
    phone.context.set_offline(True)
    phone.goto("/desk/")
    phone.locator(f"a[href='/desk/{phone.door}/']").click()
    expect(door.line(phone, ANNA)).to_be_visible()
