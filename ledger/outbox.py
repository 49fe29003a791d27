"""The outbox: a Mail row is written with its cause, rendered and sent afterwards, at least once.

Only a crash between the provider's acceptance and our commit can double a message, once; it then carries the same
Message-ID, which most mailboxes fold.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation

from ledger import wakeups
from ledger.models import Mail

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 8


@dataclass
class Message:
    """A rendered mail. `attachments` are `(file name, content, media type)`."""

    to: str
    language: str
    subject: str
    text: str
    html: str = ""
    attachments: list[tuple[str, bytes, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


class NobodyToWriteTo(Exception):
    """The person has no address (any more): the mail is given up without an error."""


Renderer = Callable[[Mail], Message]
_renderers: dict[str, Renderer] = {}


def renders(kind: str) -> Callable[[Renderer], Renderer]:
    """Declare in a floor's `emails.py` how a kind of mail is rendered."""

    def declare(renderer: Renderer) -> Renderer:
        _renderers[kind] = renderer
        return renderer

    return declare


def write(
    kind: str,
    *,
    to: object,
    about: object,
    occasion: str = "",
    scope: uuid.UUID | None = None,
    not_before: datetime | None = None,
) -> Mail | None:
    """Leave a mail of `kind` to person `to` about a thing; the same person, thing, kind and occasion is one mail.

    Returns None when it stands in the outbox already. Must be called in the transaction of its cause.
    """
    recipient_id, subject_id = str(to.pk), str(about.pk)  # type: ignore[attr-defined]
    mail, is_new = Mail.objects.get_or_create(
        key=f"{kind}:{subject_id}:{recipient_id}:{occasion}",
        defaults={
            "kind": kind,
            "recipient_id": recipient_id,
            "subject_id": subject_id,
            "scope_id": scope,
            "not_before": not_before or timezone.now(),
        },
    )
    if not is_new:
        return None
    wakeups.mail_written(mail.pk)
    return mail


def send(mail_id: uuid.UUID) -> bool:
    """Claim, render and send one mail. False when somebody else holds it, it is sent, or it is not due."""
    now = timezone.now()
    claimed = Mail.objects.due_at(now).filter(pk=mail_id).update(lease_until=now + LEASE, attempts=F("attempts") + 1)
    if not claimed:
        return False
    mail = Mail.objects.get(pk=mail_id)
    try:
        _deliver(mail)
    except NobodyToWriteTo:
        Mail.objects.filter(pk=mail_id).update(given_up_at=timezone.now(), lease_until=None)
        return False
    except Exception as problem:
        _put_back(mail, problem)
        return False
    Mail.objects.filter(pk=mail_id).update(sent_at=timezone.now(), lease_until=None, error="")
    return True


def _deliver(mail: Mail) -> None:
    message = _renderers[mail.kind](mail)
    with translation.override(message.language):
        letter = EmailMultiAlternatives(
            subject=" ".join(message.subject.split()),
            body=message.text,
            to=[message.to],
            headers={"Message-ID": f"<{mail.pk}@{settings.HOST}>", **message.headers},
        )
        if message.html:
            letter.attach_alternative(message.html, "text/html")
        for name, content, media_type in message.attachments:
            letter.attach(name, content, media_type)
        letter.send()


def _put_back(mail: Mail, problem: Exception) -> None:
    """Wait longer after each failure (30 s, 1 min, 2 min …) and give up after the last attempt."""
    log.warning("mail %s of kind %s was not sent: %s", mail.pk, mail.kind, type(problem).__name__)
    now = timezone.now()
    last = mail.attempts >= MOST_ATTEMPTS
    Mail.objects.filter(pk=mail.pk).update(
        lease_until=None,
        error=type(problem).__name__[:300],
        not_before=now + timedelta(seconds=30 * 2**mail.attempts),
        given_up_at=now if last else None,
    )


def compose(mail: Mail) -> Message:
    """Render a mail without sending it: for the organiser's preview and the demo's mailbox."""
    with transaction.atomic():
        return _renderers[mail.kind](mail)
