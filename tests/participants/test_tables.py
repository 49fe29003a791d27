"""Who sits where: one move, a whole mix, its undoing, rules in words."""

import datetime as dt
import uuid

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from ledger.history import SYSTEM
from ledger.models import Event
from participants.actions import seats
from participants.actions.places import NotAtThisWorkshop, give_up
from participants.models import Registration, Seat, SeatingRule
from participants.models.people import RegistrationQuerySet
from participants.seating import board_of, tables_for
from participants.states import AgeBand
from tests.factories import (
    make_group,
    make_organiser,
    make_programme,
    make_registration,
    make_session,
    make_theme,
    make_workshop,
)
from workshops.models import Group, Workshop
from workshops.states import TeamRole

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop():
    return make_workshop()


@pytest.fixture
def organiser(client, workshop):
    user = make_organiser(workshop.programme)
    client.force_login(user)
    return user


def url(name, *args):
    return reverse(name, args=args)


def people_of(workshop, *names, **fields):
    return [make_registration(workshop, name=name, **fields) for name in names]


def seating_of(workshop):
    rows = Seat.objects.for_the_evening().filter(registration__workshop=workshop)
    return dict(rows.values_list("registration__person__name", "group__name"))


def post_seat(client, workshop, registration, group):
    data = {"registration": registration.pk, "group": group.pk if group else ""}
    return client.post(url("org_seat", workshop.pk), data)


def test_a_move_seats_the_person_and_offers_the_way_back(client, workshop, organiser):
    olmo, gelso = make_group(workshop, "Olmo", size=2), make_group(workshop, "Gelso")
    [teresa] = people_of(workshop, "Teresa")
    post_seat(client, workshop, teresa, gelso)
    response = client.get(post_seat(client, workshop, teresa, olmo).url)
    assert seating_of(workshop) == {"Teresa": "Olmo"}
    assert response.context["moved"] == {
        "text": "Teresa moved to Olmo, seat 1 of 2.",
        "undo": "org_seat",
        "fields": {"registration": str(teresa.pk), "group": str(gelso.pk)},
    }


def test_somebody_can_be_left_without_a_table(client, workshop, organiser):
    olmo = make_group(workshop, "Olmo")
    [teresa] = people_of(workshop, "Teresa")
    post_seat(client, workshop, teresa, olmo)
    post_seat(client, workshop, teresa, None)
    assert seating_of(workshop) == {}


def post_swap(client, workshop, one, other):
    return client.post(url("org_swap", workshop.pk), {"registration": one.pk, "other": other.pk})


def test_two_people_swap_and_the_way_back_is_another_swap(client, workshop, organiser):
    olmo, gelso = make_group(workshop, "Olmo"), make_group(workshop, "Gelso")
    teresa, luca = people_of(workshop, "Teresa", "Luca")
    post_seat(client, workshop, teresa, olmo)
    post_seat(client, workshop, luca, gelso)
    page = client.get(post_swap(client, workshop, teresa, luca).url)
    assert seating_of(workshop) == {"Teresa": "Gelso", "Luca": "Olmo"}
    assert page.context["moved"] == {
        "text": "Teresa and Luca have swapped.",
        "undo": "org_swap",
        "fields": {"registration": str(teresa.pk), "other": str(luca.pk)},
    }
    client.post(url("org_swap", workshop.pk), page.context["moved"]["fields"])
    assert seating_of(workshop) == {"Teresa": "Olmo", "Luca": "Gelso"}


def test_somebody_without_a_seat_takes_the_one_of_the_other(client, workshop, organiser):
    olmo = make_group(workshop, "Olmo")
    teresa, luca = people_of(workshop, "Teresa", "Luca")
    post_seat(client, workshop, luca, olmo)
    post_swap(client, workshop, teresa, luca)
    assert seating_of(workshop) == {"Teresa": "Olmo"}


def test_nobody_swaps_across_workshops_or_with_who_gave_up_a_moment_ago(client, workshop, organiser, monkeypatch):
    foreign = make_workshop()
    [teresa], [stranger] = people_of(workshop, "Teresa"), people_of(foreign, "Stranger")
    post_seat(client, workshop, teresa, make_group(workshop, "Olmo"))
    assert post_swap(client, workshop, teresa, stranger).status_code == 404
    with pytest.raises(NotAtThisWorkshop):
        seats.swap(teresa, stranger, by=SYSTEM)
    [luca] = people_of(workshop, "Luca")
    give_up(luca, by=SYSTEM)
    monkeypatch.setattr(RegistrationQuerySet, "confirmed", RegistrationQuerySet.all)  # as the page had read it
    post_swap(client, workshop, teresa, luca)
    assert [str(each) for each in get_messages(client.get("/").wsgi_request)] == ["Luca has no place any more."]
    assert seating_of(workshop) == {"Teresa": "Olmo"}


