"""What somebody reads, downloads and deletes about themselves, and who else may not."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger import jobs, outbox
from ledger.history import SYSTEM
from ledger.models import Erasure, Event, Job, Mail
from participants.actions import places
from participants.actions.door import check_in
from participants.actions.links import new_link
from participants.actions.places import correct_registration, tell_more
from participants.actions.seats import add_rule, seat
from participants.models import Person, PlaceLink, Registration, User
from participants.users import let_in
from tests.config.test_permission_matrix import fingerprint
from tests.factories import make_group, make_organiser, make_programme, make_registration, make_theme, make_workshop
from workshops.states import WorkshopState

pytestmark = pytest.mark.django_db

MINE = {"Teresa Canarini", "teresa.canary@posta.example", "CANARY a ramp", "CANARY theme", "Canary table", "25-34"}
THEIRS = {"Nadia Altrove", "nadia.other@posta.example", "OTHER no stairs"}


@pytest.fixture
def place() -> Registration:
    """A place with all there can be, beside somebody else with the same."""
    workshop = make_workshop(state=WorkshopState.LIVE, opens_at=None)
    theme = make_theme(workshop.programme, "CANARY theme")
    mine = make_registration(
        workshop, "Teresa Canarini", "teresa.canary@posta.example", theme=theme, needs="CANARY a ramp"
    )
    other = make_registration(workshop, "Nadia Altrove", "nadia.other@posta.example", needs="OTHER no stairs")
    group = make_group(workshop, "Canary table")
    for each in (mine, other):
        seat(each, group, by=SYSTEM)
        check_in(each, by=SYSTEM)
    tell_more(mine, by=SYSTEM, first_time=True, age_band="25-34")
    add_rule(workshop, mine, other, kind="apart", by=SYSTEM)
    add_rule(workshop, other, make_registration(workshop), kind="together", by=SYSTEM)
    return mine


def proof(place: Registration) -> str:
    return new_link(place, proves=True)


def hits(text: str, canaries: set[str]) -> set[str]:
    return {canary for canary in canaries if canary in text}


def test_the_file_holds_all_of_ones_own_data_and_nothing_of_others(client: Client, place: Registration) -> None:
    answer = client.get(reverse("my_data_file", args=[proof(place)]))
    text = answer.content.decode()
    assert (hits(text, MINE), hits(text, THEIRS)) == (MINE, set())
    assert answer["Content-Disposition"] == 'attachment; filename="tavolo-my-data.json"'
    assert answer["Cache-Control"] == "private, no-store"
    data = json.loads(text)["data"]
    assert {store: len(each["rows"]) for store, each in data.items()} == {
        "participants.person": 1,
        "participants.registration": 1,
        "participants.seat": 1,
        "participants.seatingrule": 1,
        "participants.placelink": 1,
        "ledger.mail": 1,
        "ledger.event": 4,
    }
    assert [row["verb"] for row in data["ledger.event"]["rows"]] == [
        "registration.asked",
        "person.seated",
        "person.arrived",
        "registration.told_more",
    ]


def test_the_page_reads_the_same_and_other_peoples_ids_are_nowhere(client: Client, place: Registration) -> None:
    token = proof(place)
    other = Registration.objects.get(person__name="Nadia Altrove")
    for name in ("my_data", "my_data_file"):
        text = client.get(reverse(name, args=[token])).content.decode()
        assert hits(text, {str(other.pk), str(other.person_id), *THEIRS}) == set()
        assert hits(text, MINE - {"25-34"}) == MINE - {"25-34"}


def test_a_link_that_was_passed_on_or_never_mailed_opens_no_data(client: Client, place: Registration) -> None:
    old = proof(place)
    PlaceLink.objects.update(created_at=timezone.now() - dt.timedelta(hours=25))
    for token in (old, new_link(place)):
        for name in ("my_data", "my_data_file", "my_data_erase"):
            answer = client.get(reverse(name, args=[token]))
            assert (answer.status_code, hits(answer.content.decode(), MINE)) == (200, set())
            assert answer.templates[0].name == "public/my_data_ask.html"
        refused = [client.post(reverse(name, args=[token])).status_code for name in ("my_data_erase", "my_account")]
        assert refused == [403, 403]
    assert Person.objects.filter(pk=place.person_id).exists()
    assert User.objects.count() == 0


def test_a_link_opens_data_for_a_day(client: Client, place: Registration) -> None:
    token, now = proof(place), timezone.now()
    seen = {}
    for hours in (23, 25):
        with time_machine.travel(now + dt.timedelta(hours=hours), tick=False):
            seen[hours] = client.get(reverse("my_data", args=[token])).templates[0].name
    assert seen == {23: "public/my_data.html", 25: "public/my_data_ask.html"}


def test_the_mailed_link_opens_the_data(client: Client, place: Registration, mailoutbox: list) -> None:
    for _twice in range(2):
        client.post(reverse("my_data_send", args=[new_link(place)]))
    [mail] = Mail.objects.filter(kind="data_link")
    outbox.send(mail.pk)
    letter = mailoutbox[-1]
    assert letter.to == ["teresa.canary@posta.example"]
    [link] = set(re.findall(r"http://localhost:8000(/\S+/data/)", letter.body))
    assert client.get(link).templates[0].name == "public/my_data.html"


def test_whoever_no_place_leads_to_any_more_still_gets_a_link_to_their_data(
    client: Client, place: Registration
) -> None:
    places.give_up(place, by=SYSTEM)
    client.post(reverse("find_place"), {"email": "Teresa.Canary@posta.example"})
    assert jobs.run(Job.objects.get(kind="send_links").pk)
    assert list(Mail.objects.filter(kind__in=("link_again", "data_link")).values_list("kind", "subject_id")) == [
        ("data_link", str(place.pk))
    ]


def test_reading_changes_nothing_and_uses_nothing_up(client: Client, place: Registration) -> None:
    """A mail scanner opens every link in the mail, with GET and with HEAD."""
    from participants.calendar import feed_key

    token = proof(place)
    names = ("my_place", "my_calendar", "my_give_up", "my_data", "my_data_file", "my_data_erase", "my_data_send")
    before = fingerprint()
    for name in (*names, "my_take_back", "my_more", "my_account"):
        for method in (client.get, client.head):
            assert method(reverse(name, args=[token])).status_code in (200, 405)
    client.get(reverse("my_feed", args=[feed_key(place)]))
    assert fingerprint() == before


def test_deleting_asks_first_then_forgets_and_gives_a_receipt(client: Client, place: Registration) -> None:
    token = proof(place)
    page = client.get(reverse("my_data_erase", args=[token])).content.decode()
    assert "Delete your data?" in page
    answer = client.post(reverse("my_data_erase", args=[token]))
    receipt = Erasure.objects.get()
    assert answer.url == reverse("erasure_receipt", args=[receipt.pk])
    shown = client.get(answer.url).content.decode()
    assert (hits(shown, MINE), str(receipt.pk) in shown) == (set(), True)
    assert client.get(reverse("my_place", args=[token])).status_code == 404
    assert receipt.counts == {
        "participants.placelink": 1,
        "participants.seatingrule": 1,
        "participants.registration": 1,
        "participants.person": 1,
        "ledger.mail": 2,
        "ledger.event": 6,
    }
    assert set(Person.objects.values_list("name", flat=True)) == {"Nadia Altrove", "Teresa Donati"}


def test_history_keeps_a_random_key_only(place: Registration) -> None:
    from participants.actions.forget import erase_person

    ids = {str(place.pk)}
    erase_person(place.person, by=SYSTEM)
    told = json.dumps(list(Event.objects.values("actor_id", "thing_id", "data")))
    assert hits(told, ids) == set()
    assert Event.objects.filter(thing_id=str(place.person_id)).count() == 6


def test_the_place_goes_to_the_next_person_in_the_same_transaction(client: Client) -> None:
    workshop = make_workshop(places=1)
    first, second = make_registration(workshop), make_registration(workshop)
    token = proof(first)
    client.post(reverse("my_data_erase", args=[token]))
    second.refresh_from_db()
    assert second.is_confirmed
    assert list(Mail.objects.values_list("kind", "subject_id").order_by("kind")) == [
        ("promoted", str(second.pk)),
        ("waiting", str(second.pk)),
    ]


def test_queries_do_not_grow_with_places(client: Client, django_assert_num_queries) -> None:
    programme = make_programme()
    person = make_registration(make_workshop(programme), "Teresa", "t@posta.example").person
    for more in range(2):
        token = proof(person.registrations.first())
        with django_assert_num_queries(33):
            client.get(reverse("my_data", args=[token]))
        for _two in range(2 - more):
            make_registration(make_workshop(programme), "Teresa", "t@posta.example")


class TestSignedIn:
    def test_an_account_made_from_the_mailed_link_shows_all_ones_places(self, client: Client) -> None:
        mine = [make_registration(make_workshop(title={"en": f"Mine {n}"}), email="t@posta.example") for n in range(2)]
        make_registration(make_workshop(title={"en": "Not mine"}), email="other@posta.example")
        answer = client.post(reverse("my_account", args=[proof(mine[0])]))
        page = client.get(answer.url).content.decode()
        assert hits(page, {"Mine 0", "Mine 1", "Not mine"}) == {"Mine 0", "Mine 1"}

    def test_only_a_verified_address_ties(self, client: Client) -> None:
        make_registration(make_workshop(title={"en": "Theirs"}), email="t@posta.example")
        user, _new = let_in("t@posta.example")
        user.emailaddress_set.update(verified=False)
        client.force_login(user)
        assert "Theirs" not in client.get(reverse("find_place")).content.decode()
        user.emailaddress_set.update(verified=True)
        assert "Theirs" in client.get(reverse("find_place")).content.decode()

    def test_another_address_in_the_row_of_the_person_ends_the_tie(self, client: Client) -> None:
        place = make_registration(make_workshop(title={"en": "Mine"}), email="t@posta.example")
        client.force_login(let_in("t@posta.example")[0])
        correct_registration(
            place, name="Teresa", email="new@posta.example", theme=None, needs="", audience=None, by=SYSTEM
        )
        assert "Mine" not in client.get(reverse("find_place")).content.decode()

    def test_opening_ones_own_place_and_nobody_elses(self, client: Client) -> None:
        mine = make_registration(make_workshop(), email="t@posta.example")
        other = make_registration(make_workshop(), email="other@posta.example")
        client.force_login(let_in("t@posta.example")[0])
        opened = client.post(reverse("my_open", args=[mine.pk]))
        assert client.get(opened.url).context["place"] == mine
        assert client.post(reverse("my_open", args=[other.pk])).status_code == 404

    def test_the_list_asks_the_database_as_often_for_three_places(
        self, client: Client, django_assert_num_queries
    ) -> None:
        client.force_login(let_in("t@posta.example")[0])
        for _more in range(2):
            make_registration(make_workshop(), email="t@posta.example")
            with django_assert_num_queries(3):
                client.get(reverse("find_place"))

    def test_signing_in_with_a_code_leads_participants_to_their_places(self, client: Client, mailoutbox: list) -> None:
        make_registration(make_workshop(), email="t@posta.example")
        let_in("t@posta.example")
        client.post(reverse("account_request_login_code"), {"email": "t@posta.example"})
        code = re.match(r"(\S+) is your code", mailoutbox[-1].subject)[1]
        assert client.post(reverse("account_confirm_login_code"), {"code": code}).url == reverse("find_place")


class TestOrganiser:
    @pytest.fixture
    def organiser(self, client: Client, place: Registration) -> Client:
        client.force_login(make_organiser(place.workshop.programme))
        return client

    def enter(self, client: Client, mailoutbox: list, email: str) -> None:
        client.post(reverse("account_request_login_code"), {"email": email})
        code = re.match(r"(\S+) is your code", mailoutbox[-1].subject)[1]
        client.post(reverse("account_confirm_login_code"), {"code": code})

    def test_forgetting_another_person_needs_a_fresh_login(self, organiser: Client, place: Registration) -> None:
        address = reverse("org_erase", args=[place.workshop_id, place.pk])
        asked, refused = organiser.get(address), organiser.post(address)
        assert [asked.status_code, refused.status_code] == [200, 403]
        assert "Is it still you?" in asked.content.decode()
        assert Person.objects.filter(pk=place.person_id).exists()

    def test_with_a_fresh_login_the_person_goes(self, client: Client, place: Registration, mailoutbox: list) -> None:
        user = make_organiser(place.workshop.programme)
        let_in(user.email)
        self.enter(client, mailoutbox, user.email)
        address = reverse("org_erase", args=[place.workshop_id, place.pk])
        assert "Delete all about Teresa Canarini?" in client.get(address).content.decode()
        answer = client.post(address)
        assert answer.url == reverse("erasure_receipt", args=[place.person_id])
        assert not Person.objects.filter(pk=place.person_id).exists()
        assert Event.objects.get(verb="person.erased").actor_id == str(user.pk)

    def test_a_login_a_quarter_of_an_hour_old_is_no_fresh_one(
        self, client: Client, place: Registration, mailoutbox: list
    ) -> None:
        user = make_organiser(place.workshop.programme)
        let_in(user.email)
        self.enter(client, mailoutbox, user.email)
        with time_machine.travel(timezone.now() + dt.timedelta(minutes=16)):
            assert client.post(reverse("org_erase", args=[place.workshop_id, place.pk])).status_code == 403
