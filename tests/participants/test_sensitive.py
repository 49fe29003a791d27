"""A sensitive workshop: the mailbox confirms first, and everyone who asks is answered alike."""

from __future__ import annotations

import datetime as dt
import re
import threading
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger import outbox
from ledger.history import SYSTEM
from ledger.models import Mail
from participants.actions.places import give_up
from participants.actions.questions import remove_question
from participants.actions.signing_up import SignUpUsed, Wanted, ask_to_confirm, confirm, secret_of
from participants.consents import has_consent
from participants.models import Answer, Consent, PendingSignUp, Person, PlaceLink, Registration, SignUpTrace
from tests.factories import make_question, make_registration, make_theme, make_workshop
from workshops.models import Workshop

pytestmark = pytest.mark.django_db

TERESA = {"name": "Teresa Donati", "email": "teresa.donati@posta.example"}


@pytest.fixture
def workshop():
    return make_workshop(sensitive=True, places=2)


def take(client: Client, workshop: Workshop, **fields):
    return client.post(reverse("place_form", args=[workshop.slug]), {**TERESA, **fields})


def button(pending: PendingSignUp, secret: str = "") -> str:
    return reverse("confirm_sign_up", args=[pending.pk, secret or secret_of(pending.pk)])


def letter() -> outbox.Message:
    return outbox.compose(Mail.objects.filter(kind="confirm_sign_up").latest("created_at"))


def test_the_form_holds_no_place_and_the_button_in_the_mail_takes_it_with_everything_asked(client, workshop):
    theme = make_theme(workshop.programme)
    question = make_question(workshop)
    sent = {"theme": str(theme.pk), "needs": "Ramp", f"question_{question.pk.hex}": "A friend", "allow_quotes": "on"}
    answer = take(client, workshop, **sent)
    assert answer["Location"] == reverse("confirm_sent", args=[workshop.slug])
    assert "Until then no place is kept." in client.get(answer["Location"]).content.decode()
    assert [model.objects.count() for model in (Person, Registration, Answer, Consent, SignUpTrace)] == [0] * 5
    [link] = re.findall(r"http\S+/confirm/\S+", letter().text)
    address = urlsplit(link).path
    page = client.get(address).content.decode()
    assert "Take this place" in page
    assert Registration.objects.count() == 0
    ticket = client.post(address)
    assert "You have a place, Teresa" in client.get(ticket["Location"]).content.decode()
    place = Registration.objects.get()
    assert (place.state, place.theme, place.needs, place.person.email) == (
        "confirmed", theme, "Ramp", TERESA["email"],
    )  # fmt: skip
    assert list(Answer.objects.values_list("text", "question")) == [("A friend", question.pk)]
    assert has_consent(place, "quotes") is True
    assert PendingSignUp.objects.count() == 0


def answered(client: Client, workshop: Workshop, email: str) -> tuple:
    """Everything a browser can see of the answer, and of the page it leads to."""
    answer = take(client, workshop, email=email)
    shown = client.get(answer["Location"])
    seen = []
    for response in (answer, shown):
        cookies = {
            name: re.sub(r"[\w:-]{20,}", "…", morsel.OutputString()) for name, morsel in response.cookies.items()
        }
        headers = {name: value for name, value in response.headers.items() if name != "X-Request-Id"}
        seen.append((response.status_code, headers, cookies, response.content))
    return tuple(seen)


def test_known_waiting_gone_and_unknown_addresses_get_the_same_answer(workshop):
    make_registration(workshop, "Teresa Segreta", "known@posta.example")
    make_registration(workshop, "Nadia", "second@posta.example")
    make_registration(workshop, "Ettore", "waits@posta.example")
    give_up(make_registration(workshop, "Omar", "gone@posta.example"), by=SYSTEM)
    elsewhere = make_workshop(workshop.programme)
    make_registration(elsewhere, "Zoe", "other@posta.example")
    with time_machine.travel(timezone.now(), tick=False):
        addresses = [f"{who}@posta.example" for who in ("known", "waits", "gone", "other", "nobody")]
        told = [answered(Client(), workshop, email) for email in addresses]
    assert [each == told[-1] for each in told] == [True] * 5
    assert "Segreta" not in str(told)
    kinds = Mail.objects.filter(kind="confirm_sign_up").count()
    assert (kinds, PendingSignUp.objects.count(), PlaceLink.objects.count()) == (5, 5, 0)


def test_the_mails_to_known_and_unknown_addresses_differ_in_nothing_but_address_and_link(workshop):
    make_registration(workshop, "Teresa Segreta", "known@posta.example")
    texts = []
    for email in ("known@posta.example", "nobody@posta.example"):
        take(Client(), workshop, email=email)
        texts.append(re.sub(r"/confirm/\S+", "…", letter().text))
    assert texts[0] == texts[1]
    assert "Segreta" not in texts[0]


