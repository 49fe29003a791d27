"""What tables are mixed by and what they must offer: the organiser chooses, the mix obeys, what fails is named."""

import dataclasses

import pytest
from django.urls import reverse

from ledger.history import SYSTEM
from ledger.models import Event
from participants import mix
from participants.actions import seats
from participants.actions.table_needs import tell_table_needs
from participants.models import Person, Registration
from participants.seating import board_of
from participants.states import AgeBand
from tests.factories import make_group, make_organiser, make_registration, make_theme, make_workshop
from workshops.states import TableNeed

pytestmark = pytest.mark.django_db
HOSTILE = '<script>alert("Olmo")</script>'


@pytest.fixture
def workshop():
    return make_workshop()


@pytest.fixture
def organiser(client, workshop):
    user = make_organiser(workshop.programme)
    client.force_login(user)
    return user


def person_from(workshop, name, area="", needs=()):
    registration = make_registration(workshop, name=name)
    tell_table_needs(registration, table_needs=needs, area=area, by=SYSTEM)
    return registration


def fields_by_name(workshop):
    return {field.name: field for field in board_of(workshop).fields}


def test_every_field_has_the_values_people_told_and_their_words(workshop):
    food = make_theme(workshop.programme, "Food")
    ada = make_registration(workshop, name="Ada", theme=food, first_time=True)
    bea = make_registration(workshop, name="Bea", first_time=False)
    make_registration(workshop, name="Cleo")
    Person.objects.filter(pk=bea.person_id).update(age_band=AgeBand.OVER_65, area="Chiaravalle")
    fields = fields_by_name(workshop)
    assert {name: dict(field.values) for name, field in fields.items()} == {
        "experience": {str(ada.pk): "new", str(bea.pk): "returning"},
        "age": {str(bea.pk): "65+"},
        "area": {str(bea.pk): "chiaravalle"},
        "theme": {str(ada.pk): str(food.pk)},
    }
    assert [field.words[value] for field in fields.values() for value in field.values.values()] == [
        "New", "Returning", "65 or over", "Chiaravalle", "Food"
    ]  # fmt: skip


def test_areas_that_differ_in_letters_and_spaces_only_are_one(workshop):
    for name, area in (("Ada", "Porta Romana"), ("Bea", " porta  ROMANA")):
        registration = make_registration(workshop, name=name)
        Person.objects.filter(pk=registration.person_id).update(area=area)
    area = fields_by_name(workshop)["area"]
    assert (set(area.values.values()), area.words["porta romana"]) == ({"porta romana"}, "Porta Romana")


