"""What this floor does about news from the plan: more places promote at once, other news is mailed by a job."""

from uuid import UUID

from ledger import jobs
from ledger.history import reacts_to
from ledger.models import Event
from participants.actions.copying import copy_asking, give_terms
from participants.actions.moderating import ask_about_new_time, forget_replaced_moderators
from participants.actions.offers import renew_offers
from participants.actions.places import hold, promote_waiting
from participants.news import whom_a_change_reaches
from workshops.models import Workshop
from workshops.states import WorkshopState
from workshops.telling import TOLD_ABOUT, tells, unsaid

tells(whom_a_change_reaches)


@reacts_to("workshop.changed")
def answer_changes(event: Event) -> None:
    """New places go to whoever waits longest; another time or place is told to everybody on the list."""
    fields = set(event.data["fields"])
    if "places" in fields:
        promote_waiting(hold(UUID(event.thing_id)))
    if "starts_at" in fields:
        ask_about_new_time(Workshop.objects.with_programme().get(pk=event.thing_id))
    if fields & set(TOLD_ABOUT):
        announced = Workshop.objects.filter(pk=event.thing_id, state__in=(WorkshopState.ANNOUNCED, WorkshopState.LIVE))
        for workshop in announced:
            jobs.ask("tell_change", workshop, scope=workshop.pk)


@reacts_to("workshop.moved")
def answer_cancellations(event: Event) -> None:
    """Everybody is told; when it takes place after all, offers are made again, freed places go to whoever waits, and
    those who knew of it are told what they do not know yet."""
    if event.data["after"] == WorkshopState.CANCELLED:
        workshop = Workshop.objects.get(pk=event.thing_id)
        jobs.ask("tell_change", workshop, scope=workshop.pk)
    if event.data["after"] == WorkshopState.ANNOUNCED:
        workshop = hold(UUID(event.thing_id))
        renew_offers(workshop)
        promote_waiting(workshop)
        if news := unsaid(workshop):
            jobs.ask("tell_after_all" if news.was_cancelled else "tell_change", workshop, scope=workshop.pk)


@reacts_to("group.moderators_named")
def answer_new_moderators(event: Event) -> None:
    """Whoever was asked for a seat that is somebody else's now is asked no more."""
    forget_replaced_moderators(event.thing_id)


@reacts_to("audience.changed")
@reacts_to("audience.removed")
def answer_audiences(event: Event) -> None:
    """A place that is reserved no longer may be free for somebody who waits."""
    if event.scope_id:
        promote_waiting(hold(event.scope_id))


@reacts_to("workshop.planned")
def answer_plans(event: Event) -> None:
    """How long people are kept is set once for the programme."""
    give_terms(Workshop.objects.get(pk=event.thing_id))


@reacts_to("workshop.copied")
def answer_copies(event: Event) -> None:
    """The copy asks and reminds people as the workshop before did."""
    copy_asking(Workshop.objects.get(pk=event.data["of"]), Workshop.objects.get(pk=event.thing_id))
