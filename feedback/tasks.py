"""Jobs of this floor: ids in, one line each."""

from feedback.notes.actions import release_early
from feedback.summary import compile, publish
from ledger.jobs import Claim, job
from workshops.models import Session


@job("compile")
def compile_workshop(claim: Claim) -> None:
    compile.compile_workshop(claim)


@job("tell_published")
def tell_published(claim: Claim) -> None:
    publish.tell_everybody(claim)


@job("release_early")
def release_early_notes(claim: Claim) -> None:
    with claim.finishing():
        for session in Session.objects.open().filter(pk=claim.subject_id):
            release_early(session)
