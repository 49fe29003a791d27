"""What this floor does about news from below, and about its own."""

from feedback.forgetting import publish_redacted
from feedback.models import Op, SaidBy
from feedback.notes.actions import forget_left_out
from feedback.states import Version
from feedback.summary.actions import CURATED_IN
from feedback.summary.quotes import let_go
from ledger import jobs
from ledger.history import SYSTEM, reacts_to, record
from ledger.models import Event
from participants.purposes import QUOTES
from workshops.models import Session, Workshop
from workshops.states import SessionState, WorkshopState


@reacts_to("op.accepted")
@reacts_to("copy.taken")
@reacts_to("note.corrected")
def compile_late_notes(event: Event) -> None:
    """A note that came or was corrected late is found a place, where there is a draft already."""
    if event.scope_id is None:
        return
    workshop = Workshop.objects.filter(pk=event.scope_id, state__in=CURATED_IN).first()
    if workshop is not None:
        jobs.ask("compile", workshop, scope=workshop.pk)


@reacts_to("session.moved")
def release_early_notes(event: Event) -> None:
    """What was written before a session began goes in when it opens."""
    is_early = Op.objects.held().filter(group__workshop=event.scope_id, code="session_not_open")
    if event.data["after"] == SessionState.OPEN and is_early.exists():
        jobs.ask("release_early", Session.objects.get(pk=event.thing_id), scope=event.scope_id)


@reacts_to("workshop.moved")
def forget_what_was_left_out(event: Event) -> None:
    """A published or cancelled workshop keeps no text that its organisers left out."""
    if event.data["after"] in (WorkshopState.PUBLISHED, WorkshopState.CANCELLED):
        forget_left_out(Workshop.objects.get(pk=event.thing_id))


@reacts_to("consent.withdrawn")
def take_quotes_back(event: Event) -> None:
    """What somebody said leaves the drafts as a quote, the outcome gets a version without it, and PDFs are made anew.

    Pages and files look the consent up by themselves (`feedback.summary.quotes`); this tells the history.
    """
    if event.data.get("purpose") != QUOTES:
        return
    for note in let_go([event.thing_id]):
        record(note, "quote.taken_back", by=SYSTEM, scope=note.group.workshop_id)
    if SaidBy.objects.filter(registration=event.thing_id).exists() and event.scope_id is not None:
        publish_redacted(event.scope_id, why=Version.CONSENT)
        jobs.ask("forget_pdf", Workshop(pk=event.scope_id), scope=event.scope_id)


@reacts_to("person.erased")
def forget_printed_outcomes(event: Event) -> None:
    """PDFs may hold a name that is gone from the rows: they are made again when somebody asks."""
    for workshop in Workshop.objects.filter(programme=event.scope_id).published():
        jobs.ask("forget_pdf", workshop, scope=workshop.pk)
