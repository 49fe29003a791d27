"""Telling organisers each week that an outcome is still to come, until it is out.

There is no window that could be missed: each week since the workshop is one occasion of one mail, and whoever looks
late writes the week that is now.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from ledger import jobs, outbox
from ledger.jobs import Claim
from ledger.keeping import UNPUBLISHED
from ledger.models import Mail
from participants.models import User
from workshops.models import TeamSeat, Workshop
from workshops.states import ORGANISING_ROLES, WorkshopState

WEEK = dt.timedelta(days=7)
WITHOUT_OUTCOME = (WorkshopState.LIVE, WorkshopState.COMPILING, WorkshopState.CURATING, WorkshopState.ASKING)


def weeks_without(workshop: Workshop, now: dt.datetime) -> int:
    """Whole weeks since the workshop ended while its outcome is not out; 0 when there is nothing to remind of.

    After a year the people and their words are forgotten, and so is the reminder.
    """
    if workshop.state not in WITHOUT_OUTCOME or not dt.timedelta(0) < now - workshop.ends_at < UNPUBLISHED.span:
        return 0
    return (now - workshop.ends_at) // WEEK


def occasion(week: int) -> str:
    return f"week-{week}"


def due_at(now: dt.datetime) -> list[Workshop]:
    """Workshops whose organisers have not been written to about the week that is now."""
    over = Workshop.objects.filter(state__in=WITHOUT_OUTCOME, starts_at__lt=now - WEEK).with_programme()
    late = [workshop for workshop in over if weeks_without(workshop, now)]
    mails = Mail.objects.filter(kind="unpublished", subject_id__in=[str(workshop.pk) for workshop in late])
    told = {(subject, key.rpartition(":")[2]) for subject, key in mails.values_list("subject_id", "key")}
    return [each for each in late if (str(each.pk), occasion(weeks_without(each, now))) not in told]


def look_out(now: dt.datetime) -> None:
    """Ask for what time has made due; a job that waits or runs already is not asked for again."""
    due = due_at(now)
    if not due:
        return
    waiting = set(jobs.waiting("remind_organisers").values_list("subject_id", flat=True))
    for workshop in due:
        if str(workshop.pk) not in waiting and organisers_of(workshop):
            jobs.ask("remind_organisers", workshop, scope=workshop.pk)


def remind(claim: Claim) -> None:
    """Leave one mail for each organiser about the week that is now."""
    with claim.finishing():
        workshop = Workshop.objects.with_programme().get(pk=claim.subject_id)
        week = weeks_without(workshop, timezone.now())
        if week:
            people = [(user, workshop) for user in organisers_of(workshop)]
            outbox.write_all("unpublished", to=people, occasion=occasion(week), scope=workshop.pk)


def organisers_of(workshop: Workshop) -> list[User]:
    seats = TeamSeat.objects.filter(programme=workshop.programme_id, role__in=ORGANISING_ROLES)
    return list(User.objects.filter(pk__in=seats.values("user"), is_active=True).order_by("pk"))
