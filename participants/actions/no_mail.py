"""Wanting no more mail: one press, from the mail itself, without signing in."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ledger.history import Actor, record
from ledger.ids import keyed
from participants.actions.consents import decide
from participants.consents import has_consent
from participants.models import Invitation, NoMail, Person
from participants.purposes import CONTACT
from participants.states import Channel, InvitationState
from workshops.models import Programme

PURPOSE = "no-mail"


def key_of(recipient_id: UUID) -> str:
    """The key in the address that ends mails to a person or invitation; worked out again, never stored."""
    return base64.urlsafe_b64encode(keyed(PURPOSE, recipient_id)[:18]).decode()


def recipient_of(recipient_id: UUID, key: str) -> Person | Invitation | None:
    """Whom the address is about; None for a wrong key or somebody who is gone."""
    if not hmac.compare_digest(key.encode(), key_of(recipient_id).encode()):
        return None
    person = Person.objects.select_related("programme").filter(pk=recipient_id).first()
    return person or Invitation.objects.select_related("workshop__programme").filter(pk=recipient_id).first()


def programme_of(recipient: Person | Invitation) -> Programme:
    return recipient.programme if isinstance(recipient, Person) else recipient.workshop.programme


def digest_of(email: str) -> str:
    """What is kept of an address that wants no mail."""
    return keyed("no-mail-address", email.strip().lower()).hex()


def who_wants_none(programme: Programme, emails: Iterable[str]) -> set[str]:
    """Those of the addresses, in small letters, that want no invitations and no news of the programme."""
    digests = {digest_of(email): email.lower() for email in emails}
    known = programme.no_mail.filter(digest__in=digests).values_list("digest", flat=True)
    return {digests[digest] for digest in known}


@transaction.atomic
def stop_mail(recipient: Person | Invitation, *, by: Actor) -> None:
    """No more invitations and no news of this programme to this address; open invitations count as declined.

    Mails about a place somebody has taken still come. Twice is once.
    """
    programme = programme_of(recipient)
    if not recipient.email:
        return
    _row, is_new = NoMail.objects.get_or_create(programme=programme, digest=digest_of(recipient.email))
    open_ones = Invitation.objects.open().filter(workshop__programme=programme, email__iexact=recipient.email)
    open_ones.update(state=InvitationState.DECLINED, answered_at=timezone.now())
    if isinstance(recipient, Person) and has_consent(recipient, CONTACT):
        last = recipient.registrations.filter(consents__purpose=CONTACT, consents__given=True).latest("consents__at")
        decide(last, CONTACT, given=False, channel=Channel.WEB, by=by)
    if is_new:
        record(programme, "mail.not_wanted", by=by, scope=programme.pk)
