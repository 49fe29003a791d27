"""Signing up with own questions and consents: all of it together with the place, or none of it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from ledger.history import SYSTEM
from ledger.models import ActorKind, Event, Mail
from participants.actions import signing_up
from participants.actions.links import new_link
from participants.actions.places import give_up
from participants.actions.questions import Said, change_answers, change_question, keyed, move_question, remove_question
from participants.answers import fields_to_mix_by
from participants.consents import has_consent
from participants.models import Answer, Consent, Person, Question, Registration, Seat
from tests.factories import make_group, make_organiser, make_question, make_registration, make_workshop

pytestmark = pytest.mark.django_db

TERESA = {"name": "Teresa Donati", "email": "teresa.donati@posta.example"}


def name_of(question: Question) -> str:
    return f"question_{question.pk.hex}"


def take(client: Client, workshop, **fields):
    return client.post(reverse("place_form", args=[workshop.slug]), {**TERESA, **fields})


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Person, Registration, Answer, Consent, Mail))


@pytest.fixture
def workshop():
    return make_workshop()


@pytest.fixture
def heard(workshop):
    return make_question(workshop, "text", "How did you hear of us?")


@pytest.fixture
def lives(workshop):
    return make_question(workshop, "choice", "Where do you live?", ["Here", "Elsewhere"], required=True)


def key_of(question: Question, words: str) -> str:
    return next(option["key"] for option in question.choices if option["words"]["en"] == words)


def answers() -> list[tuple]:
    return [(a.asked["en"], a.text, [o["words"]["en"] for o in a.chosen]) for a in Answer.objects.all()]


# Questions on the form


def test_place_answers_and_consents_are_written_together(client, workshop, heard, lives):
    days = make_question(workshop, "several", "Which days?", ["Mon", "Tue", "Wed"])
    car = make_question(workshop, "yes_no", "Do you have a car?")
    given = {
        name_of(heard): "From a neighbour\nat the market",
        name_of(lives): key_of(lives, "Here"),
        name_of(days): [key_of(days, "Wed"), key_of(days, "Mon")],
        name_of(car): "no",
        "allow_quotes": "on",
    }
    assert take(client, workshop, **given).status_code == 302
    assert answers() == [
        ("How did you hear of us?", "From a neighbour\nat the market", []),
        ("Where do you live?", "", ["Here"]),
        ("Which days?", "", ["Mon", "Wed"]),
        ("Do you have a car?", "", ["No"]),
    ]
    consents = Consent.objects.order_by("purpose").values_list("purpose", "given", "channel", "language", "basis")
    assert list(consents) == [
        ("quotes", True, "web", "en", "consent"),
        ("taking-part", True, "web", "en", "request"),
    ]
    person = str(Person.objects.get().pk)
    assert set(Consent.objects.values_list("actor_kind", "actor_id")) == {("person", person)}


def test_nothing_is_ticked_beforehand_and_a_place_needs_nothing_optional(client, workshop, heard):
    page = client.get(reverse("place_form", args=[workshop.slug])).content.decode()
    assert page.count('type="checkbox"') == 3
    assert "checked" not in page
    assert take(client, workshop).status_code == 302
    assert (Registration.objects.get().state, answers()) == ("confirmed", [])
    assert [has_consent(Registration.objects.get(), p) for p in ("quotes", "photos", "contact")] == [False] * 3


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("", "Answer this: Where do you live?"),
        ("no-such-key", "Choose one of the answers on the page."),
        ("9" * 400, "Choose one of the answers on the page."),
    ],
)
def test_a_required_question_left_open_or_answered_with_something_else_takes_no_place(
    client, workshop, lives, value, sentence
):
    answer = take(client, workshop, **{name_of(lives): value})
    assert answer.context["form"].errors == {name_of(lives): [sentence]}
    assert counts() == (0, 0, 0, 0, 0)


def test_an_option_of_another_question_is_refused(client, workshop, lives):
    other = make_question(workshop, "choice", "Which table?", ["Olmo", "Gelso"])
    fields = {name_of(lives): key_of(other, "Olmo")}
    assert "form" in take(client, workshop, **fields).context
    assert counts() == (0, 0, 0, 0, 0)


def test_what_was_answered_is_still_there_after_a_mistake(client, workshop, heard, lives):
    fields = {name_of(heard): "A <b>friend", name_of(lives): key_of(lives, "Elsewhere"), "allow_photos": "on"}
    page = take(client, workshop, email="teresa@", **fields).content.decode()
    assert "A &lt;b&gt;friend" in page
    assert f'value="{key_of(lives, "Elsewhere")}"' in page
    assert page.count("checked") == 2


def test_whatever_fails_on_the_way_leaves_nothing_behind(workshop, heard, monkeypatch):
    def fail(*args, **kwargs):
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(signing_up, "write_consents", fail)
    wanted = signing_up.Wanted(**TERESA, language="en", said=(Said(heard, text="A friend"),))
    with pytest.raises(DatabaseError):
        signing_up.sign_up(workshop, wanted, by=SYSTEM)
    assert counts() == (0, 0, 0, 0, 0)


def test_asking_twice_changes_neither_answers_nor_consents(client, workshop, heard):
    take(client, workshop, **{name_of(heard): "A friend"})
    before = (*counts()[:4], answers())
    again = take(Client(), workshop, **{name_of(heard): "The radio", "allow_quotes": "on"})
    assert again["Location"] == reverse("link_sent_again", args=[workshop.slug])
    assert (*counts()[:4], answers()) == before


def test_a_place_taken_again_has_the_new_answers(client, workshop, heard):
    take(client, workshop, **{name_of(heard): "A friend"})
    give_up(Registration.objects.get(), by=SYSTEM)
    take(client, workshop, **{name_of(heard): "The radio"})
    assert answers() == [("How did you hear of us?", "The radio", [])]


@pytest.mark.parametrize("several", [1, 3])
def test_more_questions_cost_no_more_queries(client, workshop, several, django_assert_num_queries):
    fields = {name_of(make_question(workshop, text=f"Question {n}?")): "Yes" for n in range(several)}
    take(Client(), workshop, email="first@posta.example")
    with django_assert_num_queries(22):
        assert take(client, workshop, **fields).status_code == 302
    assert Answer.objects.count() == several


# Changing a question


def test_answers_keep_the_words_they_were_given_to(client, workshop, lives):
    take(client, workshop, **{name_of(lives): key_of(lives, "Here")})
    options = keyed([{"en": "In the quarter"}, {"en": "Elsewhere"}], lives.options)
    change_question(lives, by=SYSTEM, text={"en": "Where do you sleep?"}, options=options)
    assert answers() == [("Where do you live?", "", ["Here"])]
    remove_question(lives, by=SYSTEM)
    assert answers() == [("Where do you live?", "", ["Here"])]
    assert Answer.objects.get().question is None


def test_an_option_keeps_its_key_while_one_of_its_words_stays():
    first = keyed([{"en": "Bus", "it": "Autobus"}, {"en": "Bike", "it": "Bici"}], [])
    again = keyed([{"en": "Bike", "it": "Bicicletta"}, {"en": "Train", "it": "Treno"}], first)
    bus, bike = (option["key"] for option in first)
    assert again[0]["key"] == bike
    assert again[1]["key"] not in (bus, bike)


def test_an_answer_the_form_cannot_show_any_more_is_not_lost_when_another_is_changed(workshop, heard, lives):
    registration = make_registration(workshop)
    first = [Said(heard, text="A friend"), Said(lives, keys=(key_of(lives, "Here"),))]
    assert change_answers(registration, first, by=SYSTEM) == 2
    change_question(lives, by=SYSTEM, options=keyed([{"en": "North"}, {"en": "South"}], lives.options))
    assert change_answers(registration, [Said(heard, text="The radio"), Said(lives)], by=SYSTEM) == 1
    assert sorted(answers()) == [("How did you hear of us?", "The radio", []), ("Where do you live?", "", ["Here"])]


def test_questions_are_ordered_by_the_organiser(workshop):
    first, _second, third = (make_question(workshop, text=text) for text in "ABC")
    assert move_question(third, up=True, by=SYSTEM) is True
    assert move_question(first, up=True, by=SYSTEM) is False
    assert [str(q.text["en"]) for q in workshop.questions.all()] == ["A", "C", "B"]


def test_choices_and_yes_or_no_are_fields_to_mix_by(workshop, heard, lives):
    days = make_question(workshop, "several", "Which days?", ["Mon", "Tue"])
    car = make_question(workshop, "yes_no", "A car?")
    one, other = make_registration(workshop), make_registration(workshop)
    here = key_of(lives, "Here")
    said = [Said(lives, keys=(here,)), Said(car, keys=("yes",)), Said(days, keys=("x",)), Said(heard, text="Radio")]
    change_answers(one, said, by=SYSTEM)
    change_answers(other, [Said(car, keys=("no",))], by=SYSTEM)
    assert fields_to_mix_by(workshop) == [(lives, {one.pk: here}), (car, {one.pk: "yes", other.pk: "no"})]


def test_an_option_that_is_offered_no_more_mixes_nobody(workshop, lives):
    registration = make_registration(workshop)
    change_answers(registration, [Said(lives, keys=(key_of(lives, "Here"),))], by=SYSTEM)
    change_question(lives, by=SYSTEM, options=keyed([{"en": "North"}, {"en": "South"}], lives.options))
    assert fields_to_mix_by(workshop) == [(lives, {})]


def test_tables_are_mixed_by_an_own_question_once_the_organiser_chooses_it(client, workshop, lives):
    here, elsewhere = key_of(lives, "Here"), key_of(lives, "Elsewhere")
    for key in (here, here, elsewhere, elsewhere):
        change_answers(make_registration(workshop), [Said(lives, keys=(key,))], by=SYSTEM)
    for name in ("Gelso", "Olmo"):
        make_group(workshop, name, size=2)
    client.force_login(make_organiser(workshop.programme))
    field = f"question-{lives.pk.hex}"
    client.post(reverse("org_mix_by", args=[workshop.pk]), {"mixed_by": [field]})
    client.post(reverse("org_mix", args=[workshop.pk]))
    tables = {}
    for seat in Seat.objects.select_related("group"):
        answer = Answer.objects.get(registration=seat.registration_id)
        tables.setdefault(seat.group.name, []).append(answer.chosen[0]["words"]["en"])
    assert {name: sorted(words) for name, words in tables.items()} == {
        "Gelso": ["Elsewhere", "Here"],
        "Olmo": ["Elsewhere", "Here"],
    }


# My place


def test_answers_are_changed_on_my_place(client, workshop, heard, lives):
    registration = make_registration(workshop)
    change_answers(registration, [Said(heard, text="A friend")], by=SYSTEM)
    token = new_link(registration)
    assert "A friend" in client.get(reverse("my_place", args=[token])).content.decode()
    url = reverse("my_answers", args=[token])
    form = client.get(url).context["form"]
    assert form.initial == {name_of(heard): "A friend"}
    refused = client.post(url, {name_of(heard): "The radio"})
    assert refused.context["form"].errors == {name_of(lives): ["Answer this: Where do you live?"]}
    assert answers() == [("How did you hear of us?", "A friend", [])]
    client.post(url, {name_of(heard): "The radio", name_of(lives): key_of(lives, "Here")})
    assert answers() == [("How did you hear of us?", "The radio", []), ("Where do you live?", "", ["Here"])]
    event = Event.objects.get(verb="registration.answered", actor_kind=ActorKind.PERSON)
    assert (event.actor_id, event.data) == (str(registration.person_id), {"answers": 2})


def test_saving_the_same_answers_again_writes_nothing(client, workshop, heard):
    registration = make_registration(workshop)
    change_answers(registration, [Said(heard, text="A friend")], by=SYSTEM)
    before = list(Answer.objects.values())
    url = reverse("my_answers", args=[new_link(registration)])
    client.post(url, {name_of(heard): "A friend"})
    assert list(Answer.objects.values()) == before


# The organiser's pages


@pytest.fixture
def organiser(client, workshop):
    client.force_login(make_organiser(workshop.programme))
    return client


CHOICE = {
    "text_it": "Dove abiti?",
    "text_en": "Where do you live?",
    "kind": "choice",
    "required": "on",
    "options_it": "Qui\r\nAltrove",
    "options_en": "Here\r\nElsewhere",
}


def test_an_organiser_defines_changes_orders_and_removes_questions(organiser, workshop):
    organiser.post(reverse("org_add_question", args=[workshop.pk]), CHOICE)
    organiser.post(reverse("org_add_question", args=[workshop.pk]), {"text_it": "Hai l'auto?", "kind": "yes_no"})
    first, second = workshop.questions.all()
    assert (first.kind, first.required, [option["words"] for option in first.options]) == (
        "choice",
        True,
        [{"it": "Qui", "en": "Here"}, {"it": "Altrove", "en": "Elsewhere"}],
    )
    organiser.post(reverse("org_move_question", args=[workshop.pk, second.pk]), {"to": "up"})
    changed = CHOICE | {"options_it": "Altrove\nQui\nFuori Milano", "options_en": "Elsewhere\nHere\nOut of town"}
    organiser.post(reverse("org_change_question", args=[workshop.pk, first.pk]), changed)
    keys = [option["key"] for option in first.options]
    first.refresh_from_db()
    assert [option["key"] for option in first.options][:2] == keys[::-1]
    organiser.post(reverse("org_remove_question", args=[workshop.pk, second.pk]))
    assert list(workshop.questions.all()) == [first]
    shown = organiser.get(reverse("org_questions", args=[workshop.pk])).content.decode()
    assert "Where do you live?" in shown


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text_it": ""}, "Write the question."),
        ({"options_it": "Qui", "options_en": ""}, "Write two answers at least, one on each line."),
        ({"options_en": "Here"}, "Write as many lines in each language."),
        ({"options_it": "Qui\nQui"}, "Write each answer once."),
        ({"options_it": "x" * 101 + "\ny"}, "Write answers of at most 100 letters."),
        ({"options_it": "\n".join("abcdefghijklmnopqrstu"), "options_en": ""}, "Write at most 20 answers."),
        ({"kind": "guess"}, "Select a valid choice."),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_in_a_sentence(organiser, workshop, fields, sentence):
    page = organiser.post(reverse("org_add_question", args=[workshop.pk]), CHOICE | fields).content.decode()
    assert sentence in page
    assert not workshop.questions.exists()


def test_a_form_has_at_most_twenty_questions(organiser, workshop):
    for number in range(20):
        make_question(workshop, text=f"Question {number}?")
    page = organiser.post(reverse("org_add_question", args=[workshop.pk]), CHOICE).content.decode()
    assert "A form has at most 20 questions. Remove one first." in page
    assert workshop.questions.count() == 20


def test_somebody_added_by_phone_may_leave_questions_open_and_the_channel_is_kept(organiser, workshop, heard, lives):
    fields = {"name": "Nadia Haddad", "channel": "paper", name_of(heard): "A poster", "allow_contact": "on"}
    organiser.post(reverse("org_add_person", args=[workshop.pk]), fields)
    registration = Registration.objects.get()
    assert answers() == [("How did you hear of us?", "A poster", [])]
    assert has_consent(registration, "contact") is True
    assert set(Consent.objects.values_list("channel", "actor_kind")) == {("paper", "user")}
    page = organiser.get(reverse("org_person", args=[workshop.pk, registration.pk])).content.decode()
    assert "A poster" in page
    assert "A poster" in organiser.get(reverse("org_people", args=[workshop.pk])).content.decode()


def test_a_question_in_one_language_only_is_marked_as_such(client, workshop):
    question = make_question(workshop)
    Question.objects.filter(pk=question.pk).update(text={"it": "Come ci hai trovati?"})
    page = client.get(reverse("place_form", args=[workshop.slug])).content.decode()
    assert '<span lang="it">Come ci hai trovati?</span>' in page


def test_another_workshop_asks_its_own_questions(client, workshop, heard):
    other = make_workshop(workshop.programme)
    page = client.get(reverse("place_form", args=[other.slug]))
    assert page.context["form"].questions == []
