"""Against scripts that take all places, and for sixty people behind one wifi: who may sign up, how fast, how often."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger import jobs
from ledger.history import SYSTEM, Actor
from ledger.models import ActorKind, Job, Mail
from participants.actions.forget import erase_person
from participants.actions.places import give_up
from participants.actions.removing import put_back, remove_all
from participants.actions.signing_up import NotForEverybody, Source, Wanted, sign_up
from participants.bursts import bursts_at, network_of, source_of
from participants.limits import ADDRESSES_KNOWN, FORMS_SENT
from participants.models import Person, Registration, SignUpTrace
from participants.permissions import may_sign_up
from tests.factories import make_organiser, make_registration, make_workshop
from workshops.actions.details import change_details, end_sign_up_link, renew_sign_up_link
from workshops.kept import stamp
from workshops.models import Workshop
from workshops.states import Access

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2027, 4, 10, 12, 0, tzinfo=dt.UTC)


def take(client: Client, workshop: Workshop, number: int = 0, **fields):
    sent = {"name": "Teresa Donati", "email": f"person{number}@posta.example", **fields}
    return client.post(reverse("place_form", args=[workshop.slug]), sent)


def places() -> int:
    return Registration.objects.count()


# By link, invited


@pytest.fixture
def by_link():
    workshop = make_workshop(access=Access.LINK)
    renew_sign_up_link(workshop, by=SYSTEM)
    return workshop


def link_of(workshop: Workshop) -> str:
    return reverse("place_by_link", args=[workshop.slug, workshop.link_secret])


def test_the_link_opens_the_form_and_its_form_takes_the_place(client, by_link):
    page = client.get(link_of(by_link))
    assert (page.status_code, f'action="{link_of(by_link)}"' in page.content.decode()) == (200, True)
    answer = client.post(link_of(by_link), {"name": "Teresa Donati", "email": "teresa@posta.example"})
    assert (answer.status_code, places()) == (302, 1)


def test_the_slug_alone_shows_no_form_takes_nobody_and_is_listed_nowhere(client, by_link):
    public = make_workshop(by_link.programme)
    for name in ("workshop", "place_form"):
        assert "<form" not in client.get(reverse(name, args=[by_link.slug])).content.decode()
    assert (take(client, by_link).status_code, places()) == (409, 0)
    assert take(client, by_link, secret=by_link.link_secret).status_code == 409
    pages = [reverse("home"), reverse("programme", args=[by_link.programme.slug]), by_link.get_absolute_url()]
    texts = [client.get(page).content.decode() for page in pages]
    assert [by_link.link_secret in text for text in texts] == [False] * 3
    assert [public.slug in text for text in texts[:2]] == [True, True]
    assert [by_link.slug in text for text in texts[:2]] == [False, False]


def test_a_link_that_was_renewed_or_ended_opens_nothing(client, by_link):
    first = link_of(by_link)
    renew_sign_up_link(by_link, by=SYSTEM)
    second = link_of(by_link)
    assert [client.get(link).status_code for link in (first, second)] == [404, 200]
    assert client.post(first, {"name": "Teresa", "email": "t@posta.example"}).status_code == 404
    end_sign_up_link(by_link, by=SYSTEM)
    assert client.get(second).status_code == 404
    assert "This link does not open the form any more" in client.get(second).content.decode()
    assert places() == 0


@pytest.mark.parametrize("access", [Access.PUBLIC, Access.INVITED])
def test_a_link_opens_nothing_once_the_workshop_is_not_by_link(client, by_link, access):
    Workshop.objects.update(access=access)
    assert client.get(link_of(by_link)).status_code == 404


def test_an_empty_secret_is_no_key():
    workshop = make_workshop(access=Access.LINK)
    assert (workshop.link_secret, may_sign_up(workshop), may_sign_up(workshop, link="")) == ("", False, False)


def test_turning_to_by_link_makes_a_link_at_once():
    workshop = make_workshop()
    change_details(workshop, by=SYSTEM, access=Access.LINK)
    workshop.refresh_from_db()
    assert len(workshop.link_secret) == 32


def test_only_whoever_is_let_in_may_sign_up(by_link):
    public, invited = make_workshop(), make_workshop(access=Access.INVITED)
    right, wrong = by_link.link_secret, by_link.link_secret[:-1] + "~"
    assert [may_sign_up(w) for w in (public, by_link, invited)] == [True, False, False]
    assert [may_sign_up(by_link, link=link) for link in (right, wrong)] == [True, False]
    assert [may_sign_up(w, invited=True) for w in (public, by_link, invited)] == [True, True, True]
    assert may_sign_up(invited, link=right) is False


def test_the_action_itself_lets_in_the_invited_and_whom_the_organiser_adds():
    workshop = make_workshop(access=Access.INVITED)
    person = Actor(ActorKind.PERSON)
    with pytest.raises(NotForEverybody):
        sign_up(workshop, Wanted("Teresa", "t@posta.example", "en"), by=person)
    assert places() == 0
    sign_up(workshop, Wanted("Teresa", "t@posta.example", "en"), by=person, invited=True)
    sign_up(workshop, Wanted("Nadia", None, "en"), by=SYSTEM)
    assert places() == 2


def test_an_organiser_makes_and_ends_the_link(client, by_link):
    client.force_login(make_organiser(by_link.programme))
    url, first = reverse("org_sign_up_link", args=[by_link.pk]), by_link.link_secret
    assert link_of(by_link) in client.get(reverse("org_questions", args=[by_link.pk])).content.decode()
    client.post(url, {"do": "renew"})
    by_link.refresh_from_db()
    assert by_link.link_secret not in ("", first)
    client.post(url, {"do": "end"})
    by_link.refresh_from_db()
    assert by_link.link_secret == ""
    assert client.post(url, {"do": "else"}).status_code == 400


# Time to fill in


@pytest.fixture
def two_seconds(settings):
    settings.FORM_SECONDS = 2


def stamp_in(page: str) -> str:
    [found] = re.findall(r'name="stamp" value="([^"]+)"', page)
    return found


@pytest.mark.usefixtures("two_seconds")
def test_a_form_sent_at_once_is_refused_and_the_second_press_takes_the_place(client):
    workshop = make_workshop()
    with time_machine.travel(NOON, tick=False) as clock:
        Workshop.objects.update(starts_at=NOON + dt.timedelta(days=9))
        given = stamp_in(client.get(reverse("place_form", args=[workshop.slug])).content.decode())
        refused = take(client, workshop, stamp=given).content.decode()
        assert "This was sent faster than people write. Nothing was taken yet: press the button again." in refused
        assert 'value="Teresa Donati"' in refused
        assert (stamp_in(refused), places()) == (given, 0)
        clock.shift(2)
        assert take(client, workshop, stamp=stamp_in(refused)).status_code == 302


@pytest.mark.usefixtures("two_seconds")
@pytest.mark.parametrize("sent", ["", "1700000000", "1700000000:forged", "x" * 5000])
def test_a_form_without_a_stamp_of_ours_gets_one(client, sent):
    workshop = make_workshop()
    page = take(client, workshop, stamp=sent).content.decode()
    assert "We cannot tell when this form was opened. Nothing was taken yet: press the button again." in page
    assert places() == 0
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=3)):
        assert take(client, workshop, stamp=stamp_in(page)).status_code == 302


@pytest.mark.usefixtures("two_seconds")
def test_whoever_goes_back_or_takes_a_day_is_not_punished(client):
    workshop = make_workshop()
    given = stamp()
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        assert "form" in take(client, workshop, stamp=given, email="wrong").context
        assert take(client, workshop, stamp=given).status_code == 302


def test_each_visitor_of_a_kept_page_has_a_stamp_of_their_own(client, settings):
    settings.KEEP_PAGES = True
    workshop = make_workshop()
    Workshop.objects.update(starts_at=NOON + dt.timedelta(days=9))
    with time_machine.travel(NOON, tick=False) as clock:
        stamps = []
        for name in ("workshop", "place_form"):
            url = reverse(name, args=[workshop.slug])
            stamps.append(stamp_in(Client().get(url).content.decode()))
            clock.shift(10)
            stamps.append(stamp_in(Client().get(url).content.decode()))
            clock.shift(-10)
    assert (stamps[0], stamps[1]) == (stamps[2], stamps[3])
    assert stamps[0] != stamps[1]


# How often


def test_sixty_people_behind_one_address_all_get_a_place_within_a_minute(settings):
    settings.FORM_SECONDS = 2
    workshop = make_workshop(places=60)
    with time_machine.travel(NOON, tick=False) as clock:
        Workshop.objects.update(starts_at=NOON + dt.timedelta(days=9))
        given = stamp()
        for number in range(60):
            clock.shift(1)
            phone = Client(REMOTE_ADDR="203.0.113.7")
            answer = take(phone, workshop, number, stamp=given if number > 1 else stamp_before(clock))
            assert answer.status_code == 302
    assert (workshop.registrations.confirmed().count(), places()) == (60, 60)


def stamp_before(clock) -> str:
    clock.shift(-5)
    early = stamp()
    clock.shift(5)
    return early


@pytest.mark.parametrize("proxies", [0, 1])
def test_asking_for_known_addresses_stays_bounded_whatever_the_headers_say(settings, proxies):
    """A stranger who drops cookies and makes up addresses learns about sixty people an hour from one network."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    workshop = make_workshop(places=500)
    for number in range(70):
        make_registration(workshop, email=f"person{number}@posta.example")
    told = []
    for number in range(70):
        forged = f"198.51.{number}.1" if proxies == 0 else f"198.51.{number}.1, 203.0.113.7"
        browser = Client(REMOTE_ADDR="203.0.113.7", HTTP_X_FORWARDED_FOR=forged)
        told.append(take(browser, workshop, number).status_code)
    assert told == [302] * ADDRESSES_KNOWN.most + [429] * 10
    new = take(Client(REMOTE_ADDR="203.0.113.7"), workshop, 999)
    assert new.status_code == 429
    assert "Very many forms came from your network in the last hour, so we took none now." in new.content.decode()
    assert take(Client(REMOTE_ADDR="192.0.2.1"), workshop, 999).status_code == 302


