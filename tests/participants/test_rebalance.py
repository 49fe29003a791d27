"""Evening out the tables on the day: looked at first, made in one act, taken back in another."""

import uuid

import pytest
from django.urls import reverse

from ledger.history import SYSTEM
from ledger.models import Event
from participants.actions import door, places, seats
from participants.actions.rebalance import SeatMove, move_people, undo_moves
from participants.models import Seat
from participants.seating import board_of
from tests.factories import make_group, make_organiser, make_registration, make_session, make_workshop
from workshops.actions.moving import MovedMeanwhile
from workshops.states import TableNeed, WorkshopState

pytestmark = pytest.mark.django_db
NAMES = ("Ada", "Bea", "Cleo", "Dora", "Elio", "Fina", "Gino", "Ines", "Lea", "Mina", "Nico", "Olga", "Pia", "Rita",
         "Sara", "Tea", "Ugo", "Vito")  # fmt: skip
SOMEBODY = uuid.UUID(int=7)


def url(name, *args):
    return reverse(name, args=args)


@pytest.fixture
def workshop():
    return make_workshop(state=WorkshopState.LIVE, places=30)


@pytest.fixture
def organiser(client, workshop):
    user = make_organiser(workshop.programme)
    client.force_login(user)
    return user


@pytest.fixture
def tables(workshop):
    return [make_group(workshop, name, size=6) for name in ("Olmo", "Tiglio", "Acero", "Gelso")]


@pytest.fixture
def eighteen(workshop, tables):
    """Eighteen people who sit at four tables, 5 5 4 4; nobody has come yet."""
    people = {name: make_registration(workshop, name=name) for name in NAMES}
    seats.seat_all(workshop, {str(p.pk): str(tables[n % 4].pk) for n, p in enumerate(people.values())}, by=SYSTEM)
    return people


def let_in(people, *, but=()):
    for name, registration in people.items():
        if name not in but:
            door.check_in(registration, by=SYSTEM)


def seating_of(workshop):
    rows = Seat.objects.for_the_evening().filter(registration__workshop=workshop)
    return dict(rows.values_list("registration__person__name", "group__name"))


def sizes_of(workshop):
    sitting = list(seating_of(workshop).values())
    return [sitting.count(name) for name in ("Olmo", "Tiglio", "Acero", "Gelso")]


def keys(page):
    return [move.key for move in page.context["plan"].everything]


def sentences(response):
    return [str(message) for message in response.context["messages"]]


def test_three_absent_and_one_walk_in_of_eighteen_are_evened_out_in_one_act_and_back(
    client, workshop, organiser, eighteen
):
    let_in(eighteen, but=("Ada", "Elio", "Lea"))  # all three from Olmo
    door.walk_in(workshop, name="Zeno", language="it", by=SYSTEM)
    before = seating_of(workshop)
    page = client.get(url("org_rebalance", workshop.pk), {"absent": "all"})
    plan = page.context["plan"]
    told = [(m.sitter.name, m.origin and m.origin.name, m.to.name) for m in plan.moves]
    [(name, *way)] = [move for move in told if move[0] != "Zeno"]
    assert (("Zeno", None, "Olmo") in told, way) == (True, ["Tiglio", "Olmo"])
    assert sorted(m.sitter.name for m in plan.leaving) == ["Ada", "Elio", "Lea"]
    assert plan.sizes == [("Olmo", 5, 4), ("Tiglio", 5, 4), ("Acero", 4, 4), ("Gelso", 4, 4)]
    assert sentences(client.post(url("org_make_moves", workshop.pk), {"move": keys(page)}, follow=True)) == [
        "5 moves made."
    ]
    assert sizes_of(workshop) == [4, 4, 4, 4]
    moved = {**before, "Zeno": "Olmo", name: "Olmo"}
    for absent in ("Ada", "Elio", "Lea"):
        del moved[absent]
    assert seating_of(workshop) == moved
    client.post(url("org_undo_moves", workshop.pk))
    assert seating_of(workshop) == before
    client.post(url("org_undo_moves", workshop.pk))
    assert seating_of(workshop) == moved


