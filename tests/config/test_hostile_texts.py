"""Whatever is typed into a free-text field is stored exactly or refused in a sentence, and never an error."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.config import matrix
from tests.config.hostile import FIXED, Form, seeded, try_form, try_unstorable
from tests.config.hostile_rows import LOOKED_FOR, ROWS, forms_with_text, prepare, texts_of
from tests.config.test_hostile_forms import FORMS
from tests.config.world import make_clients, make_world

pytestmark = pytest.mark.django_db

SEEDED = 100
NAMES = sorted({"place_form", "find_place", "my_answers", "table_join", *FORMS})


def test_every_form_with_text_says_where_it_ends_up():
    typed = {name for name, taken in FORMS.items() if texts_of(taken)}
    assert typed - set(ROWS) - LOOKED_FOR == set()


def form_and_browser(name: str) -> tuple[Form | None, Client]:
    world = make_world()
    prepare(name, world)
    client = make_clients(world, make_world())[matrix.ORGANISER]
    client.raise_request_exception = False
    return next((form for form in forms_with_text(world) if form.name == name), None), client


@pytest.mark.parametrize("name", NAMES)
def test_each_text_is_stored_exactly_or_refused(name):
    form, client = form_and_browser(name)
    if form is None:
        pytest.skip("nothing is typed there")
    tally = try_form(client, form, [*FIXED, *seeded(SEEDED, name)])
    assert (tally.errors, tally.inexact, tally.slow) == ([], [], 0)
    assert tally.strings == len(form.texts) * (len(FIXED) + SEEDED)
    assert tally.stored_exactly + tally.refused + tally.looked_for == tally.strings
    assert tally.never_stored == ([] if name not in LOOKED_FOR else sorted((name, field) for field in form.texts))
    unstorable = try_unstorable(client, form)
    assert (unstorable.errors, unstorable.refused) == ([], unstorable.strings)


def test_a_form_that_refuses_everything_would_be_found_out():
    """The control: without the answer the form needs, nothing is stored, and each of its fields is named."""
    form, client = form_and_browser("place_form")
    del form.fine["audience"]
    tally = try_form(client, form, ["Zoë Ñandú", "a@b.example"])
    assert tally.never_stored == sorted(("place_form", field) for field in form.texts)
    assert tally.refused == tally.strings


def test_a_form_that_cut_or_lost_texts_would_be_found_out():
    """The control: a reader that sees something else is told apart from what was stored."""
    form, client = form_and_browser("org_add_table")
    read = form.read
    form.read = lambda field: read(field)[:10]
    tally = try_form(client, form, seeded(SEEDED, "control"))
    assert tally.inexact
