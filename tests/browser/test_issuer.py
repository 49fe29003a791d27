"""The button of the entrance in Chromium, which follows a form through its redirects and asks the page's policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import STEP_MS
from tests.browser.walk import Checker, Looks
from tests.config.issuer import NAME, SERENA, Issuer, trusting_house
from tests.config.processes import Installation, Running


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, Running, Issuer]]:
    with trusting_house(tmp_path_factory.mktemp("issuer")) as running:
        yield running


def press(page: Page) -> None:
    """With the keyboard alone."""
    page.locator("form[action$='/enter/issuer/'] button").press("Enter")


@pytest.mark.parametrize("language", ["en", "it"])
def test_one_press_leads_to_the_issuer_and_to_the_programmes(chromium: Any, house, language: str):
    _at, server, issuer = house
    issuer.says, issuer.refuses = dict(SERENA), ""
    context = chromium.new_context(base_url=server.origin, locale=language)
    context.set_default_timeout(STEP_MS)
    page = context.new_page()
    page.goto(f"/{language}/org/enter/")
    press(page)
    expect(page).to_have_url(f"{server.origin}/{language}/org/")
    context.close()


@pytest.mark.parametrize("language", ["en", "it"])
def test_its_pages_keep_the_rules(chromium: Any, house, language: str):
    _at, server, issuer = house
    looks = Looks()
    context = chromium.new_context(base_url=server.origin, viewport={"width": 390, "height": 844}, locale=language)
    context.set_default_timeout(STEP_MS)
    here = Checker(context, looks, server.origin)
    here.go(f"/{language}/org/enter/", is_small=True)
    for says, refuses in ((SERENA, "access_denied"), ({**SERENA, "email_verified": False}, "")):
        issuer.says, issuer.refuses = dict(says), refuses
        here.page.goto(f"/{language}/org/enter/")
        press(here.page)
        expect(here.page.locator(".lead")).to_contain_text(re.compile(NAME))
        here.look(f"turned away: {refuses or 'unverified'}", is_small=True)
    elsewhere = [address for address in looks.strangers if issuer.origin not in address]
    assert (Looks(looks.rules, looks.dark, looks.sideways, looks.complaints), elsewhere) == (Looks(), [])
    context.close()
