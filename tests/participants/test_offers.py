"""An offered place: held until its hour, taken or not, gone to the next person, each told once."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail as outgoing
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from ledger import jobs, outbox
from ledger.history import SYSTEM
from ledger.models import Event, Job, Mail
from participants.actions.links import new_link
from participants.actions.offers import OfferGone, accept_offer, decline_offer, new_offer_link
from participants.actions.places import give_up
from participants.models import OfferLink, Registration
from participants.offer_times import offer_ends
from tests.factories import make_organiser, make_registration, make_session, make_workshop
from workshops.actions.details import change_details
from workshops.actions.moving import move_workshop
from workshops.models import Workshop
from workshops.states import Promotion, WorkshopState

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 4, 7, 15, 20, tzinfo=dt.UTC)  # a Tuesday, 17:20 in Milan
START = dt.datetime(2026, 4, 18, 8, 0, tzinfo=dt.UTC)


def make_offering(places: int = 1, **fields) -> Workshop:
    return make_workshop(places=places, promotion=Promotion.OFFER, offer_hours=48, starts_at=START, **fields)


def full_with_two_waiting() -> tuple[Workshop, Registration, Registration, Registration]:
    workshop = make_offering()
    people = [make_registration(workshop, name) for name in ("Anna Keller", "Luca Ricci", "Irene Sala")]
    return workshop, *people


def fresh(registration: Registration) -> Registration:
    return Registration.objects.get(pk=registration.pk)


def mails_to(registration: Registration) -> list[str]:
    found = Mail.objects.filter(recipient_id=str(registration.person_id)).order_by("created_at")
    return list(found.values_list("kind", flat=True))


@pytest.fixture(autouse=True)
def _tuesday():
    with time_machine.travel(NOW, tick=False):
        yield


# Its hour


@pytest.mark.parametrize(
    ("hours", "now", "ends"),
    [
        (48, "2026-04-07T17:20", "2026-04-09T18:00"),
        (48, "2026-04-07T17:00", "2026-04-09T17:00"),
        (5, "2026-04-07T17:20", "2026-04-08T09:00"),
        (10, "2026-04-07T17:20", "2026-04-08T09:00"),
        (3, "2026-04-07T17:20", "2026-04-07T21:00"),
        (48, "2026-04-17T17:20", "2026-04-18T10:00"),
        (48, "2026-03-27T17:20", "2026-03-29T18:00"),
    ],
)
def test_an_offer_ends_at_an_hour_people_are_awake_and_never_after_the_start(hours, now, ends):
    workshop = make_offering()
    workshop.offer_hours = hours
    here = dt.datetime.fromisoformat(now).replace(tzinfo=workshop.zone)
    assert offer_ends(workshop, here) == dt.datetime.fromisoformat(ends).replace(tzinfo=workshop.zone)


def test_less_than_an_hour_before_the_start_and_without_offers_a_place_is_given_at_once():
    workshop = make_offering()
    assert offer_ends(workshop, START - dt.timedelta(minutes=59)) is None
    assert offer_ends(workshop, START - dt.timedelta(minutes=60)) == START
    workshop.promotion = Promotion.AT_ONCE
    assert offer_ends(workshop, NOW) is None


# Its life


def test_a_freed_place_is_offered_held_and_told_with_its_hour():
    workshop, first, second, third = full_with_two_waiting()
    give_up(first, by=SYSTEM)
    offered = fresh(second)
    assert (offered.state, offered.queue_no, f"{offered.local_offer_end:%a %H:%M}") == ("offered", None, "Thu 18:00")
    assert (mails_to(second), mails_to(third)) == (["waiting", "offered"], ["waiting"])
    assert fresh(third).position() == 1
    newcomer = make_registration(workshop)
    assert (newcomer.state, newcomer.position()) == ("waiting", 2)


def test_the_mail_says_the_hour_and_its_link_answers_once(client, mailoutbox):
    _workshop, first, second, _third = full_with_two_waiting()
    give_up(first, by=SYSTEM)
    outbox.send(Mail.objects.get(kind="offered").pk)
    [letter] = outgoing.outbox
    assert "It is yours until Thursday 9 April at 18:00; after that it goes to the next person." in letter.body
    assert letter.attachments == []
    link = re.search(r"http://[^/]+(/\S+/offer/)", letter.body)[1]
    before = fingerprint()
    page = client.get(link).content.decode()
    assert ("It is yours until Thursday 9 April at 18:00" in page, fingerprint() == before) == (True, True)
    answer = client.post(link, {"answer": "take"})
    assert "You have a place, Luca" in client.get(answer["Location"]).content.decode()
    assert (fresh(second).state, mails_to(second)) == ("confirmed", ["waiting", "offered", "place_taken"])
    again = client.post(link, {"answer": "decline"})
    assert (again.status_code, client.get(link).status_code, fresh(second).state) == (410, 410, "confirmed")
    assert "Luca" not in again.content.decode()


def fingerprint() -> list:
    rows = [Registration.objects.values_list(), OfferLink.objects.values_list(), Event.objects.values_list()]
    return [sorted(map(str, each)) for each in rows]


def test_a_link_of_an_earlier_offer_does_not_answer_a_later_one(client):
    workshop, first, second, third = full_with_two_waiting()
    give_up(first, by=SYSTEM)
    old = new_offer_link(fresh(second))
    decline_offer(fresh(second), by=SYSTEM)
    again, _ = make_registration(workshop, "Luca Ricci", second.person.email), decline_offer(fresh(third), by=SYSTEM)
    assert fresh(again).state == "offered"
    assert client.post(reverse("my_offer", args=[old]), {"answer": "take"}).status_code == 410
    assert fresh(again).state == "offered"


def test_a_used_link_stays_used_whatever_becomes_of_the_offer(client):
    _workshop, first, second, _third = full_with_two_waiting()
    give_up(first, by=SYSTEM)
    offered, link = fresh(second), reverse("my_offer", args=[new_offer_link(fresh(second))])
    client.post(link, {"answer": "take"})
    Registration.objects.filter(pk=second.pk).update(state="offered", offered_until=offered.offered_until)
    assert [client.get(link).status_code, client.post(link, {"answer": "decline"}).status_code] == [410, 410]
    assert fresh(second).state == "offered"


def test_no_thank_you_gives_the_place_to_the_next_person_and_leaves_the_way_back_open(client):
    _workshop, first, second, third = full_with_two_waiting()
    give_up(first, by=SYSTEM)
    link = reverse("my_offer", args=[new_offer_link(fresh(second))])
    page = client.post(link, {"answer": "decline"}, follow=True)
    assert (fresh(second).state, fresh(third).state) == ("cancelled", "offered")
    assert (mails_to(second)[-1], "Thank you for telling us" in page.content.decode()) == ("place_given_up", True)
    token = page.redirect_chain[-1][0].rstrip("/").rpartition("/")[2]
    with time_machine.travel(NOW + dt.timedelta(hours=3), tick=False):
        client.post(reverse("my_take_back", args=[token]))
    assert (fresh(second).state, fresh(second).queue_no) == ("waiting", 3)


def test_an_answer_that_is_none_changes_nothing(client):
    _workshop, first, second, _third = full_with_two_waiting()
    give_up(first, by=SYSTEM)
    link = reverse("my_offer", args=[new_offer_link(fresh(second))])
    assert (client.post(link).status_code, fresh(second).state) == (400, "offered")


def test_whoever_has_only_their_own_link_answers_from_their_place(client):
    _workshop, first, second, _third = full_with_two_waiting()
    token = new_link(second)
    assert client.get(reverse("my_offer", args=[token]))["Location"] == reverse("my_place", args=[token])
    give_up(first, by=SYSTEM)
    page = client.get(reverse("my_place", args=[token])).content.decode()
    assert ("A place has opened for you" in page, reverse("my_offer", args=[token]) in page) == (True, True)
    client.post(reverse("my_offer", args=[token]), {"answer": "take"})
    assert fresh(second).state == "confirmed"


# Its end


def test_at_its_hour_the_offer_lapses_and_the_next_person_has_it_in_the_same_act():
    workshop, first, second, third = full_with_two_waiting()
    give_up(first, by=SYSTEM)
    job = Job.objects.get(kind="lapse_offers", subject_id=str(workshop.pk))
    ends = fresh(second).offered_until
    assert job.not_before == ends
    with time_machine.travel(ends - dt.timedelta(seconds=1), tick=False):
        assert (jobs.run(job.pk), fresh(second).state) == (False, "offered")
    with time_machine.travel(ends, tick=False):
        assert jobs.run(job.pk) is True
        assert jobs.run(job.pk) is False
    assert (fresh(second).state, fresh(third).state) == ("cancelled", "offered")
    assert (mails_to(second), mails_to(third)) == (["waiting", "offered", "offer_lapsed"], ["waiting", "offered"])
    job.refresh_from_db()
    assert (job.is_waiting, job.not_before) == (True, fresh(third).offered_until)


def test_after_days_without_a_worker_the_offer_lapses_as_if_it_had_been_in_time():
    workshop, first, second, third = full_with_two_waiting()
    give_up(first, by=SYSTEM)
    job = Job.objects.get(kind="lapse_offers")
    with time_machine.travel(NOW + dt.timedelta(days=6), tick=False):
        jobs.run(job.pk)
        assert (fresh(second).state, fresh(third).state) == ("cancelled", "offered")
        assert fresh(third).offered_until > timezone.now()
        assert [kind for kind in mails_to(second) if kind == "offer_lapsed"] == ["offer_lapsed"]
    assert workshop.registrations.holding().count() == 1


def test_an_answer_after_the_hour_comes_too_late_even_before_the_worker_has_looked(client):
    _workshop, first, second, _third = full_with_two_waiting()
    give_up(first, by=SYSTEM)
    link, token = new_offer_link(fresh(second)), new_link(second)
    with time_machine.travel(fresh(second).offered_until, tick=False):
        assert client.get(reverse("my_offer", args=[link])).status_code == 410
        assert client.post(reverse("my_offer", args=[link]), {"answer": "take"}).status_code == 410
        with pytest.raises(OfferGone):
            accept_offer(second, by=SYSTEM)
        assert "The time to answer has run out" in client.get(reverse("my_place", args=[token])).content.decode()
    assert fresh(second).state == "offered"


def test_whoever_let_an_offer_lapse_is_told_and_asks_again_with_a_new_number(client):
    _workshop, first, second, third = full_with_two_waiting()
    give_up(first, by=SYSTEM)
    with time_machine.travel(fresh(second).offered_until, tick=False):
        jobs.run(Job.objects.get(kind="lapse_offers").pk)
        outbox.send(Mail.objects.get(kind="offer_lapsed").pk)
        body = outgoing.outbox[-1].body
        assert "the time to answer has run out, and the place went to the next person" in body
        link = re.search(r"http://[^/]+(/\S+)", body)[1]
        assert "Ask again" in client.get(link).content.decode()
        client.post(f"{link}take-back/")
    assert (fresh(second).state, fresh(second).queue_no, fresh(third).state) == ("waiting", 3, "offered")


def test_an_offer_mail_that_comes_too_late_is_not_sent():
    _workshop, first, second, _third = full_with_two_waiting()
    give_up(first, by=SYSTEM)
    letter = Mail.objects.get(kind="offered")
    with time_machine.travel(fresh(second).offered_until, tick=False):
        assert outbox.send(letter.pk) is False
    letter.refresh_from_db()
    assert (letter.given_up_at is not None, OfferLink.objects.count()) == (True, 0)


# Around it


def test_more_places_are_offered_to_as_many_and_fewer_take_no_offer_back():
    workshop, _first, second, third = full_with_two_waiting()
    change_details(workshop, places=3, by=SYSTEM)
    change_details(workshop, places=1, by=SYSTEM)
    assert [fresh(each).state for each in (second, third)] == ["offered", "offered"]
    decline_offer(second, by=SYSTEM)
    accept_offer(third, by=SYSTEM)
    assert workshop.registrations.holding().count() == 2


def test_while_the_workshop_is_cancelled_offers_wait_and_are_made_again_when_it_takes_place_after_all():
    workshop, first, second, third = full_with_two_waiting()
    make_session(workshop)
    give_up(first, by=SYSTEM)
    ends = fresh(second).offered_until
    move_workshop(workshop, WorkshopState.CANCELLED, by=SYSTEM)
    with pytest.raises(OfferGone):
        accept_offer(second, by=SYSTEM)
    with time_machine.travel(ends + dt.timedelta(hours=1), tick=False):
        jobs.run(Job.objects.get(kind="lapse_offers").pk)
        assert fresh(second).state == "offered"
        move_workshop(workshop, WorkshopState.DRAFT, by=SYSTEM)
        move_workshop(workshop, WorkshopState.ANNOUNCED, by=SYSTEM)
    assert (fresh(second).state, fresh(third).state) == ("offered", "waiting")
    assert fresh(second).offered_until > ends
    assert mails_to(second) == ["waiting", "offered", "offered"]


def test_offers_count_as_taken_wherever_places_are_counted(client):
    from feedback.cockpit import _people
    from participants.queries.workshop_page import reachable_workshop

    workshop, first, _second, _third = full_with_two_waiting()
    give_up(first, by=SYSTEM)
    client.force_login(make_organiser(workshop.programme))
    listed = client.get(reverse("api_workshops")).json()["results"][0]["taken"]
    sums = client.get(reverse("org_people", args=[workshop.pk])).context["sums"]
    assert (reachable_workshop(workshop.slug).taken, listed, sums["taken"]) == (1, 1, 1)
    assert _people(workshop, seated=0, names=False).taken == 1
    assert "The only place is taken" in client.get(workshop.get_absolute_url()).content.decode()


def test_the_database_knows_no_offer_without_an_end_and_no_end_without_an_offer():
    workshop = make_offering()
    place = make_registration(workshop)
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.filter(pk=place.pk).update(state="offered")
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.filter(pk=place.pk).update(offered_until=NOW)
