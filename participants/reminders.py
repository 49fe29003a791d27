"""Reminding people before a workshop: once, however late we look, and never when it has begun.

There is no window that could be missed. At each sweep `look_out` asks for a job for every workshop whose moment has
come and that has not been written for; the job marks the day it has written for, in the transaction of its mails.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone

from ledger import jobs, outbox
from ledger.jobs import Claim
from ledger.models import Mail
from participants.models import Registration, Reminder
from participants.models.mailings import USUAL_HOURS
from workshops.models import Workshop
from workshops.states import WorkshopState

JUST_TOLD = dt.timedelta(hours=12)
"""Whoever got their place shorter ago than this knows when and where; a reminder would tell nothing."""
PLACE_MAILS = ("place_taken", "promoted")


def coming_up(now: dt.datetime) -> QuerySet[Workshop]:
    """Announced workshops that have not begun."""
    return Workshop.objects.filter(state=WorkshopState.ANNOUNCED, starts_at__gt=now)


def due_at(now: dt.datetime) -> list[Workshop]:
    """The workshops whose people are to be reminded now, with `reminder` and programme."""
    longest = dt.timedelta(hours=max(_longest(), USUAL_HOURS))
    near = coming_up(now).filter(starts_at__lte=now + longest).select_related("programme", "reminder")
    return [workshop for workshop in near if is_due(workshop, now)]


def _longest() -> int:
    """The most hours before that anybody has chosen."""
    hours = Reminder.objects.exclude(hours_before=None).order_by("-hours_before").values_list("hours_before", flat=True)
    return hours.first() or 0


def is_due(workshop: Workshop, now: dt.datetime) -> bool:
    """Whether the moment has come and nothing was written for this day of the workshop yet."""
    plan = plan_of(workshop)
    if plan.due_at is None or workshop.starts_at <= now or workshop.state != WorkshopState.ANNOUNCED:
        return False
    return plan.due_at <= now and plan.written_for != workshop.local_start.date()


def plan_of(workshop: Workshop) -> Reminder:
    """How the workshop reminds; the usual way, unsaved, where nobody has chosen."""
    try:
        plan = workshop.reminder
    except Reminder.DoesNotExist:
        plan = Reminder(workshop=workshop)
    plan.workshop = workshop
    return plan


def look_out(now: dt.datetime) -> None:
    """Ask for what time has made due; a job that waits or runs already is not asked for again."""
    due = due_at(now)
    if not due:
        return
    waiting = set(
        jobs.waiting("remind").filter(subject_id__in=[str(w.pk) for w in due]).values_list("subject_id", flat=True)
    )
    for workshop in due:
        if str(workshop.pk) not in waiting:
            jobs.ask("remind", workshop, scope=workshop.pk)


def remind(claim: Claim) -> None:
    """Leave one reminder for everybody with a place who was not told of it a moment ago."""
    with claim.finishing():
        workshop = Workshop.objects.select_for_update(of=("self",)).with_programme().get(pk=claim.subject_id)
        if not is_due(workshop, timezone.now()):
            return
        day = workshop.local_start.date()
        people = [(each.person, each) for each in who_is_reminded(workshop, timezone.now())]
        outbox.write_all("reminder", to=people, occasion=day.isoformat(), scope=workshop.pk)
        Reminder.objects.update_or_create(workshop=workshop, defaults={"written_for": day})


def who_is_reminded(workshop: Workshop, now: dt.datetime) -> list[Registration]:
    """Everybody with a place and an address, but those who were told of their place just now."""
    told = Mail.objects.filter(kind__in=PLACE_MAILS, scope_id=workshop.pk, created_at__gt=now - JUST_TOLD)
    fresh = set(told.values_list("subject_id", flat=True))
    places = workshop.registrations.confirmed().filter(person__email__isnull=False).select_related("person")
    return [place for place in places if str(place.pk) not in fresh]
