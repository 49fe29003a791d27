"""What the tests of the check-in page share: a workshop with people to come, its door, and what the server holds."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import segno
from playwright.sync_api import Locator, Page, expect

from tests.browser import evening
from tests.browser.pad import wait_until

PHONE = (390, 844)
TO_COME = ("Anna Keller", "Carlo Ferri", "Li Na Zhou")


def plan_door(page: Page) -> str:
    """A workshop of five places with three people to come, planned by whoever signs in on this page; its id."""
    page.on("dialog", lambda question: question.accept())
    evening.enter_as_organiser(page, "en")
    workshop = evening.plan_workshop(page, "en").workshop
    for name in TO_COME:
        come = walk_in(name)
        back = {"op": new_id(), "do": "not_here", "registration": come["registration"], "of": come["op"]}
        assert [ack["status"] for ack in send(page, workshop, come, back)["acks"]] == ["stored", "stored"]
    return workshop


def open_door(page: Page, workshop: str) -> None:
    """The check-in page, ready to lose its connection."""
    page.goto(f"/desk/{workshop}/")
    expect(line(page, TO_COME[0])).to_be_visible()
    wait_until(page, lambda: page.evaluate("navigator.serviceWorker.controller !== null"), True)
    expect(page.locator(".pill.saved")).to_be_visible()


def new_id() -> str:
    return str(uuid.uuid4())


def walk_in(name: str) -> dict[str, Any]:
    return {"op": new_id(), "do": "walk_in", "registration": new_id(), "name": name}


def send(page: Page, workshop: str, *ops: dict[str, Any]) -> dict[str, Any]:
    """Ops of another desk of the same person."""
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "csrftoken")
    path = f"/api/v1/workshops/{workshop}/arrivals"
    answer = page.request.post(path, data={"ops": list(ops)}, headers={"X-CSRFToken": token})
    assert answer.ok
    return answer.json()


def people_of(page: Page, workshop: str) -> list[dict[str, Any]]:
    """Everybody with a place or a turn, as the server tells."""
    return page.request.get(f"/api/v1/workshops/{workshop}/arrivals").json()["people"]


def person(page: Page, workshop: str, name: str) -> dict[str, Any]:
    [found] = [one for one in people_of(page, workshop) if one["name"] == name]
    return found


def names_here(page: Page, workshop: str) -> list[str]:
    """Whoever is here, each as often as the server has them."""
    return sorted(one["name"] for one in people_of(page, workshop) if one["arrival"])


def line(page: Page, name: str) -> Locator:
    return page.locator(".line").filter(has=page.locator(f"strong:text-is('{name}')"))


def tick(page: Page, name: str) -> None:
    """Press "Here" and see it said: it is on the phone then."""
    line(page, name).get_by_role("button").click()
    expect(page.locator(".said.here h2")).to_have_text(name)


def add_walk_in(page: Page, name: str) -> None:
    page.locator("#walk-in").fill(name)
    page.locator("#walk-in").press("Enter")
    expect(page.locator(".said.here h2")).to_have_text(name)


def film_of(code: str, path: Path, size: tuple[int, int] = (640, 480)) -> Path:
    """A film for Chromium's fake camera (raw YUV): the ticket's QR held still on a grey ground."""
    modules = [list(row) for row in segno.make_qr(code).matrix_iter(scale=8, border=4)]
    width, height = size
    luma = bytearray([120]) * (width * height)
    top, left = (height - len(modules)) // 2, (width - len(modules[0])) // 2
    for y, row in enumerate(modules):
        start = (top + y) * width + left
        luma[start : start + len(row)] = bytes(16 if dark else 235 for dark in row)
    frame = b"FRAME\n" + bytes(luma) + bytes([128]) * (width * height // 2)
    path.write_bytes(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 10)
    return path
