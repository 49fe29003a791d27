"""What desks tell the server: once however often it is sent, in order, and never more than they may."""

import datetime as dt
import json
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from ledger.epochs import epoch, rename_epoch
from ledger.history import SYSTEM, Actor
from ledger.models import ActorKind, Event
from participants.actions import arrivals, door, places, seats
from participants.models import Arrival, Person, Registration
from participants.states import ArrivalState, RegistrationState
from tests.factories import make_group, make_organiser, make_programme, make_registration, make_user, make_workshop
from workshops.actions.audiences import add_audience
from workshops.actions.moving import move_workshop
from workshops.models import TeamSeat, Workshop
from workshops.states import Promotion, TeamRole, WorkshopState

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop():
    return make_workshop(places=3, opens_at=None)


@pytest.fixture
def helper(client, workshop):
    user = make_organiser(workshop.programme, role=TeamRole.HELPER)
    client.force_login(user)
    return user


@pytest.fixture
def organiser(client, workshop):
    user = make_organiser(workshop.programme)
    client.force_login(user)
    return user


def url(workshop):
    return reverse("api_arrivals", args=[workshop.pk])


def op(do, registration=None, **fields):
    """An op as a desk sends it; a walk-in has an id of its own."""
    about = str(registration.pk if registration else uuid.uuid4())
    return {"op": str(uuid.uuid4()), "do": do, "registration": about, **fields}


def send(client, workshop, *ops, **body):
    return client.post(url(workshop), {"ops": list(ops), **body}, content_type="application/json")


def acks(client, workshop, *ops):
    return send(client, workshop, *ops).json()["acks"]


def verdicts(client, workshop, *ops):
    return [(ack["status"], ack.get("code")) for ack in acks(client, workshop, *ops)]


def fill(workshop, people):
    return [make_registration(workshop, name=f"Person {number}") for number in range(people)]


def state_of(registration):
    found = Registration.objects.get(pk=registration.pk)
    return found.state, found.arrived_at is not None


HERE = (RegistrationState.CONFIRMED, True)
NOT_HERE = (RegistrationState.CONFIRMED, False)
STORED = ("stored", None)


def test_an_op_sent_again_is_answered_alike_and_changes_nothing(client, workshop, helper):
    one = op("here", make_registration(workshop))
    first, again = acks(client, workshop, one), acks(client, workshop, one)
    assert first == again
    assert (first[0]["op"], first[0]["status"]) == (one["op"], "stored")
    assert Event.objects.filter(verb="person.arrived").count() == 1


def test_a_walk_in_sent_again_is_one_person(client, workshop, helper):
    one = op("walk_in", name="Omar Haddad")
    for _time in range(3):
        [ack] = acks(client, workshop, one, one)[:1]
    assert (ack["person"]["id"], ack["person"]["name"]) == (one["registration"], "Omar Haddad")
    assert list(Person.objects.values_list("name", "email")) == [("Omar Haddad", None)]
    assert state_of(Registration.objects.get()) == HERE


def test_a_tick_taken_back_and_given_again_keeps_its_order(client, workshop, helper):
    teresa = make_registration(workshop)
    come = op("here", teresa)
    mistaken = op("not_here", teresa, of=come["op"])
    again = op("here", teresa)
    assert verdicts(client, workshop, come, mistaken, again) == [STORED] * 3
    assert state_of(teresa) == HERE
    assert str(Registration.objects.get().arrival) == again["op"]


def test_taking_back_an_earlier_tick_leaves_the_one_of_another_desk(client, workshop, helper):
    teresa = make_registration(workshop)
    come = op("here", teresa)
    acks(client, workshop, come)
    door.check_in(teresa, by=SYSTEM, here=False)
    door.check_in(teresa, by=SYSTEM)
    assert verdicts(client, workshop, op("not_here", teresa, of=come["op"])) == [STORED]
    assert state_of(teresa) == HERE


