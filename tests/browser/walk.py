"""Looking at pages the way a checker does: axe's rules, what the console says, what is asked of other origins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

AXE = settings.ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALLEST_PHONE = 320
NO_NETWORK = "net::ERR_INTERNET_DISCONNECTED"

KEEP_REFUSALS = """
globalThis.refused = []
document.addEventListener('securitypolicyviolation', (event) => {
  globalThis.refused.push(`${event.effectiveDirective} refused ${event.blockedURI} ${event.sample}`)
})
"""

# Transitions are brought to their end first: a colour on its way is nobody's colour.
RUN_AXE = """async (runOnly) => {
  const isEnding = (moving) => moving.effect.getComputedTiming().endTime < Infinity
  for (let moving; (moving = document.getAnimations().filter(isEnding)).length;) {
    for (const one of moving) one.finish()
    await new Promise(requestAnimationFrame)
  }
  const { violations } = await axe.run(document, { runOnly, resultTypes: ['violations'] })
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, any, all, none }) =>
    `${id}: ${target.join(' ')} (${[...any, ...all, ...none].map(({ message }) => message).join('; ')})`))
}"""


# Two frames later, when the page has taken the size it was given.
MEASURE_WIDTH = """async () => {
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame)
  return document.scrollingElement.scrollWidth
}"""

# What is wider than the column it stands in lies over its neighbour, though the page itself is not too wide.
FIND_SPILLS = """() => [...document.querySelectorAll('main .grid > *')]
  .filter((each) => getComputedStyle(each).overflowX === 'visible' && each.scrollWidth > each.clientWidth + 1)
  .map((each) => `${each.scrollWidth} px wide in a column of ${each.clientWidth}: ${each.outerHTML.slice(0, 60)}`)"""


@dataclass
class Looks:
    """What was found, each as "page: finding"."""

    rules: list[str] = field(default_factory=list)
    dark: list[str] = field(default_factory=list)
    sideways: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)


class Checker:
    """One page of a browser that is looked at after each step."""

    def __init__(self, context: BrowserContext, looks: Looks, origin: str) -> None:
        self.looks, self.origin, self.name = looks, origin, ""
        context.add_init_script(KEEP_REFUSALS)
        self.page: Page = context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._note(looks.complaints, str(error)))
        self.page.on("request", self._asked)

    def go(self, path: str, *, ready: str = "main", is_small: bool = False) -> None:
        """Open a page and look at it; `ready` has to be there first."""
        self.name = path
        self.page.goto(path)
        self.page.locator(ready).first.wait_for()
        self.look(path, is_small=is_small)

    def look(self, name: str, *, is_small: bool = False) -> None:
        """Look at what is there now: in the light, in the dark, and `is_small` also on the smallest phone."""
        self.name = name
        for refusal in self.page.evaluate("globalThis.refused"):
            self._note(self.looks.complaints, refusal)
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        self._check(self.looks.rules, {"type": "tag", "values": RULES})
        with self._dark():
            self._check(self.looks.dark, {"type": "rule", "values": ["color-contrast"]})
        for spill in self.page.evaluate(FIND_SPILLS):
            self._note(self.looks.sideways, spill)
        if is_small:
            self._shrink()

    @contextmanager
    def offline(self) -> Iterator[None]:
        """Without a network; what the browser then says about addresses it cannot reach is no complaint."""
        self.page.context.set_offline(True)
        yield
        self.page.context.set_offline(False)

    def _check(self, found: list[str], run_only: dict[str, object]) -> None:
        for finding in self.page.evaluate(RUN_AXE, run_only):
            self._note(found, finding)

    @contextmanager
    def _dark(self) -> Iterator[None]:
        self.page.emulate_media(color_scheme="dark")
        yield
        self.page.emulate_media(color_scheme="light")

    def _shrink(self) -> None:
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": SMALLEST_PHONE, "height": 640})
        width = self.page.evaluate(MEASURE_WIDTH)
        if width > SMALLEST_PHONE:
            self._note(self.looks.sideways, f"{width} px wide")
        self.page.set_viewport_size(size)

    def _hear(self, message: ConsoleMessage) -> None:
        address = message.location["url"]
        if NO_NETWORK in message.text:
            return
        if message.type == "error" and address != self.page.url:  # a page that is refused on purpose is an error too
            self._note(self.looks.complaints, f"{message.text} {address}")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and f"{address.scheme}://{address.netloc}" != self.origin:
            self._note(self.looks.strangers, request.url)

    def _note(self, where: list[str], what: str) -> None:
        where.append(f"{self.name}: {what}")