def test_very_many_forms_from_one_network_wait_an_hour(client):
    workshop = make_workshop(places=20)
    network = source_of("", "127.0.0.1").network
    cache.set(f"{FORMS_SENT.name}:{network}", FORMS_SENT.most - 1, FORMS_SENT.seconds)
    assert [take(Client(), workshop, number).status_code for number in range(2)] == [302, 429]
    assert places() == 1


def test_refusals_name_the_true_reason(client):
    workshop = make_workshop()
    answers = [take(client, workshop, number) for number in range(4)]
    assert "Three places were taken with this browser in the last hour." in answers[3].content.decode()


# Bursts


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_neighbours_are_one_network(address, network):
    assert network_of(address) == network


def come(workshop: Workshop, seconds: list[int], *, network: str = "n", browser: str = "") -> list[Registration]:
    """One sign-up at each of these seconds after noon."""
    came = []
    for second in seconds:
        number = Person.objects.count()
        with time_machine.travel(NOON + dt.timedelta(seconds=second), tick=False):
            wanted = Wanted(f"Person {number}", f"p{number}@posta.example", "en")
            source = Source(browser=browser, network=network)
            came.append(sign_up(workshop, wanted, by=Actor(ActorKind.PERSON), source=source)[0])
    return came


@pytest.fixture
def hall():
    workshop = make_workshop(places=4)
    Workshop.objects.update(starts_at=NOON + dt.timedelta(days=9))
    workshop.refresh_from_db()
    return workshop