def test_the_menu_of_a_person_shows_the_other_tables_and_who_sits_there(client, workshop, organiser):
    olmo, gelso = make_group(workshop, "Olmo", size=2), make_group(workshop, "Gelso", size=1)
    teresa, luca, ada = people_of(workshop, "Teresa", "Luca", "Ada")
    for person, group in ((teresa, olmo), (ada, olmo), (luca, gelso)):
        post_seat(client, workshop, person, group)
    places = client.get(url("org_move", workshop.pk, teresa.pk)).context["places"]
    assert (places.group, places.kept, places.tables) == (olmo, True, [(gelso, 0)])
    assert [seat.registration for seat in places.others] == [luca]
    [zoe] = people_of(workshop, "Zoe")
    places = client.get(url("org_move", workshop.pk, zoe.pk)).context["places"]
    assert (places.group, places.tables) == (None, [(olmo, 0), (gelso, 0)])
    assert [seat.registration for seat in places.others] == [ada, luca, teresa]


@pytest.mark.parametrize("people", [1, 3, 200])
def test_a_menu_needs_no_more_queries_for_more_people(client, workshop, organiser, people, django_assert_num_queries):
    Workshop.objects.update(places=200)
    workshop.refresh_from_db()
    olmo = make_group(workshop, "Olmo", size=20)
    make_group(workshop, "Gelso")
    everybody = people_of(workshop, *(f"Person {number}" for number in range(people)))
    seats.seat_all(workshop, {str(each.pk): str(olmo.pk) for each in everybody}, by=SYSTEM)
    with django_assert_num_queries(8):
        client.get(url("org_move", workshop.pk, everybody[0].pk))


def test_the_page_names_a_table_as_often_for_many_people_as_for_few(client, workshop, organiser):
    olmo, gelso = make_group(workshop, "Olmo"), make_group(workshop, "Gelso")
    counts = []
    for names in (("Ada",), ("Bea", "Cleo", "Dora", "Elio")):
        for person in people_of(workshop, *names):
            post_seat(client, workshop, person, gelso)
        counts.append(client.get(url("org_tables", workshop.pk)).content.decode().count(str(olmo.pk)))
    assert counts[0] == counts[1] > 0


def test_nobody_is_seated_across_workshops(client, workshop, organiser):
    foreign = make_workshop()
    [teresa] = people_of(workshop, "Teresa")
    [stranger] = people_of(foreign, "Stranger")
    assert post_seat(client, workshop, teresa, make_group(foreign)).status_code == 404
    assert post_seat(client, workshop, stranger, make_group(workshop)).status_code == 404
    assert not Seat.objects.exists()


@pytest.mark.parametrize(
    "data",
    [{}, {"registration": "teresa"}, {"registration": "", "group": ""}],
    ids=["nothing", "no id", "empty"],
)
def test_a_malformed_move_is_a_bad_request(client, workshop, organiser, data):
    assert client.post(url("org_seat", workshop.pk), data).status_code == 400


def test_a_table_that_is_no_id_is_a_bad_request(client, workshop, organiser):
    [teresa] = people_of(workshop, "Teresa")
    data = {"registration": teresa.pk, "group": "olmo"}
    assert client.post(url("org_seat", workshop.pk), data).status_code == 400


def test_a_mix_seats_everybody_evenly_and_its_undoing_restores_who_sat_where(client, workshop, organiser):
    tables = [make_group(workshop, name, size=3) for name in ("Olmo", "Gelso")]
    people = people_of(workshop, "Ada", "Bea", "Cleo", "Dora", "Elio")
    before = {str(people[0].pk): str(tables[0].pk), str(people[1].pk): str(tables[0].pk)}
    seats.seat_all(workshop, before, by=SYSTEM)
    client.post(url("org_mix", workshop.pk))
    mixed = seating_of(workshop)
    assert sorted(list(mixed.values()).count(name) for name in ("Olmo", "Gelso")) == [2, 3]
    client.post(url("org_mix_undo", workshop.pk))
    assert seating_of(workshop) == {"Ada": "Olmo", "Bea": "Olmo"}
    client.post(url("org_mix_undo", workshop.pk))
    assert seating_of(workshop) == mixed


