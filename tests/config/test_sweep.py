"""What is due is done by hand where no queue runs."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from ledger import jobs, outbox
from ledger.models import Job, Mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch) -> list[str]:
    """A kind of mail that can be rendered, and a kind of job that succeeds; the list tells who was written to."""
    written: list[str] = []

    def render(mail: Mail) -> outbox.Message:
        written.append(mail.recipient_id)
        return outbox.Message(to=f"{mail.recipient_id}@posta.example", language="en", subject="Hello", text="Hello")

    def work(claim: jobs.Claim) -> None:
        with claim.finishing():
            Mail.objects.create(kind="greeting", key="from the job", recipient_id="nando", subject_id="1")

    monkeypatch.setattr(jobs, "_lookouts", [])
    monkeypatch.setitem(outbox._renderers, "greeting", render)
    monkeypatch.setitem(jobs._works, "greet", work)
    return written


def sweep() -> str:
    out = io.StringIO()
    call_command("sweep", stdout=out)
    return out.getvalue().strip()


def test_due_jobs_run_first_and_the_mails_they_wrote_go_out_with_the_others(sent: list[str]):
    Job.objects.create(kind="greet", subject_id="1", wanted=1)
    Mail.objects.create(kind="greeting", key="one", recipient_id="mei", subject_id="1")
    assert sweep() == "1 of 1 jobs done, 2 of 2 mails sent"
    assert sorted(sent) == ["mei", "nando"]
    assert sweep() == "0 of 0 jobs done, 0 of 0 mails sent"


def test_what_is_not_due_yet_stays(sent: list[str]):
    tomorrow = timezone.now() + dt.timedelta(days=1)
    Mail.objects.create(kind="greeting", key="one", recipient_id="mei", subject_id="1", not_before=tomorrow)
    assert sweep() == "0 of 0 jobs done, 0 of 0 mails sent"
    assert sent == []


def test_what_fails_is_counted_and_kept_for_later(sent: list[str], monkeypatch):
    monkeypatch.setitem(outbox._renderers, "greeting", lambda mail: 1 / 0)
    Mail.objects.create(kind="greeting", key="one", recipient_id="mei", subject_id="1")
    assert sweep() == "0 of 0 jobs done, 0 of 1 mails sent"
    assert Mail.objects.get().error == "ZeroDivisionError"