def test_two_desks_that_were_apart_are_asked_and_not_refused(client, workshop, helper):
    teresa = make_registration(workshop)
    morning = timezone.now() - dt.timedelta(hours=1)
    first, second = op("here", teresa, at=morning.isoformat()), op("here", teresa)
    acks(client, workshop, first)
    [ack] = acks(client, workshop, second)
    since = f"{morning.astimezone(workshop.zone):%H:%M}"
    assert (ack["status"], ack["code"]) == ("choice", "here_already")
    assert ack["sentence"] == f"Teresa Donati is here already, since {since}."
    assert ack["person"]["arrival"] == first["op"]


def test_somebody_who_gave_the_place_up_meanwhile_may_take_it_again(client, workshop, helper):
    teresa = make_registration(workshop)
    places.give_up(teresa, by=SYSTEM)
    assert verdicts(client, workshop, op("here", teresa)) == [("choice", "gave_up")]
    assert state_of(teresa) == (RegistrationState.CANCELLED, False)
    assert verdicts(client, workshop, op("here", teresa, place="take")) == [STORED]
    assert state_of(teresa) == HERE


def test_a_place_given_to_somebody_else_meanwhile_is_a_choice_again(client, workshop, helper):
    teresa, *_others = fill(workshop, 3)
    places.give_up(teresa, by=SYSTEM)
    make_registration(workshop, name="Zoe")
    assert verdicts(client, workshop, op("here", teresa, place="take")) == [("choice", "full")]
    assert state_of(teresa) == (RegistrationState.CANCELLED, False)
    assert verdicts(client, workshop, op("here", teresa, place="wait")) == [STORED]
    assert state_of(teresa) == (RegistrationState.WAITING, False)


def test_whoever_was_offered_a_place_takes_it_by_coming(client, workshop, helper):
    Workshop.objects.filter(pk=workshop.pk).update(promotion=Promotion.OFFER)
    fill(workshop, 3)
    offered = make_registration(workshop, name="Teresa")
    places.give_up(workshop.registrations.confirmed().first(), by=SYSTEM)
    assert state_of(offered) == (RegistrationState.OFFERED, False)
    assert verdicts(client, workshop, op("here", offered)) == [STORED]
    assert (state_of(offered), Registration.objects.get(pk=offered.pk).offered_until) == (HERE, None)


def test_an_offer_that_has_run_out_is_no_place_at_the_door(client, workshop, helper):
    Workshop.objects.filter(pk=workshop.pk).update(promotion=Promotion.OFFER)
    fill(workshop, 3)
    offered = make_registration(workshop, name="Teresa")
    places.give_up(workshop.registrations.confirmed().first(), by=SYSTEM)
    Registration.objects.filter(pk=offered.pk).update(offered_until=timezone.now() - dt.timedelta(minutes=1))
    assert verdicts(client, workshop, op("here", offered)) == [("choice", "gave_up")]
    assert Registration.objects.get(pk=offered.pk).arrived_at is None
    assert verdicts(client, workshop, op("here", offered, place="take")) == [STORED]
    assert state_of(offered) == HERE


def test_whoever_waits_is_a_choice_and_may_go_on_waiting(client, workshop, helper):
    fill(workshop, 3)
    zoe = make_registration(workshop, name="Zoe")
    assert verdicts(client, workshop, op("here", zoe)) == [("choice", "waiting")]
    assert verdicts(client, workshop, op("here", zoe, place="wait")) == [STORED]
    assert state_of(zoe) == (RegistrationState.WAITING, False)


def test_a_walk_in_when_all_places_are_taken_leaves_nothing_until_somebody_decides(client, workshop, helper):
    fill(workshop, 3)
    one = op("walk_in", name="Omar")
    assert verdicts(client, workshop, one, one) == [("choice", "full")] * 2
    assert (Person.objects.filter(name="Omar").count(), Arrival.objects.count()) == (0, 0)
    decided = {**one, "op": str(uuid.uuid4()), "place": "wait"}
    assert verdicts(client, workshop, decided) == [STORED]
    assert state_of(Registration.objects.get(person__name="Omar")) == (RegistrationState.WAITING, False)


