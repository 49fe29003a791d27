"""Mails that somebody asks us to send: invitations, news of a later workshop, and an organiser's own words."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ledger.models import Mail
from ledger.outbox import Message, NobodyToWriteTo, renders
from participants.actions.invitations import can_invite, new_invitation_link
from participants.actions.links import new_link
from participants.actions.no_mail import who_wants_none
from participants.composing import compose
from participants.models import Invitation, Letter, Person, Registration
from participants.queries.mail import people_who_want_news
from participants.states import LetterTo
from workshops.models import Workshop


@renders("invitation", _("Invitation"))
def invitation(mail: Mail) -> Message:
    """You are invited: what it is, when and where, and a link to answer yes or no."""
    return _invitation(mail, _("You are invited on %(date)s"))


@renders("invitation_reminder", _("Invitation, asked again"))
def invitation_reminder(mail: Mail) -> Message:
    """We have not heard from you. Not sent to whoever has answered meanwhile."""
    return _invitation(mail, _("Can you come on %(date)s?"))


def _invitation(mail: Mail, subject: str | Promise) -> Message:
    found = Invitation.objects.silent().select_related("workshop__programme").filter(pk=mail.subject_id).first()
    if found is None or not can_invite(found.workshop):
        raise NobodyToWriteTo(mail.pk)
    if who_wants_none(found.workshop.programme, [found.email]):
        raise NobodyToWriteTo(mail.pk)
    with translation.override(found.language), timezone.override(found.workshop.zone):
        return compose(
            mail.kind,
            to=found,
            can_stop=True,
            link=settings.ORIGIN + reverse("invitation", args=[new_invitation_link(found)]),
            **_about(found.workshop, subject),
        )


@renders("next_workshop", _("News of the next workshop"))
def next_workshop(mail: Mail) -> Message:
    """There is a later workshop. Only to people who agreed to hear of it, while one can sign up."""
    workshop = _workshop(mail)
    person = people_who_want_news(workshop).filter(pk=mail.recipient_id).first()
    if person is None or not workshop.takes_registrations_at(timezone.now()):
        raise NobodyToWriteTo(mail.pk)
    with translation.override(person.language), timezone.override(workshop.zone):
        return compose(mail.kind, to=person, can_stop=True, **_about(workshop, _("The next workshop is on %(date)s")))


def _workshop(mail: Mail) -> Workshop:
    workshop = Workshop.objects.with_programme().filter(pk=mail.subject_id).first()
    if workshop is None:
        raise NobodyToWriteTo(mail.pk)
    return workshop


def _about(workshop: Workshop, subject: str | Promise) -> dict[str, Any]:
    """What every mail about a workshop names, in the language and zone that are on."""
    return {
        "subject": str(subject) % {"date": date_format(workshop.local_start, "l j F")},
        "programme": workshop.programme,
        "workshop": workshop,
        "workshop_link": settings.ORIGIN + workshop.get_absolute_url(),
    }


@renders("letter", _("Letter from the organisers"))
def letter(mail: Mail) -> Message:
    """An organiser's words to one of those they were written to, unless that person is no longer among them."""
    found = Letter.objects.select_related("workshop__programme").filter(pk=mail.subject_id).first()
    if found is None:
        raise NobodyToWriteTo(mail.pk)
    to, workshop = _reader(found, mail), found.workshop
    with translation.override(to.language), timezone.override(workshop.zone):
        return compose(
            mail.kind,
            to=to,
            can_stop=found.to == LetterTo.SILENT,
            letter=found,
            link=_way_on(workshop, to),
            **_about(workshop, "") | {"subject": " ".join(str(found.subject).split())},
        )


def _reader(found: Letter, mail: Mail) -> Person | Invitation:
    """Who reads it, while they are still among those it was written to."""
    if found.to == LetterTo.SILENT:
        invited = Invitation.objects.silent().select_related("workshop__programme").filter(pk=mail.recipient_id).first()
        if invited is None or who_wants_none(found.workshop.programme, [invited.email]):
            raise NobodyToWriteTo(mail.pk)
        return invited
    standing = Registration.objects.standing().filter(workshop=found.workshop_id, person=mail.recipient_id)
    place = standing.select_related("person").first()
    if place is None or not place.person.email:
        raise NobodyToWriteTo(mail.pk)
    return place.person


def _way_on(workshop: Workshop, to: Person | Invitation) -> str:
    """The link to the reader's answer or place, in the language that is on."""
    if isinstance(to, Invitation):
        return settings.ORIGIN + reverse("invitation", args=[new_invitation_link(to)])
    place = Registration.objects.standing().select_related("workshop").get(workshop=workshop, person=to)
    return settings.ORIGIN + reverse("my_place", args=[new_link(place, proves=True)])
