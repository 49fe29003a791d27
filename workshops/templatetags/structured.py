"""What a page says to machines, and links that lead to other services."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from workshops.models import Workshop
from workshops.states import WorkshopState

register = template.Library()

MAP = "https://www.openstreetmap.org/search"
INERT = {ord(character): f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"}
"""Characters that would end the element or a line of it, written as JSON may write any character."""


@register.simple_tag
def map_link(workshop: Workshop) -> str:
    """Where a map shows the address: an ordinary link, so that nothing is asked of anybody before it is followed."""
    return f"{MAP}?{urlencode({'query': workshop.address})}"


@register.simple_tag
def event_data(workshop: Workshop) -> SafeString:
    """The workshop as a schema.org Event in JSON-LD: a block of data, which no browser runs."""
    written = json.dumps(event_of(workshop), ensure_ascii=False, separators=(",", ":")).translate(INERT)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(written))  # noqa: S308 - made inert


def event_of(workshop: Workshop) -> dict[str, Any]:
    """What https://schema.org/Event asks for; times carry the offset of the town."""
    programme, page = workshop.programme, settings.ORIGIN + workshop.get_absolute_url()
    status = "EventCancelled" if workshop.state == WorkshopState.CANCELLED else "EventScheduled"
    return {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": page,
        "url": page,
        "name": str(workshop.title),
        "description": str(workshop.summary),
        "startDate": workshop.local_start.isoformat(),
        "endDate": workshop.local_end.isoformat(),
        "doorTime": workshop.local_doors.isoformat(),
        "eventStatus": f"https://schema.org/{status}",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "isAccessibleForFree": True,
        "maximumAttendeeCapacity": workshop.places,
        "inLanguage": programme.languages,
        "location": {"@type": "Place", "name": workshop.venue, "address": workshop.address},
        "organizer": {"@type": "Organization", "name": programme.organisation},
        "superEvent": {
            "@type": "EventSeries",
            "name": str(programme.title),
            "url": settings.ORIGIN + programme.get_absolute_url(),
        },
    }
