"""The outbox: one mail for each occasion, sent at least once, without storing a secret."""

from __future__ import annotations

import datetime as dt
import uuid
from smtplib import SMTPRecipientsRefused
from types import SimpleNamespace

import pytest
import time_machine
from anymail.exceptions import AnymailRecipientsRefused
from django.core import mail as sent
from django.utils import timezone

from ledger import outbox
from ledger.models import Mail, MailState

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


# Many at once, coming back, trying again


def people(number: int) -> list[SimpleNamespace]:
    return [SimpleNamespace(pk=uuid.uuid4()) for _n in range(number)]


def test_many_mails_are_a_few_statements_and_each_is_one_however_often(django_assert_max_num_queries):
    many = [(person, PLACE) for person in people(400)]
    for _twice in range(2):
        with django_assert_max_num_queries(8):  # SQLite takes a thousand values a statement
            outbox.write_all("hello", to=many, occasion="1")
    outbox.write_all("hello", to=many[:3], occasion="2")
    assert Mail.objects.count() == 403


def test_one_by_one_or_all_at_once_the_same_mail_is_one():
    write("1")
    outbox.write_all("hello", to=[(TERESA, PLACE)], occasion="1")
    assert Mail.objects.count() == 1


def test_mails_written_during_a_downtime_are_all_sent_afterwards_each_once():
    now = timezone.now()
    with time_machine.travel(now - dt.timedelta(days=30)):
        outbox.write_all("hello", to=[(person, PLACE) for person in people(7)])
    for _round in range(2):
        for pk in Mail.objects.due_at(timezone.now()).values_list("pk", flat=True):
            outbox.send(pk)
    assert (len(sent.outbox), Mail.objects.unsent().count()) == (7, 0)


class Killed(BaseException):
    """What no `except Exception` catches: the process is gone."""


def test_only_a_crash_between_acceptance_and_commit_doubles_a_mail_and_under_the_same_id(monkeypatch):
    mail = write()

    def accept_and_die(letter, *args, **kwargs):
        sent.outbox.append(letter)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(outbox.EmailMultiAlternatives, "send", accept_and_die)
        with pytest.raises(Killed):
            outbox.send(mail.pk)
    assert outbox.send(mail.pk) is False  # the lease of the dead process still holds
    for _later in range(3):
        with time_machine.travel(timezone.now() + outbox.LEASE + dt.timedelta(seconds=1)):
            outbox.send(mail.pk)
    assert [letter.extra_headers["Message-ID"] for letter in sent.outbox] == [f"<{mail.pk}@localhost>"] * 2


def test_a_crash_before_acceptance_sends_one(monkeypatch):
    mail = write()

    def die(letter, *args, **kwargs):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(outbox.EmailMultiAlternatives, "send", die)
        with pytest.raises(Killed):
            outbox.send(mail.pk)
    with time_machine.travel(timezone.now() + outbox.LEASE + dt.timedelta(seconds=1)):
        assert outbox.send(mail.pk) is True
    assert len(sent.outbox) == 1


def refuse_with(monkeypatch, problem: Exception) -> Mail:
    def refuse(letter, *args, **kwargs):
        raise problem

    mail = write()
    with monkeypatch.context() as patched:
        patched.setattr(outbox.EmailMultiAlternatives, "send", refuse)
        assert outbox.send(mail.pk) is False
    mail.refresh_from_db()
    return mail


@pytest.mark.parametrize(
    "refusal",
    [
        SMTPRecipientsRefused({"teresa@posta.example": (550, b"no such user teresa")}),
        AnymailRecipientsRefused("teresa"),
    ],
)
def test_an_address_that_is_refused_for_good_bounced(monkeypatch, refusal):
    mail = refuse_with(monkeypatch, refusal)
    assert (mail.state, mail.bounce, mail.error) == (MailState.BOUNCED, "refused", "")
    assert "teresa" not in str(Mail.objects.values_list())


def test_a_mailbox_that_is_full_for_now_is_tried_again(monkeypatch):
    mail = refuse_with(monkeypatch, SMTPRecipientsRefused({"teresa@posta.example": (450, b"try later")}))
    assert (mail.state, mail.error) == (MailState.WAITING, "SMTPRecipientsRefused")


def test_a_mail_that_was_given_up_goes_again_when_asked_and_only_then():
    mail = write()
    assert outbox.try_again(mail) is False
    Mail.objects.update(given_up_at=timezone.now(), error="ConnectionError", attempts=outbox.MOST_ATTEMPTS)
    assert [outbox.try_again(mail), outbox.send(mail.pk), outbox.try_again(mail)] == [True, True, False]
    assert len(sent.outbox) == 1


def test_a_bounce_finds_its_mail_by_the_provider_s_name_for_it_and_twice_is_once():
    mail, other = write("1"), write("2")
    Mail.objects.filter(pk=mail.pk).update(provider_id="abc", sent_at=timezone.now())
    assert [outbox.bounced("abc", "bounced"), outbox.bounced("abc", "spam")] == [True, True]
    assert [outbox.bounced("", "bounced"), outbox.bounced("unknown", "bounced")] == [False, False]
    states = {each.pk: (each.state, each.bounce) for each in Mail.objects.all()}
    assert states == {mail.pk: (MailState.BOUNCED, "bounced"), other.pk: (MailState.WAITING, "")}


def test_the_name_the_provider_gives_a_mail_is_kept(settings):
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    mail = write()
    assert outbox.send(mail.pk)
    mail.refresh_from_db()
    assert mail.provider_id == "0"