def found(workshop: Workshop) -> list[tuple[list[str], bool]]:
    with time_machine.travel(NOON + dt.timedelta(minutes=30), tick=False):
        return [([str(r.person) for r in burst.registrations], burst.from_one_browser) for burst in bursts_at(workshop)]


def test_five_within_two_minutes_from_one_network_are_a_burst_and_four_or_slower_ones_are_not(hall):
    come(hall, [0, 40, 80, 119])
    assert found(hall) == []
    come(hall, [122], network="other")
    assert found(hall) == []
    come(hall, [0, 40, 80, 130, 161, 202], network="slow")
    assert found(hall) == []
    come(hall, [120])
    assert [len(names) for names, _browser in found(hall)] == [5]


def test_a_long_burst_is_one_and_two_apart_are_two_the_latest_first(hall):
    come(hall, list(range(0, 90, 10)))
    come(hall, list(range(1000, 1050, 10)))
    assert [len(names) for names, _browser in found(hall)] == [5, 9]


def test_one_browser_that_changes_its_network_is_seen_and_counted_once(hall):
    for number in range(5):
        come(hall, [number], network=f"n{number}", browser="b")
    assert [(len(names), browser) for names, browser in found(hall)] == [(5, True)]


def test_no_address_is_stored_and_traces_are_gone_after_two_days(client, hall):
    Workshop.objects.update(starts_at=timezone.now() + dt.timedelta(days=9))
    take(Client(REMOTE_ADDR="203.0.113.7"), hall)
    row = SignUpTrace.objects.values().get()
    assert not [value for value in row.values() if "203.0" in str(value)]
    assert row["network"] == source_of("", "203.0.113.99").network != source_of("", "203.0.114.7").network
    job = Job.objects.get(kind="forget_sign_ups")
    assert jobs.run(job.pk) is False
    with time_machine.travel(timezone.now() + dt.timedelta(hours=24)):
        take(Client(REMOTE_ADDR="203.0.113.7"), hall, 2)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=49)):
        assert jobs.run(job.pk) is True
        assert SignUpTrace.objects.count() == 1
        assert jobs.run(job.pk) is False
    with time_machine.travel(timezone.now() + dt.timedelta(hours=73)):
        assert jobs.run(job.pk) is True
    assert SignUpTrace.objects.count() == 0
    job.refresh_from_db()
    assert (job.is_waiting, places()) == (False, 2)


