"""Lists of the plan with one, three and two hundred workshops: as many queries for each."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger.history import SYSTEM
from tests.config.world import signed_in
from tests.factories import make_organiser, make_programme, make_theme
from workshops.actions.programmes import plan_workshop
from workshops.models import Programme

pytestmark = pytest.mark.django_db


def with_workshops(count: int) -> tuple[Programme, Client]:
    programme = make_programme()
    for number in range(count):
        title = {"it": f"Numero {number}", "en": f"Number {number}"}
        plan_workshop(programme, by=SYSTEM, title=title, starts_at=timezone.now())
    for number in range(min(count, 3)):
        make_theme(programme, f"Theme {number}")
    return programme, signed_in(make_organiser(programme))


@pytest.mark.parametrize("count", [1, 3, 200])
def test_pages_of_workshops_ask_the_database_as_often_for_more(count: int, django_assert_num_queries: Any) -> None:
    programme, client = with_workshops(count)
    for url, queries in ((reverse("org_home"), 6), (reverse("org_programme", args=[programme.pk]), 5)):
        with django_assert_num_queries(queries):
            page = client.get(url).content.decode()
        assert page.count(">Number ") >= count


@pytest.mark.parametrize("count", [1, 3, 200])
def test_the_list_by_rest_asks_the_database_as_often_for_more(count: int, django_assert_num_queries: Any) -> None:
    _programme, client = with_workshops(count)
    with django_assert_num_queries(3):
        found = client.get(reverse("api_workshops"), {"page_size": 200}).json()["results"]
    assert len(found) == count
