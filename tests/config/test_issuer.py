"""In by an issuer of OpenID Connect: it lets in whom the house knows, by a verified address, and nothing is kept."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from django.urls import NoReverseMatch, reverse

from tests.config import issuer as issuers
from tests.config.issuer import NAME, SERENA, Issuer
from tests.config.processes import Installation, Processes, Running, free_port, processes
from tests.config.test_settings import EVERYTHING, run

pytestmark = [pytest.mark.slow, pytest.mark.one_database, pytest.mark.xdist_group("processes")]

CHECKED = f"{NAME} has not checked that your e-mail address is yours."
DID_NOT_WORK = f"Entering with {NAME} did not work, or took too long."
SILENT = f"{NAME} does not answer now."
MADE = (
    "SELECT (SELECT count(*) FROM participants_user), (SELECT count(*) FROM account_emailaddress),"
    " (SELECT count(*) FROM socialaccount_socialaccount), (SELECT count(*) FROM socialaccount_socialtoken)"
)
ONLY_SERENA = [(1, 1, 0, 0)]
BEYOND = """
import json, sys, uuid, django
django.setup()
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from ledger import keeping
from ledger.history import SYSTEM
from participants.actions.forget import erase_account
from participants.users import let_in
user, other = let_in("lia@posta.example")[0], let_in("ugo@posta.example")[0]
for each in (user, other):
    account = SocialAccount.objects.create(user=each, provider="issuer", uid=each.email)
    SocialToken.objects.create(account=account, token=each.email)
receipt = erase_account(user, by=SYSTEM)
gone = {name: n for name, n in receipt.counts.items() if name.startswith("social")}
left = [list(rows) for rows in (SocialAccount.objects.values_list("uid"), SocialToken.objects.values_list("token"))]
shown = [model.__name__ for model in admin.site._registry if model._meta.app_label == "socialaccount"]
print(json.dumps([keeping.unregistered(), gone, left, shown]))
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, Running, Issuer]]:
    with issuers.trusting_house(tmp_path_factory.mktemp("issuer")) as running:
        yield running


@pytest.fixture(autouse=True)
def honest(house: tuple[Installation, Running, Issuer]) -> None:
    _at, _server, issuer = house
    issuer.says, issuer.refuses, issuer.garbled = dict(SERENA), "", False


@dataclass
class Browser:
    """Follows where it is sent, one step at a time."""

    origin: str
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.origin, timeout=30, trust_env=False, headers={"Accept-Language": "en"})

    def begin(self, language: str = "en", **form: str) -> httpx.Response:
        """Press the button of the entrance; the answer to it."""
        page = self.http.get(f"/{language}/org/enter/", params={"next": form["next"]} if "next" in form else {})
        shown = re.search(r'<form method="post" action="([^"]+/issuer/)">(.*?)</form>', page.text, re.DOTALL)
        assert shown is not None, page.text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown[2]))
        return self.http.post(shown[1], data={**hidden, **form})

    def come_back(self, sent: httpx.Response) -> httpx.Response:
        """To the issuer, and what the house says to what it is told there."""
        assert sent.status_code == 302, sent.text
        return self.http.get(self.http.get(sent.headers["Location"]).headers["Location"])

    def enter(self, language: str = "en", **form: str) -> httpx.Response:
        return self.come_back(self.begin(language, **form))

    def is_in(self) -> bool:
        return self.http.get("/en/org/").status_code == 200


def lead(page: httpx.Response) -> str:
    """The status and the first sentence that somebody reads."""
    found = re.search(r'<p class="lead">(.*?[.])( |</p>)', page.text)
    return f"{page.status_code} {found[1] if found else page.text}"


@pytest.mark.parametrize("verified", [True, "true"])
@pytest.mark.parametrize("language", ["en", "it"])
def test_a_known_organiser_lands_on_their_programmes_in_their_language_and_nothing_is_stored(
    house, language: str, verified: object
):
    at, server, issuer = house
    issuer.says |= {"email_verified": verified, "email": "Serena@example.org"}
    browser = Browser(server.origin)
    entered = browser.enter(language)
    assert (entered.status_code, entered.headers["Location"]) == (302, f"/{language}/org/")
    assert browser.is_in()
    asked = issuer.asked[-1]
    assert (asked["redirect_uri"], asked["code_challenge_method"], sorted(asked["scope"].split())) == (
        f"{server.origin}/org/enter/issuer/back/",
        "S256",
        ["email", "openid", "profile"],
    )
    assert at.rows(MADE) == ONLY_SERENA


