"""The public way to a place: the workshop's page, the form, the ticket behind a link."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger.history import SYSTEM
from ledger.models import Event, Mail
from participants.actions.consents import add_purpose
from participants.actions.links import new_link
from participants.actions.places import give_up
from participants.models import Person, PlaceLink, Registration
from tests.factories import (
    make_group,
    make_programme,
    make_question,
    make_registration,
    make_session,
    make_theme,
    make_workshop,
)
from workshops.actions.audiences import add_audience
from workshops.models import Initiative, Prompt, Workshop
from workshops.states import Access, SessionKind, WorkshopState

pytestmark = pytest.mark.django_db

TERESA = {"name": "Teresa Donati", "email": "teresa.donati@posta.example"}


def take(client: Client, workshop: Workshop, **fields: str) -> Any:
    return client.post(reverse("place_form", args=[workshop.slug]), {**TERESA, **fields})


def page_of(client: Client, workshop: Workshop) -> str:
    return client.get(workshop.get_absolute_url()).content.decode()


def mails() -> list[tuple[str, str]]:
    """What stands in the outbox: kind and name of the person."""
    names = {str(person.pk): person.name for person in Person.objects.all()}
    return [(mail.kind, names[mail.recipient_id]) for mail in Mail.objects.order_by("created_at")]


def state_of(workshop: Workshop, name: str) -> str:
    return Registration.objects.get(workshop=workshop, person__name=name).state


# Taking a place


def test_a_place_is_taken_at_once_and_the_answer_is_the_ticket(client: Client) -> None:
    programme = make_programme()
    food = make_theme(programme, "Food")
    workshop = make_workshop(programme)
    answer = take(client, workshop, theme=str(food.pk), needs="Hearing loop")
    place = Registration.objects.get()
    assert (place.state, place.person.name, place.person.email, place.theme, place.needs) == (
        "confirmed",
        "Teresa Donati",
        "teresa.donati@posta.example",
        food,
        "Hearing loop",
    )
    assert answer.status_code == 302
    ticket = client.get(answer["Location"]).content.decode()
    assert "You have a place, Teresa" in ticket
    assert place.spoken_code in ticket
    assert mails() == [("place_taken", "Teresa Donati")]


def test_the_history_names_the_person_as_the_one_who_asked(client: Client) -> None:
    take(client, make_workshop())
    event = Event.objects.get(verb="registration.asked")
    assert (event.actor_kind, event.actor_id) == ("person", str(Person.objects.get().pk))


def test_whoever_comes_when_all_places_are_taken_gets_a_number(client: Client) -> None:
    workshop = make_workshop(places=1)
    make_registration(workshop, "Nadia Haddad")
    make_registration(workshop, "Ettore Villa")
    answer = take(client, workshop)
    assert "You are number 2 on the waiting list" in client.get(answer["Location"]).content.decode()


def test_whoever_loses_the_last_place_while_writing_is_told(client: Client) -> None:
    workshop = make_workshop(places=1)
    make_registration(workshop, "Nadia Haddad")
    answer = take(client, workshop, saw="open")
    assert "The last place went a moment ago." in client.get(answer["Location"]).content.decode()
    expected = take(client, workshop, saw="full", email="guest@posta.example")
    assert "The last place went a moment ago." not in client.get(expected["Location"]).content.decode()


def test_an_address_that_has_a_place_takes_no_second_one_and_learns_no_link(client: Client) -> None:
    workshop = make_workshop()
    make_registration(workshop, "Teresa Donati", TERESA["email"])
    answer = take(client, workshop, email="Teresa.DONATI@posta.example", name="Somebody Else")
    assert answer["Location"] == reverse("link_sent_again", args=[workshop.slug])
    page = client.get(answer["Location"]).content.decode()
    assert "Check your e-mail, we’ve sent your link again." in page
    assert (Registration.objects.count(), PlaceLink.objects.count()) == (1, 0)
    assert mails() == [("place_taken", "Teresa Donati"), ("link_again", "Teresa Donati")]


def test_a_known_address_typed_with_another_name_shows_nothing_of_its_owner(client: Client) -> None:
    known = make_registration(make_workshop(), name="Teresa Segreta", email=TERESA["email"])
    workshop = make_workshop(known.workshop.programme)
    answer = client.post(
        reverse("place_form", args=[workshop.slug]), {"name": "Curious", "email": TERESA["email"]}, follow=True
    )
    assert answer.redirect_chain == [(reverse("link_sent"), 302)]
    assert "Segreta" not in answer.content.decode()
    assert mails() == [("place_taken", "Teresa Segreta"), ("place_taken", "Teresa Segreta")]


def test_a_place_that_was_given_up_can_be_taken_again(client: Client) -> None:
    workshop = make_workshop()
    give_up(make_registration(workshop, "Teresa Donati", TERESA["email"]), by=SYSTEM)
    answer = take(client, workshop)
    assert "You have a place, Teresa" in client.get(answer["Location"]).content.decode()
    assert state_of(workshop, "Teresa Donati") == "confirmed"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("email", "teresa.donati@", "Add the part after the @, like nome@posta.example"),
        ("email", "teresa.donati", "Write an e-mail address with an @, like nome@posta.example"),
        ("email", "teresa@@posta", "Check the e-mail address. It should look like nome@posta.example"),
        ("email", "", "Write your e-mail, like nome@posta.example"),
        ("name", " ", "Write your name, as we should say it at the door"),
        ("name", "T" * 81, "Write a name of at most 80 letters"),
        ("name", "Teresa\r\nBcc: everybody", "Write it on one line, with letters only your keyboard shows."),
        ("name", "Teresa \u202egnihton", "Write it on one line, with letters only your keyboard shows."),
        ("name", "Win at www.prizes.example", "Write your name without a web or e-mail address."),
        ("theme", "no-such-theme", "Choose one of the themes of this workshop"),
        ("needs", "n" * 301, "Say it in at most 300 letters, or call us"),
        ("website", "https://x.example", "Leave the last field empty: people never see it, only machines fill it in."),
    ],
)
def test_what_cannot_be_taken_is_said_in_a_sentence_and_nothing_is_written(
    client: Client, field: str, value: str, sentence: str
) -> None:
    answer = take(client, make_workshop(), **{field: value})
    assert answer.status_code == 200
    assert answer.context["form"].errors == {field: [sentence]}
    assert answer.content.decode().count(sentence) >= 1
    assert (Registration.objects.count(), Person.objects.count(), Mail.objects.count()) == (0, 0, 0)


def test_what_was_written_is_still_there_after_a_mistake(client: Client) -> None:
    programme = make_programme()
    food = make_theme(programme, "Food")
    page = take(client, make_workshop(programme), email="teresa@", theme=str(food.pk), needs="Hearing loop")
    text = page.content.decode()
    assert 'value="Teresa Donati"' in text
    assert 'value="teresa@"' in text
    assert f'value="{food.pk}" checked' in text
    assert 'value="Hearing loop"' in text


def test_a_theme_of_another_programme_is_refused(client: Client) -> None:
    foreign = make_theme(make_programme(), "Food")
    take(client, make_workshop(), theme=str(foreign.pk))
    assert Registration.objects.count() == 0


def test_a_name_is_shown_as_text_and_never_as_markup(client: Client) -> None:
    answer = take(client, make_workshop(), name="<b>Teresa</b> Donati")
    page = client.get(answer["Location"]).content.decode()
    assert "&lt;b&gt;Teresa&lt;/b&gt;" in page
    assert "<b>Teresa" not in page


def test_a_browser_takes_three_places_an_hour_and_is_told_so(client: Client) -> None:
    workshop = make_workshop()
    answers = [take(client, workshop, email=f"guest{n}@posta.example") for n in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert "Three places were taken with this browser in the last hour." in answers[3].content.decode()
    assert Registration.objects.count() == 3
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61)):
        assert take(client, workshop, email="guest4@posta.example").status_code == 302


def test_a_count_that_we_did_not_sign_is_not_believed(client: Client) -> None:
    client.cookies["taken"] = "[9999999999,9999999999,9999999999]:made:up"
    assert take(client, make_workshop()).status_code == 302


def test_a_form_from_another_site_is_refused() -> None:
    workshop = make_workshop()
    assert take(Client(enforce_csrf_checks=True), workshop).status_code == 403
    assert Registration.objects.count() == 0


@pytest.mark.parametrize("page", ["workshop", "place_form"])
def test_the_form_of_each_page_is_accepted_from_the_browser_it_was_given_to(page: str) -> None:
    workshop = make_workshop()
    browser = Client(enforce_csrf_checks=True)
    form = browser.get(reverse(page, args=[workshop.slug])).content.decode()
    [token] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
    assert take(browser, workshop, csrfmiddlewaretoken=token).status_code == 302


# What the page of a workshop says


def test_the_page_of_an_open_workshop_has_a_form_and_counts_places(client: Client) -> None:
    workshop = make_workshop(places=18)
    make_registration(workshop)
    answer = client.get(workshop.get_absolute_url())
    assert (answer.context["page"].sign_up, answer.context["page"].places.left) == ("open", 17)
    assert f'action="{reverse("place_form", args=[workshop.slug])}"' in answer.content.decode()
    assert "<b>17</b> places left" in answer.content.decode()


def in_days(days: int) -> dt.datetime:
    return timezone.now() + dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("fields", "sign_up", "sentence"),
    [
        ({"opens_at": in_days(2)}, "later", "You can take a place here from"),
        ({"closes_at": in_days(-1)}, "closed", "Nobody can take a place any more."),
        ({"access": Access.INVITED}, "invited", "The organisers invite people to this workshop one by one."),
        ({"access": Access.LINK}, "by_link", "Whoever has the organisers’ link can take a place with it."),
        ({"state": WorkshopState.CANCELLED}, "cancelled", "This workshop is cancelled."),
        ({"state": WorkshopState.CURATING}, "over", "What people said will be published here."),
        ({"starts_at": in_days(-2)}, "over", "What people said will be published here."),
        ({"state": WorkshopState.PUBLISHED}, "over", "Read what we said"),
    ],
)
def test_a_workshop_nobody_can_join_says_why_and_has_no_form(
    client: Client, fields: dict[str, Any], sign_up: str, sentence: str
) -> None:
    workshop = make_workshop(**fields)
    make_group(workshop)
    answer = client.get(workshop.get_absolute_url())
    assert (answer.context["page"].sign_up, answer.context["form"]) == (sign_up, None)
    assert ("You get your table at check-in." in answer.content.decode()) == (sign_up not in ("over", "cancelled"))
    assert sentence in answer.content.decode()
    assert "<form" not in answer.content.decode()
    alone = client.get(reverse("place_form", args=[workshop.slug]))
    assert (alone.status_code, "<form" in alone.content.decode()) == (200, False)
    refused = take(client, workshop)
    assert (refused.status_code, Registration.objects.count()) == (409, 0)


def test_a_draft_and_an_unknown_workshop_look_the_same(client: Client) -> None:
    draft = make_workshop(state=WorkshopState.DRAFT)
    for slug in (draft.slug, "no-such-workshop"):
        for name in ("workshop", "place_form", "workshop_calendar", "link_sent_again"):
            assert client.get(reverse(name, args=[slug])).status_code == 404


def test_a_full_workshop_offers_the_waiting_list(client: Client) -> None:
    workshop = make_workshop(places=1)
    make_registration(workshop, "Nadia Haddad")
    make_registration(workshop, "Ettore Villa")
    page = page_of(client, workshop)
    assert "Join the waiting list" in page
    assert "The only place is taken" in page
    assert "1 waiting" in page


def test_while_somebody_waits_no_place_is_offered_to_others(client: Client) -> None:
    workshop = make_workshop(places=1)
    make_registration(workshop, "Nadia Haddad")
    make_registration(workshop, "Ettore Villa")
    Workshop.objects.filter(pk=workshop.pk).update(places=5)
    page = client.get(workshop.get_absolute_url()).context["page"]
    assert (page.sign_up, page.places.left) == ("full", 0)


def test_the_agenda_has_times_in_the_zone_of_the_programme(client: Client) -> None:
    start = dt.datetime(2027, 4, 10, 14, 0, tzinfo=dt.UTC)
    workshop = make_workshop(make_programme(zone_name="America/New_York"), starts_at=start)
    make_session(workshop, minutes=45)
    make_session(workshop, minutes=30)
    page = page_of(client, workshop)
    assert [line for line in ("10:00", "10:45", "14:00", "16:00") if f">{line}</time>" in page] == ["10:00", "10:45"]
    assert "Saturday 10 April 2027" in page
    assert "10:00 to 13:00, doors from 09:45" in page


@pytest.mark.parametrize("several", [1, 3])
def test_the_page_of_a_workshop_needs_no_more_queries_for_more_of_everything(
    client: Client, several: int, django_assert_num_queries: Any
) -> None:
    programme = make_programme()
    workshop = make_workshop(programme)
    for _n in range(several):
        make_theme(programme)
        make_session(workshop, prompts=several)
        make_group(workshop)
        make_registration(workshop)
    with django_assert_num_queries(4):
        page = client.get(workshop.get_absolute_url()).context["page"]
    assert (len(page.sessions), len(page.themes), len(page.tables)) == (several, several, several)


@pytest.mark.parametrize("several", [1, 3])
def test_a_workshop_that_asks_everything_needs_five_queries_for_its_page_and_three_for_its_form(
    client: Client, several: int, django_assert_num_queries: Any
) -> None:
    """The workshop, its agenda, themes, tables, and what the form asks; where pages are kept, one more to find out that
    something has happened. The form alone has no agenda and no tables."""
    programme = make_programme()
    workshop = make_workshop(programme)
    for number in range(several):
        make_theme(programme)
        make_session(workshop, rates=True, prompts=several)
        make_group(workshop)
        add_audience(workshop, name={"en": f"Audience {number}"}, places=1, by=SYSTEM)
        make_question(workshop, text=f"Question {number}?")
        add_purpose(programme, by=SYSTEM, title={"en": f"Purpose {number}"}, text={"en": "You may."})
    with django_assert_num_queries(5):
        page = client.get(workshop.get_absolute_url())
    with django_assert_num_queries(3):
        alone = client.get(reverse("place_form", args=[workshop.slug]))
    for each in (page, alone):
        form = each.context["form"]
        assert [str(question) for question in form.questions] == [f"Question {n}?" for n in range(several)]
        assert [p.key for p in form.purposes if p.key.startswith("purpose")] == [f"purpose-{n}" for n in range(several)]
        assert (len(form.audiences), len(form.themes)) == (several, several)


def test_the_agenda_names_what_is_rated_and_no_question_that_was_retired(client: Client) -> None:
    workshop = make_workshop()
    table = make_session(workshop, prompts=0)
    Prompt.objects.create(session=table, text={"en": "Never asked again?"}, order=0, retired_at=timezone.now())
    for order, text in ((2, "And what else?"), (1, "What do you share?")):
        Prompt.objects.create(session=table, text={"en": text}, order=order)
    rating = make_session(workshop, rates=True, prompts=0)
    for order, name in ((1, "Cargo bikes"), (0, "Lend and borrow")):
        initiative = Initiative.objects.create(workshop=workshop, name={"en": name}, short={"en": name})
        Prompt.objects.create(session=rating, initiative=initiative, text={"en": f"{name}?"}, order=order)
    make_session(workshop, kind=SessionKind.CLOSING, prompts=0)
    sessions = client.get(workshop.get_absolute_url()).context["page"].sessions
    assert [(str(each.first_question), list(map(str, each.rated))) for each in sessions] == [
        ("What do you share?", []),
        ("", ["Lend and borrow", "Cargo bikes"]),
        ("", []),
    ]


def test_a_table_shows_who_asks_and_who_writes_and_may_have_nobody_yet(client: Client) -> None:
    workshop = make_workshop()
    make_group(workshop, "Gelso", moderators=["Marta Colli", "Davide Serra"])
    make_group(workshop, "Olmo", moderators=[])
    answer = client.get(workshop.get_absolute_url())
    assert [(table.name, table.size, table.moderators) for table in answer.context["page"].tables] == [
        ("Gelso", 5, ["Marta Colli", "Davide Serra"]),
        ("Olmo", 5, []),
    ]
    assert "Marta Colli, Davide Serra" in answer.content.decode()


# My place


def ticket_url(registration: Registration, name: str = "my_place") -> str:
    return reverse(name, args=[new_link(registration)])


@pytest.mark.parametrize("name", ["my_place", "my_calendar", "my_give_up"])
def test_a_wrong_link_offers_a_new_one(client: Client, name: str) -> None:
    answer = client.get(reverse(name, args=["no-such-token"]))
    assert answer.status_code == 404
    assert "This link has expired. We can send a new one." in answer.content.decode()
    assert f'href="{reverse("find_place")}"' in answer.content.decode()


@pytest.mark.parametrize("spoiled", [{"expires_at": in_days(-1)}, {"revoked_at": in_days(-1)}])
def test_an_old_or_revoked_link_opens_nothing(client: Client, spoiled: dict[str, Any]) -> None:
    url = ticket_url(make_registration(make_workshop()))
    assert client.get(url).status_code == 200
    PlaceLink.objects.update(**spoiled)
    assert client.get(url).status_code == 404


def test_my_place_is_kept_by_no_cache_and_sent_to_no_other_site(client: Client) -> None:
    answer = client.get(ticket_url(make_registration(make_workshop())))
    assert answer["Referrer-Policy"] == "same-origin"
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))


def test_the_drawn_code_holds_the_spoken_code_and_not_the_link(client: Client) -> None:
    from participants.views.my_place import door_code

    registration = make_registration(make_workshop())
    page = client.get(ticket_url(registration)).content.decode()
    assert door_code(registration.spoken_code) in page
    assert "style=" not in page


def test_a_table_is_named_once_it_is_decided(client: Client) -> None:
    from participants.actions.seats import seat

    workshop = make_workshop()
    registration = make_registration(workshop)
    url = ticket_url(registration)
    assert "You sit at" not in client.get(url).content.decode()
    seat(registration, make_group(workshop, "Olmo"), by=SYSTEM)
    assert "You sit at Table Olmo" in client.get(url).content.decode()


def test_opening_the_give_up_page_changes_nothing_and_its_button_frees_the_place(client: Client) -> None:
    workshop = make_workshop(places=1)
    url = ticket_url(make_registration(workshop, "Teresa Donati"), "my_give_up")
    make_registration(workshop, "Nadia Haddad")
    page = client.get(url).content.decode()
    assert "Give up your place?" in page
    assert state_of(workshop, "Teresa Donati") == "confirmed"
    answer = client.post(url, follow=True)
    assert "Thank you for telling us" in answer.content.decode()
    assert (state_of(workshop, "Teresa Donati"), state_of(workshop, "Nadia Haddad")) == ("cancelled", "confirmed")
    assert mails()[2:] == [("place_given_up", "Teresa Donati"), ("promoted", "Nadia Haddad")]


def test_giving_up_twice_is_giving_up_once(client: Client) -> None:
    url = ticket_url(make_registration(make_workshop()), "my_give_up")
    client.post(url)
    client.post(url)
    assert Event.objects.filter(verb="registration.given_up").count() == 1


def test_a_place_given_up_by_mistake_is_taken_back_within_ten_minutes(client: Client) -> None:
    workshop = make_workshop()
    registration = make_registration(workshop, "Teresa Donati", needs="Hearing loop")
    token = new_link(registration)
    client.post(reverse("my_give_up", args=[token]))
    assert "Take it back" in client.get(reverse("my_place", args=[token])).content.decode()
    client.post(reverse("my_take_back", args=[token]))
    registration.refresh_from_db()
    assert (registration.state, registration.needs) == ("confirmed", "Hearing loop")


def test_a_place_that_went_to_somebody_else_is_taken_back_as_a_turn_at_the_end(client: Client) -> None:
    workshop = make_workshop(places=1)
    token = new_link(make_registration(workshop, "Teresa Donati"))
    make_registration(workshop, "Nadia Haddad")
    make_registration(workshop, "Ettore Villa")
    client.post(reverse("my_give_up", args=[token]))
    answer = client.post(reverse("my_take_back", args=[token]), follow=True)
    assert "You are number 2 on the waiting list" in answer.content.decode()


def test_after_ten_minutes_nothing_is_taken_back(client: Client) -> None:
    workshop = make_workshop()
    token = new_link(make_registration(workshop, "Teresa Donati"))
    client.post(reverse("my_give_up", args=[token]))
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11)):
        assert "Take it back" not in client.get(reverse("my_place", args=[token])).content.decode()
        client.post(reverse("my_take_back", args=[token]))
    assert state_of(workshop, "Teresa Donati") == "cancelled"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"state": WorkshopState.CANCELLED}, "This workshop is cancelled"),
        ({"starts_at": in_days(-2)}, "This workshop is over"),
        ({"state": WorkshopState.PUBLISHED}, "Read what we said"),
    ],
)
def test_a_place_that_is_worth_nothing_any_more_says_so_and_is_not_given_up(
    client: Client, fields: dict[str, Any], sentence: str
) -> None:
    workshop = make_workshop()
    token = new_link(make_registration(workshop, "Teresa Donati"))
    Workshop.objects.filter(pk=workshop.pk).update(**fields)
    page = client.get(reverse("my_place", args=[token])).content.decode()
    assert sentence in page
    assert "You have a place" not in page
    client.post(reverse("my_give_up", args=[token]))
    assert state_of(workshop, "Teresa Donati") == "confirmed"


@pytest.mark.parametrize("others", [1, 3])
def test_my_place_needs_no_more_queries_for_more_people(
    client: Client, others: int, django_assert_num_queries: Any
) -> None:
    workshop = make_workshop()
    for _n in range(others):
        make_registration(workshop)
    url = ticket_url(make_registration(workshop))
    with django_assert_num_queries(5):
        ticket = client.get(url).context["ticket"]
    assert (ticket.taken, ticket.yours) == (others + 1, others + 1)


def test_taking_back_needs_the_button(client: Client) -> None:
    assert client.get(ticket_url(make_registration(make_workshop()), "my_take_back")).status_code == 405


def test_what_helps_to_mix_is_asked_once_and_never_shown_again(client: Client) -> None:
    registration = make_registration(make_workshop())
    token = new_link(registration)
    url = reverse("my_place", args=[token])
    assert "Help us mix the tables" in client.get(url).content.decode()
    client.post(reverse("my_more", args=[token]), {"first_time": "yes", "age_band": "25-34"})
    registration.refresh_from_db()
    assert (registration.first_time, registration.person.age_band) == (True, "25-34")
    assert "Help us mix the tables" not in client.get(url).content.decode()
    client.post(reverse("my_more", args=[token]), {"first_time": "no", "age_band": "65+"})
    registration.refresh_from_db()
    assert registration.first_time is True


def test_an_answer_that_is_not_on_the_page_is_refused(client: Client) -> None:
    registration = make_registration(make_workshop())
    answer = client.post(ticket_url(registration, "my_more"), {"age_band": "3-4"})
    assert (answer.status_code, Event.objects.filter(verb="registration.told_more").count()) == (400, 0)


# Cookies


def test_pages_one_only_reads_set_no_cookie(client: Client) -> None:
    closed = make_workshop(closes_at=in_days(-1))
    pages = [
        reverse("home"),
        reverse("programme", args=[closed.programme.slug]),
        closed.get_absolute_url(),
        reverse("workshop_calendar", args=[closed.slug]),
        reverse("link_sent"),
        reverse("how"),
        reverse("accessibility"),
        reverse("your_data"),
    ]
    answers = {url: client.get(url) for url in pages}
    assert {url: answer.status_code for url, answer in answers.items()} == dict.fromkeys(pages, 200)
    assert {url: list(answer.cookies) for url, answer in answers.items()} == {url: [] for url in pages}