def test_people_who_are_not_here_keep_their_seats_until_somebody_counts_them_as_absent(
    client, workshop, organiser, eighteen
):
    let_in(eighteen, but=("Ada", "Bea"))
    page = client.get(url("org_rebalance", workshop.pk))
    assert (page.context["plan"].everything, page.context["here"]) == ([], 16)
    assert [sitter.name for sitter in page.context["missing"]] == ["Ada", "Bea"]
    one = client.get(url("org_rebalance", workshop.pk), {"absent": [str(eighteen["Ada"].pk), "rubbish"]})
    assert [move.sitter.name for move in one.context["plan"].leaving] == ["Ada"]
    assert "Ada" in seating_of(workshop)


def test_somebody_who_is_here_is_never_counted_as_absent(client, workshop, organiser, eighteen):
    let_in(eighteen)
    asked = {"absent": [str(eighteen["Ada"].pk), "all"]}
    assert client.get(url("org_rebalance", workshop.pk), asked).context["plan"].everything == []


def test_whoever_was_kept_at_a_table_stays_and_is_kept_again_after_an_undo(client, workshop, organiser, eighteen):
    seats.keep_seat(eighteen["Ada"], kept=True, by=SYSTEM)
    let_in(eighteen, but=("Ada", "Elio", "Lea", "Pia"))
    page = client.get(url("org_rebalance", workshop.pk), {"absent": "all"})
    client.post(url("org_make_moves", workshop.pk), {"move": keys(page)})
    client.post(url("org_undo_moves", workshop.pk))
    kept = Seat.objects.filter(kept=True).values_list("registration__person__name", flat=True)
    assert (list(kept), seating_of(workshop)["Ada"]) == (["Ada"], "Olmo")


def test_rules_that_will_not_hold_are_named_before_anybody_moves(client, workshop, organiser):
    olmo, _tiglio = make_group(workshop, "Olmo"), make_group(workshop, "Tiglio")
    ada, bea = (make_registration(workshop, name=name) for name in ("Ada", "Bea"))
    seats.add_rule(workshop, ada, bea, kind="together", by=SYSTEM)
    seats.seat_all(workshop, {str(person.pk): str(olmo.pk) for person in (ada, bea)}, by=SYSTEM)
    ada.table_needs = bea.table_needs = [TableNeed.QUIET]
    ada.save()
    bea.save()
    page = client.get(url("org_rebalance", workshop.pk))
    assert sorted(page.context["plan"].broken)[0] == "Ada and Bea should sit together."
    assert sorted(sentence.partition(" does")[2] for sentence in page.context["plan"].broken[1:]) == [
        " not offer what Ada needs: A quiet corner.",
        " not offer what Bea needs: A quiet corner.",
    ]
    assert "Not every rule will hold." in page.content.decode()
    assert seating_of(workshop) == {"Ada": "Olmo", "Bea": "Olmo"}


def test_a_plan_that_is_out_of_date_moves_nobody(client, workshop, organiser, eighteen, tables):
    let_in(eighteen, but=("Ada", "Elio", "Lea"))
    page = client.get(url("org_rebalance", workshop.pk), {"absent": "all"})
    [mover] = page.context["plan"].moves
    seats.seat(mover.sitter.registration, tables[3], by=SYSTEM)
    before = seating_of(workshop)
    answer = client.post(url("org_make_moves", workshop.pk), {"move": keys(page)}, follow=True)
    assert sentences(answer) == ["Somebody has moved meanwhile, so nobody was moved. Look again."]
    assert seating_of(workshop) == before


def test_an_undo_after_somebody_has_moved_changes_nothing_and_says_so(client, workshop, organiser, eighteen, tables):
    ada = eighteen["Ada"]
    move_people(workshop, [SeatMove(str(ada.pk), str(tables[0].pk), str(tables[3].pk))], by=SYSTEM)
    seats.seat(ada, tables[2], by=SYSTEM)
    answer = client.post(url("org_undo_moves", workshop.pk), follow=True)
    assert sentences(answer) == ["Somebody has moved since, so it cannot be undone as a whole."]
    assert seating_of(workshop)["Ada"] == "Acero"
    assert undo_moves(make_workshop(), by=SYSTEM) is False


