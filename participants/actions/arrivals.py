"""Taking what the desks tell: one transaction under the workshop's lock, and an answer for each op."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ledger import wakeups
from ledger.history import Actor, record
from ledger.shapes import SAME_NEXT_TIME, Refused, named
from participants.actions.door import check_in
from participants.actions.places import enter, person_of, promote_waiting
from participants.arrivals.rows import row_of
from participants.arrivals.shape import OP_KEYS, OVER, TAKE, WAIT, Op, checked
from participants.models import Arrival, Override, Registration
from participants.states import ArrivalDoing, ArrivalState, Channel, RegistrationState
from workshops.models import Audience, Workshop
from workshops.states import WorkshopState

Ack = dict[str, Any]
CLOCKS_TRUSTED_BACK = dt.timedelta(hours=18)
NOT_ON = (WorkshopState.DRAFT, WorkshopState.CANCELLED)
logger = logging.getLogger(__name__)


class Choice(Exception):
    """Nothing was done: a person decides. `about` is the registration in question, where there is one."""

    def __init__(self, code: str, sentence: str, about: uuid.UUID | None = None) -> None:
        super().__init__(sentence)
        self.code, self.sentence, self.about = code, sentence, about


@dataclass
class _Desk:
    """Who tells, about which workshop, and what was told before."""

    workshop: Workshop
    by: Actor
    may_exceed: bool
    known: dict[str, Arrival]


@transaction.atomic
def take_arrivals(workshop: Workshop, ops: list[Any], *, by: Actor, may_exceed: bool) -> list[Ack]:
    """Take the ops of one request in order and answer each one; see docs/arrivals.md for shapes.

    `may_exceed`: whether `by` may let people in over the limit. A known op id is answered and changes nothing.
    """
    desk = _open(workshop, ops, by=by, may_exceed=may_exceed)
    acks = [_alone(_take, desk, raw) for raw in ops]
    wakeups.changed(f"room:{workshop.pk}")
    return acks


@transaction.atomic
def hold_arrivals(workshop: Workshop, ops: list[Any], *, by: Actor) -> list[Ack]:
    """Keep what somebody still holds who is at this door no more: the organiser decides. The list is not told."""
    desk = _open(workshop, ops, by=by, may_exceed=False)
    return [_alone(_hold, desk, raw) for raw in ops]


def _open(workshop: Workshop, ops: list[Any], **asked: Any) -> _Desk:
    locked = Workshop.objects.select_for_update(of=("self",)).select_related("programme").get(pk=workshop.pk)
    ids = [name for name in map(_id_of, ops) if name]
    known = {str(arrival.pk): arrival for arrival in Arrival.objects.filter(pk__in=ids)}
    return _Desk(workshop=locked, known=known, **asked)


def _id_of(raw: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(named(raw) or "")
    except ValueError:
        return None


def _alone(work: Any, desk: _Desk, raw: Any) -> Ack:
    """One op, whole or not at all: what is wrong with one is no affair of the others."""
    try:
        with transaction.atomic():
            return work(desk, checked(raw), raw)
    except Refused as refusal:
        return _ack(raw, "refused", refusal.code, refusal.sentence)
    except Choice as choice:
        return _ack(raw, "choice", choice.code, choice.sentence, choice.about)
    except SAME_NEXT_TIME:
        logger.exception("An op of a desk could not be taken")
        return _ack(raw, "refused", "failed", _("The server could not take this change."))


def _ack(raw: Any, status: str, code: str = "", sentence: str = "", about: uuid.UUID | None = None) -> Ack:
    ack: Ack = {"op": named(raw), "status": status, "person": row_of(about) if about else None}
    return ack | {"code": code, "sentence": sentence} if code else ack


def _take(desk: _Desk, op: Op, raw: Any) -> Ack:
    known = desk.known.get(str(op.id))
    if known is not None and known.state != ArrivalState.HELD:
        return _answer_again(desk, known, raw)
    if known is not None:
        return _ack(raw, "held", "removed", _held_sentence())
    if desk.workshop.state in NOT_ON:
        raise Refused("not_on", _("This workshop does not take place now."))
    registration = _DOINGS[op.do](desk, op)
    _keep(desk, op, ArrivalState.STORED, registration=registration, reason=op.reason)
    return _ack(raw, "stored", about=registration.pk)


def _answer_again(desk: _Desk, known: Arrival, raw: Any) -> Ack:
    if known.workshop_id != desk.workshop.pk:
        raise Refused("op_elsewhere", _("This op id was used at another workshop."))
    if known.state == ArrivalState.LEFT_OUT:
        raise Refused("left_out", _("The organiser has left this out."))
    return _ack(raw, "stored", about=known.registration_id)


def _keep(desk: _Desk, op: Op, state: str, **fields: Any) -> Arrival:
    arrival = Arrival.objects.create(
        id=op.id,
        workshop=desk.workshop,
        do=op.do,
        state=state,
        at=op.at,
        actor_kind=desk.by.kind,
        actor_id=desk.by.id,
        **fields,
    )
    desk.known[str(op.id)] = arrival
    return arrival


def _somebody(desk: _Desk, op: Op) -> Registration:
    found = desk.workshop.registrations.select_related("person").filter(pk=op.registration).first()
    if found is None:
        raise Refused("unknown_person", _("This person is not known here."))
    return found


def _here(desk: _Desk, op: Op) -> Registration:
    registration = _somebody(desk, op)
    if registration.is_offered:
        promote_waiting(desk.workshop)  # an offer that has run out goes on before anybody takes it
        registration.refresh_from_db()
    if not registration.holds_a_place:
        _let_in(desk, op, registration)
    elif registration.arrived_at is not None:
        since = f"{registration.arrived_at.astimezone(desk.workshop.zone):%H:%M}"
        sentence = _("%(name)s is here already, since %(time)s.") % {"name": registration.person.name, "time": since}
        raise Choice("here_already", sentence, registration.pk)
    return _mark(desk, op, registration)


def _mark(desk: _Desk, op: Op, registration: Registration) -> Registration:
    """Here now, unless they wait."""
    if registration.holds_a_place:
        check_in(registration, by=desk.by, at=_when(op), arrival=op.id)
    return registration


def _when(op: Op) -> dt.datetime:
    """The device's own time, as far as it can be believed: not in the future, not of another day."""
    now = timezone.now()
    return op.at if op.at and now - CLOCKS_TRUSTED_BACK < op.at < now else now