def test_history_of_a_mix_keeps_ids_and_no_names(client, workshop, organiser):
    olmo = make_group(workshop, "Olmo")
    [teresa] = people_of(workshop, "Teresa")
    seats.seat_all(workshop, {str(teresa.pk): str(olmo.pk)}, by=SYSTEM)
    client.post(url("org_mix", workshop.pk))
    assert Event.objects.in_scope(workshop.pk).filter(verb="people.mixed").first().data == {
        "people": 1,
        "before": {str(teresa.pk): str(olmo.pk)},
    }


def test_a_mix_leaves_whoever_was_seated_by_hand_until_they_may_move(client, workshop, organiser):
    olmo, _gelso = make_group(workshop, "Olmo"), make_group(workshop, "Gelso")
    [teresa] = people_of(workshop, "Teresa")
    post_seat(client, workshop, teresa, olmo)
    assert Seat.objects.get().kept
    client.post(url("org_mix", workshop.pk))
    assert seating_of(workshop) == {"Teresa": "Olmo"}
    client.post(url("org_keep_seat", workshop.pk), {"registration": teresa.pk, "kept": "0"})
    assert not Seat.objects.get().kept


def test_undoing_without_a_mix_says_so(client, workshop, organiser):
    response = client.post(url("org_mix_undo", workshop.pk), follow=True)
    assert [str(message) for message in response.context["messages"]] == ["There is no mix to undo."]


def test_a_mix_without_tables_says_what_to_do(client, workshop, organiser):
    response = client.post(url("org_mix", workshop.pk), follow=True)
    assert [str(message) for message in response.context["messages"]] == ["Add a table first."]


def test_rules_that_do_not_hold_are_named_on_the_page(client, workshop, organiser):
    olmo, gelso = make_group(workshop, "Olmo", size=1), make_group(workshop, "Gelso")
    ada, bea, cleo = people_of(workshop, "Ada", "Bea", "Cleo")
    seats.add_rule(workshop, ada, bea, kind=SeatingRule.Kind.APART, by=SYSTEM)
    seats.add_rule(workshop, ada, cleo, kind=SeatingRule.Kind.TOGETHER, by=SYSTEM)
    for person, group in ((ada, olmo), (bea, olmo), (cleo, gelso)):
        seats.seat(person, group, by=SYSTEM)
    broken = client.get(url("org_tables", workshop.pk)).context["board"].broken
    assert broken == [
        "Ada and Cleo should sit together.",
        "Ada and Bea should not share a table.",
        "Table Olmo has more people than seats.",
    ]


def test_a_rule_is_about_two_different_people_and_the_last_word_counts(client, workshop, organiser):
    people_of(workshop, "Ada", "Bea")
    add = url("org_add_rule", workshop.pk)
    text = client.post(add, {"one": "Ada", "kind": "apart", "other": "ada"}).content.decode()
    assert "Choose two different people." in text
    client.post(add, {"one": "Ada", "kind": "apart", "other": "Bea"})
    client.post(add, {"one": "Bea", "kind": "together", "other": "Ada"})
    assert [rule.kind for rule in SeatingRule.objects.all()] == ["together"]
    client.post(url("org_remove_rule", workshop.pk, SeatingRule.objects.get().pk))
    assert not SeatingRule.objects.exists()


def test_part_of_a_name_is_enough_and_a_whole_one_comes_before_those_it_is_a_part_of(client, workshop, organiser):
    people_of(workshop, "Anna", "Anna Maria Serra", "Élodie Roux")
    add = url("org_add_rule", workshop.pk)
    assert client.post(add, {"one": " anna ", "kind": "apart", "other": "éLODIE"}).status_code == 302
    rule = SeatingRule.objects.get()
    assert {rule.one.person.name, rule.other.person.name} == {"Anna", "Élodie Roux"}


