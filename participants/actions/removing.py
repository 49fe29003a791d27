"""Taking many off the list in one act, and putting them back while none of them has been told."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from ledger.history import Actor, record
from ledger.models import Event, Mail
from participants.actions.places import free_place, hold, promote_waiting, write_about
from participants.free_places import FreePlaces, free_places
from participants.models import Registration
from participants.queries.my_place import UNDO_LASTS
from participants.states import HOLDING, RegistrationState
from workshops.models import Workshop

REMOVED, PUT_BACK = "people.removed_together", "people.put_back"
TOLD_AFTER = UNDO_LASTS + dt.timedelta(minutes=1)
"""Longer than they can be put back, so that nobody is told of a removal that did not last."""
NEWS = {
    RegistrationState.CONFIRMED: "place_taken",
    RegistrationState.OFFERED: "offered",
    RegistrationState.WAITING: "waiting",
}


@dataclass(frozen=True)
class Was:
    """How somebody stood on the list before the act."""

    id: str
    state: str
    queue_no: int | None
    offered_until: str | None
    occasion: int

    @classmethod
    def of(cls, registration: Registration) -> Was:
        until = registration.offered_until
        told = until.isoformat() if until else None
        return cls(str(registration.pk), registration.state, registration.queue_no, told, registration.occasion)


@transaction.atomic
def remove_all(workshop: Workshop, registration_ids: Collection[uuid.UUID], *, by: Actor) -> int:
    """Take many off the list in one transaction; how many that were. Those who waited longest have their places when
    it commits, and nobody of those taken off is promoted on the way. They are told once they cannot be put back.
    """
    workshop = hold(workshop.pk)
    standing = workshop.registrations.standing().filter(pk__in=registration_ids)
    leaving = list(standing.select_related("person").order_by("asked_at", "pk"))
    if not leaving:
        return 0
    were = [vars(Was.of(registration)) for registration in leaving]
    told_at = timezone.now() + TOLD_AFTER
    _leave_numbers_free(workshop, sum(registration.holds_a_place for registration in leaving))
    for registration in leaving:
        free_place(registration, "registration.given_up", by=by, mail="place_given_up", told_at=told_at)
    promote_waiting(workshop)
    record(workshop, REMOVED, by=by, scope=workshop.pk, people=were)
    return len(leaving)


def _leave_numbers_free(workshop: Workshop, count: int) -> None:
    """So that whoever comes in the meantime waits behind those who are put back."""
    workshop.next_queue_no += count
    workshop.save(update_fields=["next_queue_no"])


def last_removal(workshop: Workshop) -> Event | None:
    """The act that can be taken back now; None when there is none, it was taken back, or it is too long ago."""
    event = Event.objects.in_scope(workshop.pk).filter(verb__in=(REMOVED, PUT_BACK)).first()
    return event if event and event.verb == REMOVED and timezone.now() < event.at + UNDO_LASTS else None


@transaction.atomic
def put_back(workshop: Workshop, *, by: Actor) -> list[Registration]:
    """Put those of the last act back in their order: into their places while there are free ones, else in front of
    those who wait; whoever waited, with the number they had. Nobody loses a place they were given meanwhile.

    Only whoever stands otherwise than before is told. Whoever has signed up again, or is erased, is left alone. Returns
    who is back; nobody when it is too late.
    """
    workshop = hold(workshop.pk)
    event = last_removal(workshop)
    if event is None or not workshop.gives_places_at(timezone.now()):
        return []
    were = {each["id"]: Was(**each) for each in event.data["people"]}
    gone = workshop.registrations.filter(state=RegistrationState.CANCELLED, pk__in=list(were))
    in_order = gone.select_related("person").order_by("asked_at", "pk")
    back = [each for each in in_order if each.occasion == were[str(each.pk)].occasion]
    _place(workshop, back, were)
    for registration in back:
        _return(registration, were[str(registration.pk)], by=by)
    promote_waiting(workshop)
    record(workshop, PUT_BACK, by=by, scope=workshop.pk, people=len(back))
    return back


def _place(workshop: Workshop, back: list[Registration], were: dict[str, Was]) -> None:
    """Decide where each stands, in the order in which they asked."""
    free, displaced = free_places(workshop), []
    for registration in back:
        was = were[str(registration.pk)]
        if was.state == RegistrationState.WAITING:
            registration.state, registration.queue_no = RegistrationState.WAITING, was.queue_no
        elif not _gets_a_place(registration, was, free):
            displaced.append(registration)
    waiting = [*workshop.registrations.waiting(), *(each for each in back if each.queue_no)]
    first = min((each.queue_no for each in waiting if each.queue_no), default=workshop.next_queue_no)
    numbers = list(range(max(first - len(displaced), 1), first))
    for registration in displaced:
        registration.state = RegistrationState.WAITING
        registration.queue_no = numbers.pop(0) if numbers else _next_number(workshop)


def _gets_a_place(registration: Registration, was: Was, free: FreePlaces) -> bool:
    """The place or offer they had, while one is free for them and an offer has not run out."""
    until = parse_datetime(was.offered_until) if was.offered_until else None
    is_over = until is not None and until < timezone.now()
    if is_over or was.state not in HOLDING or not free.for_audience(registration.audience_id):
        return False
    registration.state, registration.offered_until = RegistrationState(was.state), until
    free.take(registration.audience_id)
    return True


def _next_number(workshop: Workshop) -> int:
    _leave_numbers_free(workshop, 1)
    return workshop.next_queue_no - 1


def _return(registration: Registration, was: Was, *, by: Actor) -> None:
    """Write where they stand, take back the mail that was to tell them, and tell what is new to them."""
    untold: dict[str, Any] = {"kind": "place_given_up", "subject_id": str(registration.pk), "attempts": 0}
    recalled, _rows = Mail.objects.unsent().filter(**untold).delete()
    is_news = registration.state != was.state or not recalled
    registration.occasion += is_news
    registration.save(update_fields=["state", "queue_no", "offered_until", "occasion"])
    record(registration, "registration.put_back", by=by, scope=registration.workshop_id, state=registration.state)
    if is_news:
        write_about(registration, NEWS[RegistrationState(registration.state)])