def _let_in(desk: _Desk, op: Op, registration: Registration) -> None:
    """Somebody without a place is at the door: what was decided about them, else a person is asked."""
    name = {"name": registration.person.name}
    if op.place == OVER:
        _exceed(desk, op, registration)
    elif registration.is_waiting and op.place != WAIT:
        raise Choice("waiting", _("%(name)s is on the waiting list and has no place yet.") % name, registration.pk)
    elif registration.state == RegistrationState.CANCELLED and op.place not in (TAKE, WAIT):
        raise Choice("gave_up", _("%(name)s has given up the place.") % name, registration.pk)
    elif registration.state == RegistrationState.CANCELLED:
        _enter(desk, op, registration)


def _enter(desk: _Desk, op: Op, registration: Registration) -> None:
    """Take a place that is free; when there is none, ask, unless waiting was the answer."""
    enter(registration, desk.workshop, by=desk.by)
    if registration.is_waiting and op.place != WAIT:
        about = None if op.do == ArrivalDoing.WALK_IN else registration.pk
        sentence = _("All places are taken. Let %(name)s in over the limit, or onto the waiting list?")
        if desk.workshop.reserved:
            sentence = _("No place is free for %(name)s. Let them in over the limit, or onto the waiting list?")
        raise Choice("full", sentence % {"name": registration.person.name}, about)


def _exceed(desk: _Desk, op: Op, registration: Registration) -> None:
    """One more than there are places, for the reason that is kept with the op."""
    if not desk.may_exceed:
        raise Refused("organisers_only", _("Only an organiser lets people in over the limit."))
    registration.state, registration.queue_no = RegistrationState.CONFIRMED, None
    registration.asked_at = timezone.now()
    registration.occasion += 1
    registration.save()
    Override.objects.create(registration=registration, reason=op.reason, actor_kind=desk.by.kind, actor_id=desk.by.id)
    record(registration, "registration.let_in_over_the_limit", by=desk.by, scope=desk.workshop.pk)


