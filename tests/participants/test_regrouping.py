"""People change tables for one session: their first table holds for all others."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from feedback.cockpit import gather
from feedback.notes.kit import kit
from ledger.history import SYSTEM
from participants.actions import regroup, seats
from participants.actions.links import new_link
from participants.actions.places import NotAtThisWorkshop
from participants.models import Seat
from participants.queries.my_place import ticket_of
from participants.queries.tables import people_at
from participants.regrouping import round_board, rounds_of
from participants.seating import board_of
from tests.factories import make_group, make_organiser, make_registration, make_session, make_workshop
from workshops.actions.evening import move_session
from workshops.models.agenda import timed
from workshops.states import SessionKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop():
    return make_workshop(places=300)


@pytest.fixture
def organiser(client, workshop):
    user = make_organiser(workshop.programme)
    client.force_login(user)
    return user


@pytest.fixture
def room(workshop):
    """Three sessions, two tables of four, and eight people seated four by four."""
    sessions = [make_session(workshop) for _number in range(3)]
    tables = [make_group(workshop, name, size=4) for name in ("Olmo", "Gelso")]
    people = [make_registration(workshop, name=f"Persona {number}") for number in range(8)]
    for number, person in enumerate(people):
        seats.seat(person, tables[number // 4], by=SYSTEM, kept=False)
    return sessions, tables, people


def tables_in(workshop, session):
    """`{person's name: table}` in a session."""
    board = round_board(workshop, session).board
    return {sitter.name: sitter.group.name for sitter in board.sitters.values() if sitter.group}


def post(client, route, *args, **data):
    return client.post(reverse(route, args=args), data)


def test_somebody_moved_for_a_session_sits_at_the_first_table_in_the_others(client, workshop, organiser, room):
    (first, second, third), (_olmo, gelso), people = room
    post(client, "org_regroup_seat", workshop.pk, second.pk, registration=people[0].pk, group=gelso.pk)
    assert [tables_in(workshop, each)["Persona 0"] for each in (first, second, third)] == ["Olmo", "Gelso", "Olmo"]


@pytest.mark.parametrize("to", ["first", "none"])
def test_going_back_to_the_first_table_leaves_no_seat_of_its_own(client, workshop, organiser, room, to):
    (_first, second, _third), (olmo, gelso), people = room
    regroup.seat_in_session(people[0], gelso, second, by=SYSTEM)
    group = {"first": olmo.pk, "none": ""}[to]
    post(client, "org_regroup_seat", workshop.pk, second.pk, registration=people[0].pk, group=group)
    assert not Seat.objects.filter(session=second).exists()


def test_a_mix_for_a_round_seats_everybody_evenly_with_people_they_have_not_met(client, workshop, organiser):
    sessions = [make_session(workshop) for _number in range(2)]
    tables = [make_group(workshop, size=4) for _number in range(4)]
    for number in range(16):
        seats.seat(make_registration(workshop), tables[number // 4], by=SYSTEM, kept=False)
    before = round_board(workshop, sessions[1]).board.again
    post(client, "org_regroup_mix", workshop.pk, sessions[1].pk)
    found = round_board(workshop, sessions[1])
    sizes = sorted(len(table.sitters) for table in found.board.tables)
    assert (before, found.board.again, sizes) == (24, 0, [4, 4, 4, 4])


def test_a_later_round_counts_the_pairs_of_the_rounds_before(workshop, room):
    (_first, second, third), (olmo, gelso), people = room
    for person in people[:2]:
        regroup.seat_in_session(person, gelso, second, by=SYSTEM)
    met = round_board(workshop, third).board.met
    pair = lambda one, other: met[tuple(sorted((str(people[one].pk), str(people[other].pk))))]  # noqa: E731
    assert (pair(0, 1), pair(0, 2), pair(0, 4), pair(2, 4)) == (2, 1, 1, 0)
    assert olmo != gelso


def test_a_mix_leaves_whom_a_person_moved_and_can_be_undone_and_brought_back(client, workshop, organiser, room):
    (_first, second, _third), (_olmo, gelso), people = room
    regroup.seat_in_session(people[0], gelso, second, by=SYSTEM)
    before = tables_in(workshop, second)
    post(client, "org_regroup_mix", workshop.pk, second.pk)
    mixed = tables_in(workshop, second)
    assert (mixed["Persona 0"], mixed != before) == ("Gelso", True)
    post(client, "org_regroup_undo", workshop.pk, second.pk)
    assert tables_in(workshop, second) == before
    post(client, "org_regroup_undo", workshop.pk, second.pk)
    assert tables_in(workshop, second) == mixed


def test_everybody_goes_back_to_their_first_table_in_one_press(client, workshop, organiser, room):
    (_first, second, third), (_olmo, gelso), people = room
    regroup.seat_in_session(people[0], gelso, second, by=SYSTEM)
    regroup.seat_in_session(people[0], gelso, third, by=SYSTEM)
    post(client, "org_regroup_clear", workshop.pk, second.pk)
    assert list(Seat.objects.exclude(session=None).values_list("session", flat=True)) == [third.pk]


def test_nobody_is_seated_across_workshops(workshop, room):
    (_first, second, _third), _tables, people = room
    foreign = make_workshop()
    for group, session in ((make_group(foreign), second), (None, make_session(foreign))):
        with pytest.raises(NotAtThisWorkshop):
            regroup.seat_in_session(people[0], group, session, by=SYSTEM)
    assert not Seat.objects.exclude(session=None).exists()


def test_people_and_sessions_of_others_are_not_found(client, workshop, organiser, room):
    (_first, second, _third), (olmo, _gelso), people = room
    foreign = make_workshop()
    theirs, stranger, table = make_session(foreign), make_registration(foreign), make_group(foreign)
    answers = [
        post(client, "org_regroup_seat", workshop.pk, theirs.pk, registration=people[0].pk, group=olmo.pk),
        post(client, "org_regroup_seat", workshop.pk, second.pk, registration=stranger.pk, group=olmo.pk),
        post(client, "org_regroup_seat", workshop.pk, second.pk, registration=people[0].pk, group=table.pk),
        post(client, "org_regroup_mix", workshop.pk, theirs.pk),
        client.get(reverse("org_regroup", args=[workshop.pk, theirs.pk])),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5


@pytest.mark.parametrize("sent", [{}, {"registration": "x"}, {"registration": "<person>", "group": "x"}])
def test_what_is_no_id_is_a_bad_request(client, workshop, organiser, room, sent):
    (_first, second, _third), _tables, people = room
    data = {name: str(people[0].pk) if value == "<person>" else value for name, value in sent.items()}
    assert post(client, "org_regroup_seat", workshop.pk, second.pk, **data).status_code == 400


def test_a_break_has_no_tables_to_change(client, workshop, organiser, room):
    pause = make_session(workshop, kind=SessionKind.BREAK, prompts=0)
    assert client.get(reverse("org_regroup", args=[workshop.pk, pause.pk])).status_code == 404


def test_the_persons_page_says_the_table_of_each_session(client, workshop, room):
    (_first, second, third), (olmo, gelso), people = room
    regroup.seat_in_session(people[0], gelso, third, by=SYSTEM)
    regroup.seat_in_session(people[0], gelso, second, by=SYSTEM)
    ticket = ticket_of(people[0])
    assert (ticket.table, [(seat.session, seat.group) for seat in ticket.elsewhere]) == (
        olmo,
        [(second, gelso), (third, gelso)],
    )
    page = client.get(reverse("my_place", args=[new_link(people[0])])).content.decode()
    assert page.count("Table Gelso</strong>") == 2


def test_a_tablet_counts_who_sits_at_its_table_in_each_session(workshop, room):
    (first, second, _third), (olmo, gelso), people = room
    for person in people[:3]:
        regroup.seat_in_session(person, gelso, second, by=SYSTEM)
    assert [people_at(gelso, each.pk) for each in (first, second)] == [4, 7]
    kits = {table.name: kit(table, me={"name": "Ilaria", "key": "k"}) for table in (olmo, gelso)}
    told = {
        name: (kit_of["group"]["people"], [each["people"] for each in kit_of["sessions"]])
        for name, kit_of in kits.items()
    }
    assert told == {"Olmo": (4, [None, 1, None]), "Gelso": (4, [None, 7, None])}


def test_the_cockpit_counts_the_people_of_the_session_that_runs(workshop, room):

    (first, second, _third), (_olmo, gelso), people = room
    for person in people[:3]:
        regroup.seat_in_session(person, gelso, second, by=SYSTEM)
    seen = []
    for session in (first, second):
        move_session(session, "open", by=SYSTEM)
        cockpit = gather(workshop, timezone.now(), names=True)
        seen.append([table.expected for table in cockpit.tables])
        move_session(session, "closed", by=SYSTEM)
    assert seen == [[4, 4], [1, 7]]


def test_rounds_say_who_changes_and_which_are_still_to_be_mixed(workshop, room):
    (_first, second, third), (_olmo, gelso), people = room
    second.regroups = third.regroups = True
    second.save()
    third.save()
    regroup.seat_in_session(people[0], gelso, third, by=SYSTEM)
    assert [(each.moved, each.has_to_be_mixed) for each in rounds_of(workshop)] == [(0, False), (0, True), (1, False)]


def test_the_evening_stays_as_it_was(workshop, room):
    (_first, second, _third), (_olmo, gelso), people = room
    before = board_of(workshop).seating
    regroup.seat_in_session(people[0], gelso, second, by=SYSTEM)
    assert (board_of(workshop).seating, people_at(gelso)) == (before, 4)


@pytest.mark.parametrize("size", [1, 3, 100])
def test_more_people_tables_and_sessions_need_no_more_queries(
    client, workshop, organiser, size, django_assert_num_queries
):
    sessions = [make_session(workshop) for _number in range(min(size, 10))]
    for _number in range(size):
        seats.seat(make_registration(workshop), make_group(workshop), by=SYSTEM)
    [session, *_others] = timed(workshop, sessions)
    with django_assert_num_queries(21):
        client.get(reverse("org_regroup", args=[workshop.pk, session.pk]))
