"""Every page of the path, in both languages: no rule of WCAG 2.2 AA broken, nothing sideways, a silent console."""

from __future__ import annotations

from itertools import product

import pytest
from playwright.sync_api import Page

from tests.browser import evening
from tests.browser.walk import Checker, Looks

PUBLISHED, LIVE, FULL, COMING = (
    "mappa-delle-abitudini",
    "abitudini-e-iniziative",
    "dalle-iniziative-ai-servizi",
    "la-prova",
)
ABOUT = ("how/", "accessibility/", "your-data/", "my/", "my/sent/", "my/no-such-link/", "said/", "calendar/")
PLANNING = ("", "details/", "history/", "copy/", "cancel/", "agenda/", "people/", "tables/")
ORGANISING = (*PLANNING, "desk/", "notes/", "summary/", "replies/", "wall/")
WALL_MODES = ("welcome", "dots", "report", "next", "session")  # the last one is what the sample shows
FULL_STORE = "() => { IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') } }"


@pytest.fixture(scope="module", params=["en", "it"])
def looks(request, browser_of, site) -> Looks:
    """What a look at every page has found."""
    found, language = Looks(), request.param
    walks = (
        look_at_public_pages,
        look_at_organisers_pages,
        look_at_the_cockpit,
        look_at_the_wall,
        look_at_the_pad,
        look_at_the_pad_in_trouble,
        look_at_other_pages,
    )
    for look_at in walks:
        context = browser_of(1280, 900, language)
        look_at(Checker(context, found, site.origin), language)
        context.close()
    return found


def look_at_public_pages(check: Checker, language: str) -> None:
    for path in ("", *ABOUT, "p/milano-sud/", f"w/{PUBLISHED}/said/", "org/enter/"):
        check.go(f"/{language}/{path}", is_small=True)
    for slug in (PUBLISHED, LIVE, FULL, COMING):
        check.go(f"/{language}/w/{slug}/", is_small=True)
        check.go(f"/{language}/w/{slug}/place/", is_small=True)
    for name, part in (("finding", "findings"), ("theme", "themes")):
        check.go(f"/{language}/w/{PUBLISHED}/said/")
        first = check.page.locator(f"main [id^={name}-]").first.get_attribute("id").removeprefix(f"{name}-")
        check.go(f"/{language}/w/{PUBLISHED}/said/{part}/{first}/")
    check.go(f"/{language}/w/{PUBLISHED}/said/")
    check.page.locator("details.evidence > summary").first.click()
    check.page.locator("dialog.drawer .note").first.wait_for()
    check.look("an outcome with the notes behind a finding in the drawer", is_small=True)
    check.page.keyboard.press("Escape")
    check.page.evaluate("document.querySelectorAll('details.evidence').forEach((each) => { each.open = true })")
    check.look("an outcome with its evidence open", is_small=True)
    check.go(f"/{language}/w/{FULL}/place/")
    evening.press(check.page.locator("main form.form button.button-primary"))
    check.look("a sign-up with mistakes", is_small=True)


def look_at_organisers_pages(check: Checker, language: str) -> None:
    page = check.page
    check.go("/demo/", is_small=True)
    check.go("/demo/enter/organiser/", is_small=True)
    evening.enter_as_organiser(page, language)
    check.go(f"/{language}/org/")
    published, live = cockpits(page)[:2]
    new_workshop = page.locator("main a[href$='/workshops/new/']").first.get_attribute("href")
    programme = new_workshop.removesuffix("workshops/new/")
    for path in (f"/{language}/org/p/new/", programme, new_workshop):
        check.go(path)
    for path in ("team/", "terms/", "history/", "templates/"):
        check.go(f"{programme}{path}", is_small=True)
    for path in ORGANISING:
        check.go(f"{live}{path}")
    check.go(f"{live}ready/", is_small=True)
    check.go(f"{live}people/?tab=waiting")
    check.go(f"{live}tables/")
    check.go(page.locator("main a[href*='/tables/sessions/']").last.get_attribute("href"), is_small=True)
    for path in ("tables/even/", "tables/even/?absent=all", "print/"):
        check.go(f"{live}{path}", is_small=True)
    check.go(f"{live}agenda/preview/", is_small=True)
    for sheet in ("run-sheet/", "badges/", "attendance/", "signatures/", "table-sheets/"):
        check.go(f"{live}print/{sheet}")
    look_at_a_seat(check, live)
    check.go(f"{live}people/")
    check.go(page.locator("main tbody a").first.get_attribute("href"))
    for path in ("", "summary/", "summary/preview/", "summary/publish/", "replies/"):
        check.go(f"{published}{path}")
    plan = evening.plan_workshop(page, language)
    evening.ask_for_place(page, plan, evening.PEOPLE[0])
    check.look("a place", is_small=True)
    check.go(page.locator("a[href$='/give-up/']").get_attribute("href"), is_small=True)
    for path in ("", "people/", "tables/"):
        check.go(plan.org(path))


