"""What organisers do about mail: set the reminder, write to people, tell of the next workshop, send again."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from ledger import outbox
from ledger.history import Actor, record
from ledger.models import ActorKind, Mail
from participants.actions.mail_limits import count_in
from participants.actions.no_mail import who_wants_none
from participants.models import Invitation, Letter, Person, Reminder
from participants.queries.mail import letter_goes_to, people_who_want_news
from workshops.models import Group, Theme, Workshop


class OthersMeanwhile(Exception):
    """Between preview and press the list of people has changed; nobody was written to."""


@transaction.atomic
def set_reminder(workshop: Workshop, *, hours_before: int | None, text: dict[str, str], by: Actor) -> None:
    """When people are reminded (None: never) and with which words. One that was written is not written again."""
    Workshop.objects.select_for_update().get(pk=workshop.pk)
    Reminder.objects.update_or_create(workshop=workshop, defaults={"hours_before": hours_before, "text": text})
    record(workshop, "reminder.set", by=by, scope=workshop.pk, hours=hours_before)


@transaction.atomic
def write_letter(
    workshop: Workshop,
    letter_id: UUID,
    *,
    to: str,
    subject: dict[str, str],
    text: dict[str, str],
    expected: Sequence[UUID],
    by: Actor,
    group: Group | None = None,
    theme: Theme | None = None,
) -> Letter:
    """Write to exactly the people of the preview, `expected`, once each; the same `letter_id` again is the same letter.

    Raises `OthersMeanwhile` when they are others now, and `TooManyToday`.
    """
    workshop = Workshop.objects.select_for_update(of=("self",)).with_programme().get(pk=workshop.pk)
    if written := Letter.objects.filter(pk=letter_id).first():
        if written.workshop_id != workshop.pk:
            raise OthersMeanwhile
        return written
    people = letter_goes_to(workshop, to, group=group, theme=theme)
    if [one.pk for one in people] != list(expected):
        raise OthersMeanwhile
    count_in(by, len(people))
    letter = Letter.objects.create(
        pk=letter_id,
        workshop=workshop,
        written_by_id=by.id if by.kind == ActorKind.USER else None,
        to=to,
        group=group,
        theme=theme,
        subject=subject,
        text=text,
        people=len(people),
    )
    pairs: list[tuple[Person | Invitation, Letter]] = [(one, letter) for one in people]
    outbox.write_all("letter", to=pairs, scope=workshop.pk)
    record(letter, "letter.written", by=by, scope=workshop.pk, to=to, people=len(people))
    return letter


def who_hears_of(workshop: Workshop) -> list[Person]:
    """Who agreed to hear of later workshops, has an address, wants mail, and was not told of this one yet."""
    people = list(people_who_want_news(workshop).filter(email__isnull=False))
    if not people:
        return []
    mails = Mail.objects.filter(kind="next_workshop", subject_id=str(workshop.pk))
    told = set(mails.values_list("recipient_id", flat=True))
    unwilling = who_wants_none(workshop.programme, [str(person.email) for person in people])
    return [p for p in people if str(p.pk) not in told and str(p.email).lower() not in unwilling]


@transaction.atomic
def tell_of_workshop(workshop: Workshop, *, by: Actor) -> int:
    """Tell everybody who wanted to hear of later workshops of this one, once; returns how many.

    Raises `TooManyToday`.
    """
    workshop = Workshop.objects.select_for_update(of=("self",)).with_programme().get(pk=workshop.pk)
    people = who_hears_of(workshop)
    if people:
        count_in(by, len(people))
        outbox.write_all("next_workshop", to=[(person, workshop) for person in people], scope=workshop.pk)
        record(workshop, "workshop.told_of", by=by, scope=workshop.pk, people=len(people))
    return len(people)


@transaction.atomic
def send_again(mail: Mail, *, by: Actor) -> bool:
    """Try a mail again that was given up. False when it is not given up (any more)."""
    revived = outbox.try_again(mail)
    if revived:
        record(mail, "mail.sent_again", by=by, scope=mail.scope_id, kind=mail.kind)
    return revived
