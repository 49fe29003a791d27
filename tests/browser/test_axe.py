"""Every page of the path, in both languages: no rule of WCAG 2.2 AA broken, nothing sideways, a silent console."""

from __future__ import annotations

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
ABOUT = ("how/", "accessibility/", "your-data/", "my/", "my/sent/", "my/no-such-link/", "said/")
ORGANISING = ("", "details/", "agenda/", "people/", "tables/", "desk/", "notes/", "summary/")


@pytest.fixture(scope="module", params=["en", "it"])
def looks(request, browser_of, site) -> Looks:
    """What a look at every page has found."""
    found, language = Looks(), request.param
    for look_at in (look_at_public_pages, look_at_organisers_pages, look_at_other_pages):
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
    check.go(f"/{language}/w/{PUBLISHED}/said/")
    check.page.locator("details.evidence > summary").first.click()
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
    for path in (f"/{language}/org/p/new/", new_workshop.removesuffix("workshops/new/"), new_workshop):
        check.go(path)
    for path in ORGANISING:
        check.go(f"{live}{path}")
    check.go(f"{live}people/?tab=waiting")
    check.go(f"{live}print/table-sheets/")
    check.go(f"{live}people/")
    check.go(page.locator("main tbody a").first.get_attribute("href"))
    for path in ("", "summary/", "summary/preview/", "summary/publish/"):
        check.go(f"{published}{path}")
    plan = evening.plan_workshop(page, language)
    evening.ask_for_place(page, plan, evening.PEOPLE[0])
    check.look("a place", is_small=True)
    check.go(page.locator("a[href$='/give-up/']").get_attribute("href"), is_small=True)
    for path in ("", "people/", "tables/"):
        check.go(plan.org(path))


def cockpits(page: Page) -> list[str]:
    """The cockpit's address of each workshop on the organisers' first page, in the order of their numbers."""
    rows = page.locator("main tbody td.end a")
    return [row.get_attribute("href") for row in rows.all()]


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
