"""When everything in the sample happened. The actions ran just now; here their times are moved to where they belong."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F
from django.utils import timezone

from config.sample.plan import Stage
from feedback.models import Confirmation, Note, Op
from feedback.notes.confirmations import row as row_of_confirmation
from ledger.models import Event, Job, Mail
from participants.models import Device, Registration
from workshops.actions.groups import CODES_LAST
from workshops.models import Group, Session, Workshop
from workshops.states import SessionState, WorkshopState

DAYS_FROM_NOW = {"habits-map": -35, "design": 35, "verify": 70}
LIVE = "habits-ratings"
OPEN_SESSION, MINUTE = "ratings", 32
"""The session that is open now and how many of its 55 minutes have passed: the clocks show 23."""

SIGN_UP_OPENS = {"habits-map": -42, "habits-ratings": -30, "design": -49, "verify": -49}
"""In days from the workshop's start."""

READ_BACK_BEFORE = dt.timedelta(minutes=2)
PUBLISHED_AFTER = dt.timedelta(days=9)


def move_times(stage: Stage, told: dict[str, Any], now: dt.datetime) -> None:
    """Set the times of workshops, sessions, people, tablets and notes."""
    for workshop in told["workshops"]:
        key = workshop["key"]
        begun = beginning(stage, key, workshop, now)
        set_workshop(stage, key, begun)
        _move_people(stage, key)
        if any(where == key for where, _place in stage.notes):
            set_sessions(stage, workshop, begun, now)
            _move_notes(stage, key, told["notes"][key], told["corrected"])
            _move_confirmations(stage, key)
            _move_tablets(stage, key, now)


def beginning(stage: Stage, key: str, told: dict[str, Any], now: dt.datetime) -> dt.datetime:
    """When the first session begins: at the planned hour of a day, or so that `OPEN_SESSION` is in its `MINUTE` now."""
    if key == LIVE:
        names = [session["key"] for session in told["sessions"]]
        before = told["sessions"][: names.index(OPEN_SESSION)]
        return now - dt.timedelta(minutes=MINUTE + sum(session["minutes"] for session in before))
    day = now.astimezone(stage.programme.zone).date() + dt.timedelta(days=DAYS_FROM_NOW[key])
    at = dt.time.fromisoformat(told["time"]["start"])
    return dt.datetime.combine(day, at, stage.programme.zone).astimezone(dt.UTC)


def set_workshop(stage: Stage, key: str, begun: dt.datetime) -> None:
    """The planned start is a time people can say aloud: five minutes are the finest."""
    workshop = stage.workshops[key]
    workshop.starts_at = begun - dt.timedelta(
        minutes=begun.minute % 5, seconds=begun.second, microseconds=begun.microsecond
    )
    workshop.opens_at = sign_up_opens(stage, key)
    workshop.closes_at = workshop.starts_at
    workshop.created_at = workshop.opens_at - dt.timedelta(days=30)
    workshop.save(update_fields=["starts_at", "opens_at", "closes_at", "created_at"])


def sign_up_opens(stage: Stage, key: str) -> dt.datetime:
    """Counted back from the workshop's planned start."""
    return stage.workshops[key].starts_at + dt.timedelta(days=SIGN_UP_OPENS[key])


def _move_people(stage: Stage, key: str) -> None:
    """Asked for their places one every ten hours, came in one every minute from when the doors opened."""
    workshop = stage.workshops[key]
    rows = [registration for (where, _who), registration in stage.registrations.items() if where == key]
    fresh = Registration.objects.in_bulk([row.pk for row in rows])
    opens_at, arrived = sign_up_opens(stage, key), 0
    for turn, row in enumerate(fresh[row.pk] for row in rows):
        row.asked_at = opens_at + dt.timedelta(hours=10 * turn, minutes=17)
        if row.arrived_at is not None:
            row.arrived_at = workshop.doors_at + dt.timedelta(minutes=arrived)
            arrived += 1
    Registration.objects.bulk_update(fresh.values(), ["asked_at", "arrived_at"])


def set_sessions(stage: Stage, told: dict[str, Any], begun: dt.datetime, now: dt.datetime) -> None:
    """One session after the other, as planned; what is planned after `now` has not begun."""
    opened = begun
    for session in told["sessions"]:
        row = stage.sessions[told["key"], session["key"]]
        if opened > now:
            break
        row.opened_at, row.ends_at = opened, opened + dt.timedelta(minutes=session["minutes"])
        row.closed_at = row.ends_at if row.ends_at <= now else None
        opened = row.ends_at
        Session.objects.filter(pk=row.pk).update(opened_at=row.opened_at, ends_at=row.ends_at, closed_at=row.closed_at)


