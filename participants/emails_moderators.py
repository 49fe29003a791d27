"""The mails to moderators: will you lead a table, asked again, a reminder."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ledger.models import Mail
from ledger.outbox import Message, NobodyToWriteTo, renders
from participants.actions.moderating import has_tables_to_lead, new_moderator_link
from participants.composing import compose
from participants.models import ModeratorInvitation
from participants.states import InvitationState


@renders("moderator_invitation", _("Invitation to a moderator"))
def moderator_invitation(mail: Mail) -> Message:
    """Will you lead a table?"""
    return _ask(mail, _("Will you lead a table on %(date)s?"), _("would you lead a table with us?"))


@renders("moderator_asked_again", _("Moderator, asked again"))
def moderator_asked_again(mail: Mail) -> Message:
    """We have not heard from you, or the time is another one."""
    return _ask(mail, _("Can you lead a table on %(date)s?"), _("we need your answer: can you lead a table then?"))


def _ask(mail: Mail, subject: str | Promise, lead: str | Promise) -> Message:
    found = _invitation(mail, InvitationState.OPEN)
    return _compose(mail, found, subject, lead, _("Answer yes or no"))


@renders("moderator_reminder", _("Reminder to a moderator"))
def moderator_reminder(mail: Mail) -> Message:
    """You said yes; here is your brief."""
    found = _invitation(mail, InvitationState.ACCEPTED)
    lead = _("you lead a table soon. Your brief is behind the button: agenda, questions, and how the tablet works.")
    return _compose(mail, found, _("You lead a table on %(date)s"), lead, _("Open your brief"))


def _invitation(mail: Mail, state: InvitationState) -> ModeratorInvitation:
    """The invitation while it stands as the mail was meant; else nobody is written to."""
    found = ModeratorInvitation.objects.with_all().filter(pk=mail.subject_id, state=state).first()
    if found is None or not has_tables_to_lead(found.seat.group.workshop):
        raise NobodyToWriteTo(mail.pk)
    return found


def _compose(
    mail: Mail, to: ModeratorInvitation, subject: str | Promise, lead: str | Promise, button: str | Promise
) -> Message:
    workshop = to.seat.group.workshop
    with translation.override(to.language), timezone.override(workshop.zone):
        link = settings.ORIGIN + reverse("moderate", args=[new_moderator_link(to)])
        return compose(
            "moderator",
            to=to,
            programme=workshop.programme,
            subject=str(subject) % {"date": date_format(workshop.local_start, "l j F")},
            lead=str(lead),
            button=str(button),
            link=link,
            workshop=workshop,
            table=to.seat.group,
            role=to.seat.role,
        )
