"""The mails of this floor: what happened to a place, with its link and its calendar file.

A link is minted whenever a mail is rendered, so no row of the outbox holds one.
"""

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
from participants import emails_changes, emails_moderators, emails_signing_up, emails_team  # noqa: F401 - found with these
from participants.actions.links import new_link
from participants.actions.offers import new_offer_link
from participants.calendar import CALENDAR_TYPE, feed_calendar, method_of, place_calendar
from participants.composing import compose
from participants.models import Registration, Reminder
from participants.queries.people import places_to_write_about
from participants.states import RegistrationState
from workshops.states import WorkshopState


@renders("place_taken", _("Place taken"))
def place_taken(mail: Mail) -> Message:
    """You have a place: the ticket's link, the way there, how to give it up."""
    return _about_a_place(mail, RegistrationState.CONFIRMED, _("You have a place on %(date)s"))


@renders("waiting", _("On the waiting list"))
def waiting(mail: Mail) -> Message:
    """You are on the waiting list, and at which number now."""
    return _about_a_place(mail, RegistrationState.WAITING, _("You are on the waiting list for %(date)s"))


@renders("promoted", _("A place has opened"))
def promoted(mail: Mail) -> Message:
    """A place has opened: it is theirs at once, and one press gives it up."""
    return _about_a_place(mail, RegistrationState.CONFIRMED, _("A place has opened for you on %(date)s"))


@renders("offered", _("Place offered"))
def offered(mail: Mail) -> Message:
    """A place has opened, theirs until a stated hour if they take it."""
    return _about_an_offer(mail)


@renders("offer_lapsed", _("Offer over"))
def offer_lapsed(mail: Mail) -> Message:
    """The hour has passed and the place went on; they may ask again."""
    return _about_a_place(mail, RegistrationState.CANCELLED, _("The place on %(date)s went to the next person"))


@renders("place_given_up", _("Place given up"))
def place_given_up(mail: Mail) -> Message:
    """Thank you for telling us; the calendar file takes the event away."""
    return _about_a_place(mail, RegistrationState.CANCELLED, _("You gave up your place on %(date)s"))


@renders("workshop_moved", _("Workshop changed"))
def workshop_moved(mail: Mail) -> Message:
    """Another time or place, or it takes place after all; the calendar file moves the event or brings it back."""
    after_all = emails_changes.is_after_all(mail)
    subject = emails_changes.AFTER_ALL if after_all else emails_changes.MOVED
    return _about_a_place(mail, _standing_state(mail), subject, after_all=after_all)


@renders("workshop_cancelled", _("Workshop cancelled"))
def workshop_cancelled(mail: Mail) -> Message:
    """The workshop does not take place; the calendar file takes the event away."""
    return _about_a_place(mail, _standing_state(mail), _("Cancelled: the workshop on %(date)s"))


@renders("reminder", _("Reminder"))
def reminder(mail: Mail) -> Message:
    """Still coming? With the organiser's own words, if there are any. Nothing once the workshop has begun."""
    workshop = _registration(mail).workshop
    if workshop.starts_at <= timezone.now() or workshop.state == WorkshopState.CANCELLED:
        raise NobodyToWriteTo(mail.pk)
    plan = Reminder.objects.filter(workshop=workshop).first()
    return _about_a_place(
        mail, RegistrationState.CONFIRMED, _("Still coming on %(date)s?"), own_words=plan.text if plan else ""
    )


def _standing_state(mail: Mail) -> str:
    """The state of a place or turn that has not been given up; nobody else is told about the workshop."""
    registration = _registration(mail)
    if registration.state == RegistrationState.CANCELLED:
        raise NobodyToWriteTo(mail.pk)
    return registration.state


@renders("link_again", _("Link sent again"))
def link_again(mail: Mail) -> Message:
    """A new link for each place of the person."""
    registration = _registration(mail)
    person = registration.person
    places = places_to_write_about(timezone.now()).filter(person=person).select_related("workshop__programme")
    with translation.override(person.language), timezone.override(registration.workshop.zone):
        linked = [{"workshop": place.workshop, "place": place, "link": _link(place)} for place in places]
        return _message(mail, registration, subject=str(_("Your link to your place")), places=linked)


@renders("series_taken", _("Places in the series"))
def series_taken(mail: Mail) -> Message:
    """Every place and turn of the person that is still to come, each with its link; one calendar file for all."""
    anchor = _registration(mail)
    now = timezone.now()
    coming = places_to_write_about(now).filter(person=anchor.person, workshop__starts_at__gt=now)
    places = list(coming.select_related("person", "workshop__programme"))
    with translation.override(anchor.person.language), timezone.override(anchor.workshop.zone):
        linked = [{"workshop": place.workshop, "place": place, "link": _link(place)} for place in places]
        subject = str(_("Your places at %(programme)s")) % {"programme": anchor.workshop.programme}
        message = _message(mail, anchor, subject=subject, places=linked)
        if any(place.is_confirmed for place in places):
            message.attachments.append(("tavolo.ics", feed_calendar(places), f"{CALENDAR_TYPE}; method=PUBLISH"))
        return message


@renders("data_link")
def data_link(mail: Mail) -> Message:
    """The link to what is known about the person; it opens that for a day."""
    registration = _registration(mail)
    with translation.override(registration.person.language), timezone.override(registration.workshop.zone):
        return _message(mail, registration, subject=str(_("Your data")), link=_link(registration, "my_data"))


def _registration(mail: Mail) -> Registration:
    """The place a mail is about; nobody is written to about an erased one or without an address."""
    with_all = Registration.objects.select_related("person", "workshop__programme")
    registration = with_all.filter(pk=mail.subject_id).first()
    if registration is None or not registration.person.email:
        raise NobodyToWriteTo(mail.pk)
    return registration


def _link(registration: Registration, page: str = "my_place") -> str:
    return settings.ORIGIN + reverse(page, args=[new_link(registration, proves=True)])


def _about_an_offer(mail: Mail) -> Message:
    """The key in it answers this offer only, so a mail about an earlier one is not sent any more."""
    registration = _registration(mail)
    if not registration.has_offer_at(timezone.now()) or not mail.key.endswith(f":{registration.occasion}"):
        raise NobodyToWriteTo(mail.pk)
    workshop = registration.workshop
    with translation.override(registration.person.language), timezone.override(workshop.zone):
        date = date_format(workshop.local_start, "l j F")
        return _message(
            mail,
            registration,
            subject=str(_("A place has opened for you on %(date)s")) % {"date": date},
            link=settings.ORIGIN + reverse("my_offer", args=[new_offer_link(registration)]),
            until=registration.local_offer_end,
        )


def _about_a_place(mail: Mail, state: str, subject: str | Promise, **more: Any) -> Message:
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
            **more,
        )
        if state in (RegistrationState.CONFIRMED, RegistrationState.CANCELLED) and mail.kind != "offer_lapsed":
            message.attachments.append(_calendar_file(registration))
    return message


def _calendar_file(registration: Registration) -> tuple[str, bytes, str]:
    file = place_calendar(registration)
    return "tavolo.ics", file, f"{CALENDAR_TYPE}; method={method_of(file)}"


def _message(mail: Mail, registration: Registration, *, subject: str, **more: Any) -> Message:
    """Text and HTML from `templates/email/<kind>`; the language must be the person's already."""
    person, workshop = registration.person, registration.workshop
    context = {"person": person, "place": registration, "workshop": workshop, **more}
    return compose(mail.kind, to=person, programme=workshop.programme, subject=subject, **context)