def test_of_several_people_with_one_name_the_organiser_chooses_by_address(client, workshop, organiser):
    _first, second = (make_registration(workshop, "Ada Riva", f"ada{n}@posta.example") for n in (1, 2))
    (bea,) = people_of(workshop, "Bea")
    written = {"one": "Ada", "kind": "together", "other": "Bea"}
    page = client.post(url("org_add_rule", workshop.pk), written)
    asks = page.context["rule_form"]
    assert [field.name for field in asks.asked] == ["one", "which_one", "kind", "other"]
    assert asks.errors == {"which_one": ["Several people are called this. Choose one."]}
    assert [text for _key, text in asks.fields["which_one"].choices] == [
        "Ada Riva, ada1@posta.example",
        "Ada Riva, ada2@posta.example",
    ]
    assert not SeatingRule.objects.exists()
    client.post(url("org_add_rule", workshop.pk), {**written, "which_one": str(second.pk)})
    rule = SeatingRule.objects.get()
    assert {rule.one_id, rule.other_id} == {second.pk, bea.pk}


@pytest.mark.parametrize("chosen", ["foreign", "waiting", "not-an-id"])
def test_whoever_is_not_among_those_asked_about_cannot_be_chosen(client, workshop, organiser, chosen):
    """Somebody of another workshop, or without a place, has the same name."""
    people_of(workshop, "Ada Riva", "Ada Riva", "Bea")
    (foreign,) = people_of(make_workshop(), "Ada Riva")
    waits = make_registration(workshop, "Ada Riva")
    Registration.objects.filter(pk=waits.pk).update(state="waiting", queue_no=1)
    key = {"foreign": foreign.pk, "waiting": waits.pk}.get(chosen, chosen)
    sent = {"one": "Ada Riva", "which_one": str(key), "kind": "apart", "other": "Bea"}
    page = client.post(url("org_add_rule", workshop.pk), sent)
    assert page.context["rule_form"].errors == {"which_one": ["Several people are called this. Choose one."]}
    assert str(foreign.pk) not in page.content.decode()
    assert not SeatingRule.objects.exists()


def test_a_name_nobody_has_and_one_too_many_have_get_a_sentence(client, workshop, organiser):
    Workshop.objects.filter(pk=workshop.pk).update(places=22)
    people_of(workshop, *(f"Ada {number}" for number in range(21)), "Bea")
    page = client.post(url("org_add_rule", workshop.pk), {"one": "Ada", "kind": "apart", "other": "Zoe"})
    assert page.context["rule_form"].errors == {
        "one": ["Very many people are called this. Write more of the name."],
        "other": ["Nobody with a place is called this."],
    }


def test_a_rule_of_another_workshop_is_not_found(client, workshop, organiser):
    foreign = make_workshop()
    ada, bea = people_of(foreign, "Ada", "Bea")
    rule = seats.add_rule(foreign, ada, bea, kind="apart", by=SYSTEM)
    assert client.post(url("org_remove_rule", workshop.pk, rule.pk)).status_code == 404


def test_balance_counts_what_people_told_us_and_advises_a_move(workshop):
    mobility = make_theme(workshop.programme, "Mobility")
    olmo, gelso = make_group(workshop, "Olmo"), make_group(workshop, "Gelso")
    ada, bea, cleo = people_of(workshop, "Ada", "Bea", "Cleo")
    for person in (ada, bea):
        person.theme = mobility
        person.save()
    cleo.person.age_band = AgeBand.OVER_65
    cleo.person.save()
    seats.seat_all(workshop, {str(p.pk): str(g.pk) for p, g in ((ada, olmo), (bea, olmo), (cleo, gelso))}, by=SYSTEM)
    board = board_of(workshop)
    assert [(row.label, row.theme, row.counts) for row in board.mixed] == [
        ("65 or over", None, [0, 1]),
        ("Mobility", mobility, [2, 0]),
    ]
    assert [(advice.text, advice.group) for advice in board.advice] == [
        ("Nobody at Gelso chose Mobility. Ada, at Olmo, did.", gelso)
    ]


def test_people_who_shared_a_table_before_are_counted(workshop):
    next_time = make_workshop(workshop.programme, starts_at=workshop.starts_at + dt.timedelta(days=30))
    then, now = make_group(workshop, "Olmo"), make_group(next_time, "Gelso")
    for name in ("ada", "bea"):
        address = f"{name}@posta.example"
        seats.seat(make_registration(workshop, name=name, email=address), then, by=SYSTEM)
        seats.seat(make_registration(next_time, name=name, email=address), now, by=SYSTEM)
    assert (board_of(next_time).again, board_of(workshop).again) == (1, 0)


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        (0, [("Gelso", 1)]),
        (18, [("Gelso", 6), ("Olmo", 6), ("Tiglio", 6)]),
        (20, [("Gelso", 5), ("Olmo", 5), ("Tiglio", 5), ("Platano", 5)]),
    ],
)
def test_tables_are_even_and_of_at_most_six(people, expected):
    assert tables_for(people) == expected