def reserve(workshop, places=1):
    return add_audience(workshop, name={"en": "Residents", "it": "Residenti"}, places=places, by=SYSTEM)


def test_a_walk_in_has_the_places_of_the_audience_they_name_and_no_others(client, workshop, helper):
    residents = reserve(workshop)
    fill(workshop, 2)
    listed = client.get(url(workshop)).json()["workshop"]["audiences"]
    assert listed == [{"id": str(residents.pk), "name": "Residents"}]
    [ack] = acks(client, workshop, op("walk_in", name="Ugo"))
    assert (ack["code"], ack["sentence"]) == (
        "full", "No place is free for Ugo. Let them in over the limit, or onto the waiting list?",
    )  # fmt: skip
    assert verdicts(client, workshop, op("walk_in", name="Omar", audience=str(residents.pk))) == [STORED]
    omar = Registration.objects.get(person__name="Omar")
    assert (state_of(omar), omar.audience, omar.channel) == (HERE, residents, "door")
    assert verdicts(client, workshop, op("walk_in", name="Zoe", audience=str(residents.pk))) == [("choice", "full")]


def test_an_audience_that_is_gone_or_of_another_workshop_counts_as_none(client, workshop, helper):
    foreign = reserve(make_workshop(workshop.programme))
    one = op("walk_in", name="Omar", audience=str(foreign.pk))
    assert verdicts(client, workshop, one, op("walk_in", name="Ada", audience="residents")) == [
        STORED, ("refused", "not_an_id"),
    ]  # fmt: skip
    assert list(Registration.objects.values_list("person__name", "audience")) == [("Omar", None)]


def test_a_held_walk_in_keeps_its_audience(client, workshop, helper):
    residents = reserve(workshop)
    fill(workshop, 2)
    acks(client, workshop, op("here", Registration.objects.first()))
    TeamSeat.objects.filter(user=helper).delete()
    acks(client, workshop, op("walk_in", name="Omar", audience=str(residents.pk)))
    held = Arrival.objects.get(state=ArrivalState.HELD)
    arrivals.accept_held(held, by=SYSTEM)
    assert Registration.objects.get(person__name="Omar").audience == residents


def test_an_organiser_lets_in_over_the_limit_with_a_reason_that_is_kept(client, workshop, organiser):
    fill(workshop, 3)
    one = op("walk_in", name="Omar", place="over", reason="Came with a speaker.")
    assert verdicts(client, workshop, {**one, "reason": " "}) == [("refused", "no_reason")]
    assert verdicts(client, workshop, one) == [STORED]
    omar = Registration.objects.get(person__name="Omar")
    assert (state_of(omar), Arrival.objects.get().reason) == (HERE, "Came with a speaker.")
    assert Event.objects.of(omar).filter(verb="registration.let_in_over_the_limit").get().data == {}


def test_a_helper_lets_nobody_in_over_the_limit(client, workshop, helper):
    fill(workshop, 3)
    one = op("walk_in", name="Omar", place="over", reason="I know him.")
    assert verdicts(client, workshop, one) == [("refused", "organisers_only")]
    assert not Person.objects.filter(name="Omar").exists()


def test_one_bad_op_stands_in_the_way_of_no_other(client, workshop, helper):
    teresa = make_registration(workshop)
    bad = [
        None,
        {},
        op("dance", teresa),
        op("walk_in", name="a\u0000b"),
        op("walk_in", name="\ud800"),
        op("walk_in", name="two\nlines"),
        op("walk_in", name="x" * 81),
        op("walk_in"),
        op("here", teresa, place="anywhere"),
        op("here", teresa, of="x"),
        op("walk_in", teresa, name="Omar"),
        {**op("here", teresa), "op": "x"},
    ]
    found = verdicts(client, workshop, *bad, op("here", teresa))
    codes = ["not_an_op", "unknown_doing", "unknown_doing", "unstorable", "unstorable", "bad_name", "name_too_long"]
    codes += ["no_name", "unknown_place", "not_an_id", "id_taken", "not_an_id"]
    assert found == [*[("refused", code) for code in codes], STORED]
    assert (state_of(teresa), Person.objects.count()) == (HERE, 1)


