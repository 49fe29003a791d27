"""The mails of this floor: is this what we said, what we said is out, an outcome still to come, and a test."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.models import Outcome, Reply, Review
from feedback.review.reminders import occasion, weeks_without
from feedback.summary.queries import following_of
from ledger.models import Mail
from ledger.outbox import Message, NobodyToWriteTo, renders
from participants.actions.links import new_link
from participants.composing import compose, name_in_mail
from participants.models import Person, Registration, User
from workshops.models import Workshop
from workshops.states import WorkshopState


@renders("review", gettext_lazy("Is this what we said?"))
def review(mail: Mail) -> Message:
    """The link to somebody's own review. Nobody is written to once it is over."""
    with_all = Registration.objects.select_related("person", "workshop__programme")
    place = with_all.filter(pk=mail.subject_id).first()
    open_one = Review.objects.filter(workshop__registrations=mail.subject_id, until__gt=timezone.now()).first()
    if place is None or not place.person.email or open_one is None or place.workshop.state != WorkshopState.ASKING:
        raise NobodyToWriteTo(mail.pk)
    open_one.workshop = place.workshop
    with translation.override(place.person.language), timezone.override(place.workshop.zone):
        date = date_format(place.workshop.local_start, _("l j F"))
        return compose(
            mail.kind,
            to=place.person,
            programme=place.workshop.programme,
            subject=_("Is this what we said on %(date)s?") % {"date": date},
            workshop=place.workshop,
            until=open_one.local_until,
            link=settings.ORIGIN + reverse("my_review", args=[new_link(place, proves=True)]),
        )


@renders("published", gettext_lazy("What we said is out"))
def published(mail: Mail) -> Message:
    """What was said is out: its headline, its address and the next date. Nobody is written to about what was taken
    back meanwhile."""
    person = Person.objects.filter(pk=mail.recipient_id).first()
    standing = Outcome.objects.standing().select_related("workshop__programme")
    outcome = standing.filter(workshop=mail.subject_id).first()
    if person is None or not person.email or outcome is None:
        raise NobodyToWriteTo(mail.pk)
    workshop = outcome.workshop
    with translation.override(person.language), timezone.override(workshop.zone):
        date = date_format(workshop.local_start, _("l j F"))
        subject = _("What we said on %(date)s is out") % {"date": date}
        return compose(
            mail.kind,
            to=person,
            programme=workshop.programme,
            subject=subject,
            date=date,
            workshop=workshop,
            outcome=outcome,
            answered=outcome.body.get("review", {}).get("answered", 0),
            link=settings.ORIGIN + reverse("said", args=[workshop.slug]),
            replies_link=_replies_link(person, workshop),
            following=following_of(workshop),
        )


def _replies_link(person: Person, workshop: Workshop) -> str:
    """Where somebody reads what became of what they missed; empty for whoever missed nothing."""
    missed = Reply.objects.corrections().filter(registration__person=person, review__workshop=workshop)
    said = missed.select_related("registration__workshop").first()
    if said is None:
        return ""
    return settings.ORIGIN + reverse("my_review", args=[new_link(said.registration, proves=True)])


@renders("unpublished", gettext_lazy("Outcome still to come"))
def unpublished(mail: Mail) -> Message:
    """To an organiser: so many weeks have passed. Nothing once it is out, or in another week."""
    user = User.objects.filter(pk=mail.recipient_id, is_active=True).first()
    workshop = Workshop.objects.with_programme().filter(pk=mail.subject_id).first()
    weeks = weeks_without(workshop, timezone.now()) if workshop else 0
    if user is None or workshop is None or not weeks or not mail.key.endswith(f":{occasion(weeks)}"):
        raise NobodyToWriteTo(mail.pk)
    with translation.override(user.language), timezone.override(workshop.zone):
        date = date_format(workshop.local_start, _("l j F"))
        return compose(
            mail.kind,
            to=user,
            name=name_in_mail(user.first_name),
            programme=workshop.programme,
            subject=_("What was said on %(date)s is not out yet") % {"date": date},
            workshop=workshop,
            weeks=weeks,
            waiting=Reply.objects.filter(review__workshop=workshop).unanswered().count(),
            link=settings.ORIGIN + reverse("org_summary", args=[workshop.pk]),
        )


@renders("test_mail", gettext_lazy("Test mail"))
def test_mail(mail: Mail) -> Message:
    """Mail works: to the organiser who asked whether it does."""
    user = User.objects.filter(pk=mail.recipient_id).first()
    workshop = Workshop.objects.organised_by(user).with_programme().filter(pk=mail.subject_id).first()
    if user is None or workshop is None:
        raise NobodyToWriteTo(mail.pk)
    with translation.override(user.language), timezone.override(workshop.zone):
        return compose(
            mail.kind, to=user, programme=workshop.programme, subject=_("Test: mail works"), workshop=workshop
        )
