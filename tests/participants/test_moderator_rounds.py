"""Moderators lead another table for one session: who leads where, what they may open, what is printed, what clashes."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from feedback.cockpit import gather
from feedback.notes.kit import kit
from feedback.permissions import can_write_notes, groups_for
from ledger.history import SYSTEM
from participants.actions import regroup, seats
from participants.brief import brief
from participants.moderators import clashes
from participants.printed import attendance, badges, table_sheets
from participants.run_sheet import run_sheet
from participants.seating import board_of
from participants.sessions import sessions_with_people
from tests.factories import make_group, make_organiser, make_registration, make_session, make_user, make_workshop
from workshops.actions.copying import copy_workshop
from workshops.actions.rounds import lead_in_session, move_on
from workshops.models import Group, ModeratorRound, ModeratorSeat, Workshop
from workshops.rounds import leaders
from workshops.states import SessionKind, SessionState, WorkshopState

pytestmark = pytest.mark.django_db
TABLES = ("Olmo", "Gelso", "Tiglio")


@pytest.fixture
def room() -> SimpleNamespace:
    """Two sessions at three tables; at each one asks and one writes."""
    workshop = make_workshop(places=30)
    make_session(workshop, prompts=0, kind=SessionKind.PLENARY)
    first, second = make_session(workshop), make_session(workshop)
    for name in TABLES:
        names = [f"Ada {name}", f"Wei {name}"]
        make_group(workshop, name, moderators=names, addresses=[f"{n.replace(' ', '.')}@posta.example" for n in names])
    first.refresh_from_db()
    second.refresh_from_db()
    return SimpleNamespace(workshop=workshop, first=first, second=second)


@pytest.fixture
def organiser(client: Client, room: Any) -> Any:
    user = make_organiser(room.workshop.programme)
    client.force_login(user)
    return user


def table(workshop: Workshop, name: str) -> Group:
    return Group.objects.get(workshop=workshop, name=name)


def seat_of(name: str) -> ModeratorSeat:
    return ModeratorSeat.objects.get(name=name)


def led(workshop: Workshop, session: Any) -> dict[str, list[str]]:
    groups = list(workshop.groups.with_rounds())
    found = leaders(groups, session and session.pk)
    return {group.name: [seat.name for seat in found[group.pk]] for group in groups}


AS_EVER = {name: [f"Ada {name}", f"Wei {name}"] for name in TABLES}
ASKERS_ON = {
    "Olmo": ["Ada Tiglio", "Wei Olmo"],
    "Gelso": ["Ada Olmo", "Wei Gelso"],
    "Tiglio": ["Ada Gelso", "Wei Tiglio"],
}


def test_those_who_ask_go_one_table_on_in_one_session_and_those_who_write_stay(room):
    move_on(room.second, "asks", by=SYSTEM)
    assert [led(room.workshop, session) for session in (None, room.first, room.second)] == [
        AS_EVER,
        AS_EVER,
        ASKERS_ON,
    ]
    assert {group.name: [s.name for s in ModeratorSeat.objects.leading(group, room.second.pk)]
            for group in room.workshop.groups.all()} == ASKERS_ON  # fmt: skip


def test_as_many_times_on_as_there_are_tables_leads_home_and_leaves_no_row(room):
    for _turn in TABLES:
        move_on(room.second, "writes", by=SYSTEM)
    assert (led(room.workshop, room.second), ModeratorRound.objects.count()) == (AS_EVER, 0)


def test_a_moderator_leads_one_table_in_a_session():
    session = make_session(make_workshop())
    seat = make_group(session.workshop).moderators.first()
    ModeratorRound.objects.create(seat=seat, session=session, group=make_group(session.workshop, "A"))
    other = make_group(session.workshop, "B")
    with pytest.raises(IntegrityError), transaction.atomic():
        ModeratorRound.objects.create(seat=seat, session=session, group=other)


def test_tables_and_seats_of_another_workshop_are_left_out(room):
    other = make_group(make_workshop(), "Faggio")
    stranger = other.moderators.first()
    mine = seat_of("Ada Olmo")
    changed = lead_in_session(room.second, {mine.pk: other.pk, stranger.pk: table(room.workshop, "Olmo").pk}, by=SYSTEM)
    assert (changed, ModeratorRound.objects.count()) == (False, 0)


def post(client: Client, room: Any, **sent: Any) -> Any:
    return client.post(reverse("org_regroup_moderators", args=[room.workshop.pk, room.second.pk]), sent)


def test_an_organiser_says_by_the_form_who_leads_which_table(client, room, organiser):
    page = reverse("org_regroup", args=[room.workshop.pk, room.second.pk])
    form = client.get(page).context["leaders_form"]
    sent = {field.name: field.value() for field in form}
    sent[f"seat-{seat_of('Ada Olmo').pk}"] = str(table(room.workshop, "Gelso").pk)
    sent[f"seat-{seat_of('Ada Gelso').pk}"] = str(table(room.workshop, "Olmo").pk)
    assert post(client, room, **sent).status_code == 302
    expected = AS_EVER | {"Olmo": ["Ada Gelso", "Wei Olmo"], "Gelso": ["Ada Olmo", "Wei Gelso"]}
    assert led(room.workshop, room.second) == expected
    assert "2 moderators change" in client.get(reverse("org_tables", args=[room.workshop.pk])).content.decode()


def test_a_table_of_another_workshop_is_refused_in_words_and_changes_nothing(client, room, organiser):
    form = client.get(reverse("org_regroup", args=[room.workshop.pk, room.second.pk])).context["leaders_form"]
    sent = {field.name: field.value() for field in form}
    sent[f"seat-{seat_of('Ada Olmo').pk}"] = str(make_group(make_workshop(), "Faggio").pk)
    answer = post(client, room, **sent)
    assert ("Choose from the list." in answer.content.decode(), led(room.workshop, room.second)) == (True, AS_EVER)


def test_an_unknown_role_moves_nobody(client, room, organiser):
    assert post(client, room, move_on="sings").status_code == 400
    assert led(room.workshop, room.second) == AS_EVER


def test_a_moderator_opens_the_tables_they_lead_in_some_session_and_no_other(room):
    user = make_user("Ada")
    ModeratorSeat.objects.filter(name="Ada Olmo").update(user=user)
    olmo, gelso, tiglio = (table(room.workshop, name) for name in TABLES)
    may = lambda: [can_write_notes(user, None, group) for group in (olmo, gelso, tiglio)]  # noqa: E731
    assert (may(), list(groups_for(user, None))) == ([True, False, False], [olmo])
    lead_in_session(room.second, {seat_of("Ada Olmo").pk: gelso.pk}, by=SYSTEM)
    assert (may(), sorted(g.name for g in groups_for(user, None))) == ([True, True, False], ["Gelso", "Olmo"])


def test_tablet_and_cockpit_name_who_leads_the_table_in_the_open_session(room):
    move_on(room.second, "asks", by=SYSTEM)
    olmo = table(room.workshop, "Olmo")
    names = lambda: [each["name"] for each in kit(olmo, me={"name": "", "key": ""})["group"]["moderators"]]  # noqa: E731
    at_the_table = lambda: gather(room.workshop, timezone.now(), names=True).tables[0].moderators  # noqa: E731
    before = (names(), at_the_table())
    Workshop.objects.update(state=WorkshopState.LIVE)
    now = timezone.now()
    type(room.second).objects.filter(pk=room.second.pk).update(
        state=SessionState.OPEN, opened_at=now, ends_at=now + dt.timedelta(minutes=45)
    )
    assert (before, (names(), at_the_table())) == (
        (["Ada Olmo", "Wei Olmo"], ["Ada", "Wei"]),
        (["Ada Tiglio", "Wei Olmo"], ["Ada", "Wei"]),
    )


def test_brief_run_sheet_table_sheet_badge_and_interface_say_where_moderators_are(room):
    lead_in_session(room.second, {seat_of("Ada Olmo").pk: table(room.workshop, "Gelso").pk}, by=SYSTEM)
    sentence = "Ada Olmo, who asks, leads table Gelso."
    rows = [[row["roles"] for row in sheet["rows"]] for sheet in (run_sheet(room.workshop), *briefs(room.workshop))]
    assert rows == [[[], [], [sentence]], [[], [], [sentence]], [[], [], [sentence]], [[], [], []]]
    board = board_of(room.workshop)
    sheets = table_sheets(board, [room.first, room.second])["tables"]
    title = room.second.title
    assert [sheet["led"] for sheet in sheets] == [
        [f"{title}: Wei Olmo"],
        [f"{title}: Ada Olmo, Ada Gelso, Wei Gelso"],
        [f"{title}: Ada Tiglio, Wei Tiglio"],
    ]
    [badge, other] = [badge["table"] for badge in badges(board)["sheets"][0][:2]]
    assert (badge, other) == ("1: Olmo · 2: Gelso", "Olmo")
    told = [
        [m["name"] for m in then["moderators"]] for s in sessions_with_people(room.workshop) for then in s["tables"]
    ]
    assert told[:3] == [AS_EVER[name] for name in TABLES]
    assert told[3:] == [["Wei Olmo"], ["Ada Olmo", "Ada Gelso", "Wei Gelso"], AS_EVER["Tiglio"]]


def briefs(workshop: Workshop) -> list[dict[str, Any]]:
    groups = Group.objects.select_related("workshop__programme").filter(workshop=workshop).order_by("order")
    return [brief(group) for group in groups]


def test_a_table_left_alone_and_two_with_the_same_to_do_are_told_for_the_session(room, organiser):
    olmo, gelso, _tiglio = (table(room.workshop, name) for name in TABLES)
    lead_in_session(room.second, {seat_of("Ada Olmo").pk: gelso.pk, seat_of("Wei Olmo").pk: gelso.pk}, by=SYSTEM)
    title = room.second.title
    found = clashes(room.workshop, room.workshop.groups.with_rounds(), organiser)
    assert [clash.text for clash in found] == [
        f"In “{title}” nobody leads table Olmo.",
        f"In “{title}” Ada Olmo and Ada Gelso have the same to do at table Gelso: asks.",
        f"In “{title}” Wei Olmo and Wei Gelso have the same to do at table Gelso: writes.",
    ]
    lead_in_session(
        room.second,
        {seat_of("Ada Gelso").pk: olmo.pk, seat_of("Wei Gelso").pk: olmo.pk},
        by=SYSTEM,
    )
    assert clashes(room.workshop, room.workshop.groups.with_rounds(), organiser) == []


def test_a_copy_takes_the_rounds_along(room):
    move_on(room.second, "asks", by=SYSTEM)
    copy = copy_workshop(room.workshop, starts_at=room.workshop.starts_at, by=SYSTEM)
    second = copy.sessions.at_the_tables().order_by("order")[1]
    assert led(copy, second) == ASKERS_ON


def test_badge_list_and_file_show_the_tables_of_all_sessions_where_somebody_changes(client, room, organiser):
    olmo, gelso, _tiglio = (table(room.workshop, name) for name in TABLES)
    moves, stays = (make_registration(room.workshop, name=name) for name in ("Bea Conti", "Cleo Marino"))
    loose = make_registration(room.workshop, name="Dora Greco")
    for person in (moves, stays):
        seats.seat(person, olmo, by=SYSTEM)
    regroup.seat_in_session(moves, gelso, room.second, by=SYSTEM)
    regroup.seat_in_session(loose, gelso, room.second, by=SYSTEM)
    board = board_of(room.workshop)
    on_badges = {badge["first"]: badge["table"] for sheet in badges(board)["sheets"] for badge in sheet}
    both = {"Bea": "1: Olmo · 2: Gelso", "Cleo": "Olmo"}
    assert {name: on_badges[name] for name in both} == both
    listed = {row["name"]: row["table"] for row in attendance(board, is_organisers_copy=False)["rows"]}
    assert listed == {"Bea Conti": "1: Olmo · 2: Gelso", "Cleo Marino": "Olmo", "Dora Greco": "2: Gelso"}
    page = client.get(reverse("org_people", args=[room.workshop.pk])).content.decode()
    assert ("1: Olmo · 2: Gelso" in page, "2: Gelso" in page) == (True, True)
    file = client.post(reverse("org_people_csv", args=[room.workshop.pk])).content.decode()
    assert "1: Olmo · 2: Gelso" in file


@pytest.mark.parametrize("tables", [1, 3])
def test_tables_with_their_rounds_ask_the_database_as_often(tables, django_assert_num_queries):
    workshop = make_workshop()
    session = make_session(workshop)
    for _number in range(tables):
        make_group(workshop)
    make_group(workshop)
    move_on(session, "asks", by=SYSTEM)
    with django_assert_num_queries(3):
        groups = list(workshop.groups.with_rounds())
        found = leaders(groups, session.pk)
    assert [len(seats) for seats in found.values()] == [2] * (tables + 1)
