"""Slips with codes as plain data for the PDF."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from feedback.models import Review
from feedback.review.queries import code_of, people_without_address
from feedback.summary.printed import qr_of
from workshops.models import Workshop


def codes(workshop: Workshop, review: Review) -> dict[str, Any]:
    """One slip for each person without an address, by name."""
    link = settings.ORIGIN + reverse("review_code", args=[workshop.slug])
    date = date_format(workshop.local_start, "l j F Y")
    return {
        "language": get_language(),
        "title": _("Is this what we said on %(date)s?") % {"date": date},
        "organisation": workshop.programme.organisation,
        "until": _("Read the findings before anyone else, until %(day)s:")
        % {"day": date_format(review.local_until, "j F")},
        "link": link,
        "qr": qr_of(link),
        "qr_label": _("The page for the code"),
        "nobody": _("Everybody who came has a link by mail."),
        "slips": [
            {"name": place.person.name, "code": code_of(place, review)} for place in people_without_address(workshop)
        ],
    }
