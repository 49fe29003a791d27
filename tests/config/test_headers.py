"""Every answer carries the headers; what belongs to somebody is stored nowhere; broken requests get a plain no."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse

from config import urls
from config.assets import manifest
from ledger.history import SYSTEM
from participants.actions.links import new_link
from participants.middleware import DEVICE_IN_SESSION
from participants.users import let_in
from tests.factories import make_device, make_group, make_organiser, make_registration, make_session, make_workshop
from workshops.access import public
from workshops.actions.groups import give_table_codes
from workshops.states import SessionState, WorkshopState

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.test_headers")]


@public("breaks on purpose")
def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


urlpatterns = [path("breaks/", breaks), *urls.urlpatterns]

CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
ONE_POLICY = {"require-trusted-types-for": "'script'", "trusted-types": "app"}
NO_HTML_OF_STRINGS = dict.fromkeys(("pad", "shell", "door", "door shell"), ONE_POLICY)
NO_HTML_OF_STRINGS["wall"] = {**ONE_POLICY, "trusted-types": "'none'"}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
NO_CAMERA = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
OWN_CAMERA = NO_CAMERA.replace("camera=()", "camera=(self)")
SCANS = {"door", "door shell"}


def policy(answer) -> dict[str, str]:
    """The directives of the answer's content policy."""
    parts = [part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";") if part.strip()]
    return {name: values for name, _space, values in parts}


def headers(answer) -> dict[str, str]:
    return {name: answer.get(name, "") for name in HEADERS}


@pytest.fixture
def places() -> dict[str, tuple[Client, str]]:
    """A page of each kind with somebody who may see it: `{kind: (client, path)}`."""
    workshop = make_workshop(state=WorkshopState.LIVE)
    make_session(workshop, state=SessionState.OPEN)
    group = make_group(workshop)
    give_table_codes(workshop, by=SYSTEM)
    link = new_link(make_registration(make_workshop(workshop.programme, opens_at=None)))
    organiser, tablet = Client(), Client()
    organiser.force_login(make_organiser(workshop.programme))
    session_of_tablet = tablet.session
    session_of_tablet[DEVICE_IN_SESSION] = str(make_device(group).pk)
    session_of_tablet.save()
    visitor = Client(raise_request_exception=False)
    return {
        "home": (visitor, reverse("home")),
        "programme": (visitor, reverse("programme", args=[workshop.programme.slug])),
        "workshop": (visitor, reverse("workshop", args=[workshop.slug])),
        "how": (visitor, reverse("how")),
        "accessibility": (visitor, reverse("accessibility")),
        "your data": (visitor, reverse("your_data")),
        "said": (visitor, reverse("said_list")),
        "enter": (visitor, reverse("account_request_login_code")),
        "my place": (visitor, reverse("my_place", args=[link])),
        "join": (visitor, reverse("table_join")),
        "pad": (tablet, reverse("table_pad", args=[group.pk])),
        "shell": (visitor, reverse("table_shell")),
        "doors": (organiser, reverse("desk_doors")),
        "door": (organiser, reverse("desk_phone", args=[workshop.pk])),
        "door shell": (visitor, reverse("desk_shell")),
        "desk": (organiser, reverse("org_desk", args=[workshop.pk])),
        "wall": (visitor, reverse("wall", args=[workshop.wall_secret])),
        "org": (organiser, reverse("org_home")),
        "cockpit": (organiser, reverse("org_cockpit", args=[workshop.pk])),
        "people": (organiser, reverse("org_people", args=[workshop.pk])),
        "api": (tablet, reverse("api_group", args=[group.pk])),
        "api refusal": (visitor, reverse("api_group", args=[group.pk])),
        "health": (visitor, reverse("healthz")),
        "missing": (visitor, "/it/there-is-no-such-page/"),
        "broken": (visitor, "/breaks/"),
        "redirect": (visitor, reverse("org_home")),
        "bad request": (visitor, "/it/?q=%00"),
        "static": (visitor, "/static/" + manifest().get("css/site.css", "css/site.css")),
    }


STATUS = {
    "api refusal": 401,
    "missing": 404,
    "broken": 500,
    "redirect": 302,
    "bad request": 400,
}
PERSONAL = {"workshop", "enter", "my place", "join", "pad", "shell", "desk", "wall", "org", "cockpit", "people"}
PERSONAL |= {"api", "api refusal", "doors", "door", "door shell"}
NO_COOKIE = ("home", "programme", "how", "accessibility", "your data", "said", "health", "missing", "static", "wall")


