"""From nothing to a series: an organiser plans, re-times, asks moderators, announces, copies, and moves a date."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import evening
from tests.browser.evening import Plan
from tests.browser.walk import Checker, Looks

PROGRAMME = {
    "title_it": "Orti di quartiere",
    "title_en": "Neighbourhood gardens",
    "organisation": "Laboratorio Orti",
    "audiences_it": "Abitanti\nAssociazioni",
    "audiences_en": "Citizens\nAssociations",
}
MODERATORS = {"asks": "Ilaria Fontana", "asks_email": "ilaria@posta.example"}
MODERATORS |= {"writes": "Wei Zhang", "writes_email": "wei@posta.example"}


@pytest.mark.parametrize("language", ["en", "it"])
def test_an_organiser_with_nothing_plans_a_series_and_sees_who_is_told(
    device: Any, say: Any, site: Any, language: str
) -> None:
    word, looks = say(language), Looks()
    desk = Checker(device(1440, 900, language), looks, site.origin)
    evening.enter_as_organiser(desk.page, language)
    programme = start_programme(desk, language)
    plan = plan_from_template(desk, programme, language)
    retime(desk, plan)
    name_moderators(desk, plan)
    plan = Plan(language, plan.workshop, evening.announce(desk.page, plan))
    phone = Checker(device(390, 844, language), looks, site.origin)
    evening.ask_for_place(phone.page, plan, evening.PEOPLE[0])
    phone.page.wait_for_url("**/my/*/")
    copy = copy_as_next(desk, plan)
    come_to_the_series(desk, phone, copy, word)
    move_the_date(desk, plan, word)
    look_around(desk, phone, programme, plan)
    assert looks == Looks()


def start_programme(desk: Checker, language: str) -> str:
    """A programme with its own page and themes; returns its address among the organisers' pages."""
    page = desk.page
    page.goto(f"/{language}/org/")
    page.locator("main a[href$='/org/p/new/']").first.click()
    for name, value in PROGRAMME.items():
        page.locator(f"main [name={name}]").fill(value)
    evening.press(page.locator("main form.card button.button-primary"))
    page.wait_for_url(re.compile(r"/org/p/[0-9a-f-]{36}/$"))
    form = page.locator("form[action$='/themes/']")
    evening.open_around(form)
    form.locator("[name=name_it]").fill("Acqua")
    form.locator("[name=name_en]").fill("Water")
    evening.press(form.get_by_role("button"))
    desk.look("a new programme", is_small=True)
    return re.search(r"/org/p/[0-9a-f-]{36}/", page.url)[0]


def plan_from_template(desk: Checker, programme: str, language: str) -> Plan:
    page = desk.page
    page.locator("main a[href$='/workshops/new/']").first.click()
    start = dt.date.today() + dt.timedelta(days=40)
    fields = {"title_it": "Dove manca il verde", "title_en": "Where green is missing", "day": start.isoformat()}
    for name, value in {**fields, "venue": "Cascina Sud", "address": "Via dei Campi 3", "places": "2"}.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main [name=evening]").check()
    evening.press(page.locator("main form.card button.button-primary"))
    page.wait_for_url(re.compile(r"/org/w/[0-9a-f-]{36}/"))
    return Plan(language, re.search(r"/org/w/([0-9a-f-]{36})/", page.url)[1], "")


def retime(desk: Checker, plan: Plan) -> None:
    """Ten minutes more for the first session: everything after it begins ten minutes later."""
    page = desk.page
    page.goto(plan.org("agenda/"))
    hours = page.locator("main li > time")
    before = hours.all_inner_texts()
    page.locator("main .block h3 a").first.click()
    minutes = page.locator("#editor [name=minutes]")
    minutes.fill(str(int(minutes.input_value()) + 10))
    evening.press(page.locator("#editor form:has([name=minutes]) button.button-primary"))
    expect(hours.first).to_have_text(before[0])
    expect(hours).to_have_text([before[0], *(later(hour, minutes=10) for hour in before[1:])])


def later(hour: str, *, minutes: int) -> str:
    moved = dt.datetime.strptime(hour, "%H:%M") + dt.timedelta(minutes=minutes)
    return f"{moved:%H:%M}"