def test_a_burst_is_taken_off_together_and_whoever_waited_longest_has_the_places(client, hall):
    real = [make_registration(hall, "Nadia")]
    robots = come(hall, list(range(6)))
    waiting = [make_registration(hall, f"Waits {number}") for number in range(4)]
    with time_machine.travel(NOON + dt.timedelta(minutes=30), tick=False):
        client.force_login(make_organiser(hall.programme))
        page = client.get(reverse("org_people", args=[hall.pk])).content.decode()
        assert "Many people signed up within moments." in page
        looked = client.get(reverse("org_bursts", args=[hall.pk])).content.decode()
        assert (looked.count('name="registration"'), "6 sign-ups" in looked) == (6, True)
        ticked = [str(robot.pk) for robot in robots]
        answer = client.post(reverse("org_remove_burst", args=[hall.pk]), {"registration": ticked}, follow=True)
        assert "6 people are off the list." in answer.content.decode()
        assert found(hall) == []
    states = {str(r.person): r.state for r in Registration.objects.filter(pk__in=[r.pk for r in [*real, *waiting]])}
    assert states == {
        "Nadia": "confirmed",
        "Waits 0": "confirmed",
        "Waits 1": "confirmed",
        "Waits 2": "confirmed",
        "Waits 3": "waiting",
    }
    assert set(Registration.objects.filter(pk__in=ticked).values_list("state", flat=True)) == {"cancelled"}
    assert Mail.objects.filter(kind="promoted").count() == 3


def test_nobody_of_a_burst_is_promoted_on_the_way_out(hall):
    robots = come(hall, list(range(8)))
    assert remove_all(hall, [robot.pk for robot in robots], by=SYSTEM) == 8
    assert (Mail.objects.filter(kind="promoted").count(), hall.registrations.standing().count()) == (0, 0)


def states_of(registrations: list[Registration]) -> list[tuple[str, int | None]]:
    there = {each.pk: each for each in Registration.objects.filter(pk__in=[each.pk for each in registrations])}
    return [(there[each.pk].state, there[each.pk].queue_no) for each in registrations]


def mails_to(registrations: list[Registration]) -> list[str]:
    """Kinds of all mails that stand in the outbox for them, sorted."""
    ids = [str(each.pk) for each in registrations]
    return sorted(Mail.objects.filter(subject_id__in=ids).values_list("kind", flat=True))


def test_a_burst_is_put_back_in_its_order_and_nobody_is_told_of_it(client, hall):
    robots = come(hall, list(range(6)))  # four have places, two wait
    last = make_registration(hall, "Waits")
    everybody = [*robots, last]
    before, mails = states_of(everybody), mails_to(everybody)
    with time_machine.travel(NOON + dt.timedelta(minutes=30), tick=False):
        client.force_login(make_organiser(hall.programme))
        remove_all(hall, [robot.pk for robot in robots[4:]], by=SYSTEM)
        assert states_of(everybody)[4:] == [("cancelled", None), ("cancelled", None), ("waiting", 3)]
        page = client.get(reverse("org_bursts", args=[hall.pk])).content.decode()
        assert "2 people were taken off the list and are not told yet." in page
        answer = client.post(reverse("org_undo_burst", args=[hall.pk]), follow=True)
        assert "2 people are back. 2 wait now." in answer.content.decode()
        assert "not told yet" not in answer.content.decode()
    assert (states_of(everybody), mails_to(everybody)) == (before, mails)


