"""What this floor does about news from below, and about its own."""

from feedback.summary.actions import CURATED_IN
from ledger import jobs
from ledger.history import reacts_to
from ledger.models import Event
from workshops.models import Workshop


@reacts_to("op.accepted")
@reacts_to("copy.taken")
def compile_late_notes(event: Event) -> None:
    """A late note that an organiser took over is found a place, where there is a draft already."""
    if event.scope_id is None:
        return
    workshop = Workshop.objects.filter(pk=event.scope_id, state__in=CURATED_IN).first()
    if workshop is not None:
        jobs.ask("compile", workshop, scope=workshop.pk)