def test_an_address_with_a_place_takes_no_second_one_and_its_mailbox_opens_the_first(client, workshop):
    known = make_registration(workshop, "Teresa Donati", TERESA["email"])
    take(client, workshop)
    answer = client.post(button(PendingSignUp.objects.get()))
    page = client.get(answer["Location"]).content.decode()
    assert "This address has a place already, so we took no second one." in page
    assert known.spoken_code in page
    assert (Registration.objects.count(), Consent.objects.count()) == (1, 0)


def test_the_button_works_once(client, workshop):
    take(client, workshop)
    url = button(PendingSignUp.objects.get())
    assert client.post(url).status_code == 302
    for answer in (client.post(url), client.get(url)):
        assert (answer.status_code, "This link works once" in answer.content.decode()) == (404, True)
    assert (Registration.objects.count(), PlaceLink.objects.count()) == (1, 1)


def test_the_button_works_for_two_days(client, workshop):
    take(client, workshop)
    url = button(PendingSignUp.objects.get())
    with time_machine.travel(timezone.now() + dt.timedelta(hours=47)):
        assert client.get(url).status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(hours=49)):
        assert (client.get(url).status_code, client.post(url).status_code) == (404, 404)
    assert Registration.objects.count() == 0


def test_another_secret_opens_nothing(client, workshop):
    take(client, workshop)
    pending = PendingSignUp.objects.get()
    other = ask_to_confirm(workshop, Wanted("Nadia", "nadia@posta.example", "en"))
    for secret in (secret_of(other.pk), "x", secret_of(pending.pk)[:-1]):
        assert client.post(button(pending, secret)).status_code == 404
    assert (Registration.objects.count(), PendingSignUp.objects.count()) == (0, 2)


def test_no_row_holds_the_link(client, workshop):
    take(client, workshop)
    pending = PendingSignUp.objects.get()
    rows = f"{PendingSignUp.objects.values().get()} {list(Mail.objects.values())}"
    assert secret_of(pending.pk) in letter().text
    assert secret_of(pending.pk) not in rows


def test_asking_again_replaces_what_was_asked_and_sends_one_mail_in_ten_minutes(workshop):
    with time_machine.travel(dt.datetime(2027, 1, 1, 10, 0, tzinfo=dt.UTC), tick=False) as clock:
        Workshop.objects.update(starts_at=timezone.now() + dt.timedelta(days=9))
        for name in ("Teresa", "Teresa D."):
            take(Client(), workshop, name=name, email=TERESA["email"].upper())
        assert (PendingSignUp.objects.get().wanted["name"], Mail.objects.count()) == ("Teresa D.", 1)
        clock.shift(dt.timedelta(minutes=10))
        take(Client(), workshop)
    assert Mail.objects.count() == 2


def test_a_question_removed_meanwhile_keeps_the_answer_with_its_words(client, workshop):
    question = make_question(workshop)
    take(client, workshop, **{f"question_{question.pk.hex}": "A friend"})
    remove_question(question, by=SYSTEM)
    client.post(button(PendingSignUp.objects.get()))
    assert [(a.question, a.asked["en"], a.text) for a in Answer.objects.all()] == [
        (None, "How did you hear of us?", "A friend")
    ]


def test_when_sign_up_closes_meanwhile_the_button_says_so_and_keeps_no_place(client, workshop):
    take(client, workshop)
    Workshop.objects.update(closes_at=timezone.now() - dt.timedelta(minutes=1))
    answer = client.post(button(PendingSignUp.objects.get()))
    assert (answer.status_code, "Nobody can take a place any more." in answer.content.decode()) == (409, True)
    assert Registration.objects.count() == 0


def test_whoever_confirms_first_has_the_place(client, workshop):
    Workshop.objects.update(places=1)
    first, second = (ask_to_confirm(workshop, Wanted(name, f"{name}@posta.example", "en")) for name in ("Anna", "Luca"))
    client.post(button(second))
    client.post(button(first))
    assert {r.person.name: r.state for r in Registration.objects.all()} == {"Luca": "confirmed", "Anna": "waiting"}


def test_three_forms_an_hour_from_a_browser(client, workshop):
    told = [take(client, workshop, email=f"p{number}@posta.example").status_code for number in range(4)]
    assert told == [302, 302, 302, 429]


def test_other_workshops_have_no_page_that_says_a_mail_was_sent(client):
    assert client.get(reverse("confirm_sent", args=[make_workshop().slug])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_take_one_place():
    workshop = make_workshop(sensitive=True)
    pending = ask_to_confirm(workshop, Wanted(**TERESA, language="en"))
    barrier, told = threading.Barrier(4), []

    def press() -> None:
        try:
            barrier.wait(20)
            told.append(confirm(pending)[1])
        except SignUpUsed:
            told.append("used")
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, told)) == ["True", "used", "used", "used"]
    assert Registration.objects.count() == 1