def look_at_a_seat(check: Checker, live: str) -> None:
    """The menu of a person over all tables and as a page of its own, and the page of one table."""
    page = check.page
    page.goto(f"{live}tables/")
    card, table = page.locator("a.place-card").first, page.locator("section.seating a.action-link").first
    pages = [link.get_attribute("href") for link in (card, table)]
    card.click()
    page.locator("dialog[open]").wait_for()
    check.look("where somebody could sit instead", is_small=True)
    for path in pages:
        check.go(path, is_small=True)


def cockpits(page: Page) -> list[str]:
    """The cockpit's address of each workshop on the organisers' first page, in the order of their numbers."""
    rows = page.locator("main tbody td.end a")
    return [row.get_attribute("href") for row in rows.all()]


def look_at_the_cockpit(check: Checker, language: str) -> None:
    """The day as it runs: with its parts open, paused, with a message filled in, and cut off from the server."""
    page = check.page
    evening.enter_as_organiser(page, language)
    page.goto(f"/{language}/org/")
    live = cockpits(page)[1]
    check.go(live, is_small=True)
    for summary in page.locator("main details.more > summary").all():
        summary.click()
    page.locator("#pause").click()
    check.look("the cockpit, open and paused", is_small=True)
    with check.offline():
        page.locator("[data-stale]:not([hidden])").wait_for()
        check.look("the cockpit without a connection", is_small=True)
    suggestion = page.locator(".todo a[href*='about=']").first
    if suggestion.count():
        check.go(suggestion.get_attribute("href"))


def look_at_the_wall(check: Checker, language: str) -> None:
    """Every mode, on green and in a bright room; each is looked at with a computer set to light and to dark."""
    page = check.page
    evening.enter_as_organiser(page, language)
    page.goto(f"/{language}/org/")
    live = cockpits(page)[1]
    page.goto(live)
    wall = page.locator("main a[href^='/wall/']").first.get_attribute("href")
    for mode, room in product(WALL_MODES, ("", "&bright=1")):
        page.goto(live)
        evening.press(page.locator(f"#wall-{mode}"))
        page.goto(f"{wall}?language={language}{room}")
        page.locator(f".wall-page-{mode}").wait_for()
        check.look(f"the wall, {mode}{room}", is_small=True)
    with check.offline():
        page.locator(".wall-state:not([hidden])").wait_for()
        check.look("the wall without a connection", is_small=True)


def enter_as_moderator(page: Page) -> None:
    """The table of the sample where two texts wait for a person."""
    page.on("dialog", lambda question: question.accept())
    page.goto("/demo/enter/moderator/")
    evening.press(page.locator("main form[method=post] button"))
    page.locator(".conflict").wait_for()
    evening.wait_for_worker(page)


