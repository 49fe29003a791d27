"""The API of groups and notes, as a tablet and as others meet it."""

from __future__ import annotations

import datetime as dt
import uuid
from base64 import b64encode

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from feedback.models import Note, Op
from feedback.notes.actions import accept_held
from ledger.history import SYSTEM
from participants.actions.tablets import remove_device
from participants.middleware import DEVICE_IN_SESSION
from tests.factories import (
    make_device,
    make_group,
    make_note,
    make_organiser,
    make_session,
    make_user,
    make_workshop,
    op_for_new_note,
)
from workshops.actions.evening import ask_prompt
from workshops.models import Group
from workshops.states import SessionState, WorkshopState

pytestmark = pytest.mark.django_db


@pytest.fixture
def table():
    workshop = make_workshop(state=WorkshopState.LIVE)
    session = make_session(workshop, state=SessionState.OPEN)
    return make_group(workshop), session


def tablet(group, **options) -> Client:
    """A browser that has joined the table."""
    client = Client(**options)
    session = client.session
    session[DEVICE_IN_SESSION] = str(make_device(group).pk)
    session.save()
    return client


def post(client: Client, group, ops, **headers):
    return client.post(f"/api/v1/groups/{group.pk}/ops", {"ops": ops}, content_type="application/json", headers=headers)


def test_a_tablet_sends_a_note_and_reads_it_back(table):
    group, session = table
    client = tablet(group)
    op = op_for_new_note(session, "Bread at seven")
    answer = post(client, group, [op])
    assert answer.status_code == 200
    assert [(a["op"], a["status"], a["note"]["text"]) for a in answer.json()["acks"]] == [
        (op["op"], "stored", "Bread at seven")
    ]
    read = client.get(f"/api/v1/groups/{group.pk}/changes?since=0").json()
    assert (read["seq"], [n["id"] for n in read["notes"]], read["more"]) == (1, [op["note"]], False)
    assert client.get(f"/api/v1/groups/{group.pk}/changes?since=1").json()["notes"] == []


def test_one_who_has_read_further_than_the_server_knows_hears_where_the_server_stands(table):
    group, session = table
    make_note(group, session, "note 1")
    read = tablet(group).get(f"/api/v1/groups/{group.pk}/changes?since=40").json()
    assert (read["seq"], read["notes"], read["more"]) == (1, [], False)


def test_the_kit_holds_what_is_needed_offline(table):
    group, session = table
    kit = tablet(group).get(f"/api/v1/groups/{group.pk}").json()
    assert kit["group"]["name"] == group.name
    assert [(s["id"], s["asked"]) for s in kit["sessions"]] == [(str(session.pk), None)]
    assert [m["name"] for m in kit["group"]["moderators"]] == ["Ilaria Fontana", "Youssef Amrani"]
    assert kit["me"]["name"] == "Ilaria"
    assert kit["workshop"]["zone"] == "Europe/Rome"


def test_the_kit_names_the_question_that_was_put_on_wall_and_tablets(table):
    group, session = table
    prompt = session.prompts.get()
    ask_prompt(session, prompt, by=SYSTEM)
    [told] = tablet(group).get(f"/api/v1/groups/{group.pk}").json()["sessions"]
    assert told["asked"] == str(prompt.pk)


def test_nobody_is_asked_to_sign_in_and_a_foreign_table_looks_like_a_missing_one(table):
    group, session = table
    make_note(group, session, "Secret opinion")
    missing = uuid.uuid4()
    assert Client().get(f"/api/v1/groups/{group.pk}").status_code == 401
    neighbour = tablet(make_group(group.workshop))
    for path in ("", "/changes"):
        foreign = neighbour.get(f"/api/v1/groups/{group.pk}{path}")
        unknown = neighbour.get(f"/api/v1/groups/{missing}{path}")
        assert (foreign.status_code, foreign.json()) == (unknown.status_code, unknown.json())
        assert foreign.status_code == 404
    assert post(neighbour, group, [op_for_new_note(session)]).status_code == 404
    assert Note.objects.count() == 1


def take_off(group) -> None:
    remove_device(group.devices.get(), by=SYSTEM)


def let_codes_end(group) -> None:
    group.devices.update(until=timezone.now() - dt.timedelta(seconds=1))