def test_they_are_led_to_the_page_they_wanted_and_never_to_another_house(house):
    _at, server, _issuer = house
    assert Browser(server.origin).enter(next="/en/org/new/").headers["Location"] == "/en/org/new/"
    assert Browser(server.origin).enter(next="https://evil.example/").headers["Location"] == "/en/org/"


def test_what_needs_a_fresh_login_asks_for_a_code_after_it(house):
    """The issuer may have asked weeks ago."""
    at, server, _issuer = house
    browser = Browser(server.origin)
    browser.enter()
    programme = uuid.UUID(at.rows("SELECT id FROM workshops_programme")[0][0])

    def ask_into_the_team(role: str) -> tuple[int, bool]:
        form = {
            "email": f"{role}@posta.example",
            "role": role,
            "csrfmiddlewaretoken": browser.http.cookies["csrftoken"],
        }
        answer = browser.http.post(f"/en/org/p/{programme}/team/ask/", data=form)
        return answer.status_code, "Is it still you?" in answer.text

    assert (ask_into_the_team("helper"), ask_into_the_team("organiser")) == ((302, False), (403, True))


def test_an_address_nobody_knows_is_not_let_in_and_makes_no_account(house):
    at, server, issuer = house
    issuer.says |= {"sub": "2", "email": "stranger@example.org"}
    browser = Browser(server.origin)
    refused = browser.enter()
    assert (refused.status_code, "No account needed" in refused.text, browser.is_in()) == (403, True, False)
    assert at.rows(MADE) == ONLY_SERENA


@pytest.mark.parametrize("says", [{"email_verified": False}, {"email_verified": "false"}, {"email_verified": None}])
@pytest.mark.parametrize("email", ["serena@example.org", "stranger@example.org"])
def test_an_address_nobody_verified_is_not_let_in_and_a_known_one_looks_like_any_other(house, email: str, says: dict):
    at, server, issuer = house
    issuer.says |= {**says, "email": email}
    browser = Browser(server.origin)
    assert (lead(browser.enter()), browser.is_in()) == (f"403 {CHECKED}", False)
    assert at.rows(MADE) == ONLY_SERENA


def test_without_any_address_nobody_is_let_in(house):
    _at, server, issuer = house
    issuer.says = {"sub": SERENA["sub"]}
    browser = Browser(server.origin)
    assert (lead(browser.enter()), browser.is_in()) == (f"403 {CHECKED}", False)


def test_a_form_cannot_ask_to_tie_an_account_or_for_more_than_the_address(house):
    """Allauth hears `process`, `scope` and `auth_params` of a form; with `connect` it would store a row."""
    at, server, issuer = house
    browser = Browser(server.origin)
    browser.enter()
    browser.http.post("/en/org/leave/", data={"csrfmiddlewaretoken": browser.http.cookies["csrftoken"]})
    again = browser.enter(process="connect", scope="everything", auth_params="prompt=none")
    assert (again.headers["Location"], at.rows(MADE)) == ("/en/org/", ONLY_SERENA)
    assert ("everything" in issuer.asked[-1]["scope"], "prompt" in issuer.asked[-1]) == (False, False)


@pytest.mark.parametrize("forged", ["?code=code-1", "?code=code-1&state=made-up", "?state=made-up&error=access_denied"])
def test_an_answer_to_nothing_that_was_begun_here_is_refused(house, forged: str):
    _at, server, _issuer = house
    browser = Browser(server.origin)
    browser.begin()
    refused = browser.http.get(f"/org/enter/issuer/back/{forged}")
    assert (lead(refused), browser.is_in()) == (f"403 {DID_NOT_WORK}", False)


def test_an_answer_to_another_browser_is_refused_and_one_counts_once(house):
    _at, server, _issuer = house
    victim, thief = Browser(server.origin), Browser(server.origin)
    answer = thief.http.get(thief.begin().headers["Location"]).headers["Location"]
    assert (lead(victim.http.get(answer)), victim.is_in()) == (f"403 {DID_NOT_WORK}", False)
    assert thief.http.get(answer).headers["Location"] == "/en/org/"
    assert lead(thief.http.get(answer)) == f"403 {DID_NOT_WORK}"


