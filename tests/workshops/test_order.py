"""The order that people give to rows."""

from __future__ import annotations

import pytest

from ledger.history import SYSTEM
from ledger.models import Event
from tests.factories import make_session, make_workshop
from workshops.actions.ordering import move_in_agenda, place_in_agenda
from workshops.order import after_last

pytestmark = pytest.mark.django_db


@pytest.fixture
def sessions():
    workshop = make_workshop()
    return [make_session(workshop) for _number in range(3)]


@pytest.mark.parametrize(
    ("number", "act"),
    [
        (0, lambda first: move_in_agenda(first, up=True, by=SYSTEM)),
        (2, lambda last: move_in_agenda(last, up=False, by=SYSTEM)),
        (0, lambda first: place_in_agenda(first, 0, by=SYSTEM)),
        (1, lambda middle: place_in_agenda(middle, 2, by=SYSTEM)),
        (2, lambda last: place_in_agenda(last, 99, by=SYSTEM)),
    ],
)
def test_what_stands_where_it_is_wanted_has_not_moved_and_nothing_is_recorded(sessions, number, act):
    assert act(sessions[number]) is False
    assert list(sessions[0].workshop.sessions.all()) == sessions
    assert not Event.objects.filter(verb="session.reordered").exists()


def test_the_next_number_follows_the_highest_and_not_the_count(sessions):
    workshop = sessions[0].workshop
    assert after_last(workshop.sessions) == 3
    sessions[0].delete()
    assert after_last(workshop.sessions) == 3
    workshop.sessions.all().delete()
    assert after_last(workshop.sessions) == 0