@pytest.mark.parametrize("leave", [take_off, let_codes_end])
def test_a_tablet_no_longer_at_the_table_reads_nothing_and_what_it_sends_waits(table, leave):
    group, session = table
    client = tablet(group)
    make_note(group, session, "Secret opinion")
    assert client.get(f"/api/v1/groups/{group.pk}").status_code == 200
    leave(group)
    for path in ("", "/changes"):
        assert client.get(f"/api/v1/groups/{group.pk}{path}").status_code == 401
    presence = {"note": None}
    url = f"/api/v1/groups/{group.pk}/presence"
    assert client.post(url, presence, content_type="application/json").status_code == 401
    op = op_for_new_note(session, "Said on the stairs")
    for _time in range(2):
        answer = post(client, group, [op])
        body = answer.json()
        [ack] = body["acks"]
        assert (answer.status_code, body["seq"]) == (200, 0)
        assert (ack["op"], ack["status"], ack["code"], ack["note"]) == (op["op"], "held", "removed", None)
    assert [note.text for note in Note.objects.all()] == ["Secret opinion"]
    held = Op.objects.get(pk=op["op"])
    accept_held(held, by=SYSTEM)
    assert Note.objects.get(pk=op["note"]).text == "Said on the stairs"


def test_what_a_moderator_of_former_days_still_sends_waits_and_strangers_find_no_table(table):
    group, session = table
    moderator, stranger = Client(), Client()
    user = make_user()
    moderator.force_login(user)
    stranger.force_login(make_user())
    group.moderators.update_or_create(role="asks", defaults={"user": user, "name": "Ilaria"})
    assert post(moderator, group, [op_for_new_note(session, "At the table")]).json()["acks"][0]["status"] == "stored"
    group.moderators.all().delete()
    late = op_for_new_note(session, "Said on the stairs")
    answer = post(moderator, group, [late])
    assert (answer.status_code, answer.json()["seq"]) == (200, 0)
    [ack] = answer.json()["acks"]
    assert (ack["op"], ack["status"], ack["code"], ack["note"]) == (late["op"], "held", "removed", None)
    assert moderator.get(f"/api/v1/groups/{group.pk}").status_code == 404
    assert moderator.get(f"/api/v1/groups/{group.pk}/changes").status_code == 404
    assert post(stranger, group, [op_for_new_note(session)]).status_code == 404
    assert [note.text for note in Note.objects.all()] == ["At the table"]


def test_a_former_tablet_is_told_no_more_of_a_note_than_it_knew(table):
    group, session = table
    client = tablet(group)
    own, foreign = op_for_new_note(session, "Mine"), op_for_new_note(session, "Of the others")
    post(client, group, [own])
    post(tablet(group), group, [foreign])
    edit = {
        "op": str(uuid.uuid4()),
        "note": own["note"],
        "do": "set",
        "set": {"text": {"from": "Mine", "to": "Secret"}},
    }
    post(tablet(group), group, [edit])
    remove_device(group.devices.order_by("joined_at").first(), by=SYSTEM)
    guessed = op_for_new_note(session, "A guess") | {"op": foreign["op"]}
    answers = post(client, group, [own, guessed]).json()["acks"]
    assert [(ack["status"], ack["note"] and ack["note"]["text"]) for ack in answers] == [
        ("stored", "Mine"),
        ("refused", None),
    ]


def test_for_a_former_tablet_every_other_table_is_missing(table):
    group, session = table
    neighbour = make_group(group.workshop)
    client = tablet(group)
    take_off(group)
    foreign, missing = (
        post(client, other, [op_for_new_note(session)]) for other in (neighbour, Group(pk=uuid.uuid4()))
    )
    assert (foreign.status_code, foreign.json()) == (missing.status_code, missing.json())
    assert (foreign.status_code, Op.objects.count()) == (404, 0)


def test_a_former_tablet_is_met_by_the_same_limits_and_a_slower_gate(table):
    group, session = table
    client = tablet(group, enforce_csrf_checks=True)
    take_off(group)
    assert post(client, group, [op_for_new_note(session)]).status_code == 403
    client.handler.enforce_csrf_checks = False
    assert post(client, group, "ops").status_code == 400
    assert post(client, group, [op_for_new_note(session) for _ in range(51)]).status_code == 413
    assert post(client, group, [{"op": "7"}]).json()["acks"][0]["status"] == "refused"
    statuses = {post(client, group, []).status_code for _ in range(20)}
    assert statuses == {200, 429}