def _not_here(desk: _Desk, op: Op) -> Registration:
    """Take back one coming in, and no other: somebody else may have seen them since."""
    registration = _somebody(desk, op)
    if registration.is_confirmed and registration.arrival == op.of:
        check_in(registration, by=desk.by, here=False)
    return registration


def _walk_in(desk: _Desk, op: Op) -> Registration:
    if Registration.objects.filter(pk=op.registration).exists():
        raise Refused("id_taken", _("Somebody else has this id."))
    language = get_language() or desk.workshop.programme.languages[0]
    person, _is_new = person_of(desk.workshop.programme, name=op.name, email=None, language=language)
    registration = Registration(
        pk=op.registration, workshop=desk.workshop, person=person, audience=_audience(desk, op), channel=Channel.DOOR
    )
    if op.place == OVER:
        _exceed(desk, op, registration)
    else:
        _enter(desk, op, registration)
    return _mark(desk, op, registration)


def _audience(desk: _Desk, op: Op) -> Audience | None:
    """One that was taken away meanwhile has no places any more."""
    return desk.workshop.audiences.filter(pk=op.audience).first() if op.audience else None


_DOINGS: dict[str, Callable[[_Desk, Op], Registration]] = {
    ArrivalDoing.HERE: _here,
    ArrivalDoing.NOT_HERE: _not_here,
    ArrivalDoing.WALK_IN: _walk_in,
}


def _held_sentence() -> str:
    return _("You are no longer at this door. The organiser has it and decides.")


def _hold(desk: _Desk, op: Op, raw: Any) -> Ack:
    known = desk.known.get(str(op.id))
    if known is not None and known.workshop_id != desk.workshop.pk:
        raise Refused("op_elsewhere", _("This op id was used at another workshop."))
    if known is not None and known.state == ArrivalState.LEFT_OUT:
        raise Refused("left_out", _("The organiser has left this out."))
    if known is not None and known.state == ArrivalState.STORED:
        return _ack(raw, "stored")
    if known is None:
        body = {name: raw[name] for name in OP_KEYS if name in raw}
        held = _keep(desk, op, ArrivalState.HELD, body=body)
        record(held, "arrival.held", by=desk.by, scope=desk.workshop.pk)
    return _ack(raw, "held", "removed", _held_sentence())


@transaction.atomic
def accept_held(arrival: Arrival, *, by: Actor, over: str = "") -> Ack:
    """The organiser takes over what somebody sent who has left the door; it is taken as told, under its own id.

    `over` is the reason where it needs a place beyond the limit. Nothing changes unless the answer is "stored".
    Raises `Refused` when somebody has decided meanwhile.
    """
    held = _still_held(arrival)
    body = held.body | ({"place": OVER, "reason": over} if over else {})
    with transaction.atomic():
        Arrival.objects.filter(pk=held.pk).delete()
        [ack] = take_arrivals(held.workshop, [body], by=Actor(held.actor_kind, held.actor_id), may_exceed=True)
        if ack["status"] != "stored":
            transaction.set_rollback(True)
            return ack
    record(held, "arrival.accepted", by=by, scope=held.workshop_id)
    return ack


@transaction.atomic
def leave_out(arrival: Arrival, *, by: Actor) -> None:
    """The organiser leaves it out, for good; what it said goes. Raises `Refused` when somebody has decided."""
    held = _still_held(arrival)
    Arrival.objects.filter(pk=held.pk).update(state=ArrivalState.LEFT_OUT, body={})
    record(held, "arrival.left_out", by=by, scope=held.workshop_id)


def _still_held(arrival: Arrival) -> Arrival:
    rows = Arrival.objects.select_for_update(of=("self",)).select_related("workshop")
    held = rows.held().filter(pk=arrival.pk).first()
    if held is None:
        raise Refused("decided", _("Somebody else has decided about it."))
    return held
