"""The mail of this floor: what we said is out."""

from __future__ import annotations

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from feedback.models import Outcome
from ledger.models import Mail
from ledger.outbox import Message, NobodyToWriteTo, renders
from participants.models import Person


@renders("published")
def published(mail: Mail) -> Message:
    """What was said is out: its headline and its address. Nobody is written to about what was taken back meanwhile."""
    person = Person.objects.filter(pk=mail.recipient_id).first()
    standing = Outcome.objects.standing().select_related("workshop__programme")
    outcome = standing.filter(workshop=mail.subject_id).first()
    if person is None or not person.email or outcome is None:
        raise NobodyToWriteTo(mail.pk)
    workshop = outcome.workshop
    with translation.override(person.language):
        date = date_format(workshop.local_start, _("l j F"))
        subject = _("What we said on %(date)s is out") % {"date": date}
        context = {
            "subject": subject,
            "date": date,
            "person": person,
            "workshop": workshop,
            "programme": workshop.programme,
            "outcome": outcome,
            "link": settings.ORIGIN + reverse("said", args=[workshop.slug]),
            "language": person.language,
        }
        return Message(
            to=person.email,
            language=person.language,
            subject=subject,
            text=render_to_string("email/published.txt", context),
            html=render_to_string("email/published.html", context),
        )