def look_at_the_pad(check: Checker, language: str) -> None:
    """Writing, changing, giving dots; with the keyboard up, in the largest text, upright."""
    page = check.page
    enter_as_moderator(page)
    check.look("the note-pad with a conflict", is_small=True)
    page.locator(".composer .said-about summary").click()
    check.look("what is said about a note", is_small=True)
    page.locator(".composer .said-about summary").click()
    page.locator(".switch button").last.click()
    check.look("the note-pad giving dots", is_small=True)
    page.locator(".switch button").first.click()
    page.set_viewport_size({"width": 820, "height": 1180})
    check.look("the note-pad upright")
    page.locator(".composer .themes .choice").first.click()
    page.locator("#new-note").fill("Written with the keyboard up.")
    page.set_viewport_size({"width": 1180, "height": 820})
    page.set_viewport_size({"width": 1180, "height": 420})
    page.locator("html.keyboard").wait_for()
    check.look("the note-pad with the keyboard up")
    page.locator("#new-note").fill("")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.locator(".menu-button").click()
    check.look("the menu of the note-pad", is_small=True)
    page.locator("dialog.menu label.choice", has=page.locator("[name=menu-size][value=largest]")).click()
    page.locator("dialog.menu .dialog-head button").click()
    check.look("the note-pad in the largest text", is_small=True)


def look_at_the_pad_in_trouble(check: Checker, language: str) -> None:
    """Without a connection, leaving with notes unsent, and with a full tablet."""
    page = check.page
    enter_as_moderator(page)
    with check.offline():
        evening.write_note(page, f"Written without a connection, {language}.")
        page.locator(".banner.waiting").wait_for()
        check.look("the note-pad offline", is_small=True)
        page.locator("#banner button").click()
        check.look("what waits on the tablet", is_small=True)
        page.keyboard.press("Escape")
        page.locator(".menu-button").click()
        page.locator("dialog.menu .dialog-foot button").last.click()
        page.locator("dialog.leaving[open]").wait_for()
        check.look("leaving with notes unsent", is_small=True)
        page.keyboard.press("Escape")
        evening.note_on(page, f"Written without a connection, {language}.").locator(".cover").click()
        page.locator("dialog.editor .danger").click()
        page.locator("#toast p").wait_for()
        check.look("a deleted note that can come back", is_small=True)
    page.evaluate(FULL_STORE)
    page.locator("#new-note").fill("One note too many.")
    page.locator(".banner.bad").wait_for()
    check.look("a full tablet", is_small=True)


def look_at_other_pages(check: Checker, language: str) -> None:
    """Tablet and wall, the letters of the demo, and where a helper works."""
    page = check.page
    check.go("/table/", is_small=True)
    evening.press(page.locator("form.card button.button-primary"))
    check.look("a wrong table code", is_small=True)
    page.goto("/demo/enter/moderator/")
    evening.press(page.locator("main form[method=post] button"))
    page.locator(".notes > li").first.wait_for()
    check.look("the note-pad", is_small=True)
    page.locator(".pill").click()
    check.look("what is on the tablet", is_small=True)
    page.keyboard.press("Escape")
    page.locator(".notes .cover").first.click()
    check.look("a note being changed", is_small=True)
    page.goto("/demo/enter/observer/")
    evening.press(page.locator("main form[method=post] button"))
    check.look("the cockpit of an observer")
    wall = page.locator("main a[href^='/wall/']").get_attribute("href")
    check.go(wall)
    page.goto("/demo/enter/helper/")
    evening.press(page.locator("main form[method=post] button"))
    check.look("the door of a helper")
    check.go("/desk/", is_small=True)
    page.locator("main a[href^='/desk/']").first.click()
    page.locator(".line button").first.wait_for()
    check.look("the door on a phone", is_small=True)
    page.locator(".line button").first.click()
    page.locator(".said").wait_for()
    check.look("the door on a phone after a tick", is_small=True)
    check.go("/demo/mail/", is_small=True)
    check.go(page.locator("main .line a").first.get_attribute("href"), is_small=True)


def test_no_page_breaks_a_rule_of_accessibility(looks: Looks) -> None:
    assert looks.rules == []


def test_words_stay_readable_in_the_dark(looks: Looks) -> None:
    assert looks.dark == []


def test_nothing_scrolls_sideways_on_the_smallest_phone(looks: Looks) -> None:
    assert looks.sideways == []


def test_no_page_complains_in_the_console_or_meets_its_own_policy(looks: Looks) -> None:
    assert looks.complaints == []


def test_no_page_asks_anything_of_another_origin(looks: Looks) -> None:
    assert looks.strangers == []