@pytest.mark.parametrize("key", ["", "Ada:Olmo:Tiglio", "a:b", ":::", f"{SOMEBODY}:x:y", f"{SOMEBODY}::"])
def test_a_move_that_is_none_is_a_bad_request(client, workshop, organiser, key):
    assert client.post(url("org_make_moves", workshop.pk), {"move": [key]}).status_code == 400


def test_nobody_is_moved_across_workshops_or_twice(workshop, eighteen, tables):
    foreign = make_workshop()
    elsewhere, stranger = make_group(foreign, "Olmo"), make_registration(foreign, name="Stranger")
    seats.seat(stranger, elsewhere, by=SYSTEM)
    ada, olmo, tiglio = str(eighteen["Ada"].pk), str(tables[0].pk), str(tables[1].pk)
    before = seating_of(workshop)
    for moves in (
        [SeatMove(ada, olmo, str(elsewhere.pk))],
        [SeatMove(str(stranger.pk), str(elsewhere.pk), olmo)],
        [SeatMove(str(stranger.pk), None, olmo)],
        [SeatMove(ada, olmo, tiglio), SeatMove(ada, olmo, None)],
        [SeatMove(ada, tiglio, olmo)],
    ):
        with pytest.raises(MovedMeanwhile):
            move_people(workshop, moves, by=SYSTEM)
    assert (seating_of(workshop), seating_of(foreign)) == (before, {"Stranger": "Olmo"})


def test_somebody_who_gave_up_the_place_is_not_seated_by_an_old_plan(workshop, eighteen, tables):
    ada = eighteen["Ada"]
    places.give_up(ada, by=SYSTEM)
    with pytest.raises(MovedMeanwhile):
        move_people(workshop, [SeatMove(str(ada.pk), None, str(tables[1].pk))], by=SYSTEM)


def test_history_keeps_ids_of_the_moves_and_no_names(workshop, eighteen, tables):
    ada, olmo, tiglio = str(eighteen["Ada"].pk), str(tables[0].pk), str(tables[1].pk)
    move_people(workshop, [SeatMove(ada, olmo, tiglio)], by=SYSTEM)
    event = Event.objects.in_scope(workshop.pk).filter(verb="people.rebalanced").get()
    assert event.data == {"moves": [[ada, olmo, tiglio]], "kept": []}


def test_the_last_change_is_the_one_that_can_be_undone(client, workshop, organiser, eighteen, tables):
    let_in(eighteen)
    page = client.get(url("org_tables", workshop.pk)).content.decode()
    assert ("Undo the mix" in page, "Even out" in page) == (True, True)
    ada, olmo, tiglio = str(eighteen["Ada"].pk), str(tables[0].pk), str(tables[1].pk)
    move_people(workshop, [SeatMove(ada, olmo, tiglio)], by=SYSTEM)
    page = client.get(url("org_tables", workshop.pk)).content.decode()
    assert ("Undo the mix" in page, "Undo the moves" in page) == (False, True)


def test_seats_for_one_session_stay_as_they_are(workshop, eighteen, tables):
    session = make_session(workshop)
    Seat.objects.create(registration=eighteen["Ada"], group=tables[2], session=session)
    move_people(workshop, [SeatMove(str(eighteen["Ada"].pk), str(tables[0].pk), None)], by=SYSTEM)
    seat_of_ada = Seat.objects.get(registration=eighteen["Ada"])
    assert (seat_of_ada.session, seat_of_ada.group) == (session, tables[2])


@pytest.mark.parametrize("people", [1, 3, 200])
def test_more_people_need_no_more_queries(client, people, django_assert_num_queries):
    workshop = make_workshop(state=WorkshopState.LIVE, places=400)
    client.force_login(make_organiser(workshop.programme))
    groups = [make_group(workshop, f"Table {number}", size=20) for number in range(1 + people // 10)]
    everybody = [make_registration(workshop, name=f"Person {number}") for number in range(people)]
    seats.seat_all(workshop, {str(p.pk): str(groups[n % len(groups)].pk) for n, p in enumerate(everybody)}, by=SYSTEM)
    with django_assert_num_queries(14):
        client.get(url("org_rebalance", workshop.pk), {"absent": "all"})
    assert len(board_of(workshop).people) == people
