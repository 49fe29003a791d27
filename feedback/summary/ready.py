"""Whether everything that was said has arrived, and what is still missing, table by table."""

from __future__ import annotations

import datetime as dt

from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.models import Note
from participants.models import Device
from workshops.models import Workshop
from workshops.states import SessionState


def missing_to_compile(workshop: Workshop) -> list[str]:
    """What must happen before the notes can be compiled, in words: sessions first, then tablets."""
    missing = _sessions(workshop)
    if not missing:
        missing = _tablets(workshop)
    if not Note.objects.of_workshop(workshop).standing().exclude(text="").exists():
        missing.append(_("There are no notes yet."))
    return missing


def is_over(workshop: Workshop, now: dt.datetime) -> bool:
    """Whether nobody needs the workshop to be live any more.

    All sessions at the tables are closed, none is open, and nothing of the agenda is still to come after them; what
    never began counts as over once the workshop's time is up.
    """
    sessions = list(workshop.sessions.order_by("order"))
    at_tables = [session for session in sessions if session.is_at_the_tables]
    if not at_tables or any(session.state != SessionState.CLOSED for session in at_tables):
        return False
    if any(session.is_open for session in sessions):
        return False
    to_come = [each for each in sessions if each.order > at_tables[-1].order and each.state == SessionState.PLANNED]
    return not to_come or now >= workshop.ends_at


def _sessions(workshop: Workshop) -> list[str]:
    sentences = {
        SessionState.OPEN: _("Close the session “%s”."),
        SessionState.PLANNED: _("The session “%s” has not taken place yet."),
    }
    at_tables = workshop.sessions.at_the_tables().exclude(state=SessionState.CLOSED)
    return [sentences[session.state] % session for session in at_tables]


def _tablets(workshop: Workshop) -> list[str]:
    """Tables whose tablets hold notes that the server does not have, or may hold some.

    A tablet tells every minute what it holds. What it told before the last session closed is no longer worth much.
    """
    closed = workshop.sessions.at_the_tables().aggregate(last=Max("closed_at"))["last"]
    working = Device.objects.working_at(timezone.now()).filter(group__workshop=workshop).select_related("group")
    sentences = []
    for device in working.order_by("group__order", "group", "joined_at"):
        if device.unsent:
            sentences.append(
                ngettext(
                    "A tablet of Table %(table)s still has %(count)d note to send.",
                    "A tablet of Table %(table)s still has %(count)d notes to send.",
                    device.unsent,
                )
                % {"table": device.group.name, "count": device.unsent}
            )
        elif closed is not None and (device.seen_at is None or device.seen_at < closed):
            sentences.append(_not_heard(device, workshop))
    return sentences


def _not_heard(device: Device, workshop: Workshop) -> str:
    if device.seen_at is None:
        return _("A tablet of Table %(table)s has not been heard of. It may hold notes.") % {"table": device.group.name}
    at = date_format(timezone.localtime(device.seen_at, workshop.zone), "H:i")
    return _("A tablet of Table %(table)s was last heard of at %(time)s. It may hold notes.") % {
        "table": device.group.name,
        "time": at,
    }