def test_a_person_of_another_workshop_is_not_known(client, workshop, helper):
    foreign = make_registration(make_workshop(opens_at=None))
    assert verdicts(client, workshop, op("here", foreign)) == [("refused", "unknown_person")]
    assert state_of(foreign) == NOT_HERE


def test_an_op_id_of_another_workshop_is_refused_and_tells_nothing(client, workshop, helper):
    other = make_workshop(opens_at=None)
    stranger = make_registration(other, name="Teresa Segreta")
    used = op("here", stranger)
    arrivals.take_arrivals(other, [used], by=SYSTEM, may_exceed=False)
    answer = send(client, workshop, {**used, "registration": str(make_registration(workshop).pk)})
    [ack] = answer.json()["acks"]
    assert (ack["status"], ack["code"], "Segreta" in answer.content.decode()) == ("refused", "op_elsewhere", False)


@pytest.mark.parametrize("state", [WorkshopState.DRAFT, WorkshopState.CANCELLED])
def test_a_workshop_that_is_not_on_takes_nobody(client, workshop, helper, state):
    teresa = make_registration(workshop)
    Workshop.objects.filter(pk=workshop.pk).update(state=state)
    found = verdicts(client, workshop, op("here", teresa), op("walk_in", name="Omar"))
    assert found == [("refused", "not_on")] * 2
    assert (state_of(teresa), Person.objects.count()) == (NOT_HERE, 1)


@pytest.mark.parametrize("state", [WorkshopState.COMPILING, WorkshopState.PUBLISHED])
def test_a_phone_that_comes_late_is_still_heard(client, workshop, helper, state):
    teresa = make_registration(workshop)
    past = timezone.now() - dt.timedelta(hours=5)
    Workshop.objects.filter(pk=workshop.pk).update(state=state, starts_at=past)
    at = past + dt.timedelta(minutes=3)
    assert verdicts(client, workshop, op("here", teresa, at=at.isoformat()), op("walk_in", name="Omar")) == [STORED] * 2
    teresa.refresh_from_db()
    assert teresa.arrived_at == at


@pytest.mark.parametrize("at", ["2031-01-01T10:00:00Z", "1999-01-01T10:00:00Z", "x", 5, None])
def test_a_clock_that_cannot_be_right_is_not_believed(client, workshop, helper, at):
    teresa = make_registration(workshop)
    before = timezone.now()
    assert verdicts(client, workshop, op("here", teresa, at=at)) == [STORED]
    teresa.refresh_from_db()
    assert before <= teresa.arrived_at <= timezone.now()


def test_whoever_was_erased_does_not_come_back_by_a_phone_that_sends_again(client, workshop, helper):
    one = op("walk_in", name="Omar")
    acks(client, workshop, one)
    Person.objects.all().delete()
    assert acks(client, workshop, one) == [{"op": one["op"], "status": "stored", "person": None}]
    assert not Person.objects.exists()


# Who may


def test_a_helper_taken_off_the_team_reads_nothing_and_what_they_hold_waits_for_the_organiser(client, workshop, helper):
    teresa, carlo = make_registration(workshop), make_registration(workshop, name="Carlo Ferri")
    told = op("here", teresa)
    acks(client, workshop, told)
    TeamSeat.objects.filter(user=helper).delete()
    assert client.get(url(workshop)).status_code == 404
    late = op("here", carlo)
    answer = send(client, workshop, told, late, late)
    found = [(ack["status"], ack["person"]) for ack in answer.json()["acks"]]
    assert found == [("stored", None), ("held", None), ("held", None)]
    assert "Carlo" not in answer.content.decode()
    assert (state_of(carlo), Arrival.objects.held().count()) == (NOT_HERE, 1)