def test_every_kind_of_answer_carries_the_headers(places):
    if not manifest():
        del places["static"]
    answers = {kind: client.get(address) for kind, (client, address) in places.items()}
    assert {kind: answer.status_code for kind, answer in answers.items()} == {
        kind: STATUS.get(kind, 200) for kind in places
    }
    assert {kind: headers(answer) for kind, answer in answers.items()} == dict.fromkeys(places, HEADERS)
    assert {kind: policy(answer) for kind, answer in answers.items()} == {
        kind: {**CSP, **NO_HTML_OF_STRINGS.get(kind, {})} for kind in places
    }
    assert {kind: answer["Permissions-Policy"] for kind, answer in answers.items()} == {
        kind: OWN_CAMERA if kind in SCANS else NO_CAMERA for kind in places
    }
    ids = [answer["X-Request-Id"] for answer in answers.values()]
    assert [bool(re.fullmatch("[0-9a-f]{16}", one)) for one in ids] == [True] * len(ids)
    assert len(set(ids)) == len(ids)


def test_what_belongs_to_somebody_is_stored_by_no_cache(places):
    kept = {}
    for kind, (client, address) in places.items():
        said = client.get(address).get("Cache-Control", "")
        kept[kind] = "no-store" in said and "private" in said
    assert {kind for kind, personal in kept.items() if personal} == PERSONAL


def test_a_built_file_may_be_kept_for_ever_since_its_name_is_its_content(places):
    if not manifest():
        pytest.skip("the front end is not built")
    client, address = places["static"]
    assert client.get(address)["Cache-Control"] == "max-age=315360000, public, immutable"


@pytest.mark.parametrize("kind", NO_COOKIE)
def test_a_public_page_without_a_form_sets_no_cookie(places, kind: str):
    _client, address = places[kind]
    assert dict(Client(raise_request_exception=False).get(address).cookies) == {}


BROKEN = ["%00", "a%00b", "%ED%A0%80", "%ED%BF%BF", "%FF"]


@pytest.mark.parametrize("text", BROKEN)
def test_text_that_cannot_be_stored_is_refused_in_a_query_a_form_and_an_address(text: str):
    form = "application/x-www-form-urlencoded"
    answers = [
        Client().get(f"/it/?q={text}"),
        Client().post("/table/", f"code=123456&name={text}", content_type=form),
    ]
    sentence = "The text contains characters that cannot be stored."
    assert [(answer.status_code, answer.content.decode()) for answer in answers] == [(400, sentence)] * 2


@pytest.mark.parametrize("name", ["session", "csrftoken", "language", "theme"])
def test_a_nul_in_a_cookie_is_refused(name: str):
    client = Client(HTTP_COOKIE=f'{name}="aaaaaaaaaa\\000b"')
    assert client.get("/en/").status_code == 400


def test_a_nul_in_a_multipart_form_or_an_address_is_refused():
    answers = [Client().post("/table/", {"code": "123456", "name": "a\x00b"}), Client().get("/wall/a%00b/")]
    assert [answer.status_code for answer in answers] == [400, 400]


@pytest.mark.parametrize("text", ["%C3%A8", "%F0%9F%9A%B2", "a+b%26c", "%EF%BF%BD", ""])
def test_any_other_text_is_taken(text: str):
    assert Client().get(f"/it/?q={text}").status_code == 200


def test_an_unknown_host_is_refused():
    refused = Client(headers={"Host": "evil.example"}).get(reverse("home"))
    assert refused.status_code == 400
    assert b"evil.example" not in refused.content


OUTSIDE = ["//evil.example", "https://evil.example/", "https:evil.example", "/\\evil.example", "javascript:alert(1)"]


@pytest.mark.parametrize("target", [*OUTSIDE, "/it/how/"])
def test_entering_leads_only_to_pages_of_this_house(target: str):
    user, _is_new = let_in(make_organiser(make_workshop().programme).email)
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": user.email, "next": target})
    code = mail_code()
    entered = client.post(reverse("account_confirm_login_code"), {"code": code, "next": target})
    assert entered.status_code == 302
    assert entered["Location"] == (target if target == "/it/how/" else reverse("org_home"))
    assert client.get(reverse("org_home")).status_code == 200


def mail_code() -> str:
    """The code in the last mail, a line of its own."""
    return re.findall(r"^\s*([A-Z0-9]{6}|[A-Z0-9]{3,4}-[A-Z0-9]{3,4})\s*$", mail.outbox[-1].body, re.MULTILINE)[0]
