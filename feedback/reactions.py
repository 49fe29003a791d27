"""What this floor does about news from below, and about its own."""

from feedback.models import Op
from feedback.notes.actions import forget_left_out
from feedback.summary.actions import CURATED_IN
from ledger import jobs
from ledger.history import reacts_to
from ledger.models import Event
from workshops.models import Session, Workshop
from workshops.states import SessionState, WorkshopState


@reacts_to("op.accepted")
@reacts_to("copy.taken")
def compile_late_notes(event: Event) -> None:
    """A late note that an organiser took over is found a place, where there is a draft already."""
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