def test_a_tablet_needs_the_csrf_token(table):
    group, session = table
    client = tablet(group, enforce_csrf_checks=True)
    assert post(client, group, [op_for_new_note(session)]).status_code == 403
    assert Op.objects.count() == 0


def test_an_organiser_of_another_programme_sees_nothing(table):
    group, session = table
    make_note(group, session, "Secret opinion")
    client = Client()
    client.force_login(make_organiser(make_workshop().programme))
    assert client.get(f"/api/v1/groups/{group.pk}").status_code == 404
    assert client.get(f"/api/v1/workshops/{group.workshop_id}/notes").status_code == 404
    assert group.workshop_id not in [w["id"] for w in client.get("/api/v1/workshops").json()["results"]]


def test_a_third_party_reads_all_notes_with_a_token(table):
    group, session = table
    kept = make_note(group, session, "Bread at seven", kind="idea")
    make_note(group, session, "Another", kind="habit")
    _token, secret = AuthToken.objects.create(make_organiser(group.workshop.programme))
    answer = Client().get(
        f"/api/v1/workshops/{group.workshop_id}/notes?kind=idea", headers={"Authorization": f"Token {secret}"}
    )
    assert [(n["id"], n["text"]) for n in answer.json()["results"]] == [(str(kept.pk), "Bread at seven")]


@pytest.mark.parametrize("query", ["order=text", "kind=joke", "group=7", "theme=x' OR 1=1"])
def test_only_listed_filters_and_orders_are_taken(table, query):
    group, _session = table
    client = Client()
    client.force_login(make_organiser(group.workshop.programme))
    assert client.get(f"/api/v1/workshops/{group.workshop_id}/notes?{query}").status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nothing",
        b"[]",
        b"{}",
        b'{"ops": 7}',
        b'{"ops": [' + b"[" * 5000 + b"]" * 5000 + b"]}",
        b'{"ops": [], "more": "\\u0000"}',
        b'{"ops": [], "more": "\\ud800"}',
        b'{"ops": [], "more": 99999999999999999999}',
        b'{"ops": [{"add": NaN}]}',
    ],
)
def test_a_body_that_is_no_list_of_ops_is_answered_with_400_and_a_sentence(table, body):
    group, _session = table
    answer = tablet(group).post(f"/api/v1/groups/{group.pk}/ops", body, content_type="application/json")
    assert (answer.status_code, set(answer.json())) == (400, {"code", "sentence"})


@pytest.mark.parametrize(
    "poison",
    [
        {"set": {"text": {"to": "half \ud83d"}}},
        {"set": {"text": {"from": "\udc00", "to": "whole"}}},
        {"set": {"text": {"to": "nul \x00"}}},
        {"set": {"te\x00xt": {"to": "whole"}}},
        {"written_at": "\ud800"},
        {"add": 2**63},
        {"variants": [[[[[[[[[[[[[[]]]]]]]]]]]]]]},
    ],
)
def test_an_op_that_no_database_can_store_is_refused_alone_with_a_sentence(table, poison):
    group, session = table
    good, bad, other = (
        op_for_new_note(session, "one"),
        op_for_new_note(session) | poison,
        op_for_new_note(session, "three"),
    )
    answer = post(tablet(group), group, [good, bad, other])
    assert [(ack["op"], ack["status"], ack.get("code")) for ack in answer.json()["acks"]] == [
        (good["op"], "stored", None),
        (bad["op"], "refused", "unstorable"),
        (other["op"], "stored", None),
    ]
    assert answer.json()["acks"][1]["sentence"] == "It contains characters or numbers that cannot be stored."
    assert sorted(Note.objects.values_list("text", flat=True)) == ["one", "three"]


@pytest.mark.parametrize("name", ["\ud800", "nul \x00", 7, None, ["x"]])
def test_an_op_whose_own_id_cannot_be_written_is_refused_under_none(table, name):
    group, _session = table
    answer = post(tablet(group), group, [{"op": name, "note": str(uuid.uuid4()), "do": "delete"}])
    assert [(ack["op"], ack["status"]) for ack in answer.json()["acks"]] == [(None, "refused")]


