"""The outbox: a Mail row is written with its cause, rendered and sent afterwards, at least once.

Only a crash between the provider's acceptance and our commit can double a message, once; it then carries the same
Message-ID, which most mailboxes fold.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused

from anymail.exceptions import AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.functional import Promise

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
    reply_to: str = ""


class NobodyToWriteTo(Exception):
    """The person has no address (any more): the mail is given up without an error."""


Renderer = Callable[[Mail], Message]
_renderers: dict[str, Renderer] = {}
_names: dict[str, str | Promise] = {}


def renders(kind: str, called: str | Promise = "") -> Callable[[Renderer], Renderer]:
    """Declare in a floor's `emails.py` how a kind of mail is rendered, and what organisers call it."""

    def declare(renderer: Renderer) -> Renderer:
        _renderers[kind] = renderer
        _names[kind] = called or kind.replace("_", " ").capitalize()
        return renderer

    return declare


def name_of(kind: str) -> str:
    """What organisers call a kind of mail, in the reader's language."""
    return str(_names.get(kind, kind))


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
    mail = Mail(
        key=_key(kind, to, about, occasion),
        kind=kind,
        recipient_id=recipient_id,
        subject_id=subject_id,
        scope_id=scope,
        not_before=not_before or timezone.now(),
    )
    Mail.objects.bulk_create([mail], ignore_conflicts=True)  # the key is unique: two at once leave one row
    if not Mail.objects.filter(pk=mail.pk).exists():
        return None
    wakeups.mail_written(mail.pk)
    return mail


def write_all(
    kind: str, *, to: Iterable[tuple[object, object]], occasion: str = "", scope: uuid.UUID | None = None
) -> int:
    """Leave the mails of one act to many people: `to` holds pairs of a person and the thing it is about.

    Some hundred take a few statements and one wake-up. Returns how many there are, old and new. Must be called in the
    transaction of its cause.
    """
    mails = [
        Mail(
            kind=kind,
            key=_key(kind, person, thing, occasion),
            recipient_id=str(person.pk),  # type: ignore[attr-defined]
            subject_id=str(thing.pk),  # type: ignore[attr-defined]
            scope_id=scope,
        )
        for person, thing in to
    ]
    Mail.objects.bulk_create(mails, batch_size=200, ignore_conflicts=True)
    wakeups.mails_written()
    return len(mails)


def _key(kind: str, person: object, thing: object, occasion: str) -> str:
    return f"{kind}:{thing.pk}:{person.pk}:{occasion}"  # type: ignore[attr-defined]


def send(mail_id: uuid.UUID) -> bool:
    """Claim, render and send one mail. False when somebody else holds it, it is sent, or it is not due."""
    now = timezone.now()
    claimed = Mail.objects.due_at(now).filter(pk=mail_id).update(lease_until=now + LEASE, attempts=F("attempts") + 1)
    if not claimed:
        return False
    mail = Mail.objects.get(pk=mail_id)
    try:
        provider_id = _deliver(mail)
    except NobodyToWriteTo:
        Mail.objects.filter(pk=mail_id).update(given_up_at=timezone.now(), lease_until=None, error="")
        return False
    except (SMTPRecipientsRefused, AnymailRecipientsRefused) as refusal:
        _refused(mail, refusal)
        return False
    except Exception as problem:
        _put_back(mail, problem)
        return False
    Mail.objects.filter(pk=mail_id).update(sent_at=timezone.now(), lease_until=None, error="", provider_id=provider_id)
    return True


def _deliver(mail: Mail) -> str:
    """Render and send. Returns how the provider calls the message, where it has a name for it."""
    message = _renderers[mail.kind](mail)
    with translation.override(message.language):
        letter = EmailMultiAlternatives(
            subject=" ".join(message.subject.split()),
            body=message.text,
            to=[message.to],
            reply_to=[message.reply_to] if message.reply_to else None,
            headers={"Message-ID": f"<{mail.pk}@{settings.HOST}>", **message.headers},
        )
        if message.html:
            letter.attach_alternative(message.html, "text/html")
        for name, content, media_type in message.attachments:
            letter.attach(name, content, media_type)
        letter.send()
    told = getattr(getattr(letter, "anymail_status", None), "message_id", None)
    return "" if told is None else str(told)[:200]


def _refused(mail: Mail, refusal: SMTPRecipientsRefused | AnymailRecipientsRefused) -> None:
    """The address was refused while we were sending: for good (5xx) it bounced, else it is tried again."""
    if isinstance(refusal, SMTPRecipientsRefused) and any(code < 500 for code, _text in refusal.recipients.values()):
        _put_back(mail, refusal)
        return
    now = timezone.now()
    Mail.objects.filter(pk=mail.pk).update(given_up_at=now, lease_until=None, bounced_at=now, bounce="refused")


def bounced(provider_id: str, why: str) -> bool:
    """The provider tells that a message it had accepted came back; `why` is one word. False for one we do not know.

    Telling it twice is once.
    """
    mails = Mail.objects.filter(provider_id=provider_id).exclude(provider_id="")
    mails.filter(bounced_at=None).update(bounced_at=timezone.now(), bounce=why[:20])
    return mails.exists()


def try_again(mail: Mail) -> bool:
    """Have a mail that was given up sent after all, as if it were new. False when it is not given up (any more)."""
    given_up = Mail.objects.filter(pk=mail.pk, given_up_at__isnull=False)
    revived = given_up.update(
        given_up_at=None, attempts=0, error="", bounced_at=None, bounce="", not_before=timezone.now(), lease_until=None
    )
    if revived:
        wakeups.mail_written(mail.pk)
    return bool(revived)


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
    """Render a mail without sending it."""
    with transaction.atomic():
        return _renderers[mail.kind](mail)