def test_names_of_many_tables_are_all_different():
    names = [name for name, _size in tables_for(2000)]
    assert len(set(names)) == len(names) == 334


def test_first_tables_are_set_up_once(client, workshop, organiser):
    client.post(url("org_start_tables", workshop.pk))
    client.post(url("org_start_tables", workshop.pk))
    assert list(workshop.groups.values_list("name", "size")) == [("Gelso", 6), ("Olmo", 6), ("Tiglio", 6)]


def test_a_table_is_added_renamed_and_given_moderators(client, workshop, organiser):
    data = {"name": "Olmo", "size": 5, "room": "", "asks": "Ilaria", "writes": "Youssef"}
    client.post(url("org_add_table", workshop.pk), data)
    group = workshop.groups.get()
    client.post(url("org_change_table", workshop.pk, group.pk), {**data, "name": "Noce", "room": "Sala", "writes": ""})
    group.refresh_from_db()
    moderators = list(group.moderators.values_list("role", "name"))
    assert (group.name, group.size, group.room, moderators) == ("Noce", 5, "Sala", [("asks", "Ilaria")])


def test_two_tables_cannot_have_the_same_name(client, workshop, organiser):
    make_group(workshop, "Olmo")
    text = client.post(url("org_add_table", workshop.pk), {"name": "olmo", "size": 5}).content.decode()
    assert "There is a table olmo already." in text
    assert workshop.groups.count() == 1


def test_a_rename_that_is_refused_changes_nothing_else(client, workshop, organiser):
    make_group(workshop, "Olmo")
    gelso = make_group(workshop, "Gelso", size=5)
    data = {"name": "OLMO", "size": 3, "room": "Sala", "asks": "Ilaria", "writes": ""}
    text = client.post(url("org_change_table", workshop.pk, gelso.pk), data).content.decode()
    assert "There is a table OLMO already." in text
    gelso.refresh_from_db()
    names = set(gelso.moderators.values_list("name", flat=True))
    assert (gelso.name, gelso.size, gelso.room, names) == ("Gelso", 5, "", {"Ilaria Fontana", "Youssef Amrani"})


def test_a_table_with_notes_stays_and_an_unused_one_goes(client, workshop, organiser):
    used, unused = make_group(workshop, "Olmo"), make_group(workshop, "Gelso")
    Group.objects.filter(pk=used.pk).update(seq=1)
    for group in (used, unused):
        client.post(url("org_remove_table", workshop.pk, group.pk))
    assert list(workshop.groups.all()) == [used]


def test_sheets_show_the_code_and_the_address_to_join_at(client, workshop, organiser):
    make_session(workshop)
    make_group(workshop, "Olmo")
    before = client.get(url("org_table_sheets", workshop.pk)).content.decode()
    assert "Give the tables their codes" in before
    client.post(url("org_table_codes", workshop.pk))
    code = workshop.groups.get().code
    after = client.get(url("org_table_sheets", workshop.pk)).content.decode()
    assert (code in after, "Question 1?" in after, "<svg" in after) == (True, True, True)


@pytest.mark.parametrize("role", [TeamRole.HELPER, TeamRole.OBSERVER, None])
def test_tables_are_for_organisers_of_the_workshop(client, workshop, role):
    user = make_organiser(workshop.programme, role=role) if role else make_organiser(make_programme())
    client.force_login(user)
    pages = [client.get(url(name, workshop.pk)) for name in ("org_tables", "org_table_sheets")]
    writes = [client.post(url(name, workshop.pk)) for name in ("org_seat", "org_mix", "org_mix_undo")]
    assert [response.status_code for response in pages + writes] == [404] * 5
    assert client.get(url("org_tables", uuid.uuid4())).status_code == 404


@pytest.mark.parametrize("tables", [1, 3])
def test_more_tables_need_no_more_queries(client, workshop, organiser, tables, django_assert_num_queries):
    for number in range(tables):
        group = make_group(workshop, f"Table {number}")
        for person in people_of(workshop, "Ada", "Bea"):
            seats.seat(person, group, by=SYSTEM)
    with django_assert_num_queries(20):
        client.get(url("org_tables", workshop.pk))
