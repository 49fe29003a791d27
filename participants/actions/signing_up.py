"""Signing up: a place with the answers and consents that came with it, in one transaction.

At a sensitive workshop the form only leaves a `PendingSignUp`, whether the address is known or not; the button behind
the mailed link takes the place.
"""

from __future__ import annotations

import base64
import datetime as dt
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from ledger import jobs, outbox
from ledger.history import Actor
from ledger.ids import keyed
from ledger.models import ActorKind, Job
from participants.actions.consents import Decision, write_consents
from participants.actions.places import RegistrationClosed, register
from participants.actions.questions import Said, write_answers
from participants.models import Answer, PendingSignUp, Registration, SignUpTrace
from participants.models.signing_up import PENDING_LASTS, TRACES_LAST
from participants.permissions import may_sign_up
from participants.states import Channel
from workshops.models import Theme, Workshop


def secret_of(pending_id: uuid.UUID) -> str:
    """What opens a pending sign-up besides its id; no row holds it."""
    return base64.urlsafe_b64encode(keyed("confirm-sign-up", pending_id)[:24]).decode()


class NotForEverybody(Exception):
    """Only people with an invitation, or with the link, may take a place here."""


class SignUpUsed(Exception):
    """A pending sign-up was confirmed before, or its time is over."""


@dataclass(frozen=True)
class Source:
    """Where a sign-up came from: keyed digests that only say "the same" (`participants.bursts`)."""

    browser: str
    network: str


