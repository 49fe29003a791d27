"""Calendar files: one event for each place, moved and cancelled under the same UID."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vText

from participants.models import Registration
from workshops.models import Workshop
from workshops.states import WorkshopState

PRODUCT = "-//Tavolo//Workshops//EN"
CALENDAR_TYPE = "text/calendar"


def place_calendar(registration: Registration) -> bytes:
    """The file of one person's place: PUBLISH while it stands, CANCEL when the place or the workshop is gone.

    SEQUENCE only rises: two for each taking or moving, one more for the cancellation (RFC 5545, 3.8.7.4).
    """
    workshop = registration.workshop
    stands = registration.is_confirmed and workshop.state != WorkshopState.CANCELLED
    moves = registration.occasion + workshop.calendar_sequence
    return _file(workshop, uid=str(registration.pk), sequence=2 * moves + (not stands), stands=stands)


def workshop_calendar(workshop: Workshop) -> bytes:
    """The file anybody can take from a workshop's page."""
    stands = workshop.state != WorkshopState.CANCELLED
    return _file(workshop, uid=str(workshop.pk), sequence=2 * workshop.calendar_sequence + (not stands), stands=stands)


def method_of(file: bytes) -> str:
    """`PUBLISH` or `CANCEL`, to be repeated in the media type of an attachment."""
    return str(Calendar.from_ical(file)["METHOD"])


def _file(workshop: Workshop, *, uid: str, sequence: int, stands: bool) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH" if stands else "CANCEL")
    calendar.add_component(_event(workshop, uid=uid, sequence=sequence, stands=stands))
    return calendar.to_ical()


def _event(workshop: Workshop, *, uid: str, sequence: int, stands: bool) -> Event:
    event = Event()
    event.add("uid", f"{uid}@{settings.HOST}")
    event.add("sequence", sequence)
    event.add("dtstamp", timezone.now())
    event.add("dtstart", workshop.starts_at.astimezone(dt.UTC))
    event.add("dtend", workshop.ends_at.astimezone(dt.UTC))
    event.add("status", "CONFIRMED" if stands else "CANCELLED")
    event.add("summary", str(workshop.title))
    event.add("location", ", ".join(filter(None, [workshop.venue, workshop.address])))
    event.add("description", _description(workshop))
    event.add("url", settings.ORIGIN + workshop.get_absolute_url())
    event["organizer"] = _organiser(workshop)
    return event


def _description(workshop: Workshop) -> str:
    doors = _("Doors open at %(time)s.") % {"time": workshop.local_doors.strftime("%H:%M")}
    return "\n".join(filter(None, [doors, str(workshop.directions), settings.ORIGIN + workshop.get_absolute_url()]))


def _organiser(workshop: Workshop) -> vText:
    """Required in a cancellation; carries the organisation's name and the address mails come from."""
    organiser = vText(f"mailto:no-reply@{settings.HOST}")
    organiser.params["cn"] = vText("".join(c if c.isprintable() else " " for c in workshop.programme.organisation))
    return organiser
