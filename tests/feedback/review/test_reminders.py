"""Organisers hear each week that an outcome is still to come, until it is out; nothing hangs on when somebody looks."""

import datetime as dt

import pytest
import time_machine
from django.core import mail as mailbox

from feedback.review import reminders
from ledger import jobs, outbox
from ledger.models import Job, Mail
from tests.factories import make_organiser, make_workshop
from workshops.models import Workshop
from workshops.states import TeamRole, WorkshopState

pytestmark = pytest.mark.django_db

EVENING = dt.datetime(2026, 4, 11, 10, tzinfo=dt.UTC)


@pytest.fixture
def workshop():
    with time_machine.travel(EVENING - dt.timedelta(days=9), tick=False):
        workshop = make_workshop(starts_at=EVENING, state=WorkshopState.CURATING)
        make_organiser(workshop.programme, email="serena@posta.example")
        make_organiser(workshop.programme, TeamRole.OBSERVER)
    return workshop


def look(days):
    """A sweep so many days after the evening, and the job it asks for; returns the weeks that were written about."""
    with time_machine.travel(EVENING + dt.timedelta(days=days), tick=False):
        jobs.look_out(dt.datetime.now(dt.UTC))
        for job in Job.objects.unbuilt().filter(kind="remind_organisers"):
            assert jobs.run(job.pk)
    return [key.rpartition(":")[2] for key in Mail.objects.order_by("created_at").values_list("key", flat=True)]


def test_each_week_is_written_about_once_however_often_somebody_looks(workshop):
    assert look(6) == []
    assert look(7.2) == ["week-1"]
    assert look(7.3) == look(13) == ["week-1"]
    assert look(14.2) == ["week-1", "week-2"]


def test_who_looks_late_writes_about_the_week_that_is_now(workshop):
    assert look(40) == ["week-5"]


@pytest.mark.parametrize("state", [WorkshopState.PUBLISHED, WorkshopState.CANCELLED, WorkshopState.ANNOUNCED])
def test_nobody_is_reminded_of_what_is_out_or_never_was(workshop, state):
    Workshop.objects.update(state=state)
    assert look(20) == []


def test_after_a_year_nobody_is_reminded_any_more(workshop):
    assert look(370) == []


def test_the_mail_goes_to_organisers_and_not_once_the_outcome_is_out(workshop):
    look(7.2)
    letter = Mail.objects.get()
    with time_machine.travel(EVENING + dt.timedelta(days=7.3), tick=False):
        assert outbox.send(letter.pk)
    [sent] = mailbox.outbox
    assert (sent.to, f"/org/w/{workshop.pk}/summary/" in sent.body) == (["serena@posta.example"], True)
    look(14.2)
    Workshop.objects.update(state=WorkshopState.PUBLISHED)
    with time_machine.travel(EVENING + dt.timedelta(days=14.3), tick=False):
        assert not outbox.send(Mail.objects.latest("created_at").pk)


@pytest.mark.parametrize("workshops", [1, 3])
def test_more_late_workshops_need_no_more_queries(workshop, workshops, django_assert_num_queries):
    for _more in range(workshops - 1):
        make_workshop(workshop.programme, starts_at=EVENING, state=WorkshopState.CURATING)
    with django_assert_num_queries(2):
        assert len(reminders.due_at(EVENING + dt.timedelta(days=8))) == workshops
