"""What this floor does about news from the plan: more places promote at once, other news is mailed by a job."""

from ledger import jobs
from ledger.history import reacts_to
from ledger.models import Event
from participants.actions import promote_waiting
from workshops.models import Workshop
from workshops.states import WorkshopState

TOLD_ABOUT = {"starts_at", "minutes", "venue", "address"}


@reacts_to("workshop.changed")
def answer_changes(event: Event) -> None:
    """New places go to whoever waits longest; another time or place is told to everybody on the list."""
    fields = set(event.data["fields"])
    if "places" in fields:
        promote_waiting(Workshop.objects.select_for_update().get(pk=event.thing_id))
    if TOLD_ABOUT & fields:
        announced = Workshop.objects.filter(pk=event.thing_id, state__in=(WorkshopState.ANNOUNCED, WorkshopState.LIVE))
        for workshop in announced:
            jobs.ask("tell_change", workshop, scope=workshop.pk)


@reacts_to("workshop.moved")
def answer_cancellations(event: Event) -> None:
    """Everybody is told; when it takes place after all, places given up meanwhile go to whoever waits."""
    if event.data["after"] == WorkshopState.CANCELLED:
        workshop = Workshop.objects.get(pk=event.thing_id)
        jobs.ask("tell_change", workshop, scope=workshop.pk)
    if event.data["after"] == WorkshopState.ANNOUNCED:
        promote_waiting(Workshop.objects.select_for_update().get(pk=event.thing_id))
