"""Asking moderators to lead a table, and their answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ledger import jobs, outbox
from ledger.history import SYSTEM, Actor, record
from ledger.ids import digest, new_secret
from ledger.jobs import Claim
from ledger.models import ActorKind
from participants.actions.links import LINKS_LAST
from participants.actions.mail_limits import count_in
from participants.models import ModeratorInvitation, ModeratorLink
from participants.models.invitations import BETWEEN_MAILS
from participants.states import InvitationState
from workshops.models import ModeratorSeat, Workshop
from workshops.states import WorkshopState

ASK_AGAIN_AFTER = dt.timedelta(days=3)
REMIND_BEFORE = dt.timedelta(days=2)
ASKED_BY_ITSELF = 2
"""So often somebody is asked without anybody pressing a button: by the invitation and once more."""


class NothingToLead(Exception):
    """The workshop is cancelled or over."""


class AnsweredAlready(Exception):
    """The invitation does not take this answer: `invitation` as it is."""

    def __init__(self, invitation: ModeratorInvitation) -> None:
        super().__init__(invitation.pk)
        self.invitation = invitation


def has_tables_to_lead(workshop: Workshop) -> bool:
    """Whether moderators are still needed: also for a draft, they are asked before people are."""
    planned = (WorkshopState.DRAFT, WorkshopState.ANNOUNCED, WorkshopState.LIVE)
    return workshop.state in planned and timezone.now() < workshop.ends_at


def whom_to_invite(workshop: Workshop) -> list[ModeratorSeat]:
    """Moderators with an address who were not asked yet."""
    seats = ModeratorSeat.objects.filter(group__workshop=workshop, invitation=None).select_related("user")
    return [seat for seat in seats.order_by("group__order", "role") if seat.address]


def whom_to_ask_again(workshop: Workshop, now: dt.datetime) -> list[ModeratorInvitation]:
    """Moderators who have not answered and were last asked a day ago or longer."""
    found = ModeratorInvitation.objects.of_workshop(workshop.pk).open().filter(asked_at__lte=now - BETWEEN_MAILS)
    return list(found.with_all())


@transaction.atomic
def invite_moderators(workshop: Workshop, *, by: Actor) -> int:
    """Ask everybody who has a moderator's seat and an address, once; returns how many are asked now.

    Raises `NothingToLead`, or `TooManyToday`; then nobody is asked.
    """
    workshop = _hold(workshop)
    seats = whom_to_invite(workshop)
    if not seats:
        return 0
    count_in(by, len(seats))
    language = next(iter(workshop.programme.languages), "it")
    invited = ModeratorInvitation.objects.bulk_create(
        ModeratorInvitation(seat=seat, email=seat.address, language=language) for seat in seats
    )
    _write("moderator_invitation", workshop, invited)
    record(workshop, "moderators.invited", by=by, scope=workshop.pk, people=len(invited))
    return len(invited)


@transaction.atomic
def ask_moderators_again(workshop: Workshop, *, by: Actor) -> int:
    """Ask those again who have not answered; returns how many. Raises `NothingToLead` or `TooManyToday`."""
    workshop = _hold(workshop)
    silent = whom_to_ask_again(workshop, timezone.now())
    if silent:
        count_in(by, len(silent))
        _ask_again(workshop, silent, by)
    return len(silent)


def _hold(workshop: Workshop) -> Workshop:
    workshop = Workshop.objects.select_for_update(of=("self",)).with_programme().get(pk=workshop.pk)
    if not has_tables_to_lead(workshop):
        raise NothingToLead(workshop.pk)
    return workshop


def _ask_again(workshop: Workshop, invitations: list[ModeratorInvitation], by: Actor) -> None:
    """Open each of them, whatever was answered, and leave a mail that asks."""
    rows = ModeratorInvitation.objects.filter(pk__in=[each.pk for each in invitations])
    rows.update(state=InvitationState.OPEN, answered_at=None, asked=F("asked") + 1, asked_at=timezone.now())
    _write("moderator_asked_again", workshop, rows)
    record(workshop, "moderators.asked_again", by=by, scope=workshop.pk, people=len(invitations))


def _write(kind: str, workshop: Workshop, invitations: Iterable[ModeratorInvitation]) -> None:
    for each in invitations:
        outbox.write(kind, to=each, about=each, occasion=str(each.asked), scope=workshop.pk)


def new_moderator_link(invitation: ModeratorInvitation) -> str:
    """A new key to the invitation; only its digest is stored. Several may be valid."""
    secret = new_secret()
    until = max(timezone.now(), invitation.seat.group.workshop.ends_at) + LINKS_LAST
    ModeratorLink.objects.create(invitation=invitation, digest=digest(secret), expires_at=until)
    return secret


def moderator_by_link(secret: str) -> ModeratorInvitation | None:
    """The invitation a link leads to, with seat, table, workshop and programme; None for a wrong or old one."""
    links = ModeratorLink.objects.filter(digest=digest(secret), expires_at__gt=timezone.now())
    key = links.values_list("invitation_id", flat=True).first()
    return ModeratorInvitation.objects.with_all().filter(pk=key).first() if key else None


@transaction.atomic
def answer(invitation: ModeratorInvitation, *, comes: bool) -> None:
    """Yes, or no; a yes can still become a no.

    Raises `AnsweredAlready` for any other change, and `NothingToLead` when it is too late for an answer.
    """
    workshop = Workshop.objects.select_for_update().get(pk=invitation.seat.group.workshop_id)
    if not has_tables_to_lead(workshop):
        raise NothingToLead(workshop.pk)
    before = [InvitationState.OPEN] if comes else [InvitationState.OPEN, InvitationState.ACCEPTED]
    state = InvitationState.ACCEPTED if comes else InvitationState.DECLINED
    here = ModeratorInvitation.objects.filter(pk=invitation.pk, state__in=before)
    changed = here.update(state=state, answered_at=timezone.now())
    invitation.refresh_from_db(fields=["state", "answered_at"])
    if not changed:
        raise AnsweredAlready(invitation)
    record(invitation, f"moderator.{state}", by=Actor(ActorKind.PERSON), scope=workshop.pk)


# By themselves


def due_for_mail(workshop: Workshop, now: dt.datetime) -> tuple[list[ModeratorInvitation], list[ModeratorInvitation]]:
    """Who is asked once more, and who said yes and is reminded, at `now`."""
    if not has_tables_to_lead(workshop) or workshop.starts_at <= now:
        return [], []
    all_of_them = ModeratorInvitation.objects.of_workshop(workshop.pk).with_all()
    is_near = workshop.starts_at - now <= REMIND_BEFORE
    wait = BETWEEN_MAILS if is_near else ASK_AGAIN_AFTER
    again = all_of_them.open().filter(asked__lt=ASKED_BY_ITSELF, asked_at__lte=now - wait)
    day = workshop.local_start.date()
    remind = all_of_them.accepted().exclude(reminded_for=day) if is_near else all_of_them.none()
    return list(again), list(remind)


def look_out(now: dt.datetime) -> None:
    """Ask for a job for each workshop whose moderators are due a mail; one that waits is not asked for again."""
    asked = ModeratorInvitation.objects.exclude(state=InvitationState.DECLINED).values("seat__group__workshop")
    waiting = set(jobs.waiting("write_moderators").values_list("subject_id", flat=True))
    for workshop in Workshop.objects.filter(pk__in=asked, starts_at__gt=now).with_programme():
        if str(workshop.pk) not in waiting and any(due_for_mail(workshop, now)):
            jobs.ask("write_moderators", workshop, scope=workshop.pk)


def write_moderators(claim: Claim) -> None:
    """Leave the mails that time has made due."""
    with claim.finishing():
        workshop = Workshop.objects.select_for_update(of=("self",)).with_programme().get(pk=claim.subject_id)
        again, remind = due_for_mail(workshop, timezone.now())
        if again:
            _ask_again(workshop, again, SYSTEM)
        day = workshop.local_start.date()
        for each in remind:
            outbox.write("moderator_reminder", to=each, about=each, occasion=day.isoformat(), scope=workshop.pk)
        ModeratorInvitation.objects.filter(pk__in=[each.pk for each in remind]).update(reminded_for=day)


# What follows from changes of the plan


def forget_replaced_moderators(group_id: object) -> None:
    """Invitations of a table whose seats are somebody else's by now go, with their links."""
    found = ModeratorInvitation.objects.filter(seat__group=group_id).select_related("seat__user")
    gone = [each.pk for each in found if each.seat.address != each.email]
    ModeratorInvitation.objects.filter(pk__in=gone).delete()


def ask_about_new_time(workshop: Workshop) -> None:
    """Another time is asked about anew: whoever said yes to the former one may not be able to come."""
    if not has_tables_to_lead(workshop):
        return
    found = ModeratorInvitation.objects.of_workshop(workshop.pk).exclude(state=InvitationState.DECLINED)
    if asked := list(found.with_all()):
        _ask_again(workshop, asked, SYSTEM)
