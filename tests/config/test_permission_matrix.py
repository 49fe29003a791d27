"""Every route × reading and writing × every identity × own and foreign objects."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from feedback.notes.stream import ROUTES, open_door
from tests.config import matrix
from tests.config.world import SECRETS, World, make_clients, make_world

pytestmark = pytest.mark.django_db

OUTSIDE = ("admin", "rest_framework")


def routes(
    resolver: URLResolver | None = None, outer: tuple[str, ...] = ()
) -> Iterator[tuple[URLPattern, tuple[str, ...]]]:
    """All named routes of ours with their arguments; the admin has a test of its own."""
    for pattern in (resolver or get_resolver()).url_patterns:
        arguments = (*outer, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            if pattern.app_name not in OUTSIDE:
                yield from routes(pattern, arguments)
        elif pattern.name:
            yield pattern, arguments


OURS = sorted({(p.name, arguments) for p, arguments in routes() if not p.name.startswith(matrix.ALLAUTH)})


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def other() -> World:
    return make_world()


def address(name: str, arguments: tuple[str, ...], world: World, **instead: object) -> str:
    own: dict[str, object] = {"slug": world.things["programme"].slug} if name.startswith("programme") else {}
    if name == "invitation":
        own = {"token": world.ids["invitation_token"]}
    if name.startswith("moderate"):
        own = {"token": world.ids["moderator_token"]}
    ids = {**world.ids, **own, **instead}
    return reverse(name, kwargs={argument: ids[argument] for argument in arguments})


def ask(client, method: str, url: str):
    kind = {"content_type": "application/json", "data": "{}"} if url.startswith("/api/") and method == "post" else {}
    return getattr(client, method)(url, **kind)


def is_turned_away(response, rule: matrix.Rule, identity: str) -> bool:
    """Whether this answer is the door for this identity."""
    status = response.status_code
    if status == 405:
        return True
    if rule.door == "api":
        if identity in matrix.TABLETS:
            return status in (401, 403, 404)  # out of session, no endpoint for tablets, another table
        return status == (401 if identity == matrix.VISITOR else 404)
    if rule.door == "table":
        return status == 302 and response["Location"].startswith("/table/")
    unknown = identity == matrix.VISITOR or identity in matrix.TABLETS
    return (status == 302 and "/org/enter/" in response["Location"]) if unknown else status in (403, 404)


def test_every_route_has_a_row_and_every_row_a_route():
    assert {name for name, _arguments in OURS} == set(matrix.MATRIX)


def test_every_view_of_ours_names_its_policy():
    without = [
        p.name
        for p, _arguments in routes()
        if not p.name.startswith((*matrix.ALLAUTH, "api_")) and not getattr(p.callback, "policy", "")
    ]
    assert without == []


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("identity", matrix.IDENTITIES)
def test_identities_meet_the_answer_of_the_matrix_on_own_objects(world, other, identity, method):
    client = make_clients(world, other)[identity]
    surprises = []
    for name, arguments in OURS:
        rule = matrix.MATRIX[name]
        if name in ("table_leave",) or (method == "post" and identity in rule.let_in):
            continue  # writes by those who may are tested where they are built
        response = ask(client, method, address(name, arguments, world))
        let_in = identity in rule.let_in
        if let_in and response.status_code not in (200, 201, 204, 302, 405, 404 if rule.door == "none" else 200):
            surprises.append((name, response.status_code))
        if let_in and rule.door != "none" and response.status_code == 302 and "/org/enter/" in response["Location"]:
            surprises.append((name, "sent to the entrance"))
        if not let_in and not is_turned_away(response, rule, identity):
            surprises.append((name, response.status_code))
        if not let_in and any(secret in response.content.decode(errors="replace") for secret in SECRETS):
            surprises.append((name, "leaks"))
    assert surprises == []


def test_a_foreign_object_looks_exactly_like_a_missing_one(world, other):
    client = make_clients(world, other)[matrix.STRANGER]
    differences = []
    for name, arguments in OURS:
        outer = next((a for a in ("workshop_id", "programme_id", "group_id") if a in arguments), None)
        if outer is None or matrix.MATRIX[name].door == "none":
            continue
        foreign = client.get(address(name, arguments, world))
        missing = client.get(address(name, arguments, world, **{outer: uuid.uuid4()}))
        if (foreign.status_code, body(foreign)) != (missing.status_code, body(missing)):
            differences.append(name)
    assert differences == []


def body(response) -> bytes:
    """The answer without what differs at each request."""
    return re.sub(rb"[0-9a-f]{8}-[0-9a-f-]{27}|csrfmiddlewaretoken\" value=\"\w+", b"", response.content)


@pytest.mark.parametrize(
    "argument",
    [
        "session_id",
        "prompt_id",
        "initiative_id",
        "theme_id",
        "audience_id",
        "device_id",
        "op_id",
        "registration_id",
        "rule_id",
        "invitation_id",
        "team_invitation_id",
        "seat_id",
        "mail_id",
        "question_id",
        "finding_id",
        "note_id",
        "group_id",
    ],
)
def test_an_inner_object_of_another_workshop_is_missing_in_ones_own(world, other, argument):
    client = make_clients(world, other)[matrix.ORGANISER]
    before, found = fingerprint(), []
    for name, arguments in OURS:
        if argument in arguments and {"workshop_id", "programme_id"} & set(arguments):
            url = address(name, arguments, world, **{argument: other.ids[argument]})
            statuses = {client.get(url).status_code, client.post(url).status_code}
            if not statuses <= {404, 405}:
                found.append((name, statuses))
    assert found == []
    assert fingerprint() == before


def test_forbidden_writes_leave_the_database_as_it_was(world, other):
    clients = make_clients(world, other)
    before = fingerprint()
    for identity, client in clients.items():
        for name, arguments in OURS:
            if identity not in matrix.MATRIX[name].let_in:
                ask(client, "post", address(name, arguments, world))
    assert fingerprint() == before


def fingerprint() -> dict[str, list]:
    """Every row of every table of ours, but for when a tablet was last seen."""
    return {
        model._meta.label: sorted(str([readable(value) for value in row]) for row in rows_of(model))
        for model in apps.get_models()
        if model is not Session and model._meta.app_label in ("ledger", "workshops", "participants", "feedback", "knox")
    }


def rows_of(model):
    return model.objects.values_list(*kept_fields(model))


def readable(value):
    """PostgreSQL hands bytes out as a view, which says where it lies in memory and not what is in it."""
    return bytes(value) if isinstance(value, memoryview) else value


def kept_fields(model) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if field.name != "seen_at"]


def test_lists_hold_only_ones_own(world, other):
    client = make_clients(world, other)[matrix.ORGANISER]
    listed = client.get(reverse("api_workshops")).json()["results"]
    assert [item["id"] for item in listed] == [str(world.ids["workshop_id"])]
    page = client.get(reverse("org_home")).content.decode()
    assert str(world.ids["workshop_id"]) in page
    assert str(other.ids["workshop_id"]) not in page


def test_streams_follow_the_same_table(world, other):
    clients = make_clients(world, other)
    things = {
        "group": str(world.ids["group_id"]),
        "room": str(world.ids["workshop_id"]),
        "wall": world.ids["secret"],
    }
    assert set(ROUTES) == set(matrix.STREAMS) == set(things)
    opened = {
        kind: {identity for identity, c in clients.items() if open_door(kind, thing, c.session.session_key or "")}
        for kind, thing in things.items()
    }
    assert opened == {kind: set(let_in) for kind, let_in in matrix.STREAMS.items()}


def test_the_openapi_file_lists_every_route_of_the_api():
    from drf_spectacular.generators import SchemaGenerator

    listed = set(SchemaGenerator().get_schema(request=None, public=True)["paths"])
    named = {name: arguments for name, arguments in OURS if name.startswith("api_")}
    known = set()
    for name, arguments in named.items():
        url = reverse(name, kwargs=dict.fromkeys(arguments, uuid.UUID(int=0)))
        for argument in arguments:
            url = url.replace(str(uuid.UUID(int=0)), "{" + argument + "}", 1)
        known.add(url)
    assert listed == known