def test_whoever_got_a_place_meanwhile_keeps_it_and_the_displaced_wait_in_front_in_their_order(hall):
    robots = come(hall, list(range(4)))  # all places
    waiting = [make_registration(hall, f"Waits {number}") for number in range(3)]
    with time_machine.travel(NOON + dt.timedelta(minutes=30), tick=False):
        remove_all(hall, [robot.pk for robot in robots], by=SYSTEM)
        assert [state for state, _no in states_of(waiting)] == ["confirmed"] * 3
        later = make_registration(hall, "Later")
        last = make_registration(hall, "Last")
        assert [state for state, _no in states_of([later, last])] == ["confirmed", "waiting"]
        assert len(put_back(hall, by=SYSTEM)) == 4
    assert states_of([*waiting, later]) == [("confirmed", None)] * 4
    assert [each.position() for each in hall.registrations.waiting()] == [1, 2, 3, 4, 5]
    assert list(hall.registrations.waiting()) == [*robots, last]
    assert mails_to(robots) == ["place_taken"] * 4 + ["waiting"] * 4


def test_nobody_is_told_before_they_can_be_put_back_no_more_and_then_once(hall):
    robots = come(hall, list(range(4)))
    with time_machine.travel(NOON + dt.timedelta(minutes=30), tick=False) as clock:
        remove_all(hall, [robot.pk for robot in robots], by=SYSTEM)
        due = Mail.objects.filter(kind="place_given_up")
        assert (due.count(), due.due_at(timezone.now()).count()) == (4, 0)
        clock.shift(dt.timedelta(minutes=10))
        assert (put_back(hall, by=SYSTEM), due.due_at(timezone.now()).count()) == ([], 0)
        clock.shift(dt.timedelta(minutes=1))
        assert due.due_at(timezone.now()).count() == 4
    assert states_of(robots) == [("cancelled", None)] * 4


def test_a_second_undo_and_an_undo_of_nothing_change_nothing(client, hall):
    assert put_back(hall, by=SYSTEM) == []
    robots = come(hall, list(range(4)))
    with time_machine.travel(NOON + dt.timedelta(minutes=30), tick=False):
        remove_all(hall, [robot.pk for robot in robots], by=SYSTEM)
        assert [len(put_back(hall, by=SYSTEM)) for _twice in range(2)] == [4, 0]
        client.force_login(make_organiser(hall.programme))
        answer = client.post(reverse("org_undo_burst", args=[hall.pk]), follow=True)
    assert "It is too late to put them back together." in answer.content.decode()
    assert (states_of(robots), mails_to(robots)) == ([("confirmed", None)] * 4, ["place_taken"] * 4)


def test_whoever_signed_up_again_or_was_erased_meanwhile_is_left_alone(hall):
    robots = come(hall, list(range(4)))
    with time_machine.travel(NOON + dt.timedelta(minutes=30), tick=False):
        remove_all(hall, [robot.pk for robot in robots], by=SYSTEM)
        again = make_registration(hall, str(robots[0].person), robots[0].person.email)
        erase_person(robots[1].person, by=SYSTEM)
        assert [each.pk for each in put_back(hall, by=SYSTEM)] == [robots[2].pk, robots[3].pk]
    assert (again.pk, mails_to([again])) == (robots[0].pk, ["place_given_up", "place_taken", "place_taken"])


def test_people_of_another_workshop_are_never_taken_off(hall):
    other = make_registration(make_workshop(hall.programme))
    gone = make_registration(hall)
    give_up(gone, by=SYSTEM)
    assert remove_all(hall, [other.pk, gone.pk], by=SYSTEM) == 0
    other.refresh_from_db()
    assert other.state == "confirmed"


@pytest.mark.parametrize("several", [1, 3])
def test_bursts_need_two_queries(hall, several, django_assert_num_queries):
    for number in range(several):
        come(hall, list(range(5)), network=f"n{number}")
    with time_machine.travel(NOON + dt.timedelta(minutes=30), tick=False), django_assert_num_queries(2):
        assert len(bursts_at(hall)) == several