def _move_notes(stage: Stage, key: str, told: list[dict[str, Any]], corrected: dict[str, Any]) -> None:
    """Each note was written in its minute of its session, and its dots and changes with it; a correction came later."""
    room_at = stage.sessions[corrected["workshop"], "report"].starts_on_the_clock + dt.timedelta(
        minutes=corrected["minute"]
    )
    rows = {place: note for (where, place), note in stage.notes.items() if where == key}
    fresh = Note.objects.in_bulk([note.pk for note in rows.values()])
    for place, note in rows.items():
        said = told[place]
        row = fresh[note.pk]
        begun = stage.sessions[key, said["session"]].starts_on_the_clock
        row.created_at = row.written_at = begun + dt.timedelta(minutes=said["minute"])
        row.variants = [{**variant, "at": row.created_at.isoformat()} for variant in row.variants]
        row.corrections = [{**one, "at": room_at.isoformat()} for one in row.corrections]
        row.text_at = room_at if row.corrections else row.created_at
        stage.notes[key, place] = row
    Note.objects.bulk_update(fresh.values(), ["created_at", "written_at", "variants", "corrections", "text_at"])
    ops = list(Op.objects.filter(group__workshop=stage.workshops[key], note__isnull=False))
    for op in ops:
        row, after = fresh[op.note], op.after or {}
        corrections = row.corrections if after["corrections"] else []
        op.at = room_at if corrections else row.created_at
        variants = row.variants if after["variants"] else []
        times = {"written_at": row.created_at.isoformat(), "text_at": op.at.isoformat()}
        op.after = after | times | {"variants": variants, "corrections": corrections}
    Op.objects.bulk_update(ops, ["at", "after"])


def _move_confirmations(stage: Stage, key: str) -> None:
    """Tables confirmed their notes two minutes before the session ended."""
    confirmations = list(Confirmation.objects.of_workshop(stage.workshops[key]).select_related("session"))
    ops = Op.objects.in_bulk([confirmation.pk for confirmation in confirmations])
    for one in confirmations:
        ended_at = one.session.closed_at or one.session.ends_at
        one.at = ops[one.pk].at = ended_at - READ_BACK_BEFORE
        ops[one.pk].after = row_of_confirmation(one)
    Confirmation.objects.bulk_update(confirmations, ["at"])
    Op.objects.bulk_update(ops.values(), ["at", "after"])


def _move_tablets(stage: Stage, key: str, now: dt.datetime) -> None:
    """Tablets joined as the doors opened; codes and tablets of a past evening have ended."""
    workshop = stage.workshops[key]
    until = workshop.ends_at + CODES_LAST
    Group.objects.filter(workshop=workshop).update(code_until=until)
    Device.objects.filter(group__workshop=workshop).update(
        joined_at=workshop.doors_at, until=until, seen_at=min(now, workshop.ends_at)
    )


def settle_ledger(stage: Stage, now: dt.datetime) -> None:
    """Nothing of the past is still to be sent or done, and history tells when it happened."""
    for key, workshop in stage.workshops.items():
        moments = _moments(stage, key)
        _settle_events(workshop, moments)
        _settle_mails(workshop, moments, now)
    Job.objects.filter(scope_id__in=[workshop.pk for workshop in stage.workshops.values()]).update(
        built=F("wanted"), finished_at=now
    )


def _moments(stage: Stage, key: str) -> dict[tuple[str, str], dt.datetime]:
    """When things happened, by the thing's id and the verb or, for a move, the state it moved to."""
    workshop, one_day = stage.workshops[key], dt.timedelta(days=1)
    moments: dict[tuple[str, str], dt.datetime | None] = {
        (str(workshop.pk), WorkshopState.ANNOUNCED): workshop.created_at + one_day,
        (str(workshop.pk), WorkshopState.LIVE): workshop.doors_at,
        (str(workshop.pk), WorkshopState.COMPILING): workshop.ends_at,
        (str(workshop.pk), WorkshopState.CURATING): workshop.ends_at + one_day,
        (str(workshop.pk), WorkshopState.PUBLISHED): workshop.ends_at + PUBLISHED_AFTER,
    }
    for place in Registration.objects.filter(workshop=workshop):
        moments[str(place.pk), "registration.asked"] = place.asked_at
        moments[str(place.pk), "person.arrived"] = place.arrived_at
    for confirmation in Confirmation.objects.of_workshop(workshop):
        moments[str(confirmation.pk), "notes.confirmed"] = confirmation.at
    for note in Note.objects.of_workshop(workshop).exclude(corrections=[]):
        moments[str(note.pk), "note.corrected"] = note.text_at
    for session in Session.objects.filter(workshop=workshop):
        moments[str(session.pk), SessionState.OPEN] = session.opened_at
        moments[str(session.pk), SessionState.CLOSED] = session.closed_at
    return {what: moment for what, moment in moments.items() if moment is not None}


def _settle_events(workshop: Workshop, moments: dict[tuple[str, str], dt.datetime]) -> None:
    """What has no moment of its own happened together with what was recorded before it."""
    at = workshop.created_at
    events = list(Event.objects.filter(scope_id=workshop.pk).order_by("pk"))
    for event in events:
        at = event.at = moments.get((event.thing_id, event.data.get("after", event.verb)), at)
    Event.objects.bulk_update(events, ["at"])


def send_mails(stage: Stage, key: str, now: dt.datetime) -> None:
    """As if what was written just now had been sent: the sample writes to nobody."""
    Mail.objects.unsent().filter(scope_id=stage.workshops[key].pk).update(sent_at=now)


def _settle_mails(workshop: Workshop, moments: dict[tuple[str, str], dt.datetime], now: dt.datetime) -> None:
    """What was due has been sent when its cause happened; the sample writes to nobody."""
    mails = list(Mail.objects.filter(scope_id=workshop.pk).due_at(timezone.now()))
    for mail in mails:
        cause = moments.get((mail.subject_id, "registration.asked"), min(now, workshop.ends_at + PUBLISHED_AFTER))
        mail.created_at = mail.not_before = mail.sent_at = cause
    Mail.objects.bulk_update(mails, ["created_at", "not_before", "sent_at"])
