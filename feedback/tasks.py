"""Jobs of this floor: ids in, one line each."""

import datetime as dt

from feedback import readiness_actions
from feedback.notes.actions import release_early
from feedback.review import actions as review
from feedback.review import reminders
from feedback.summary import actions, compile, pdf, publish
from ledger.jobs import Claim, job, looks_out
from workshops.models import Session

looks_out(actions.compile_by_itself)


@job("compile")
def compile_workshop(claim: Claim) -> None:
    compile.compile_workshop(claim)


@job("compile_part")
def compile_part(claim: Claim) -> None:
    compile.compile_part(claim)


@job("tell_published")
def tell_published(claim: Claim) -> None:
    publish.tell_everybody(claim)


@job("tell_review")
def tell_review(claim: Claim) -> None:
    review.tell_review(claim)


@job("remind_organisers")
def remind_organisers(claim: Claim) -> None:
    reminders.remind(claim)


@looks_out
def look_out_for_outcomes(now: dt.datetime) -> None:
    reminders.look_out(now)


@job("release_early")
def release_early_notes(claim: Claim) -> None:
    with claim.finishing():
        for session in Session.objects.open().filter(pk=claim.subject_id):
            release_early(session)


@job("check_ready")
def check_ready(claim: Claim) -> None:
    readiness_actions.check(claim)


@job("forget_pdf")
def forget_pdf(claim: Claim) -> None:
    pdf.forget(claim.subject_id)
    with claim.finishing():
        pass
