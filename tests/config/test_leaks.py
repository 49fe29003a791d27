"""G22 and G30: keys to places stay out of logs, rows, other sites and caches; logs name nobody."""

from __future__ import annotations

import io
import logging
import re
import smtplib
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import Client
from django.urls import path, reverse

from config import urls
from config.logs import JsonFormatter, masked, where
from feedback.notes.actions import apply_ops
from ledger import jobs, outbox, tasks
from ledger.history import SYSTEM
from ledger.ids import digest
from ledger.models import Job, Mail
from participants.actions.links import new_link
from participants.actions.places import register
from participants.calendar import feed_key
from participants.models import Person, PlaceLink, Registration
from participants.users import let_in
from tests.config.test_forgetting import dump
from tests.factories import make_group, make_organiser, make_registration, make_session, make_workshop, op_for_new_note
from workshops.access import public
from workshops.states import SessionState, WorkshopState

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.test_leaks")]

NAME, ADDRESS, NEEDS, NOTE = "Canarina Spiata", "canarina.spiata@posta.example", "CANARY ramp", "CANARY parks on Sunday"
CANARIES = (NAME, "Canarina", ADDRESS, "canarina.spiata", NEEDS, NOTE)


@public("breaks on purpose, with all it knows in the message")
def breaks(request: Any, token: str) -> None:
    person = Person.objects.get(name=NAME)
    try:
        Person.objects.create(programme=person.programme, name=NAME, email=ADDRESS)
    except IntegrityError as refused:
        raise ValueError(f"{NAME} <{ADDRESS}> needs {NEEDS}; {token}") from refused


urlpatterns = [path("it/my/<str:token>/breaks/", breaks), *urls.urlpatterns]


@pytest.fixture
def log() -> Any:
    """Everything that all loggers write at the normal level, as the server formats it."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonFormatter())
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield out
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_whole_life_with_everything_going_wrong_leaves_no_trace_in_the_logs(
    log: io.StringIO, monkeypatch: Any, transactional_db: None
) -> None:
    workshop = make_workshop(state=WorkshopState.LIVE, opens_at=None)
    visitor = Client(enforce_csrf_checks=False, raise_request_exception=False)
    form = {"name": NAME, "email": ADDRESS, "needs": NEEDS}
    taken = visitor.post(reverse("place_form", args=[workshop.slug]), form)
    token = taken.url.split("/")[3]
    assert Registration.objects.get().person.name == NAME
    visitor.get(taken.url)
    visitor.get(f"/it/my/{token}/no-such-page/")
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    assert strict.post(reverse("my_give_up", args=[token])).status_code == 403
    assert visitor.get(f"/it/my/{token}/breaks/").status_code == 500
    visitor.get(reverse("my_place", args=[token]), HTTP_HOST="evil.example")
    visitor.post(reverse("find_place"), {"email": ADDRESS})
    user = make_organiser(workshop.programme, email="org.canarina.spiata@posta.example")
    let_in(user.email)
    visitor.post(reverse("account_request_login_code"), {"email": user.email})
    visitor.force_login(user)
    visitor.get(reverse("org_people", args=[workshop.pk]), {"q": NAME})

    def refuses(*args: Any, **options: Any) -> None:
        raise smtplib.SMTPRecipientsRefused({ADDRESS: (450, f"mailbox of {NAME} is busy".encode())})

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuses)
    monkeypatch.setattr("ledger.outbox.EmailMultiAlternatives.send", refuses)
    for mail in list(Mail.objects.unsent()):
        assert outbox.send(mail.pk) is False

    def fails(claim: Any) -> None:
        raise RuntimeError(f"{NAME} {ADDRESS} {NOTE}")

    monkeypatch.setitem(jobs._works, "fails", fails)
    jobs.run(Job.objects.create(kind="fails", subject_id="1", wanted=1).pk)
    group = make_group(workshop)
    op = op_for_new_note(make_session(workshop, state=SessionState.OPEN), NOTE)
    assert apply_ops(group, [op, {**op, "note": "broken", "set": NOTE}], by=SYSTEM, name=NAME)[0]["status"] == "stored"
    tasks.sweep()
    text = log.getvalue()
    loggers = set(re.findall(r'"logger": "([\w.]+)"', text))
    assert loggers >= {
        "django.request",
        "django.security.csrf",
        "django.security.DisallowedHost",
        "ledger.outbox",
        "ledger.jobs",
    }
    assert [canary for canary in (*CANARIES, token, digest(token)) if canary.casefold() in text.casefold()] == []


def test_masks_take_keys_and_addresses_and_leave_the_rest() -> None:
    key = "kQ3" * 10 + "Zz"
    assert masked(f"Forbidden: /it/my/{key}/give-up/") == "Forbidden: /it/my/…/give-up/"
    assert masked(f"/wall/{key}/picture/") == "/wall/…/picture/"
    assert masked(f"key {key} of <a.b@posta.example>") == "key … of <…@…>"
    plain = "job 3f2c1a52-6f0e-4a4e-9c55-1f0b6f1f6a10 went to another worker, 12 of 20"
    assert masked(plain) == plain


def test_an_error_tells_its_kind_and_place_but_no_message() -> None:
    try:
        try:
            raise KeyError(NAME)
        except KeyError as missing:
            raise ValueError(ADDRESS) from missing
    except ValueError as problem:
        told = where(problem)
    assert [told.count(word) for word in ("KeyError", "ValueError", "test_leaks.py", NAME, ADDRESS)] == [2, 2, 2, 0, 0]


def test_no_row_holds_a_key_to_a_place() -> None:
    place = make_registration(make_workshop())
    token, key = new_link(place), feed_key(place)
    for mail in Mail.objects.all():
        outbox.send(mail.pk)
    stored = dump().decode()
    assert (token in stored, key in stored, digest(token) in stored) == (False, False, True)


TOKEN_PAGES = ("my_place", "my_calendar", "my_give_up", "my_data", "my_data_file", "my_data_erase")


@pytest.mark.parametrize("name", TOKEN_PAGES)
def test_pages_behind_a_key_tell_no_other_site_and_are_stored_nowhere(client: Client, name: str) -> None:
    answer = client.get(reverse(name, args=[new_link(make_registration(make_workshop()), proves=True)]))
    assert answer.status_code == 200
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("same-origin", "private, no-store")
    text = answer.content.decode()
    links = re.findall(r'(?:href|src|action)="(https?://[^"]+)"', text)
    assert [link for link in links if not link.startswith(settings.ORIGIN)] == []


def test_a_key_ends_with_its_day_its_revocation_and_its_place(client: Client) -> None:
    place = make_registration(make_workshop())
    address = reverse("my_place", args=[new_link(place)])
    assert client.get(address).status_code == 200
    PlaceLink.objects.update(revoked_at=place.asked_at)
    assert client.get(address).status_code == 404
    PlaceLink.objects.update(revoked_at=None, expires_at=place.asked_at)
    assert client.get(address).status_code == 404


def test_a_link_is_no_longer_than_the_place_it_opens() -> None:
    place = register(make_workshop(), name="Ada", email=None, language="en", by=SYSTEM)[0]
    new_link(place)
    place.delete()
    assert PlaceLink.objects.count() == 0