@dataclass(frozen=True)
class Wanted:
    """Everything one form asked for. `details` are further fields of the registration."""

    name: str
    email: str | None
    language: str
    theme: Theme | None = None
    needs: str = ""
    said: tuple[Said, ...] = ()
    decisions: tuple[Decision, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def sign_up(
    workshop: Workshop,
    wanted: Wanted,
    *,
    by: Actor,
    channel: str = Channel.WEB,
    source: Source | None = None,
    link: str = "",
    invited: bool = False,
) -> tuple[Registration, bool]:
    """A place or a turn on the waiting list, with what was answered and allowed. Asking twice changes nothing.

    Returns the registration and whether it is new. Raises `RegistrationClosed`, and `NotForEverybody` where a person
    came without the link or invitation the workshop asks for.
    """
    if by.kind == ActorKind.PERSON and not may_sign_up(workshop, link=link, invited=invited):
        raise NotForEverybody(workshop.pk)
    registration, is_new = register(
        workshop,
        name=wanted.name,
        email=wanted.email,
        language=wanted.language,
        by=by,
        theme=wanted.theme,
        needs=wanted.needs,
        **wanted.details,
    )
    if is_new:
        actor = by if by.kind != ActorKind.PERSON else Actor(ActorKind.PERSON, str(registration.person_id))
        write_answers(registration, wanted.said)
        write_consents(registration, wanted.decisions, channel=channel, by=actor)
        if source:
            _leave_trace(registration, source)
    return registration, is_new


def _leave_trace(registration: Registration, source: Source) -> None:
    now, workshop = timezone.now(), registration.workshop
    if registration.occasion > 1:
        SignUpTrace.objects.filter(registration=registration).delete()
    SignUpTrace.objects.create(
        registration=registration, workshop=workshop, browser=source.browser, network=source.network, at=now
    )
    _forget_at(workshop, now + TRACES_LAST)


def _forget_at(workshop: Workshop, moment: dt.datetime) -> None:
    """See to it that what is kept for a short time only is deleted. The caller may hold the workshop's lock."""
    waiting = Job.objects.filter(kind="forget_sign_ups", subject_id=str(workshop.pk)).unbuilt()  # type: ignore[attr-defined]
    if not waiting.exists():
        jobs.ask("forget_sign_ups", workshop, scope=workshop.pk, at=moment)


@transaction.atomic
def forget_old(workshop: Workshop) -> None:
    """Delete the traces and pending sign-ups of a workshop whose time is over, and see to the rest."""
    now = timezone.now()
    workshop = Workshop.objects.select_for_update().get(pk=workshop.pk)  # sign-ups leave their traces under this lock
    traces, pending = SignUpTrace.objects.filter(workshop=workshop), PendingSignUp.objects.filter(workshop=workshop)
    traces.old_at(now).delete()
    pending.over_at(now).delete()
    rest = [
        *(at + TRACES_LAST for at in traces.order_by("at").values_list("at", flat=True)[:1]),
        *pending.order_by("expires_at").values_list("expires_at", flat=True)[:1],
    ]
    if rest:
        jobs.ask("forget_sign_ups", workshop, scope=workshop.pk, at=min(rest))


@transaction.atomic
def ask_to_confirm(workshop: Workshop, wanted: Wanted, *, link: str = "") -> PendingSignUp:
    """Keep what the form asked for until the mailbox confirms it; the same steps for every address, known or not.

    Asking again replaces what was asked; one mail in ten minutes. Raises `RegistrationClosed` and `NotForEverybody`.
    """
    workshop = Workshop.objects.select_for_update().get(pk=workshop.pk)
    now = timezone.now()
    if not workshop.takes_registrations_at(now):
        raise RegistrationClosed(workshop.pk)
    if not may_sign_up(workshop, link=link):
        raise NotForEverybody(workshop.pk)
    asked = PendingSignUp(
        workshop=workshop,
        email=str(wanted.email).lower(),
        language=wanted.language,
        wanted=_packed(wanted),
        asked_at=now,
        expires_at=now + PENDING_LASTS,
    )
    PendingSignUp.objects.bulk_create(
        [asked],
        update_conflicts=True,
        unique_fields=["workshop", "email"],
        update_fields=["language", "wanted", "asked_at", "expires_at"],
    )
    pending = PendingSignUp.objects.get(workshop=workshop, email=asked.email)
    outbox.write(
        "confirm_sign_up", to=pending, about=pending, occasion=str(int(now.timestamp()) // 600), scope=workshop.pk
    )
    _forget_at(workshop, now + PENDING_LASTS)
    return pending


@transaction.atomic
def confirm(pending: PendingSignUp) -> tuple[Registration, bool]:
    """The button behind the mailed link: take the place now, once. What was kept for it is deleted.

    Returns the registration and whether it is new. Raises `SignUpUsed`, and `RegistrationClosed` when sign-up has
    ended meanwhile.
    """
    Workshop.objects.select_for_update().get(pk=pending.workshop_id)  # two presses of the button come here in turn
    kept = PendingSignUp.objects.open_at(timezone.now()).select_related("workshop__programme").filter(pk=pending.pk)
    found = kept.first()
    if found is None:
        raise SignUpUsed(pending.pk)
    wanted, answers = _unpacked(found)
    registration, is_new = sign_up(found.workshop, wanted, by=Actor(ActorKind.PERSON), invited=True)
    if is_new:
        Answer.objects.bulk_create(Answer(registration=registration, **answer) for answer in answers)
    found.delete()
    return registration, is_new


def _packed(wanted: Wanted) -> dict[str, Any]:
    """As JSON; answers already hold the words of their questions, which may change before the button is pressed."""
    answers = [each.as_answer(Registration()) for each in wanted.said if not each.is_empty]
    return {
        "name": wanted.name,
        "theme": str(wanted.theme.pk) if wanted.theme else None,
        "needs": wanted.needs,
        "audience": str(audience.pk) if (audience := wanted.details.get("audience")) else None,
        "answers": [
            {
                "question_id": str(answer.question_id),
                "kind": answer.kind,
                "asked": dict(answer.asked),
                "text": answer.text,
                "chosen": answer.chosen,
                "order": answer.order,
            }
            for answer in answers
        ],
        "decisions": [asdict(each) for each in wanted.decisions],
    }


def _unpacked(pending: PendingSignUp) -> tuple[Wanted, list[dict[str, Any]]]:
    """What was asked for, and its answers as fields; a theme or question removed meanwhile is left out."""
    kept, programme = pending.wanted, pending.workshop.programme
    there = {str(pk) for pk in pending.workshop.questions.values_list("pk", flat=True)}
    answers = [
        {**answer, "question_id": answer["question_id"] if answer["question_id"] in there else None}
        for answer in kept["answers"]
    ]
    wanted = Wanted(
        name=kept["name"],
        email=pending.email,
        language=pending.language,
        theme=programme.themes.filter(pk=kept["theme"]).first() if kept["theme"] else None,
        needs=kept["needs"],
        details={"audience": pending.workshop.audiences.filter(pk=kept["audience"]).first()},
        decisions=tuple(Decision(**each) for each in kept["decisions"]),
    )
    return wanted, answers
