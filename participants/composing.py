"""What all mails of this floor share: the person's language and zone, names that cannot become links, who answers."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from ledger.outbox import Message
from participants.actions.no_mail import key_of
from participants.models import Invitation, ModeratorInvitation, Person, TeamInvitation, User
from workshops.models import Programme

_TO_SPACES = ((re.compile(r"@|:?//+"), " "), (re.compile(r"([.:])(?=\S)"), r"\1 "))
"""What makes mailboxes see an address in a text, and what is written instead."""


def name_in_mail(name: str) -> str:
    """A name as a mail says it: one line, and nothing in it that a mailbox would turn into a link.

    Somebody else may have typed it, and the mail goes to whoever owns the address.
    """
    plain = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") else c for c in name)
    for part, instead in _TO_SPACES:
        plain = part.sub(instead, plain)
    return " ".join(plain.split())


def compose(
    kind: str,
    *,
    to: Person | Invitation | ModeratorInvitation | TeamInvitation | User,
    programme: Programme,
    subject: str,
    can_stop: bool = False,
    **context: Any,
) -> Message:
    """Text and HTML from `templates/email/<kind>`; the language and the zone must be the reader's already.

    `can_stop` adds the header and the link by which the reader ends mails of this sort.
    """
    stop_link = settings.ORIGIN + reverse("no_mail", args=[to.pk, key_of(to.pk)]) if can_stop else ""
    everything = {
        "subject": subject,
        "name": name_in_mail(to.name.split(" ")[0]),
        "programme": programme,
        "origin": settings.ORIGIN,
        "language": to.language,
        "stop_link": stop_link,
        **context,
    }
    return Message(
        to=str(to.email),
        language=to.language,
        subject=subject,
        text=render_to_string(f"email/{kind}.txt", everything) + "",  # plain text: no page may take it for safe HTML
        html=render_to_string(f"email/{kind}.html", everything),
        headers=_stop_headers(stop_link),
        reply_to=programme.contact,
    )


def _stop_headers(link: str) -> dict[str, str]:
    """RFC 2369 and 8058: the mailbox's own button for ending it, with one press."""
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if link else {}
