"""Telling the tables something, and what a tablet shows of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from feedback.models import Message
from ledger.history import Actor, record
from workshops.actions.changing import kit_changed
from workshops.models import Group, Workshop

SHOWN_FOR = dt.timedelta(hours=6)
MOST_SHOWN = 5


@transaction.atomic
def tell_tables(workshop: Workshop, text: str, *, group: Group | None, by: Actor) -> Message:
    """Say one sentence to a table, or to all with `group` None; tablets are told at once."""
    message = Message.objects.create(workshop=workshop, group=group, text=text)
    record(message, "message.sent", by=by, scope=workshop.pk, all=group is None)
    kit_changed(workshop)
    return message


def messages_of(group: Group) -> list[dict[str, Any]]:
    """The last messages to a table, oldest first, as docs/sync.md shows them."""
    since = timezone.now() - SHOWN_FOR
    told = Message.objects.for_table(group).since(since).newest_first()[:MOST_SHOWN]
    return [
        {"id": str(m.pk), "text": m.text, "at": m.at.isoformat(), "all": m.group_id is None} for m in reversed(told)
    ]
