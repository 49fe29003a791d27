"""The mail of a sensitive workshop: whoever owns the address decides whether the place is taken."""

from __future__ import annotations

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.models import Mail
from ledger.outbox import Message, NobodyToWriteTo, renders
from participants.actions.signing_up import secret_of
from participants.models import PendingSignUp


@renders("confirm_sign_up", gettext_lazy("Sign-up to confirm"))
def confirm_sign_up(mail: Mail) -> Message:
    """One button that takes the place; the same mail whether the address has a place or not."""
    pending = PendingSignUp.objects.select_related("workshop__programme").filter(pk=mail.subject_id).first()
    if pending is None or pending.expires_at <= timezone.now():
        raise NobodyToWriteTo(mail.pk)
    workshop = pending.workshop
    with translation.override(pending.language), timezone.override(workshop.zone):
        date = date_format(workshop.local_start, "l j F")
        context = {
            "subject": _("Confirm your place on %(date)s") % {"date": date},
            "pending": pending,
            "name": pending.wanted["name"],
            "workshop": workshop,
            "programme": workshop.programme,
            "origin": settings.ORIGIN,
            "language": pending.language,
            "link": settings.ORIGIN + reverse("confirm_sign_up", args=[pending.pk, secret_of(pending.pk)]),
        }
        return Message(
            to=pending.email,
            language=pending.language,
            subject=context["subject"],
            text=render_to_string("email/confirm_sign_up.txt", context),
            html=render_to_string("email/confirm_sign_up.html", context),
        )
