"""Mails that came back: django-anymail hears it from the provider and tells us by a signal."""

from __future__ import annotations

from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, tracking
from django.dispatch import receiver

from ledger import outbox

CAME_BACK = {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED, EventType.COMPLAINED}


@receiver(tracking)
def hear(sender: Any, event: AnymailTrackingEvent, **more: Any) -> None:
    """Keep that a mail came back, and in one word why: never the address, never the provider's text."""
    if event.event_type in CAME_BACK and event.message_id:
        why = event.reject_reason if event.event_type != EventType.COMPLAINED else event.event_type
        outbox.bounced(str(event.message_id), str(why or event.event_type))
