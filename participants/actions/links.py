"""Keys to "my place"."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from ledger import outbox
from ledger.ids import digest, new_secret
from participants.models import PlaceLink, Registration

LINKS_LAST = dt.timedelta(days=60)


def new_link(registration: Registration, *, proves: bool = False) -> str:
    """A new key to "my place"; only its digest is stored. Several may be valid.

    One that goes to the person's own address, or to whoever has proved to own it, `proves` so for a day: it also opens
    what is known about them.
    """
    secret = new_secret()
    until = max(timezone.now(), registration.workshop.ends_at) + LINKS_LAST
    PlaceLink.objects.create(registration=registration, digest=digest(secret), expires_at=until, proves=proves)
    return secret


@transaction.atomic
def send_link_again(registration: Registration) -> None:
    """Mail a new link, at most one in ten minutes for the same place."""
    _mail("link_again", registration)


@transaction.atomic
def send_data_link(registration: Registration) -> None:
    """Mail a link to what is known about the person, at most one in ten minutes for the same place."""
    _mail("data_link", registration)


def _mail(kind: str, registration: Registration) -> None:
    window = int(timezone.now().timestamp()) // 600
    outbox.write(kind, to=registration.person, about=registration, occasion=str(window), scope=registration.workshop_id)