def name_moderators(desk: Checker, plan: Plan) -> None:
    """A table with two moderators, who are reached by mail."""
    page = desk.page
    page.goto(plan.org("tables/"))
    form = page.locator("form[action$='/tables/add/']")
    evening.open_around(form)
    for field, value in {"name": "Gelso", "size": "5", **MODERATORS}.items():
        form.locator(f"[name$={field}]").fill(value)
    evening.press(form.get_by_role("button"))
    expect(page.locator("[data-group]")).to_contain_text("Gelso")


def copy_as_next(desk: Checker, plan: Plan) -> Plan:
    """Only the date is asked; the copy has the agenda and the table, and nobody."""
    page = desk.page
    page.goto(plan.org("details/"))
    page.locator("main a[href$='/copy/']").click()
    desk.look("what a copy takes over", is_small=True)
    page.locator("main [name=day]").fill((dt.date.today() + dt.timedelta(days=80)).isoformat())
    evening.press(page.locator("main form.card button.button-primary"))
    page.wait_for_url(re.compile(r"/org/w/[0-9a-f-]{36}/details/"))
    copy = Plan(plan.language, re.search(r"/org/w/([0-9a-f-]{36})/", page.url)[1], "")
    page.goto(copy.org("tables/"))
    expect(page.locator("[data-group]")).to_contain_text("Wei Zhang")
    page.goto(copy.org("people/"))
    expect(page.locator("main [data-registration], main tbody tr")).to_have_count(0)
    return Plan(plan.language, copy.workshop, evening.announce(page, copy))


def come_to_the_series(desk: Checker, phone: Checker, copy: Plan, word: Any) -> None:
    """Whoever has a place at the first one takes one at the next with a single press."""
    page = phone.page
    page.reload()
    phone.look("a place and the rest of the series", is_small=True)
    evening.press(page.locator("form[action$='/series/'] button"))
    expect(page.locator("main")).to_contain_text(word("You have a place, %(name)s") % {"name": "Teresa"})
    desk.page.goto(copy.org("people/"))
    expect(desk.page.locator("main")).to_contain_text("Teresa Donati")


def move_the_date(desk: Checker, plan: Plan, word: Any) -> None:
    """The page before it is saved names the person and the moderators; the mails then go to exactly these."""
    page = desk.page
    page.goto(plan.org("details/"))
    moved = (dt.date.today() + dt.timedelta(days=47)).isoformat()
    page.locator("main [name=day]").fill(moved)
    evening.press(page.locator("main form.card button.button-primary"))
    expect(page.locator("h1")).to_have_text(word("Change it and tell people?"))
    for name in ("Teresa Donati", "Ilaria Fontana", "Wei Zhang"):
        expect(page.locator("main")).to_contain_text(name)
    desk.look("who will be told", is_small=True)
    evening.press(page.locator("button[name=told]"))
    expect(page.locator("main [name=day]")).to_have_value(moved)
    wait_for_mails(page, plan, ("Teresa Donati", "Ilaria Fontana", "Wei Zhang"))


def wait_for_mails(page: Page, plan: Plan, names: tuple[str, ...]) -> None:
    """A job writes them: look again until they are there."""
    for _look in range(evening.WORKER_ASKED):
        page.goto(plan.org("mail/"))
        listed = page.locator("main tbody th").all_inner_texts()
        if all(any(name in each for each in listed) for name in names):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"no mail to all of {names}")


def look_around(desk: Checker, phone: Checker, programme: str, plan: Plan) -> None:
    """Every page of planning once more, and what the public sees of it."""
    organiser = f"/{plan.language}{programme}"
    for path in (organiser, f"{organiser}team/", f"{organiser}terms/", f"{organiser}history/"):
        desk.go(path, is_small=True)
    for path in ("details/", "cancel/", "history/"):
        desk.go(plan.org(path), is_small=True)
    phone.go(plan.public(), is_small=True)
    phone.page.locator("main nav.where a").first.click()
    phone.page.wait_for_url("**/p/*/")
    phone.look("a programme of two", is_small=True)
    phone.go(f"/{plan.language}/calendar/", is_small=True)