def test_the_organiser_takes_over_what_was_held_under_its_own_id(client, workshop, helper):
    one, other = held_of_a_removed_helper(client, workshop, helper)
    by = Actor(ActorKind.USER, "1")
    ack = arrivals.accept_held(one, by=by)
    assert (ack["status"], ack["op"]) == ("stored", str(one.pk))
    arrivals.leave_out(other, by=by)
    kept = Arrival.objects.filter(pk__in=[one.pk, other.pk]).order_by("state").values_list("state", "body")
    assert list(kept) == [(ArrivalState.LEFT_OUT, {}), (ArrivalState.STORED, {})]
    assert [ack["status"] for ack in acks(client, workshop, {"op": str(other.pk), **other.body})] == ["refused"]
    with pytest.raises(arrivals.Refused):
        arrivals.leave_out(one, by=by)


def test_what_was_held_stays_held_when_it_needs_a_choice(client, workshop, helper):
    one, _other = held_of_a_removed_helper(client, workshop, helper)
    door.check_in(Registration.objects.get(pk=one.body["registration"]), by=SYSTEM)
    ack = arrivals.accept_held(one, by=SYSTEM)
    assert (ack["status"], ack["code"]) == ("choice", "here_already")
    assert Arrival.objects.held().count() == 2


def held_of_a_removed_helper(client, workshop, helper):
    teresa, carlo = make_registration(workshop), make_registration(workshop, name="Carlo Ferri")
    acks(client, workshop, op("walk_in", name="Omar"))
    TeamSeat.objects.filter(user=helper).delete()
    acks(client, workshop, op("here", teresa), op("here", carlo))
    return list(Arrival.objects.held())


def test_a_foreign_workshop_is_missing(client, workshop, helper):
    other = make_workshop()
    make_registration(other, name="Teresa Segreta")
    answers = [client.get(url(other)), send(client, other, op("walk_in", name="Omar"))]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert not any("Segreta" in answer.content.decode() for answer in answers)
    assert Registration.objects.filter(workshop=other).count() == 1


def test_another_one_signed_in_on_the_phone_is_told_so(client, workshop, helper):
    answer = send(client, workshop, op("walk_in", name="Omar"), **{"as": "user:0"})
    assert (answer.status_code, answer.json()["code"]) == (409, "other_author")
    assert not Arrival.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"), [("[]", 400), ("{}", 400), ('{"ops": 1}', 400), (json.dumps({"ops": [{}] * 51}), 413)]
)
def test_a_body_that_is_no_list_of_ops_is_refused_whole(client, workshop, helper, body, status):
    assert client.post(url(workshop), body, content_type="application/json").status_code == status


# The list


def test_the_list_holds_what_a_desk_needs_and_no_more(client, workshop, helper):
    table = make_group(workshop, "Olmo")
    teresa = make_registration(workshop, email="teresa.secret@posta.example", needs="Hearing loop")
    anna = make_registration(workshop, name="Anna Keller")
    for one in (teresa, anna):
        seats.seat(one, table, by=SYSTEM)
    other = make_workshop(workshop.programme, opens_at=None)
    carlo = make_registration(other, name="Carlo Ferri")
    door.check_in(anna, by=SYSTEM)
    answer = client.get(url(workshop))
    anna.refresh_from_db()
    found = answer.json()
    assert answer["Cache-Control"] == "private, no-store"
    assert found["people"] == [
        {
            "id": str(anna.pk),
            "name": "Anna Keller",
            "state": "confirmed",
            "table": str(table.pk),
            "seat": 2,
            "code": anna.spoken_code.replace("-", ""),
            "arrival": str(anna.arrival),
            "since": anna.arrived_at.isoformat(),
        },
        {
            "id": str(teresa.pk),
            "name": "Teresa Donati",
            "state": "confirmed",
            "table": str(table.pk),
            "seat": 1,
            "code": teresa.spoken_code.replace("-", ""),
            "arrival": None,
            "since": None,
        },
    ]
    code = carlo.spoken_code.replace("-", "")
    assert found["elsewhere"] == [{"starts_at": other.starts_at.isoformat(), "codes": [code]}]
    assert found["me"] == {"key": f"user:{helper.pk}", "may_exceed": False}
    assert [word in answer.content.decode() for word in ("secret", "Hearing", "Carlo")] == [False] * 3


