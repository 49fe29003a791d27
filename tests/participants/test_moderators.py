"""A moderator needed at two tables at once is named, as far as the organiser may know; nothing foreign is told."""

import datetime as dt

import pytest
from django.urls import reverse

from participants.moderators import clashes
from participants.users import let_in
from tests.factories import make_group, make_organiser, make_programme, make_workshop
from workshops.models import ModeratorSeat, TeamSeat
from workshops.states import TeamRole, WorkshopState

pytestmark = pytest.mark.django_db
ILARIA = "ilaria@posta.example"


def url(name, *args):
    return reverse(name, args=args)


@pytest.fixture
def workshop():
    return make_workshop()


@pytest.fixture
def organiser(client, workshop):
    user = make_organiser(workshop.programme)
    client.force_login(user)
    return user


def table(workshop, name, *moderators):
    """A table with moderators given as names, or as (name, address)."""
    told = [each if isinstance(each, tuple) else (each, "") for each in moderators]
    return make_group(
        workshop, name, moderators=[name for name, _address in told], addresses=[address for _name, address in told]
    )


def told(workshop, user):
    return [clash.text for clash in clashes(workshop, workshop.groups.prefetch_related("moderators__user"), user)]


def at_the_same_time(workshop, programme=None, **fields):
    title = {"en": "Secret plans", "it": "Piani segreti"}
    fields = {"starts_at": workshop.starts_at + dt.timedelta(minutes=workshop.minutes - 1), "title": title, **fields}
    return make_workshop(programme or workshop.programme, **fields)


def test_one_name_at_two_tables_is_named_once_with_both(workshop, organiser):
    table(workshop, "Olmo", "Ilaria Fontana", "Youssef Amrani")
    table(workshop, "Tiglio", "ilaria  fontana", "Wei Chen")
    assert told(workshop, organiser) == ["Ilaria Fontana cannot be at two tables: Olmo, Tiglio."]


def test_the_same_person_cannot_ask_and_write(workshop, organiser):
    table(workshop, "Olmo", "Ilaria Fontana", "Ilaria Fontana")
    assert told(workshop, organiser) == ["Ilaria Fontana cannot ask and write at once: table Olmo."]


def test_two_addresses_are_two_people_and_one_address_is_one_whatever_the_names(workshop, organiser):
    table(workshop, "Olmo", ("Ilaria Fontana", ILARIA), ("Wei Chen", "wei@posta.example"))
    table(workshop, "Tiglio", ("Ilaria Fontana", "another@posta.example"), ("W. Chen", "WEI@posta.example"))
    assert told(workshop, organiser) == ["Wei Chen cannot be at two tables: Olmo, Tiglio."]


def test_a_user_and_a_typed_address_are_the_same_person(workshop, organiser):
    user, _is_new = let_in(ILARIA)
    group = table(workshop, "Olmo", "Ilaria")
    ModeratorSeat.objects.filter(group=group).update(user=user)
    table(workshop, "Tiglio", ("Ilaria Fontana", ILARIA))
    assert told(workshop, organiser) == ["Ilaria cannot be at two tables: Olmo, Tiglio."]


def test_workshops_that_overlap_are_named_with_table_and_time(workshop, organiser):
    other = at_the_same_time(workshop)
    table(workshop, "Olmo", "Ilaria Fontana")
    table(other, "Gelso", "Ilaria Fontana")
    start, end = other.local_start, other.local_end
    assert told(workshop, organiser) == [
        f"Ilaria Fontana is at table Gelso of “Secret plans” at the same time: {start.day} {start:%B}, "
        f"{start:%H:%M} to {end:%H:%M}."
    ]


@pytest.mark.parametrize("minutes", [0, -1])
def test_a_workshop_that_begins_when_the_other_ends_is_no_clash(workshop, organiser, minutes):
    ends = workshop.starts_at + dt.timedelta(minutes=workshop.minutes)
    other = at_the_same_time(workshop, starts_at=ends + dt.timedelta(minutes=minutes))
    table(workshop, "Olmo", "Ilaria Fontana")
    table(other, "Gelso", "Ilaria Fontana")
    assert len(told(workshop, organiser)) == (1 if minutes else 0)
    assert len(told(other, organiser)) == (1 if minutes else 0)


def test_a_cancelled_workshop_is_no_clash(workshop, organiser):
    other = at_the_same_time(workshop, state=WorkshopState.CANCELLED)
    table(workshop, "Olmo", "Ilaria Fontana")
    table(other, "Gelso", "Ilaria Fontana")
    assert told(workshop, organiser) == []