def test_tables_are_mixed_by_what_the_organiser_chose_and_by_nothing_else(client, workshop, organiser):
    food, energy = make_theme(workshop.programme, "Food"), make_theme(workshop.programme, "Energy")
    for number in range(8):
        person = make_registration(workshop, name=f"Person {number}", theme=(food, energy)[number // 4])
        Person.objects.filter(pk=person.person_id).update(area=("Porta Romana", "Chiaravalle")[number % 2])
    for name in ("Olmo", "Tiglio"):
        make_group(workshop, name)
    client.post(reverse("org_mix_by", args=[workshop.pk]), {"mixed_by": ["area"]})
    workshop.refresh_from_db()
    assert workshop.mixed_by == ["area"]
    client.post(reverse("org_mix", args=[workshop.pk]))
    board = board_of(workshop)
    assert [(row.label, row.counts) for row in board.mixed] == [("Chiaravalle", [2, 2]), ("Porta Romana", [2, 2])]
    assert {field for person in board.people for field in person.fields} == {"area"}


def test_nothing_can_be_chosen_and_then_nothing_is_mixed_by(client, workshop, organiser):
    client.post(reverse("org_mix_by", args=[workshop.pk]), {})
    workshop.refresh_from_db()
    assert (workshop.mixed_by, mix.chosen(workshop, mix.fields_of([], []))) == ([], [])


def test_a_field_nobody_knows_is_refused_and_one_that_is_gone_does_no_harm(client, workshop, organiser):
    refused = client.post(reverse("org_mix_by", args=[workshop.pk]), {"mixed_by": ["shoe size"]})
    assert refused.status_code == 400
    workshop.mixed_by = ["a question that was removed", "age"]
    workshop.save()
    assert [field.name for field in board_of(workshop).mixed_by] == ["age"]


def test_another_field_needs_only_its_values_and_its_words(workshop):
    ada, bea = (make_registration(workshop, name=name) for name in ("Ada", "Bea"))
    for person, group in ((ada, make_group(workshop, "Olmo")), (bea, make_group(workshop, "Tiglio"))):
        seats.seat(person, group, by=SYSTEM)
    values = {str(ada.pk): "yes", str(bea.pk): "no"}
    own = mix.MixField("question:7", "Do you own a bike?", values, {"yes": "Yes", "no": "No"}, "")
    board = dataclasses.replace(board_of(workshop), fields=[own])
    workshop.mixed_by = ["question:7"]
    board.workshop.mixed_by = workshop.mixed_by
    assert [(row.label, row.counts) for row in board.mixed] == [("Yes", [1, 0]), ("No", [0, 1])]


def test_the_mix_seats_people_where_their_needs_are_met(client, workshop, organiser):
    for name, offers in (("Olmo", []), ("Tiglio", [TableNeed.STEP_FREE, TableNeed.QUIET]), ("Gelso", [])):
        make_group(workshop, name, size=4, offers=offers)
    people = [person_from(workshop, f"Person {n}") for n in range(8)]
    ines = person_from(workshop, "Ines", needs=[TableNeed.STEP_FREE, TableNeed.QUIET])
    client.post(reverse("org_mix", args=[workshop.pk]))
    board = board_of(workshop)
    assert (board.sitters[str(ines.pk)].group.name, board.broken) == ("Tiglio", [])
    assert len(people) == 8


def test_a_need_that_is_not_met_is_named_with_the_person_and_the_table(client, workshop, organiser):
    olmo = make_group(workshop, "Olmo", offers=[TableNeed.QUIET])
    ines = person_from(workshop, "Ines", needs=[TableNeed.QUIET, TableNeed.SIGN_LANGUAGE])
    seats.seat(ines, olmo, by=SYSTEM)
    board = client.get(reverse("org_tables", args=[workshop.pk])).context["board"]
    assert board.broken == ["Table Olmo does not offer what Ines needs: Sign language."]
    assert [(need.sitter.name, need.lacks) for need in board.needs] == [("Ines", ["Sign language"])]


def test_needs_and_area_are_told_on_the_page_of_the_person_and_history_does_not_say_them(client, workshop, organiser):
    registration = make_registration(workshop)
    form = {"table_needs": ["step-free", "quiet"], "area": "Porta Romana"}
    url = reverse("org_table_needs", args=[workshop.pk, registration.pk])
    client.post(url, form)
    client.post(url, form)
    registration = Registration.objects.select_related("person").get(pk=registration.pk)
    assert (registration.table_needs, registration.person.area) == (["step-free", "quiet"], "Porta Romana")
    told = Event.objects.in_scope(workshop.pk).filter(verb="registration.table_needs_told")
    assert [event.data for event in told] == [{}]
    page = client.get(reverse("org_person", args=[workshop.pk, registration.pk])).content.decode()
    assert page.count("checked") == 2
    assert 'value="Porta Romana"' in page


@pytest.mark.parametrize("form", [{"table_needs": ["a throne"]}, {"area": "Porta\nRomana"}, {"area": "x" * 61}])
def test_a_need_no_table_can_offer_and_a_bad_area_are_refused_with_a_sentence(client, workshop, organiser, form):
    registration = make_registration(workshop)
    url = reverse("org_table_needs", args=[workshop.pk, registration.pk])
    messages = [str(message) for message in client.post(url, form, follow=True).context["messages"]]
    registration.refresh_from_db()
    assert (registration.table_needs, registration.person.area, len(messages)) == ([], "", 1)
    assert "Saved." not in messages


def test_needs_of_a_person_are_not_shown_to_the_next_programme(client, workshop, organiser):
    foreign = make_workshop()
    ines = person_from(foreign, "Ines", needs=[TableNeed.QUIET])
    url = reverse("org_table_needs", args=[workshop.pk, ines.pk])
    assert client.post(url, {"area": "Elsewhere"}).status_code == 404
    assert Person.objects.get(pk=ines.person_id).area == ""


def test_a_table_says_what_it_offers_and_keeps_it(client, workshop, organiser):
    data = {"name": "Olmo", "size": 5, "offers": ["quiet", "step-free"]}
    client.post(reverse("org_add_table", args=[workshop.pk]), data)
    group = workshop.groups.get()
    assert group.offers == ["step-free", "quiet"]
    client.post(reverse("org_change_table", args=[workshop.pk, group.pk]), {**data, "offers": ["quiet"]})
    group.refresh_from_db()
    assert group.offers == ["quiet"]
    text = client.post(
        reverse("org_change_table", args=[workshop.pk, group.pk]), {**data, "offers": ["throne"]}
    ).content.decode()
    assert "Choose from the list." in text


def test_a_hostile_area_stays_text(client, workshop, organiser):
    olmo, tiglio = make_group(workshop, "Olmo"), make_group(workshop, "Tiglio")
    for name, group in (("Ada", olmo), ("Bea", tiglio)):
        seats.seat(person_from(workshop, name, area=HOSTILE), group, by=SYSTEM)
    page = client.get(reverse("org_tables", args=[workshop.pk])).content.decode()
    assert HOSTILE not in page
    assert "&lt;script&gt;alert(&quot;Olmo&quot;)" in page