def test_a_version_that_still_holds_is_not_sent_again(client, workshop, helper):
    teresa = make_registration(workshop)
    version = client.get(url(workshop)).json()["version"]
    same = client.get(url(workshop), {"known": version}).json()
    assert ("people" in same, same["version"]) == (False, version)
    door.check_in(teresa, by=SYSTEM)
    changed = client.get(url(workshop), {"known": version}).json()
    assert [person["arrival"] is None for person in changed["people"]] == [False]


def test_list_and_acks_name_the_history_of_the_server(client, workshop, helper):
    one = op("here", make_registration(workshop))
    named = [client.get(url(workshop)).json()["epoch"], send(client, workshop, one).json()["epoch"]]
    assert named == [epoch()] * 2
    rename_epoch()
    assert client.get(url(workshop)).json()["epoch"] == epoch() != named[0]


def test_the_list_is_to_go_when_the_workshop_is_over(client, workshop, organiser):
    assert client.get(url(workshop)).json()["workshop"]["is_over"] is False
    move_workshop(workshop, WorkshopState.CANCELLED, by=SYSTEM)
    assert client.get(url(workshop)).json()["workshop"]["is_over"] is True


@pytest.mark.parametrize("people", [1, 3])
def test_more_people_need_no_more_queries_to_list(client, workshop, helper, people, django_assert_num_queries):
    table = make_group(workshop, "Olmo")
    for one in fill(workshop, people):
        seats.seat(one, table, by=SYSTEM)
    epoch()
    with django_assert_num_queries(10):
        client.get(url(workshop))


def test_a_visitor_is_asked_to_sign_in(client, workshop):
    make_user()
    assert client.get(url(workshop)).status_code == 401


def test_an_organiser_of_another_programme_finds_nothing(client, workshop):
    client.force_login(make_organiser(make_programme()))
    assert client.get(url(workshop)).status_code == 404


# What was held, on the organiser's page


def decide(client, workshop, arrival, name):
    return client.post(reverse(f"org_arrival_{name}", args=[workshop.pk, arrival.pk]), follow=True)


def test_the_organiser_sees_what_was_held_and_takes_it_over(client, workshop, helper):
    one, other = held_of_a_removed_helper(client, workshop, helper)
    client.force_login(make_organiser(workshop.programme))
    page = client.get(reverse("org_desk", args=[workshop.pk]))
    assert [(each.name, str(each.doing)) for each in page.context["held"]] == [
        ("Teresa Donati", "Here"),
        ("Carlo Ferri", "Here"),
    ]
    decide(client, workshop, one, "accept")
    page = decide(client, workshop, other, "leave_out")
    assert page.context["held"] == []
    here = Registration.objects.filter(arrived_at__isnull=False, person__name__in=["Teresa Donati", "Carlo Ferri"])
    assert [each.person.name for each in here] == ["Teresa Donati"]


def test_a_held_walk_in_of_a_full_workshop_is_let_in_by_the_organiser(client, workshop, helper):
    acks(client, workshop, op("walk_in", name="First"))
    TeamSeat.objects.filter(user=helper).delete()
    acks(client, workshop, op("walk_in", name="Omar"))
    fill(workshop, 3)
    client.force_login(make_organiser(workshop.programme))
    decide(client, workshop, Arrival.objects.held().get(), "accept")
    assert state_of(Registration.objects.get(person__name="Omar")) == HERE
    assert Arrival.objects.get(registration__person__name="Omar").reason == "Was let in at the door."


def test_a_helper_is_not_shown_what_was_held(client, workshop, helper):
    held_of_a_removed_helper(client, workshop, helper)
    client.force_login(make_organiser(workshop.programme, role=TeamRole.HELPER))
    page = client.get(reverse("org_desk", args=[workshop.pk]))
    assert (page.context["held"], "left the team" in page.content.decode()) == ([], False)
