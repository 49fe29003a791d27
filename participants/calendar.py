"""Calendar files: one event for each place, moved and cancelled under the same UID."""

from __future__ import annotations

import datetime as dt
import hmac
import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vText

from ledger.ids import keyed
from participants.models import Person, Registration
from workshops.models import Programme, Workshop
from workshops.states import WorkshopState

PRODUCT = "-//Tavolo//Workshops//EN"
CALENDAR_TYPE = "text/calendar"
ALL_PLACES, ONE_PLACE = "a", "b"
REFRESH = dt.timedelta(hours=4)
"""How often a calendar should look again."""


def place_calendar(registration: Registration) -> bytes:
    """The file of one person's place: PUBLISH while it stands, CANCEL when the place or the workshop is gone.

    SEQUENCE only rises: two for each taking or moving, one more for the cancellation (RFC 5545, 3.8.7.4).
    """
    return _file(registration.workshop, **_of_place(registration))


def workshop_calendar(workshop: Workshop) -> bytes:
    """The file anybody can take from a workshop's page."""
    return _file(workshop, **_of_workshop(workshop))


def feed_key(whose: Person | Registration) -> str:
    """What the address of a feed says: one place's or all of a person's, and a keyed digest that a new generation
    ends."""
    person = whose if isinstance(whose, Person) else whose.person
    kind = ALL_PLACES if isinstance(whose, Person) else ONE_PLACE
    return kind + whose.pk.hex + keyed(f"feed {kind}", whose.pk, person.feed_generation).hex()[:40]


def places_of_feed(key: str) -> QuerySet[Registration] | None:
    """Whose places a feed shows; None for a wrong or ended key."""
    try:
        pk = uuid.UUID(key[1:33])
    except ValueError:
        return None
    model: type[Person | Registration] = Person if key[0] == ALL_PLACES else Registration
    whose = model._default_manager.filter(pk=pk).first()
    if whose is None or not hmac.compare_digest(feed_key(whose).encode(), key.encode()):
        return None
    places = Registration.objects.filter(**({"person": pk} if model is Person else {"pk": pk}))
    return places.select_related("workshop__programme").order_by("workshop__starts_at", "pk")


def feed_calendar(places: Iterable[Registration]) -> bytes:
    """Places as the same events as in the files that were mailed; gone ones stay, as cancelled.

    A turn on the waiting list is no date yet and is left out, unless a calendar may hold an older place there.
    """
    calendar = _feed("Tavolo")
    for place in places:
        if not place.is_waiting or place.occasion > 1:
            calendar.add_component(_event(place.workshop, **_of_place(place)))
    return calendar.to_ical()


def programme_calendar(programme: Programme, workshops: Iterable[Workshop]) -> bytes:
    """All public workshops of a programme, under the same UIDs as in their own files; cancelled ones stay so."""
    calendar = _feed(str(programme))
    for workshop in workshops:
        calendar.add_component(_event(workshop, **_of_workshop(workshop)))
    return calendar.to_ical()


def _feed(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH)
    return calendar


def _of_workshop(workshop: Workshop) -> dict[str, Any]:
    """UID, SEQUENCE and whether it stands, for whoever has no place of their own."""
    stands = workshop.state != WorkshopState.CANCELLED
    return {"uid": str(workshop.pk), "sequence": 2 * workshop.calendar_sequence + (not stands), "stands": stands}


def _of_place(registration: Registration) -> dict[str, Any]:
    """UID, SEQUENCE and whether it stands: the same in the file and in the feed."""
    workshop = registration.workshop
    stands = registration.is_confirmed and workshop.state != WorkshopState.CANCELLED
    moves = registration.occasion + workshop.calendar_sequence
    return {"uid": str(registration.pk), "sequence": 2 * moves + (not stands), "stands": stands}


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
