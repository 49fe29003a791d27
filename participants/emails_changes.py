"""Mails about a change to those who have no place: invited people and moderators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ledger.models import Mail
from ledger.outbox import Message, NobodyToWriteTo, renders
from participants import news
from participants.actions.invitations import new_invitation_link
from participants.composing import compose
from participants.models import Invitation
from workshops.models import ModeratorSeat, Workshop
from workshops.states import WorkshopState

MOVED, CANCELLED = _("Changed: the workshop is on %(date)s"), _("Cancelled: the workshop on %(date)s")
AFTER_ALL = _("It takes place after all: the workshop on %(date)s")


def is_after_all(mail: Mail) -> bool:
    """Whether a mail about a change tells that a cancelled workshop takes place all the same."""
    return mail.key.endswith(news.AFTER_ALL)


@dataclass(frozen=True)
class Reader:
    """A moderator as a mail needs one: they have no language of their own but that of their account."""

    pk: UUID | int
    name: str
    email: str
    language: str


@renders("moved_for_invited", _("Workshop changed, to invited people"))
def moved_for_invited(mail: Mail) -> Message:
    """Another time or place than in the invitation, with the link to answer it."""
    return _to_invited(mail, MOVED, is_cancelled=False)


@renders("cancelled_for_invited", _("Workshop cancelled, to invited people"))
def cancelled_for_invited(mail: Mail) -> Message:
    """Nobody needs to answer any more."""
    return _to_invited(mail, CANCELLED, is_cancelled=True)


@renders("moved_for_moderators", _("Workshop changed, to moderators"))
def moved_for_moderators(mail: Mail) -> Message:
    """Another time or place for those at the tables."""
    return _to_moderator(mail, MOVED, is_cancelled=False)


@renders("cancelled_for_moderators", _("Workshop cancelled, to moderators"))
def cancelled_for_moderators(mail: Mail) -> Message:
    """Nobody needs to moderate."""
    return _to_moderator(mail, CANCELLED, is_cancelled=True)


def _to_invited(mail: Mail, subject: str | Promise, *, is_cancelled: bool) -> Message:
    found = Invitation.objects.silent().select_related("workshop__programme").filter(pk=mail.subject_id).first()
    if found is None:
        raise NobodyToWriteTo(mail.pk)
    link = "" if is_cancelled else settings.ORIGIN + reverse("invitation", args=[new_invitation_link(found)])
    return _compose(mail, found.workshop, found, subject, is_cancelled=is_cancelled, link=link)


def _to_moderator(mail: Mail, subject: str | Promise, *, is_cancelled: bool) -> Message:
    seats = ModeratorSeat.objects.select_related("user", "group__workshop__programme")
    seat = seats.filter(pk=mail.subject_id).first()
    if seat is None or not seat.address:
        raise NobodyToWriteTo(mail.pk)
    workshop = seat.group.workshop
    spoken = workshop.programme.languages or [settings.LANGUAGE_CODE]
    language = seat.user.language if seat.user else spoken[0]
    reader = Reader(seat.pk, seat.name, seat.address, language)
    return _compose(mail, workshop, reader, subject, is_cancelled=is_cancelled, table=seat.group)


def _compose(
    mail: Mail, workshop: Workshop, to: Any, subject: str | Promise, *, is_cancelled: bool, **more: Any
) -> Message:
    """One text for all of them. Nothing is sent of a change that another one has overtaken."""
    if (workshop.state == WorkshopState.CANCELLED) != is_cancelled:
        raise NobodyToWriteTo(mail.pk)
    after_all = is_after_all(mail)
    subject = AFTER_ALL if after_all else subject
    with translation.override(to.language), timezone.override(workshop.zone):
        return compose(
            "change_for_others",
            to=to,
            programme=workshop.programme,
            subject=str(subject) % {"date": date_format(workshop.local_start, "l j F")},
            workshop=workshop,
            workshop_link=settings.ORIGIN + workshop.get_absolute_url(),
            is_cancelled=is_cancelled,
            after_all=after_all,
            **more,
        )
