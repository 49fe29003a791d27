"""The outbox: one mail for each occasion, sent at least once, without storing a secret."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace

import pytest
import time_machine
from django.core import mail as sent
from django.utils import timezone

from ledger import outbox
from ledger.models import Mail

pytestmark = pytest.mark.django_db

TERESA = SimpleNamespace(pk=uuid.uuid4())
PLACE = SimpleNamespace(pk=uuid.uuid4())


@pytest.fixture(autouse=True)
def renderer(monkeypatch):
    def render(mail: Mail) -> outbox.Message:
        return outbox.Message("teresa@posta.example", "en", "Your place", "See you on Saturday.")

    monkeypatch.setitem(outbox._renderers, "hello", render)


def write(occasion: str = "") -> Mail | None:
    return outbox.write("hello", to=TERESA, about=PLACE, occasion=occasion)


def test_the_same_occasion_is_one_mail():
    assert [write() is not None, write() is not None, write("again") is not None] == [True, False, True]
    assert Mail.objects.count() == 2


def test_a_mail_is_sent_once_with_an_id_made_from_its_row():
    mail = write()
    assert [outbox.send(mail.pk), outbox.send(mail.pk)] == [True, False]
    [letter] = sent.outbox
    assert (letter.to, letter.subject, letter.extra_headers["Message-ID"]) == (
        ["teresa@posta.example"],
        "Your place",
        f"<{mail.pk}@localhost>",
    )


def test_two_senders_at_once_send_one_letter():
    mail = write()
    Mail.objects.filter(pk=mail.pk).update(lease_until=timezone.now() + dt.timedelta(seconds=30))
    assert outbox.send(mail.pk) is False
    assert sent.outbox == []


def test_a_sender_killed_after_claiming_is_followed_by_another_after_the_lease():
    mail = write()
    Mail.objects.filter(pk=mail.pk).update(lease_until=timezone.now() + outbox.LEASE)
    with time_machine.travel(timezone.now() + outbox.LEASE + dt.timedelta(seconds=1)):
        assert outbox.send(mail.pk) is True
    assert len(sent.outbox) == 1


def test_a_provider_that_refuses_is_tried_later_and_given_up_in_the_end(monkeypatch):
    def refuses(mail: Mail) -> outbox.Message:
        raise ConnectionError

    monkeypatch.setitem(outbox._renderers, "hello", refuses)
    mail, now = write(), timezone.now()
    for day in range(outbox.MOST_ATTEMPTS):
        with time_machine.travel(now + dt.timedelta(days=day)):
            assert outbox.send(mail.pk) is False
    mail.refresh_from_db()
    assert (mail.error, mail.given_up_at is not None, mail.sent_at) == ("ConnectionError", True, None)


def test_a_person_without_an_address_is_given_up_without_an_error(monkeypatch):
    def nobody(mail: Mail) -> outbox.Message:
        raise outbox.NobodyToWriteTo

    monkeypatch.setitem(outbox._renderers, "hello", nobody)
    mail = write()
    assert outbox.send(mail.pk) is False
    mail.refresh_from_db()
    assert (mail.error, mail.given_up_at is not None) == ("", True)


def test_the_row_holds_neither_address_nor_text():
    mail = write()
    stored = " ".join(str(value) for value in Mail.objects.filter(pk=mail.pk).values().get().values())
    assert "teresa" not in stored
    assert "Saturday" not in stored


def test_a_subject_of_several_lines_is_sent_on_one(monkeypatch):
    broken = outbox.Message("teresa@posta.example", "en", "Your place\r\nBcc: pina@posta.example", "See you.")
    monkeypatch.setitem(outbox._renderers, "hello", lambda mail: broken)
    assert outbox.send(write().pk)
    [letter] = sent.outbox
    assert (letter.subject, letter.recipients()) == ("Your place Bcc: pina@posta.example", ["teresa@posta.example"])
