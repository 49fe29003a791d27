"""Jobs: whatever is killed at whatever moment, one result is written, once."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from ledger import jobs, outbox, tasks
from ledger.models import Job, Mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def results(monkeypatch):
    """A kind of job that writes its result into a list, in place of rows."""
    written: list[int] = []

    def work(claim: jobs.Claim) -> None:
        claim.keep(step=1)
        with claim.finishing():
            written.append(claim.wanted)

    monkeypatch.setitem(jobs._works, "count", work)
    return written


SUBJECT = SimpleNamespace(pk=uuid.uuid4())


def ask() -> Job:
    return jobs.ask("count", SUBJECT)


def test_three_asks_before_it_starts_are_one_run(results):
    for _ in range(3):
        job = ask()
    assert [jobs.run(job.pk), jobs.run(job.pk)] == [True, False]
    assert results == [3]


def test_an_ask_during_the_run_is_one_more_run(results, monkeypatch):
    inner = jobs._works["count"]

    def work(claim: jobs.Claim) -> None:
        if claim.wanted == 1:
            ask()
        inner(claim)

    monkeypatch.setitem(jobs._works, "count", work)
    job = ask()
    assert [jobs.run(job.pk) for _ in range(3)] == [True, True, False]
    assert results == [1, 2]


def test_a_worker_killed_before_its_commit_leaves_the_job_to_the_next_after_the_lease(results, monkeypatch):
    job = ask()
    killed, _work = jobs._claim(job.pk)
    assert jobs.run(job.pk) is False
    with time_machine.travel(timezone.now() + jobs.LEASE + dt.timedelta(seconds=1)):
        assert jobs.run(job.pk) is True
    assert results == [1]
    with pytest.raises(jobs.LeaseLost), killed.finishing():
        results.append(99)
    assert results == [1]


def test_without_the_lease_check_a_late_worker_would_write_a_second_result(results, monkeypatch):
    """The control: it shows that the test above can fail."""
    job = ask()
    late, _work = jobs._claim(job.pk)
    with time_machine.travel(timezone.now() + jobs.LEASE + dt.timedelta(seconds=1)):
        jobs.run(job.pk)
    Job.objects.filter(pk=job.pk).update(lease=late.lease)
    with late.finishing():
        results.append(99)
    assert results == [1, 99]


def test_a_failure_is_told_and_tried_again_later_and_rests_after_the_last_attempt(monkeypatch):
    def fails(claim: jobs.Claim) -> None:
        raise ValueError("the third note")

    monkeypatch.setitem(jobs._works, "count", fails)
    job = ask()
    now = timezone.now()
    for attempt in range(jobs.MOST_ATTEMPTS):
        with time_machine.travel(now + dt.timedelta(minutes=attempt)):
            assert jobs.run(job.pk) is False
    job.refresh_from_db()
    assert (job.error, job.built, job.attempts) == ("ValueError: the third note", 0, jobs.MOST_ATTEMPTS)
    assert not Job.objects.due_at(now + dt.timedelta(days=300)).exists()
    ask()
    assert Job.objects.due_at(timezone.now()).count() == 1


def test_the_sweep_wakes_a_worker_for_what_nobody_queued(results, monkeypatch):
    woken = []
    monkeypatch.setattr(tasks.run_job, "apply_async", lambda args, **options: woken.append(args))
    job = ask()
    woken.clear()
    tasks.sweep()
    assert woken == [(str(job.pk),)]


def test_the_sweep_leaves_a_fresh_mail_to_its_own_wake_up_and_sends_one_that_lost_it(monkeypatch):
    sent, asked = [], []
    monkeypatch.setattr(outbox, "send", sent.append)
    monkeypatch.setattr(tasks.send_overdue, "apply_async", lambda args, **options: asked.append(args))
    now = timezone.now()
    Mail.objects.create(kind="hello", key="fresh", recipient_id="1", subject_id="1", not_before=now)
    later = Mail.objects.create(kind="hello", key="later", recipient_id="1", subject_id="1", not_before=now)
    tasks.sweep()
    tasks.send_overdue()
    assert (asked, sent) == ([], [])
    Mail.objects.filter(pk=later.pk).update(not_before=now - tasks.WAKE_UPS_TAKE - dt.timedelta(seconds=1))
    tasks.sweep()
    tasks.send_overdue()
    assert (asked, sent) == ([(200,)], [later.pk])


def test_a_broker_that_is_down_breaks_no_request(monkeypatch, django_capture_on_commit_callbacks):
    def down(*args: object, **options: object) -> None:
        raise OSError("no broker")

    monkeypatch.setattr(tasks.run_job, "apply_async", down)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        job = ask()
    assert job.is_waiting


def test_what_is_asked_while_a_worker_is_busy_is_begun_when_it_ends(monkeypatch, django_capture_on_commit_callbacks):
    woken = []
    monkeypatch.setattr(tasks.run_job, "apply_async", lambda args, **options: woken.append(args))

    def busy(claim: jobs.Claim) -> None:
        if claim.wanted == 1:
            ask()
        woken.clear()
        with django_capture_on_commit_callbacks(execute=True), claim.finishing():
            pass

    monkeypatch.setitem(jobs._works, "count", busy)
    job = ask()
    assert (jobs.run(job.pk), woken) == (True, [(str(job.pk),)])
    assert (jobs.run(job.pk), woken) == (True, [])
