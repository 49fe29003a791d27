"""News from the plan reaches the people on the list."""

import datetime as dt

import pytest

from ledger import jobs, outbox
from ledger.history import SYSTEM
from ledger.models import Job, Mail
from participants.actions.places import give_up
from participants.calendar import method_of
from participants.states import RegistrationState
from tests.factories import make_registration, make_workshop
from workshops.actions.details import change_details
from workshops.actions.moving import move_workshop
from workshops.states import WorkshopState

pytestmark = pytest.mark.django_db


def run_jobs():
    for job in Job.objects.unbuilt():
        jobs.run(job.pk)


def told(kind):
    return list(Mail.objects.filter(kind=kind).values_list("subject_id", flat=True))


def test_more_places_in_the_details_promote_whoever_waits():
    workshop = make_workshop(places=1)
    make_registration(workshop)
    waiting = make_registration(workshop)
    change_details(workshop, by=SYSTEM, places=2)
    waiting.refresh_from_db()
    assert waiting.state == RegistrationState.CONFIRMED


def test_another_place_is_told_once_to_everybody_who_still_comes():
    workshop = make_workshop(places=1)
    seated, waiting = make_registration(workshop), make_registration(workshop)
    gone = make_registration(workshop)
    give_up(gone, by=SYSTEM)
    change_details(workshop, by=SYSTEM, venue="Salone")
    run_jobs()
    run_jobs()
    assert sorted(told("workshop_moved")) == sorted([str(seated.pk), str(waiting.pk)])


def test_another_title_is_no_news_worth_a_mail():
    workshop = make_workshop()
    make_registration(workshop)
    change_details(workshop, by=SYSTEM, title={"it": "Nuovo", "en": "New"})
    run_jobs()
    assert told("workshop_moved") == []


def test_a_draft_moves_in_silence():
    workshop = make_workshop()
    make_registration(workshop)
    move_workshop(workshop, WorkshopState.DRAFT, by=SYSTEM)
    change_details(workshop, by=SYSTEM, starts_at=workshop.starts_at + dt.timedelta(days=1))
    run_jobs()
    assert told("workshop_moved") == []


def test_a_cancellation_takes_the_event_out_of_the_calendar():
    workshop = make_workshop()
    make_registration(workshop)
    move_workshop(workshop, WorkshopState.CANCELLED, by=SYSTEM)
    run_jobs()
    message = outbox.compose(Mail.objects.get(kind="workshop_cancelled"))
    [(_name, file, _type)] = message.attachments
    assert (message.subject.startswith("Cancelled: the workshop on"), method_of(file)) == (True, "CANCEL")


def test_a_workshop_cancelled_a_second_time_is_told_a_second_time():
    workshop = make_workshop()
    make_registration(workshop)
    for state in (WorkshopState.CANCELLED, WorkshopState.DRAFT, WorkshopState.CANCELLED):
        move_workshop(workshop, state, by=SYSTEM)
        run_jobs()
    assert len(told("workshop_cancelled")) == 2