def test_whoever_turns_round_is_told_that_nothing_happened(house):
    _at, server, issuer = house
    issuer.refuses = "access_denied"
    assert lead(Browser(server.origin).enter()) == f"200 You came back from {NAME} without entering."
    issuer.refuses = "server_error"
    assert lead(Browser(server.origin).enter()) == f"403 {DID_NOT_WORK}"


def test_an_issuer_that_answers_nonsense_gives_a_sentence(house):
    _at, server, issuer = house
    browser = Browser(server.origin)
    sent = browser.begin()
    answer = browser.http.get(sent.headers["Location"]).headers["Location"]
    issuer.garbled = True
    assert lead(browser.http.get(answer)) == f"503 {SILENT}"
    assert lead(browser.begin()) == f"503 {SILENT}"


def test_an_issuer_that_is_away_gives_a_sentence_and_codes_still_work(house, started: Processes, tmp_path: Path):
    at, _server, _issuer = house
    nobody = f"http://127.0.0.1:{free_port()}"
    port = free_port()
    alone = Installation(at.folder, {**at.extra, "OIDC_ISSUER": nobody, "TAVOLO_ORIGIN": f"http://127.0.0.1:{port}"})
    browser = Browser(started.serve(alone, port).until_it_answers().origin)
    assert lead(browser.begin()) == f"503 {SILENT}"
    token = browser.http.cookies["csrftoken"]
    asked = browser.http.post("/en/org/enter/", data={"email": SERENA["email"], "csrfmiddlewaretoken": token})
    assert asked.headers["Location"] == "/en/org/enter/code/"


def test_only_a_press_of_the_button_leads_away_and_it_needs_the_forms_own_token(house):
    _at, server, issuer = house
    browser = Browser(server.origin)
    before = len(issuer.asked)
    assert browser.http.get("/en/org/enter/issuer/").status_code == 405
    assert browser.http.post("/en/org/enter/issuer/").status_code == 403
    assert len(issuer.asked) == before


def test_forms_may_lead_to_the_issuer_from_the_entrance_alone(house):
    _at, server, issuer = house
    http = Browser(server.origin).http

    def leads_to(path: str) -> str:
        return re.search(r"form-action ([^;]+)", http.get(path).headers["Content-Security-Policy"])[1]

    assert leads_to("/en/org/enter/") == f"'self' {issuer.origin}"
    assert [leads_to(path) for path in ("/en/", "/en/org/enter/login/", "/en/find/")] == ["'self'"] * 3


def test_none_of_the_packages_own_pages_is_reachable(house):
    _at, server, _issuer = house
    browser = Browser(server.origin)
    browser.enter()
    pages = ("signup/", "login/cancelled/", "login/error/", "", "issuer/login/", "oidc/issuer/login/")
    found = [
        browser.http.get(f"{root}{page}").status_code for root in ("/en/social/", "/en/org/3rdparty/") for page in pages
    ]
    assert found == [404] * len(found)


def test_its_rows_would_be_declared_and_would_go_with_an_account(house, tmp_path: Path):
    at, _server, _issuer = house
    own = Installation(tmp_path, {**at.extra})
    with processes(tmp_path) as several:
        several.finish(own, "-m", "django", "migrate", "--verbosity", "0")
        told = json.loads(several.finish(own, "-c", BEYOND).splitlines()[-1])
    gone = {"socialaccount.socialaccount": 1, "socialaccount.socialtoken": 1}
    assert told == [[], gone, [[["ugo@posta.example"]], [["ugo@posta.example"]]], []]


def test_without_the_settings_there_is_no_such_address_and_nothing_of_it_is_loaded(tmp_path: Path):
    script = (
        "import sys, django; django.setup(); from django.urls import get_resolver; get_resolver().url_patterns; "
        "import config.urls_enter; "
        "print([name for name in sys.modules if name.startswith('allauth.socialaccount.models')"
        " or name in ('participants.issuer', 'jwt', 'oauthlib')])"
    )
    asked = run(tmp_path, {**EVERYTHING, "DJANGO_SETTINGS_MODULE": "config.settings"}, "-c", script)
    assert (asked.stdout, asked.stderr) == ("[]\n", "")
    for name in ("issuer_go", "openid_connect_callback", "socialaccount_signup", "socialaccount_connections"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


@pytest.mark.django_db
def test_without_the_settings_the_addresses_are_404(client):
    found = [client.get(path).status_code for path in ("/org/enter/issuer/back/", "/en/org/enter/issuer/")]
    assert found == [404, 404]
    assert "/issuer/" not in client.get("/en/org/enter/").content.decode()
