"""Reminders: once for each person and day, however late we look, and never when the workshop has begun."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from ledger import jobs, outbox
from ledger.history import SYSTEM
from ledger.models import Job, Mail
from ledger.outbox import NobodyToWriteTo
from participants.actions.mailings import set_reminder
from participants.actions.places import give_up
from participants.models import Registration, Reminder
from participants.reminders import look_out
from participants.tasks import look_out_for_reminders
from tests.factories import make_organiser, make_registration, make_workshop
from workshops.actions.details import change_details
from workshops.models import Workshop
from workshops.states import WorkshopState

pytestmark = pytest.mark.django_db

START = dt.datetime(2031, 4, 10, 16, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def workshop() -> Workshop:
    """With one place, taken three weeks before."""
    with time_machine.travel(START - dt.timedelta(days=21)):
        workshop = make_workshop(starts_at=START, places=3)
        make_registration(workshop, "Teresa Donati", "teresa@posta.example")
    return workshop


def sweep(before: dt.timedelta) -> int:
    """A sweep at a moment `before` the start, with the jobs it finds; how many reminders there are then."""
    with time_machine.travel(START - before):
        look_out(timezone.now())
        for pk in Job.objects.due_at(timezone.now()).values_list("pk", flat=True):
            assert jobs.run(pk)
    return Mail.objects.filter(kind="reminder").count()


def test_the_reminder_is_written_two_days_before_and_not_earlier(workshop):
    assert [sweep(49 * HOUR), sweep(48 * HOUR), sweep(47 * HOUR), sweep(HOUR)] == [0, 1, 1, 1]


@pytest.mark.parametrize("late", [47 * HOUR, 20 * HOUR, dt.timedelta(minutes=5)])
def test_however_long_nobody_looked_it_is_caught_up_before_the_start(workshop, late):
    assert sweep(late) == 1


def test_nothing_is_written_once_the_workshop_has_begun(workshop):
    assert [sweep(dt.timedelta(0)), sweep(-HOUR)] == [0, 0]


def test_a_job_that_comes_to_its_turn_after_the_start_writes_nothing(workshop):
    with time_machine.travel(START - HOUR):
        look_out(timezone.now())
    with time_machine.travel(START + HOUR):
        assert jobs.run(Job.objects.get(kind="remind").pk)
    assert Mail.objects.filter(kind="reminder").count() == 0


def test_what_was_written_is_not_looked_for_again_and_late_comers_are_not_reminded(workshop):
    sweep(48 * HOUR)
    with time_machine.travel(START - 47 * HOUR):
        make_registration(workshop, "Nadia", "nadia@posta.example")
    assert [sweep(30 * HOUR), sweep(HOUR)] == [1, 1]
    assert Job.objects.get(kind="remind").wanted == 1


def test_a_reminder_that_waited_too_long_in_the_outbox_is_not_sent(workshop):
    sweep(48 * HOUR)
    with time_machine.travel(START + dt.timedelta(minutes=1)), pytest.raises(NobodyToWriteTo):
        outbox.compose(Mail.objects.get(kind="reminder"))
    with time_machine.travel(START - dt.timedelta(minutes=1)):
        assert outbox.compose(Mail.objects.get(kind="reminder")).to == "teresa@posta.example"


def test_whoever_got_the_place_a_moment_ago_is_not_reminded_of_it(workshop):
    with time_machine.travel(START - 49 * HOUR):
        make_registration(workshop, "Nadia", "nadia@posta.example")
    sweep(48 * HOUR)
    assert [outbox.compose(mail).to for mail in Mail.objects.filter(kind="reminder")] == ["teresa@posta.example"]


def test_whoever_was_promoted_a_moment_ago_is_not_reminded_either(workshop):
    Workshop.objects.update(places=1)
    with time_machine.travel(START - dt.timedelta(days=20)):
        make_registration(workshop, "Nadia", "nadia@posta.example")
    with time_machine.travel(START - 49 * HOUR):
        give_up(Registration.objects.get(person__name="Teresa Donati"), by=SYSTEM)
    assert sweep(48 * HOUR) == 0
    assert Mail.objects.filter(kind="promoted").count() == 1


def test_who_waits_or_gave_up_is_not_reminded(workshop):
    with time_machine.travel(START - dt.timedelta(days=20)):
        make_registration(workshop, "Ada")
        gone = make_registration(workshop, "Gone")
        make_registration(workshop, "Waits")
        Workshop.objects.update(places=2)
        give_up(gone, by=SYSTEM)
    sweep(48 * HOUR)
    reminded = Mail.objects.filter(kind="reminder").values_list("subject_id", flat=True)
    names = Registration.objects.filter(pk__in=list(reminded)).values_list("person__name", flat=True)
    assert sorted(names) == ["Ada", "Teresa Donati"]


@pytest.mark.parametrize("hours", [1, 24, 100])
def test_the_organiser_says_how_long_before(workshop, hours):
    set_reminder(workshop, hours_before=hours, text={}, by=SYSTEM)
    assert [sweep((hours + 1) * HOUR), sweep(hours * HOUR)] == [0, 1]


def test_or_that_there_is_none(workshop):
    set_reminder(workshop, hours_before=None, text={}, by=SYSTEM)
    assert sweep(HOUR) == 0


def test_a_later_choice_writes_no_second_reminder(workshop):
    assert sweep(48 * HOUR) == 1
    set_reminder(workshop, hours_before=3, text={}, by=SYSTEM)
    assert sweep(2 * HOUR) == 1


@pytest.mark.parametrize(("moved_by", "reminders"), [(dt.timedelta(hours=1), 1), (dt.timedelta(days=7), 2)])
def test_another_day_is_reminded_of_anew_and_another_hour_is_not(workshop, moved_by, reminders):
    sweep(48 * HOUR)
    with time_machine.travel(START - 40 * HOUR):
        workshop.refresh_from_db()
        change_details(workshop, by=SYSTEM, starts_at=START + moved_by)
    assert sweep(48 * HOUR - moved_by) == reminders


@pytest.mark.parametrize("state", [state for state in WorkshopState if state != WorkshopState.ANNOUNCED])
def test_only_an_announced_workshop_reminds(workshop, state):
    Workshop.objects.update(state=state)
    assert sweep(48 * HOUR) == 0


def test_two_sweeps_at_once_ask_for_one_job_and_the_job_run_twice_writes_once(workshop):
    with time_machine.travel(START - 48 * HOUR):
        look_out(timezone.now())
        look_out(timezone.now())
        job = Job.objects.get(kind="remind")
        assert (job.wanted, jobs.run(job.pk)) == (1, True)
        jobs.ask("remind", workshop)
        assert jobs.run(job.pk)
    assert Mail.objects.filter(kind="reminder").count() == 1


def test_a_worker_that_dies_after_writing_and_before_the_commit_leaves_the_reminder_to_the_next(workshop, monkeypatch):
    class Killed(BaseException):
        pass

    def die(*args, **kwargs):
        raise Killed

    with time_machine.travel(START - 48 * HOUR):
        look_out(timezone.now())
        job = Job.objects.get(kind="remind")
        with monkeypatch.context() as patched:
            patched.setattr(Reminder.objects, "update_or_create", die)
            with pytest.raises(Killed):
                jobs.run(job.pk)
        assert Mail.objects.filter(kind="reminder").count() == 0
    with time_machine.travel(START - 47 * HOUR):
        assert jobs.run(job.pk)
    assert Mail.objects.filter(kind="reminder").count() == 1


def test_the_sweep_looks_out_for_reminders(workshop):
    assert look_out_for_reminders in jobs._lookouts
    with time_machine.travel(START - 48 * HOUR):
        jobs.look_out(timezone.now())
    assert Job.objects.filter(kind="remind").count() == 1


def test_a_lookout_that_fails_keeps_no_other_from_looking(workshop, monkeypatch):
    def fails(now):
        raise ValueError

    monkeypatch.setattr(jobs, "_lookouts", [fails, look_out_for_reminders])
    with time_machine.travel(START - 48 * HOUR):
        jobs.look_out(timezone.now())
    assert Job.objects.filter(kind="remind").count() == 1


@pytest.mark.parametrize("workshops", [1, 3])
def test_looking_out_needs_no_more_queries_for_more_workshops(workshops, django_assert_num_queries):
    for number in range(workshops):
        make_workshop(starts_at=START + dt.timedelta(hours=number))
    with time_machine.travel(START - 100 * HOUR), django_assert_num_queries(2):
        look_out(timezone.now())


def test_the_mail_asks_still_coming_and_says_date_place_and_the_way_out(workshop):
    set_reminder(workshop, hours_before=48, text={"en": "Bring <b>a cup</b>\nand a friend."}, by=SYSTEM)
    sweep(48 * HOUR)
    with time_machine.travel(START - 47 * HOUR):
        letter = outbox.compose(Mail.objects.get(kind="reminder"))
    assert letter.subject == "Still coming on Thursday 10 April?"
    for text in (letter.text, letter.html):
        for part in ("Thursday 10 April 2031", "18:00 to 21:00", "Via San Dionigi 36", "/give-up/"):
            assert part in text
    assert "Bring <b>a cup</b>\nand a friend." in letter.text
    assert "Bring &lt;b&gt;a cup&lt;/b&gt;<br>and a friend." in letter.html


# The organiser's form


@pytest.fixture
def organiser(client, workshop):
    client.force_login(make_organiser(workshop.programme))


@pytest.mark.parametrize(
    ("sent", "hours"),
    [
        ({"unit": "days", "number": "3"}, 72),
        ({"unit": "hours", "number": "5"}, 5),
        ({"unit": "never", "number": ""}, None),
    ],
)
def test_the_form_sets_days_hours_or_none(client, workshop, organiser, sent, hours):
    client.post(reverse("org_reminder", args=[workshop.pk]), sent | {"text_it": "Portate una tazza"})
    reminder = Reminder.objects.get()
    assert (reminder.hours_before, dict(reminder.text)) == (hours, {"it": "Portate una tazza"})


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ({"unit": "days", "number": "31"}, "number", "Write 30 days at most."),
        ({"unit": "hours", "number": ""}, "number", "Say how many days or hours before."),
        ({"unit": "hours", "number": "0"}, "number", "Write 1 or more."),
        ({"unit": "weeks", "number": "1"}, "unit", "Choose days, hours or none."),
    ],
)
def test_each_mistake_has_its_sentence_and_nothing_is_set(client, workshop, organiser, sent, field, sentence):
    page = client.post(reverse("org_reminder", args=[workshop.pk]), sent)
    assert page.context["form"].errors == {field: [sentence]}
    assert Reminder.objects.count() == 0