@pytest.mark.parametrize(
    "problem", [OperationalError("database is locked"), InterfaceError("connection already closed")]
)
@pytest.mark.parametrize("place", ["feedback.notes.actions.record", "feedback.notes.actions.Desk.write_out"])
def test_a_database_that_is_locked_or_away_asks_to_come_again_and_keeps_nothing(table, monkeypatch, problem, place):
    group, session = table
    closed = make_session(group.workshop, state=SessionState.CLOSED)
    ops = [op_for_new_note(closed, "Late."), op_for_new_note(session, "In time.")]
    client = tablet(group)

    def fail(*arguments, **options):
        raise problem

    with monkeypatch.context() as broken:
        broken.setattr(place, fail)
        answer = post(client, group, ops)
    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (503, "2", "busy")
    assert (Note.objects.count(), Op.objects.count()) == (0, 0)
    assert [ack["status"] for ack in post(client, group, ops).json()["acks"]] == ["held", "stored"]


def test_a_database_that_is_away_before_the_api_is_reached_asks_to_come_again_too(table, monkeypatch):
    group, _session = table
    client = tablet(group, raise_request_exception=False)

    def fail(*arguments, **options):
        raise OperationalError("database is locked")

    monkeypatch.setattr(
        "django.contrib.sessions.backends.base.SessionBase.accessed", property(fail, lambda *_: None), raising=False
    )
    answer = client.get(f"/api/v1/groups/{group.pk}")
    page = client.get("/healthz")
    assert [(each.status_code, each["Retry-After"]) for each in (answer, page)] == [(503, "2"), (503, "2")]
    assert answer.json()["code"] == "busy"


def test_too_many_ops_are_told_to_come_in_smaller_pieces(table):
    group, session = table
    answer = post(tablet(group), group, [op_for_new_note(session) for _ in range(51)])
    assert (answer.status_code, answer.json()["code"], Op.objects.count()) == (413, "too_many_ops", 0)


@pytest.mark.parametrize("notes", [1, 3])
def test_changes_need_no_more_queries_for_more_notes(table, notes, django_assert_num_queries):
    group, session = table
    for _ in range(notes):
        make_note(group, session)
    client = tablet(group)
    client.get(f"/api/v1/groups/{group.pk}/changes")
    with django_assert_num_queries(7):
        assert len(client.get(f"/api/v1/groups/{group.pk}/changes").json()["notes"]) == notes


def test_a_user_without_any_role_sees_no_workshop():
    make_workshop()
    client = Client()
    client.force_login(make_user())
    assert client.get("/api/v1/workshops").json()["results"] == []


def test_a_body_of_more_than_the_limit_is_told_to_come_in_smaller_pieces(table):
    group, _session = table
    body = b'{"ops": [], "more": "' + b"x" * 256 * 1024 + b'"}'
    answer = tablet(group).post(f"/api/v1/groups/{group.pk}/ops", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("position", ["soon", "0001-01-01T00:00:00+14:00", "9" * 40, "%00"])
def test_a_page_that_somebody_made_up_is_not_found(position):
    workshop = make_workshop()
    client = Client()
    client.force_login(make_organiser(workshop.programme))
    cursor = b64encode(f"p={position}".encode()).decode()
    notes = f"/api/v1/workshops/{workshop.pk}/notes"
    urls = ("/api/v1/workshops?", f"{notes}?", f"{notes}?order=-dots&")
    statuses = {client.get(f"{url}cursor={cursor}").status_code for url in urls}
    assert statuses <= {200, 404}


def test_ops_of_one_author_are_not_taken_from_the_session_of_another(table):
    group, session = table
    client = tablet(group)
    key = client.get(f"/api/v1/groups/{group.pk}").json()["me"]["key"]
    op = op_for_new_note(session, "Ilaria's own words")
    url = f"/api/v1/groups/{group.pk}/ops"
    answer = tablet(group).post(url, {"ops": [op], "as": key}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"], Op.objects.count()) == (409, "other_author", 0)
    answer = client.post(url, {"ops": [op], "as": key}, content_type="application/json")
    assert (answer.status_code, Op.objects.count()) == (200, 1)
