"""The mails of this floor: what happened to a place, with its link and its calendar file.

A link is minted whenever a mail is rendered, so no row of the outbox holds one.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ledger.models import Mail
from ledger.outbox import Message, NobodyToWriteTo, renders
from participants.actions import new_link
from participants.calendar import CALENDAR_TYPE, method_of, place_calendar
from participants.models import Registration
from participants.queries import places_to_write_about
from participants.states import RegistrationState


@renders("place_taken")
def place_taken(mail: Mail) -> Message:
    """You have a place: the ticket's link, the way there, how to give it up."""
    return _about_a_place(mail, RegistrationState.CONFIRMED, _("You have a place on %(date)s"))


@renders("waiting")
def waiting(mail: Mail) -> Message:
    """You are on the waiting list, and at which number now."""
    return _about_a_place(mail, RegistrationState.WAITING, _("You are on the waiting list for %(date)s"))


@renders("promoted")
def promoted(mail: Mail) -> Message:
    """A place has opened: it is theirs at once, and one press gives it up."""
    return _about_a_place(mail, RegistrationState.CONFIRMED, _("A place has opened for you on %(date)s"))


@renders("place_given_up")
def place_given_up(mail: Mail) -> Message:
    """Thank you for telling us; the calendar file takes the event away."""
    return _about_a_place(mail, RegistrationState.CANCELLED, _("You gave up your place on %(date)s"))


@renders("workshop_moved")
def workshop_moved(mail: Mail) -> Message:
    """Another time or place; the calendar file moves the event."""
    return _about_a_place(mail, _standing_state(mail), _("Changed: the workshop is on %(date)s"))


@renders("workshop_cancelled")
def workshop_cancelled(mail: Mail) -> Message:
    """The workshop does not take place; the calendar file takes the event away."""
    return _about_a_place(mail, _standing_state(mail), _("Cancelled: the workshop on %(date)s"))


def _standing_state(mail: Mail) -> str:
    """The state of a place or turn that has not been given up; nobody else is told about the workshop."""
    registration = _registration(mail)
    if registration.state == RegistrationState.CANCELLED:
        raise NobodyToWriteTo(mail.pk)
    return registration.state


@renders("link_again")
def link_again(mail: Mail) -> Message:
    """A new link for each place of the person."""
    registration = _registration(mail)
    person = registration.person
    places = places_to_write_about(timezone.now()).filter(person=person).select_related("workshop__programme")
    with translation.override(person.language), timezone.override(registration.workshop.zone):
        linked = [{"workshop": place.workshop, "place": place, "link": _link(place)} for place in places]
        return _message(mail, registration, subject=str(_("Your link to your place")), places=linked)


def _registration(mail: Mail) -> Registration:
    """The place a mail is about; nobody is written to about an erased one or without an address."""
    with_all = Registration.objects.select_related("person", "workshop__programme")
    registration = with_all.filter(pk=mail.subject_id).first()
    if registration is None or not registration.person.email:
        raise NobodyToWriteTo(mail.pk)
    return registration


def _link(registration: Registration) -> str:
    return settings.ORIGIN + reverse("my_place", args=[new_link(registration)])


def _about_a_place(mail: Mail, state: str, subject: str | Promise) -> Message:
    """`state` is what the mail tells of: once the place has moved on, another mail tells that, and this one stays."""
    registration = _registration(mail)
    if registration.state != state:
        raise NobodyToWriteTo(mail.pk)
    workshop = registration.workshop
    with translation.override(registration.person.language), timezone.override(workshop.zone):
        link = _link(registration)
        date = date_format(workshop.local_start, "l j F")
        message = _message(
            mail,
            registration,
            subject=str(subject) % {"date": date},
            link=link,
            give_up_link=f"{link}give-up/",
            workshop_link=settings.ORIGIN + workshop.get_absolute_url(),
            position=registration.position() if registration.is_waiting else None,
        )
        if not registration.is_waiting:
            message.attachments.append(_calendar_file(registration))
    return message


def _calendar_file(registration: Registration) -> tuple[str, bytes, str]:
    file = place_calendar(registration)
    return "tavolo.ics", file, f"{CALENDAR_TYPE}; method={method_of(file)}"


def _message(mail: Mail, registration: Registration, *, subject: str, **more: Any) -> Message:
    """Text and HTML from `templates/email/<kind>`; the language must be the person's already."""
    person, workshop = registration.person, registration.workshop
    context = {
        "subject": subject,
        "person": person,
        "place": registration,
        "workshop": workshop,
        "programme": workshop.programme,
        "origin": settings.ORIGIN,
        "language": person.language,
        **more,
    }
    return Message(
        to=str(person.email),
        language=person.language,
        subject=subject,
        text=render_to_string(f"email/{mail.kind}.txt", context),
        html=render_to_string(f"email/{mail.kind}.html", context),
    )
