"""The evening as people do it, page by page. Each step takes pages of Chromium and leaves the next one possible."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Error, Locator, Page, expect

Say = Callable[[str], str]
Device = Callable[..., Any]

PEOPLE = ("Teresa Donati", "Luca Ricci", "Fatou Diop", "Anna Keller", "Omar Costa", "Nadia Haddad")
PLACES = 5
TABLES = ("Gelso", "Olmo")
TABLET = (1180, 820)
TITLES = {"it": "Una sera di prova", "en": "An evening to try"}
QUESTIONS = {"it": "Come andate a scuola?", "en": "How do you get to school?"}
COMPILED_WITHIN_MS = 40_000
MS_TO_WRITE = 2_000
WORKER_ASKED = 300  # times, one every 50 ms


@dataclass(frozen=True)
class Plan:
    """What the organiser has made: the id of the workshop in the organisers' addresses, and its public name."""

    language: str
    workshop: str
    slug: str

    def org(self, page: str = "") -> str:
        return f"/{self.language}/org/w/{self.workshop}/{page}"

    def public(self, page: str = "") -> str:
        return f"/{self.language}/w/{self.slug}/{page}"


def look_at_public_pages(page: Page, language: str) -> None:
    """From the front page to a workshop, and from there to its programme, by the links."""
    page.goto(f"/{language}/")
    page.locator(f"main a[href^='/{language}/w/']:not([href$='/said/'])").first.click()
    page.wait_for_url(f"**/{language}/w/*/")
    page.locator(f"main a[href^='/{language}/p/']").first.click()
    page.wait_for_url(f"**/{language}/p/*/")
    expect(page.locator("h1")).to_be_visible()


def enter_as_organiser(page: Page, language: str) -> None:
    """One click in the demo; elsewhere a code from the mail."""
    page.goto("/demo/enter/organiser/")
    page.locator("main form[method=post] button").click()
    page.wait_for_url("**/org/")


def plan_workshop(page: Page, language: str, places: int = PLACES) -> Plan:
    """A workshop from the template of an evening, with a question and two tables; it starts in three hours."""
    page.goto(f"/{language}/org/")
    page.locator(f"main a[href*='/{language}/org/p/'][href$='/workshops/new/']").first.click()
    start = dt.datetime.now(ZoneInfo("Europe/Rome")) + dt.timedelta(hours=3)
    fields = {
        "title_it": TITLES["it"],
        "title_en": TITLES["en"],
        "day": start.date().isoformat(),
        "hour": f"{start:%H:%M}",
        "venue": "Casa di Quartiere",
        "address": "Via San Dionigi 36",
        "places": str(places),
    }
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=evening]").check()
    page.locator("main form.card button.button-primary").click()
    page.wait_for_url(re.compile(r"/org/w/[0-9a-f-]{36}/"))
    plan = Plan(language, re.search(r"/org/w/([0-9a-f-]{36})/", page.url)[1], "")
    add_question(page, plan)
    for name in TABLES:
        add_table(page, plan, name)
    return Plan(language, plan.workshop, announce(page, plan))


def add_question(page: Page, plan: Plan) -> None:
    """A question for the first session at the tables."""
    page.goto(plan.org("agenda/"))
    page.locator(".block-tables h3 a").first.click()
    form = page.locator("form[action$='/prompts/']")
    open_around(form)
    for code, text in QUESTIONS.items():
        form.locator(f"[name$=text_{code}]").fill(text)
    form.get_by_role("button").click()
    expect(page.locator(".block-current")).to_contain_text(QUESTIONS[plan.language])


def open_around(part: Locator) -> None:
    """Open the <details> a form stands in, where it is closed."""
    part.evaluate("node => { const around = node.closest('details'); if (around) around.open = true }")


def add_table(page: Page, plan: Plan, name: str) -> None:
    """A table of three with two moderators."""
    page.goto(plan.org("tables/"))
    form = page.locator("form[action$='/tables/add/']")
    open_around(form)
    for field, value in {"name": name, "size": "3", "asks": "Ilaria Fontana", "writes": "Youssef Amrani"}.items():
        form.locator(f"[name$={field}]").fill(value)
    form.get_by_role("button").click()
    expect(page.locator("[data-group]").filter(has_text=name)).to_be_visible()


def announce(page: Page, plan: Plan) -> str:
    """Announce it; returns its public name."""
    page.goto(plan.org("details/"))
    page.locator("form:has(input[name=to][value=announced]) button").click()
    public = page.locator(f"main .page-head a[href^='/{plan.language}/w/']")
    return public.get_attribute("href").strip("/").split("/")[-1]


def address_of(person: str, plan: Plan) -> str:
    return f"{person.split()[0].lower()}.{plan.workshop[:8]}@posta.example"


def take_places(device: Device, plan: Plan) -> list[Page]:
    """Everybody asks for a place on a phone of their own, one after the other; returns what each one sees then."""
    phones = []
    for person in PEOPLE:
        phone = device(390, 844, plan.language).new_page()
        ask_for_place(phone, plan, person)
        phone.wait_for_url("**/my/*/")
        phones.append(phone)
    return phones


