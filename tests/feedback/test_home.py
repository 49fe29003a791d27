"""The front page: what is on, and what was said last."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from feedback.models import Note, Outcome, Redaction
from tests.factories import (
    make_group,
    make_note,
    make_programme,
    make_registration,
    make_session,
    make_theme,
    make_workshop,
)
from workshops.models import Programme, Workshop
from workshops.states import Access, WorkshopState

pytestmark = pytest.mark.django_db


def in_days(days: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(days=days)


def home(client: Client) -> Any:
    return client.get(reverse("home"))


def publish(workshop: Workshop, quotes: list[Note], people: int = 12, **fields: Any) -> Outcome:
    """An outcome that quotes these notes, one finding each."""
    Workshop.objects.filter(pk=workshop.pk).update(state=WorkshopState.PUBLISHED)
    findings = [
        {
            "id": str(n.pk),
            "theme": None,
            "title": {},
            "text": {},
            "quote": str(n.pk),
            "notes": [[str(n.pk), n.revision]],
        }
        for n in quotes
    ]
    return Outcome.objects.create(
        workshop=workshop, headline={"en": "What we said"}, people=people, body={"findings": findings}, **fields
    )


def said_before(programme: Programme, **fields: Any) -> tuple[Workshop, list[Note]]:
    """A workshop in the past with two notes about food and one about nothing, not published yet."""
    past = make_workshop(programme, starts_at=in_days(-30), **fields)
    group, session = make_group(past, "Olmo"), make_session(past)
    food = make_theme(programme, "Food")
    texts = ["The greengrocer gives me bruised fruit.", "We order cheese for the whole landing."]
    notes = [make_note(group, session, text, theme=food) for text in texts]
    return past, [*notes, make_note(group, session, "I would like more benches.")]


def test_nothing_was_ever_announced(client: Client) -> None:
    make_workshop(state=WorkshopState.DRAFT)
    answer = home(client)
    assert answer.status_code == 200
    assert "No workshop is open" in answer.content.decode()


def test_the_front_page_is_the_programme_that_meets_next(client: Client) -> None:
    later, sooner = make_programme(title={"en": "Later"}), make_programme(title={"en": "Sooner"})
    make_workshop(later, starts_at=in_days(20))
    make_workshop(sooner, starts_at=in_days(5))
    page = home(client).context["page"]
    assert (page.programme, page.others) == (sooner, [later])


def test_when_nothing_is_to_come_the_front_page_is_the_programme_that_met_last(client: Client) -> None:
    older, newer = make_programme(), make_programme()
    make_workshop(older, starts_at=in_days(-50))
    make_workshop(newer, starts_at=in_days(-40))
    answer = home(client)
    assert (answer.context["page"].programme, answer.context["page"].next) == (newer, None)
    assert "No workshop is open" in answer.content.decode()


def test_a_programme_has_a_page_of_its_own_with_the_same_words(client: Client) -> None:
    workshop = make_workshop()
    front, own = home(client), client.get(reverse("programme", args=[workshop.programme.slug]))
    assert own.context["page"].stops == front.context["page"].stops
    assert "Take a place" in own.content.decode()


@pytest.mark.parametrize(
    "fields", [{"state": WorkshopState.DRAFT}, {"access": Access.INVITED}, {"access": Access.LINK}]
)
def test_a_programme_without_public_workshops_is_nowhere(client: Client, fields: dict[str, Any]) -> None:
    hidden = make_workshop(**fields)
    assert client.get(reverse("programme", args=[hidden.programme.slug])).status_code == 404
    assert home(client).templates[0].name == "public/nothing_on.html"


def test_only_public_workshops_stand_on_the_thread(client: Client) -> None:
    programme = make_programme()
    shown = make_workshop(programme)
    make_workshop(programme, access=Access.LINK)
    make_workshop(programme, state=WorkshopState.DRAFT)
    assert [stop.workshop for stop in home(client).context["page"].stops] == [shown]


def test_the_table_on_top_is_the_first_that_takes_names(client: Client) -> None:
    programme = make_programme()
    make_workshop(programme, starts_at=in_days(1), closes_at=in_days(-1))
    takes = make_workshop(programme, starts_at=in_days(9), places=3)
    make_workshop(programme, starts_at=in_days(12))
    make_registration(takes)
    answer = home(client)
    assert answer.context["page"].next.workshop == takes
    assert "<b>2</b> of 3 places left" in answer.content.decode()
    assert f'href="{takes.get_absolute_url()}"' in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"places": 1}, "Join the waiting list"),
        ({"opens_at": in_days(2)}, "Opens "),
        ({"closes_at": in_days(-1)}, "Sign-up is closed"),
    ],
)
def test_the_table_on_top_says_what_can_be_done(client: Client, fields: dict[str, Any], words: str) -> None:
    workshop = make_workshop(**fields)
    if "places" in fields:
        make_registration(workshop)
    page = home(client).content.decode()
    assert words in page
    assert "Take a place" not in page


def test_notes_are_counted_by_theme_only_where_they_are_published(client: Client) -> None:
    programme = make_programme()
    past, notes = said_before(programme)
    make_theme(programme, "Energy")
    assert home(client).context["page"].heard is None
    Note.objects.filter(pk=notes[0].pk).update(deleted=True)
    publish(past, notes[1:])
    page = home(client).context["page"]
    assert [(theme.short["en"], theme.heard) for theme in page.themes] == [("Food", 1), ("Energy", 0)]


def test_what_people_said_is_quoted_word_for_word_with_the_table(client: Client) -> None:
    programme = make_programme()
    past, notes = said_before(programme)
    make_workshop(programme)
    publish(past, notes, note_count=3)
    page = home(client)
    assert page.context["page"].heard.quotes == notes[:2]
    text = page.content.decode()
    assert '<blockquote class="quote" lang="en">The greengrocer gives me bruised fruit.</blockquote>' in text
    assert "All 3 notes and the summary" in text


def test_a_quote_that_changed_or_has_hidden_words_stays_away(client: Client) -> None:
    programme = make_programme()
    past, notes = said_before(programme)
    publish(past, notes)
    Note.objects.filter(pk=notes[0].pk).update(text="Something else", revision=2)
    Redaction.objects.create(note=notes[1], words="cheese")
    assert home(client).context["page"].heard.quotes == [notes[2]]


def test_an_outcome_that_was_withdrawn_is_not_heard(client: Client) -> None:
    programme = make_programme()
    past, notes = said_before(programme)
    publish(past, notes, withdrawn_at=timezone.now())
    page = home(client).context["page"]
    assert (page.heard, [stop.came for stop in page.stops]) == (None, [None])


@pytest.mark.parametrize("several", [1, 3])
def test_the_front_page_needs_no_more_queries_for_more_of_everything(
    client: Client, several: int, django_assert_num_queries: Any
) -> None:
    programme = make_programme()
    past, notes = said_before(programme)
    publish(past, notes[:several])
    for _n in range(several):
        make_theme(programme)
        make_registration(make_workshop(programme))
        make_workshop(make_programme(), starts_at=in_days(-60))
    with django_assert_num_queries(7):
        page = home(client).context["page"]
    assert (len(page.stops), len(page.themes), len(page.others)) == (several + 1, several + 1, several)
