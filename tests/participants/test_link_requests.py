"""Finding the link again: everyone is answered alike and at the same cost, and the mail arrives."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ledger import jobs, outbox, retention, tasks
from ledger.history import SYSTEM
from ledger.models import Job, Mail
from participants.actions.forget import erase_person
from participants.actions.link_requests import ask_for_links
from participants.actions.places import give_up
from participants.limits import LINKS_ASKED
from participants.models import LinkRequest, Person, Registration
from tests.factories import make_programme, make_registration, make_workshop
from workshops.models import Workshop

pytestmark = pytest.mark.django_db

TERESA = "teresa.donati@posta.example"
UPSERT = "INSERT INTO participants_linkrequest"


def ask(email: str, client: Client | None = None) -> Any:
    return (client or Client()).post(reverse("find_place"), {"email": email})


def work() -> None:
    """What a worker does once it is woken."""
    assert jobs.run(Job.objects.get(kind="send_links").pk)


def written() -> list[tuple[str, str]]:
    """Kind and name of the person of each mail about links."""
    names = {str(person.pk): person.name for person in Person.objects.all()}
    about_links = Mail.objects.filter(kind__in=("link_again", "data_link")).order_by("created_at")
    return [(mail.kind, names[mail.recipient_id]) for mail in about_links]


def in_days(days: int) -> dt.datetime:
    return timezone.now() + dt.timedelta(days=days)


def statements(post: Any) -> list[str]:
    """What a request asks of the database, without the values."""
    with CaptureQueriesContext(connection) as asked:
        post()
    return [re.sub(r"'[^']*'(::\w+)?|\b\d+\b|SAVEPOINT \w+", "?", query["sql"].replace('"', "")) for query in asked]


def people_of_all_kinds() -> list[str]:
    """Addresses with a place, a turn, two programmes, a place given up, one long over, and none at all."""
    workshop = make_workshop(places=1)
    make_registration(workshop, "Ada", "ada@posta.example")
    make_registration(workshop, "Bea", "bea@posta.example")
    for other in (make_workshop(), make_workshop()):
        make_registration(other, "Cleo", "cleo@posta.example")
    give_up(make_registration(make_workshop(), "Dora", "dora@posta.example"), by=SYSTEM)
    past = make_workshop()
    make_registration(past, "Elsa", "elsa@posta.example")
    Workshop.objects.filter(pk=past.pk).update(starts_at=in_days(-70))
    return [f"{name}@posta.example" for name in ("ada", "bea", "cleo", "dora", "elsa", "nobody")]


def test_the_same_statements_are_made_for_every_address_asked_before_or_not():
    addresses = people_of_all_kinds()
    ask("first@posta.example")  # makes the one job that all later requests ask for
    told = [statements(lambda email=email: ask(email)) for email in (*addresses, *addresses)]
    assert [each == told[0] for each in told] == [True] * 12
    assert len(told[0]) == 6
    assert [UPSERT in each for each in told[0]].count(True) == 1


def test_the_form_of_a_sensitive_workshop_makes_the_same_statements_for_every_address_asked_before_or_not():
    workshop = make_workshop(sensitive=True, places=2)
    addresses = ["known@posta.example", "waits@posta.example", "gone@posta.example", "nobody@posta.example"]
    for email in addresses[:2]:
        make_registration(workshop, "Ada", email)
    give_up(make_registration(workshop, "Ada", addresses[2]), by=SYSTEM)

    def take(email: str) -> None:
        Client().post(reverse("place_form", args=[workshop.slug]), {"name": "Ada", "email": email})

    take("first@posta.example")
    told = [statements(lambda email=email: take(email)) for email in (*addresses, *addresses)]
    assert [each == told[0] for each in told] == [True] * 8
    assert len(told[0]) == 9


def test_an_ordinary_workshop_tells_known_and_unknown_addresses_apart():
    """Shows that the comparison of the two tests above sees a difference where there is one."""
    workshop = make_workshop()
    make_registration(workshop, "Ada", "known@posta.example")
    url = reverse("place_form", args=[workshop.slug])
    known, unknown = (
        statements(lambda email=email: Client().post(url, {"name": "Ada", "email": email}))
        for email in ("known@posta.example", "nobody@posta.example")
    )
    assert known != unknown


def test_nobody_is_looked_for_while_the_form_is_answered():
    make_registration(make_workshop(), "Teresa", TERESA)
    told = statements(lambda: ask(TERESA))
    assert [each for each in told if "participants_person" in each or "participants_registration" in each] == []


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(client):
    make_registration(make_workshop(), "Teresa", TERESA)
    answers = [client.post(reverse("find_place"), {"email": email}, follow=True) for email in (TERESA, "no@b.example")]
    known, unknown = (answer.content.decode() for answer in answers)
    assert known == unknown
    assert "If this address has a place, a new link is on its way." in known


def test_the_mail_arrives_with_a_link_that_opens_the_place(client, mailoutbox):
    place = make_registration(make_workshop(), "Teresa", TERESA)
    ask(TERESA.upper())
    ask("nobody@posta.example")
    work()
    assert (written(), LinkRequest.objects.count()) == ([("link_again", "Teresa")], 0)
    outbox.send(Mail.objects.get(kind="link_again").pk)
    [link] = set(re.findall(rf"{settings.ORIGIN}(/\S+/my/\S+)", mailoutbox[-1].body))
    assert place.spoken_code in client.get(link).content.decode()


def test_everybody_gets_what_is_theirs():
    for email in people_of_all_kinds():
        ask(email)
    work()
    links = [("link_again", name) for name in ("Ada", "Bea", "Cleo", "Cleo")]
    assert sorted(written()) == [("data_link", "Dora"), ("data_link", "Elsa"), *links]


def test_one_person_gets_one_mail_for_all_places_and_not_another_soon():
    programme = make_programme()
    for workshop in (make_workshop(programme), make_workshop(programme)):
        make_registration(workshop, "Teresa", TERESA)
    with time_machine.travel(dt.datetime(2027, 1, 1, 10, 0, tzinfo=dt.UTC)):
        Workshop.objects.update(starts_at=in_days(30))
        for _twice in range(2):
            ask(TERESA)
            work()
        Client().post(reverse("place_form", args=[workshop.slug]), {"name": "Teresa", "email": TERESA})
    assert written() == [("link_again", "Teresa")]


def test_no_link_is_sent_for_a_place_that_was_given_up_or_is_long_over():
    programme = make_programme()
    give_up(make_registration(make_workshop(programme), "Teresa", TERESA), by=SYSTEM)
    past = make_workshop(programme)
    make_registration(past, "Teresa", TERESA)
    Workshop.objects.filter(pk=past.pk).update(starts_at=in_days(-70))
    ask(TERESA)
    work()
    assert written() == [("data_link", "Teresa")]


def test_a_request_made_while_no_worker_ran_is_found_by_the_sweep(monkeypatch):
    make_registration(make_workshop(), "Teresa", TERESA)
    ask(TERESA)
    monkeypatch.setattr(tasks.run_job, "apply_async", lambda arguments, **_options: tasks.run_job(*arguments))
    with time_machine.travel(in_days(1)):
        tasks.sweep()
    assert (written(), LinkRequest.objects.count()) == ([("link_again", "Teresa")], 0)


def test_a_worker_that_dies_between_two_addresses_leaves_the_rest_to_the_next(monkeypatch):
    workshop = make_workshop()
    for name in ("Ada", "Bea"):
        make_registration(workshop, name, f"{name}@posta.example")
        ask(f"{name}@posta.example")
    original = outbox.write

    def dies_at_bea(kind: str, *, to: Person, **more: Any) -> Any:
        if to.name == "Bea":
            raise KeyboardInterrupt
        return original(kind, to=to, **more)

    monkeypatch.setattr(outbox, "write", dies_at_bea)
    with pytest.raises(KeyboardInterrupt):
        work()
    monkeypatch.undo()
    assert (written(), LinkRequest.objects.get().email) == ([("link_again", "Ada")], "bea@posta.example")
    with time_machine.travel(in_days(1)):
        work()
    assert (sorted(written()), LinkRequest.objects.count()) == ([("link_again", "Ada"), ("link_again", "Bea")], 0)


def test_a_network_that_asks_very_often_is_told_so_whatever_the_address(client):
    make_registration(make_workshop(), "Teresa", TERESA)
    for _each in range(LINKS_ASKED.most):
        LINKS_ASKED.count("")  # nothing of another network
    assert ask(TERESA, client).status_code == 302
    from participants.bursts import source_of

    for _each in range(LINKS_ASKED.most):
        LINKS_ASKED.count(source_of("", "127.0.0.1").network)
    answers = [ask(email, client) for email in (TERESA, "nobody@posta.example")]
    assert [answer.status_code for answer in answers] == [429, 429]
    assert "Very many links were asked for from your network." in answers[0].content.decode()
    assert LinkRequest.objects.count() == 1


def test_whoever_is_erased_is_no_longer_among_those_who_asked():
    place = make_registration(make_workshop(), "Teresa", TERESA)
    ask(TERESA)
    ask("nobody@posta.example")
    erase_person(place.person, by=SYSTEM)
    assert list(LinkRequest.objects.values_list("email", flat=True)) == ["nobody@posta.example"]


def test_what_no_worker_ever_did_goes_after_two_days():
    ask_for_links(TERESA)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=47)):
        ask_for_links("late@posta.example")
    now = timezone.now() + dt.timedelta(hours=49)
    assert retention.overdue(now)["requests for links"] == 1
    retention.run(now)
    assert list(LinkRequest.objects.values_list("email", flat=True)) == ["late@posta.example"]
    assert Registration.objects.count() == 0
