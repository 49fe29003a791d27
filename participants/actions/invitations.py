"""Asking people to come, by hand or from a list, and their answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from ledger import jobs, outbox
from ledger.history import Actor, record
from ledger.ids import digest, new_secret
from ledger.jobs import Claim
from ledger.models import ActorKind
from participants.actions import signing_up
from participants.actions.consents import Decision
from participants.actions.links import LINKS_LAST
from participants.actions.mail_limits import count_in
from participants.actions.no_mail import who_wants_none
from participants.actions.places import AddressTaken
from participants.actions.questions import Said
from participants.models import Invitation, InvitationLink, Registration
from participants.states import INVITATION_MOVES, Channel, InvitationState
from workshops.models import Audience, Theme, Workshop
from workshops.states import WorkshopState


class NothingToInviteTo(Exception):
    """The workshop is a draft, cancelled or over."""


class AnsweredAlready(Exception):
    """The link was used, or the invitation is answered or withdrawn: `invitation` as it is."""

    def __init__(self, invitation: Invitation) -> None:
        super().__init__(invitation.pk)
        self.invitation = invitation


class NoSuchLink(Exception):
    """No invitation is answered with this link (any more)."""


@dataclass(frozen=True)
class Wanted:
    """Somebody to be invited: the address in small letters, the name or an empty one, a language."""

    name: str
    email: str
    language: str


@dataclass
class Outcome:
    """What came of inviting: each address is in one of these."""

    invited: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    signed_up: list[str] = field(default_factory=list)
    unwilling: list[str] = field(default_factory=list)


def can_invite(workshop: Workshop) -> bool:
    """Whether the workshop has a page that an invitation could lead to, and is not over."""
    return workshop.state in (WorkshopState.ANNOUNCED, WorkshopState.LIVE) and timezone.now() < workshop.ends_at


@transaction.atomic
def invite(workshop: Workshop, people: Sequence[Wanted], *, by: Actor) -> Outcome:
    """Ask people to come; the mails are written by a job. Asking somebody twice changes nothing.

    Whoever declined or was withdrawn is asked anew. Raises `NothingToInviteTo` or `TooManyToday`; then nobody is asked.
    """
    workshop = Workshop.objects.select_for_update(of=("self",)).with_programme().get(pk=workshop.pk)
    if not can_invite(workshop):
        raise NothingToInviteTo(workshop.pk)
    outcome, fresh, anew = _sorted_out(workshop, people)
    count_in(by, len(outcome.invited))
    inviter = by.id if by.kind == ActorKind.USER else None
    Invitation.objects.bulk_create(
        [
            Invitation(workshop=workshop, name=one.name, email=one.email, language=one.language, invited_by_id=inviter)
            for one in fresh
        ],
        batch_size=200,
    )
    again = Invitation.objects.filter(pk__in=[invitation.pk for invitation in anew])
    InvitationLink.objects.filter(invitation__in=again).update(revoked_at=timezone.now())
    again.update(
        state=InvitationState.OPEN,
        invited_by=inviter,
        invited_at=timezone.now(),
        occasion=F("occasion") + 1,
        chases=0,
        written_at=None,
        answered_at=None,
        registration=None,
    )
    if outcome.invited:
        record(workshop, "people.invited", by=by, scope=workshop.pk, people=len(outcome.invited))
        jobs.ask("write_invitations", workshop, scope=workshop.pk)
    return outcome


def _sorted_out(workshop: Workshop, people: Iterable[Wanted]) -> tuple[Outcome, list[Wanted], list[Invitation]]:
    """Who is new, who is asked anew, and who is left alone because of what is known; each address once."""
    wanted = {one.email: one for one in people}
    found = {each.email.lower(): each for each in workshop.invitations.filter(email__in=wanted)}
    places = addresses_with_a_place(workshop, wanted)
    unwilling = who_wants_none(workshop.programme, wanted)
    outcome, fresh, anew = Outcome(), [], []
    for email, one in wanted.items():
        before = found.get(email)
        if email in places:
            outcome.signed_up.append(email)
        elif email in unwilling:
            outcome.unwilling.append(email)
        elif before and InvitationState.OPEN not in INVITATION_MOVES[InvitationState(before.state)]:
            outcome.known.append(email)
        else:
            outcome.invited.append(email)
            if before:
                anew.append(before)
            else:
                fresh.append(one)
    return outcome, fresh, anew


def addresses_with_a_place(workshop: Workshop, emails: Iterable[str]) -> set[str]:
    """Those of the addresses, in small letters, that have signed up already; people's addresses are kept that way."""
    rows = workshop.registrations.standing().filter(person__email__in=list(emails))
    return {email.lower() for email in rows.values_list("person__email", flat=True)}


def write_invitations(claim: Claim) -> None:
    """Leave the mail of each invitation that wants one: the invitation itself, or the reminder of a chase."""
    workshop = Workshop.objects.get(pk=claim.subject_id)
    with claim.finishing():
        if not can_invite(workshop):
            return
        unwritten = list(workshop.invitations.unwritten().select_for_update())
        rounds: dict[tuple[str, str], list[Invitation]] = {}
        for invitation in unwritten:
            kind = "invitation_reminder" if invitation.chases else "invitation"
            rounds.setdefault((kind, f"{invitation.occasion}.{invitation.chases}"), []).append(invitation)
        for (kind, occasion), some in rounds.items():
            outbox.write_all(kind, to=[(each, each) for each in some], occasion=occasion, scope=workshop.pk)
        workshop.invitations.filter(pk__in=[each.pk for each in unwritten]).update(written_at=timezone.now())


