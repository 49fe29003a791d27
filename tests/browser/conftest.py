"""Browser tests: a whole Tavolo in its own process and folder, and Chromium in front of it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.utils import translation

from tests.browser import pad
from tests.browser.evening import TABLET

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in NAMES if (found := shutil.which(name))), "")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LIKE_EVERYBODY = {"timezone_id": "Europe/Rome", "accept_downloads": True, "reduced_motion": "reduce"}
START_SECONDS = 120
# The session of the sample that is on lasts 23 minutes more: on a busy machine these tests take longer.
GIVE_TIME = """
from ledger.history import SYSTEM
from workshops.actions.evening import extend_session
from workshops.models import Session
for session in Session.objects.filter(state="open"):
    extend_session(session, minutes=35, by=SYSTEM)
"""
ON_BOTH_DATABASES = {"test_a_place_by_keyboard", "test_evening", "test_outcome", "test_survival", "test_tablets"}
"""The long ways through the product, and notes that must arrive; the others look at what browsers do."""
STEP_MS = 20_000  # how long a step may take on a busy machine


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of a file share a browser and stay in one worker, whose site is its own; they skip without a Chromium."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if item.path.stem not in ON_BOTH_DATABASES:
                item.add_marker(pytest.mark.one_database)
            item.add_marker(pytest.mark.xdist_group(f"browser {item.path.stem}"))
            if not CHROMIUM and not os.environ.get("REQUIRE_BROWSER"):
                item.add_marker(pytest.mark.skip(reason="there is no Chromium on this machine"))


@dataclass
class Site:
    """A running demo: where it answers, and where its mail goes."""

    origin: str
    data: Path

    def at(self, path: str) -> str:
        return self.origin + path


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The demo with its sample, on the database (and with the Redis) this test run uses."""
    with a_site() as made:
        yield made


@contextlib.contextmanager
def a_site() -> Iterator[Site]:
    """A demo that has just begun, in a folder of its own."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tavolo-browser-")))
        port = free_port()
        environment = {**os.environ, "TAVOLO_MODE": "demo", "TAVOLO_DATA": str(folder), "PYTHONUNBUFFERED": "1"}
        environment["TAVOLO_SWEEP_SECONDS"] = "1"  # a wake-up that was lost costs a second here, not half a minute
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
            environment["DATABASE_URL"] = stack.enter_context(_own_database())
        manage = [sys.executable, str(settings.ROOT / "manage.py")]
        log = stack.enter_context((folder / "log").open("w"))
        server = [*manage, "demo", "--port", str(port), "--data", str(folder)]
        stack.enter_context(running(server, environment, log))
        site = Site(f"http://localhost:{port}", folder)
        wait_for(site.at("/healthz"), folder / "log")
        subprocess.run([*manage, "shell", "-c", GIVE_TIME], env=environment, cwd=settings.ROOT, check=True)
        if settings.REDIS_URL:
            celery = [sys.executable, "-m", "celery", "-A", "config.celery"]
            stack.enter_context(running([*celery, "worker", "-P", "solo", "-l", "warning"], environment, log))
            beat = [*celery, "beat", "-s", str(folder / "beat"), "-l", "warning"]
            stack.enter_context(running(beat, environment, log))
        yield site


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def _own_database() -> Iterator[str]:
    """A PostgreSQL database for the site alone, dropped afterwards."""
    import psycopg2

    own = settings.DATABASES["default"]
    where = {key.lower(): own[key] for key in ("HOST", "PORT", "USER", "PASSWORD") if own[key]}
    name = f"tavolo_browser_{uuid.uuid4().hex[:12]}"
    link = psycopg2.connect(dbname="postgres", **where)
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        try:
            password = f":{quote(own['PASSWORD'], safe='')}" if own["PASSWORD"] else ""
            yield f"postgres://{own['USER']}{password}@{own['HOST']}:{own['PORT'] or 5432}/{name}"
        finally:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            link.close()


@contextlib.contextmanager
def running(command: list[str], environment: dict[str, str], log: object) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=settings.ROOT)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(8)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(url: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        time.sleep(0.2)
    pytest.fail(f"the site did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="module")
def playwright():
    """What starts browsers. It leaves an event loop in its thread while it runs, where Django refuses to ask the
    database: so it ends with the module, before other tests come to this process."""
    from playwright.sync_api import sync_playwright

    if not CHROMIUM:
        pytest.fail("REQUIRE_BROWSER is set and there is no Chromium")
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def chromium(playwright):
    """One browser for all tests of a module."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def browser_of(chromium, site):
    """A browser of one's own: `browser_of(width, height, language)`; whoever makes it closes it."""

    def make(width=1440, height=900, language="en"):
        context = chromium.new_context(
            base_url=site.origin, viewport={"width": width, "height": height}, locale=language, **LIKE_EVERYBODY
        )
        context.set_default_timeout(STEP_MS)
        return context

    return make


@pytest.fixture
def device(browser_of):
    """Like `browser_of`, closed at the end of the test; errors that pages do not catch fail it."""
    contexts, complaints = [], []

    def make(*size_and_language):
        context = browser_of(*size_and_language)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def own_device(chromium):
    """Like `device`, in front of a demo that no other test has touched."""
    complaints: list[str] = []
    with a_site() as site, contextlib.ExitStack() as stack:

        def make(width=1440, height=900, language="en"):
            size = {"width": width, "height": height}
            context = chromium.new_context(base_url=site.origin, viewport=size, locale=language, **LIKE_EVERYBODY)
            context.set_default_timeout(STEP_MS)
            context.on("weberror", lambda error: complaints.append(str(error.error)))
            stack.callback(context.close)
            return context

        yield make
    assert complaints == []


@pytest.fixture
def kept_browser(playwright, site, tmp_path):
    """A browser whose profile stays on the disk: `kept_browser()` starts it, again and again."""

    def start():
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            args=list(QUIET),
            base_url=site.origin,
            viewport={"width": 1180, "height": 820},
            locale="en",
            **LIKE_EVERYBODY,
        )
        context.set_default_timeout(STEP_MS)
        return context

    return start


@pytest.fixture(scope="module")
def code(browser_of):
    """The code of a table of the sample's workshop that is on."""
    context = browser_of()
    digits = pad.read_code(context.new_page())
    context.close()
    return digits


@pytest.fixture
def tablet(device, code):
    """A tablet that has joined the table, with everything saved."""
    return pad.join(device(*TABLET, "en").new_page(), code)


@pytest.fixture
def words(say):
    """The pages' words in English."""
    return say("en")


@pytest.fixture
def say():
    """The words of a language as the pages say them: `say("it")("Take a place")`."""

    def in_language(language: str):
        def word(message: str) -> str:
            with translation.override(language):
                return translation.gettext(message)

        return word

    return in_language