def test_another_programme_counts_by_address_when_the_organiser_organises_it_too(workshop, organiser):
    programme = make_programme()
    other = at_the_same_time(workshop, programme)
    table(workshop, "Olmo", ("Ilaria", ILARIA), "Wei Chen")
    table(other, "Gelso", ("Ilaria", ILARIA), "Wei Chen")
    assert told(workshop, organiser) == []
    TeamSeat.objects.create(programme=programme, user=organiser, role=TeamRole.OWNER)
    [sentence] = told(workshop, organiser)
    assert sentence.startswith("Ilaria is at table Gelso of “Secret plans”")


@pytest.mark.parametrize("role", [None, TeamRole.HELPER, TeamRole.OBSERVER])
def test_a_programme_the_organiser_does_not_organise_is_never_named(client, workshop, organiser, role):
    programme = make_programme(title={"en": "Hidden programme", "it": "Programma nascosto"})
    other = at_the_same_time(workshop, programme)
    table(other, "Cedro", ("Ilaria", ILARIA))
    if role:
        TeamSeat.objects.create(programme=programme, user=organiser, role=role)
    data = {"name": "Olmo", "size": 5, "asks": "Ilaria", "asks_email": ILARIA}
    page = client.post(url("org_add_table", workshop.pk), data, follow=True).content.decode()
    assert "Ilaria" in page
    assert [word in page for word in ("Secret plans", "Hidden programme", "Cedro", "at the same time")] == [False] * 4


def test_a_clash_is_told_when_a_moderator_is_named_and_stays_on_the_page(client, workshop, organiser):
    table(workshop, "Tiglio", "Wei Chen")
    data = {"name": "Olmo", "size": 5, "asks": "Wei Chen"}
    answer = client.post(url("org_add_table", workshop.pk), data, follow=True)
    sentence = "Wei Chen cannot be at two tables: Tiglio, Olmo."
    assert [str(message) for message in answer.context["messages"]] == [sentence]
    assert [clash.text for clash in client.get(url("org_tables", workshop.pk)).context["clashes"]] == [sentence]
    group = workshop.groups.get(name="Olmo")
    changed = {**data, "asks": "Paolo Ghezzi"}
    answer = client.post(url("org_change_table", workshop.pk, group.pk), changed, follow=True)
    assert [str(message) for message in answer.context["messages"]] == ["Table Olmo is saved."]
    answer = client.post(url("org_change_table", workshop.pk, group.pk), data, follow=True)
    assert [str(message) for message in answer.context["messages"]] == ["Table Olmo is saved.", sentence]


def test_an_address_without_a_name_or_with_a_mistake_is_refused(client, workshop, organiser):
    for wrong, sentence in (
        ({"asks_email": ILARIA}, "Write the name that belongs to this address."),
        ({"asks": "Ilaria", "asks_email": "ilaria"}, "This address is not complete."),
    ):
        data = {"name": "Olmo", "size": 5, **wrong}
        assert sentence in client.post(url("org_add_table", workshop.pk), data).content.decode()
    assert not workshop.groups.exists()


def test_whoever_signs_in_with_the_address_of_a_moderator_has_that_table(client, workshop, organiser):
    known, _is_new = let_in(ILARIA)
    client.post(url("org_add_table", workshop.pk), {
        "name": "Olmo", "size": 5, "asks": "Ilaria", "asks_email": "Ilaria@Posta.example",
        "writes": "Wei", "writes_email": "wei@posta.example",
    })  # fmt: skip
    later, _is_new = let_in("wei@posta.example")
    seats = {seat.name: (seat.email, seat.user) for seat in ModeratorSeat.objects.filter(group__workshop=workshop)}
    assert seats == {"Ilaria": (ILARIA, known), "Wei": ("wei@posta.example", later)}


def test_a_moderator_who_is_a_user_stays_one_when_the_table_is_saved_as_it_stands(client, workshop, organiser):
    user, _is_new = let_in(ILARIA)
    group = table(workshop, "Olmo", "Ilaria")
    ModeratorSeat.objects.filter(group=group).update(user=user)
    form = client.get(url("org_change_table", workshop.pk, group.pk)).context["form"]
    client.post(url("org_change_table", workshop.pk, group.pk), {**form.initial, "size": 6})
    assert ModeratorSeat.objects.get(group=group).user == user