@transaction.atomic
def chase(workshop: Workshop, *, by: Actor) -> int:
    """Ask everybody again who has not answered and was last written to a day ago; returns how many.

    Raises `NothingToInviteTo`.
    """
    workshop = Workshop.objects.select_for_update(of=("self",)).with_programme().get(pk=workshop.pk)
    if not can_invite(workshop):
        raise NothingToInviteTo(workshop.pk)
    chased = workshop.invitations.filter(pk__in=[each.pk for each in whom_to_chase(workshop)])
    count = chased.update(chases=F("chases") + 1, written_at=None)
    if count:
        record(workshop, "people.chased", by=by, scope=workshop.pk, people=count)
        jobs.ask("write_invitations", workshop, scope=workshop.pk)
    return count


def whom_to_chase(workshop: Workshop) -> list[Invitation]:
    """Who may be asked again now."""
    return list(workshop.invitations.silent().left_alone_since(timezone.now()))


@transaction.atomic
def withdraw(invitation: Invitation, *, by: Actor) -> bool:
    """Take back what nobody has answered; its links only say so from then on. False when it is too late."""
    Workshop.objects.select_for_update().get(pk=invitation.workshop_id)
    moved = Invitation.objects.open().filter(pk=invitation.pk).update(state=InvitationState.WITHDRAWN)
    if moved:
        record(invitation, "invitation.withdrawn", by=by, scope=invitation.workshop_id)
    return bool(moved)


@transaction.atomic
def correct_address(invitation: Invitation, *, email: str, by: Actor) -> bool:
    """Send an open invitation to another address; links that went to the former one end.

    False when nothing changed or it is not open any more. Raises `AddressTaken`.
    """
    workshop = Workshop.objects.select_for_update().get(pk=invitation.workshop_id)
    if invitation.email == email:
        return False
    try:
        with transaction.atomic():
            moved = Invitation.objects.open().filter(pk=invitation.pk)
            changed = moved.update(email=email, occasion=F("occasion") + 1, chases=0, written_at=None)
    except IntegrityError as taken:
        raise AddressTaken(invitation.pk) from taken
    if changed:
        invitation.links.update(revoked_at=timezone.now())
        record(invitation, "invitation.corrected", by=by, scope=workshop.pk, fields=["email"])
        jobs.ask("write_invitations", workshop, scope=workshop.pk)
    return bool(changed)


def new_invitation_link(invitation: Invitation) -> str:
    """A new key that answers the invitation; only its digest is stored. Whichever is used first counts."""
    secret = new_secret()
    until = max(timezone.now(), invitation.workshop.ends_at) + LINKS_LAST
    InvitationLink.objects.create(invitation=invitation, digest=digest(secret), expires_at=until)
    return secret


def invitation_of(secret: str) -> Invitation | None:
    """What a link answers, with workshop and programme; also when it was used. None for a wrong or ended one."""
    link = InvitationLink.objects.of_secret(digest(secret)).first()
    if link is None:
        return None
    with_all = Invitation.objects.select_related("workshop__programme", "registration")
    return with_all.get(pk=link.invitation_id)


@transaction.atomic
def accept(
    secret: str,
    *,
    name: str,
    theme: Theme | None = None,
    needs: str = "",
    audience: Audience | None = None,
    said: tuple[Said, ...] = (),
    decisions: tuple[Decision, ...] = (),
) -> tuple[Registration, bool]:
    """Take a place, or a turn on the waiting list, with the link of an invitation; it is used up by that.

    What was answered and allowed is kept with it. Returns the registration and whether it is new: whoever had a place
    already keeps it as it was. Raises `NoSuchLink`, `AnsweredAlready`, or `RegistrationClosed`, which leaves the link
    as it was.
    """
    invitation = _use_link(secret)
    wanted = signing_up.Wanted(
        name=name,
        email=invitation.email,
        language=invitation.language,
        theme=theme,
        needs=needs,
        said=said,
        decisions=decisions,
        details={"channel": Channel.INVITATION, "audience": audience},
    )
    registration, is_new = signing_up.sign_up(
        invitation.workshop, wanted, by=Actor(ActorKind.PERSON), channel=Channel.INVITATION, invited=True
    )
    person = Actor(ActorKind.PERSON, str(registration.person_id))
    _answer(invitation, InvitationState.ACCEPTED, by=person, registration=registration)
    return registration, is_new


@transaction.atomic
def decline(secret: str) -> Invitation:
    """Say no with the link of an invitation; it is used up by that. Raises `NoSuchLink` or `AnsweredAlready`."""
    invitation = _use_link(secret)
    _answer(invitation, InvitationState.DECLINED, by=Actor(ActorKind.PERSON))
    return invitation


def _use_link(secret: str) -> Invitation:
    """Use a link up, under the workshop's lock: of two presses one counts."""
    found = invitation_of(secret)
    if found is None:
        raise NoSuchLink
    Workshop.objects.select_for_update().get(pk=found.workshop_id)
    if not InvitationLink.objects.unused().filter(digest=digest(secret)).update(used_at=timezone.now()):
        raise AnsweredAlready(found)
    found.refresh_from_db(fields=["state", "email"])
    if not found.is_open:
        raise AnsweredAlready(found)
    return found


def _answer(
    invitation: Invitation, state: InvitationState, *, by: Actor, registration: Registration | None = None
) -> None:
    invitation.state, invitation.answered_at, invitation.registration = state, timezone.now(), registration
    invitation.save(update_fields=["state", "answered_at", "registration"])
    record(invitation, f"invitation.{state}", by=by, scope=invitation.workshop_id)