def ask_for_place(phone: Page, plan: Plan, person: str) -> None:
    phone.goto(plan.public("place/"))
    phone.locator("[name=name]").fill(person)
    phone.locator("[name=email]").fill(address_of(person, plan))
    phone.locator(".chips label.chip").first.click()
    phone.wait_for_timeout(MS_TO_WRITE)  # a form sent sooner is taken for a script's
    phone.locator("main form.form button.button-primary").click()


def mix_and_move(page: Page, plan: Plan) -> None:
    """Suggest a mix, then move one person from the first table to the other by their menu."""
    page.goto(plan.org("tables/"))
    press(page.locator("form[action$='/tables/mix/'] button"))
    first, second = (page.locator("[data-group]").filter(has=page.locator(f"h2:has-text('{name}')")) for name in TABLES)
    before = (first.locator("[data-registration]").count(), second.locator("[data-registration]").count())
    assert (sum(before), min(before)) == (PLACES, 2)
    fuller, other = (first, second) if before[0] == 3 else (second, first)
    person = fuller.locator("[data-registration]").first
    who = person.get_attribute("data-registration")
    person.click()
    page.locator(f"dialog[open] button[name=group][value='{other.get_attribute('data-group')}']").click()
    expect(other.locator(f"[data-registration='{who}']")).to_have_count(1)
    expect(page.locator("[data-registration]")).to_have_count(PLACES)


def go_live(page: Page, plan: Plan) -> dict[str, str]:
    """The evening starts and the first session at the tables opens; returns the codes by table."""
    page.goto(plan.org())
    page.locator("button[formaction$='/go-live/']").click()
    expect(page.locator("#start-session")).to_be_visible()
    open_next_session_at_tables(page)
    page.goto(plan.org("print/table-sheets/"))
    sheets = page.locator(".tent")
    names, codes = sheets.locator("h2").all_inner_texts(), sheets.locator(".table-code").all_inner_texts()
    return {name: re.sub(r"\D", "", code) for name, code in zip(names, codes, strict=True)}


def open_next_session_at_tables(page: Page) -> None:
    """In the cockpit: open one session after the other until one has questions, which only those at tables do."""
    while True:
        press(page.locator("#start-session"))
        if page.locator(".cockpit-prompts").count():
            return
        end_session(page)


def end_session(page: Page) -> None:
    press(page.locator("#end-session"))
    expect(page.locator("#end-session")).to_have_count(0)


def press(button: Locator) -> None:
    """Press what leads to another page, and wait for the page that answers, though it may look the same."""
    with button.page.expect_navigation():
        button.click()


def close_all_sessions(page: Page, plan: Plan) -> None:
    """End what is open; open and end what is left of the agenda."""
    page.goto(plan.org())
    end_session(page)
    while page.locator("#start-session").count():
        press(page.locator("#start-session"))
        end_session(page)


def join_table(tablet: Page, code: str, name: str) -> None:
    """Join by the code of the sheet; returns once the pad is open and would also open without a connection."""
    type_code(tablet, code, name)
    expect(tablet.locator("#new-note")).to_be_visible()
    wait_for_worker(tablet)


def type_code(tablet: Page, code: str, name: str) -> None:
    tablet.goto("/table/")
    tablet.locator("[name=code]").fill(code)
    tablet.locator("[name=name]").fill(name)
    tablet.locator("form.card button.button-primary").click()
    tablet.wait_for_url(re.compile(r"/table/[0-9a-f-]{36}/"))


def pass_the_worker_by(page: Page) -> None:
    """From here on the page's requests do not go through its service worker, where routes of the test would miss them.

    A POST is nothing to the worker, which lets it go on to the network; but it goes on from there unseen by a route.
    """
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setBypassServiceWorker", {"bypass": True})


def wait_for_worker(tablet: Page) -> None:
    """Until the service worker stands behind the page, which may open anew meanwhile (for another author)."""
    for _attempt in range(WORKER_ASKED):
        with suppress(Error):
            if tablet.evaluate("navigator.serviceWorker.controller !== null"):
                return
        tablet.wait_for_timeout(50)
    raise AssertionError("the note-pad would not open without a connection")


def write_note(tablet: Page, text: str, *, kind: str = "habit") -> None:
    """Write one note on the first theme and wait until the tablet holds it."""
    for choice in (f"input[name=new-kind][value={kind}]", ".composer .themes input >> nth=0"):
        if not tablet.locator(choice).is_checked():
            tablet.locator(choice).locator("xpath=..").click()
    tablet.locator("#new-note").fill(text)
    tablet.locator(".composer button.add").click()
    expect(note_on(tablet, text)).to_be_visible()


def note_on(tablet: Page, text: str) -> Locator:
    """The card of a note."""
    return tablet.locator(".notes > li").filter(has=tablet.locator(f"p.said:text-is({text!r})"))


def compile_notes(page: Page, plan: Plan) -> None:
    """Ask for the draft, unless it is being made by itself already, and wait for it, as the page itself does."""
    page.goto(plan.org("summary/"))
    button = page.locator("form[action$='/summary/compile/'] button")
    if button.count():
        button.click()
    expect(page.locator("#checks")).to_be_visible(timeout=COMPILED_WITHIN_MS)


def rows_of(csv_text: str) -> list[dict[str, str]]:
    """The lines of an open-data file."""
    return list(csv.DictReader(io.StringIO(csv_text.removeprefix("\ufeff"))))
