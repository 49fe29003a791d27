"""Until when people, places, tablets and accounts of a workshop are kept, and what takes them away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.history import SYSTEM, Actor, record
from ledger.keeping import ACCOUNT, CONTACT, NEWS, UNPUBLISHED, WAITING, Duty, Remains, Whom, duty
from ledger.models import Event, Mail
from participants.actions.forget import empty_place, erase_account, forget_person, forget_place, has_a_role
from participants.models import (
    Arrival,
    Consent,
    Device,
    Invitation,
    Letter,
    LinkRequest,
    Person,
    PlaceLink,
    ProgrammeTerms,
    Registration,
    ShorterTerms,
    TeamInvitation,
    User,
)
from participants.models.signing_up import REQUESTS_LAST
from participants.purposes import CONTACT as LATER_WORKSHOPS
from participants.states import RegistrationState
from workshops.models import ModeratorSeat, Programme, Workshop
from workshops.states import WorkshopState

CONTACTS = _("Names, addresses, needs, answers, attendance and seats")
WAITING_LIST = _("Names and addresses of people who had no place")
MODERATORS = _("Names of moderators at tables and on tablets")
INVITATIONS = _("Invitations, with names and addresses")
ARRIVALS = _("What phones at the door told")
NEWS_READERS = _("Names and addresses of people who allow mail about later workshops")
LETTERS = _("Letters to people of the workshop")
LINKS = _("Links to “my place”, as digests")


def published_at(workshop: Workshop) -> dt.datetime | None:
    """When it was first published."""
    moves = Event.objects.of(workshop).filter(verb="workshop.moved", data__after=WorkshopState.PUBLISHED)
    return moves.values_list("at", flat=True).first()


def terms_of(workshop: Workshop) -> ShorterTerms:
    """The organiser's terms, all empty where they set none."""
    found = ShorterTerms.objects.filter(pk=workshop.pk).first()
    return found or ShorterTerms(workshop=workshop)


def contact_until(workshop: Workshop) -> dt.datetime:
    """From when the people of a workshop are forgotten: so many days after publication (or the day of a workshop that
    was cancelled), and a year after the day where nothing is published."""
    days = dt.timedelta(days=terms_of(workshop).contact_days or CONTACT.days)
    if workshop.state == WorkshopState.CANCELLED:
        return workshop.ends_at + days
    latest = workshop.ends_at + UNPUBLISHED.span
    published = published_at(workshop)
    return min(published + days, latest) if published else latest


def waiting_until(workshop: Workshop) -> dt.datetime:
    """From when those are forgotten who waited or gave up their place; never later than the others."""
    days = terms_of(workshop).waiting_days or WAITING.days
    return min(workshop.ends_at + dt.timedelta(days=days), contact_until(workshop))


def _over(now: dt.datetime) -> list[Workshop]:
    """Workshops about which a term may have passed."""
    return [each for each in Workshop.objects.filter(starts_at__lt=now).with_programme() if each.ends_at < now]


def _due(now: dt.datetime, until: Any) -> list[Any]:
    return [workshop.pk for workshop in _over(now) if until(workshop) <= now]


def kept_for_news(now: dt.datetime) -> QuerySet[Registration]:
    """The places at which somebody said that they may be written to about later workshops: their last word about it, no
    longer ago than its own term, and there is an address."""
    said = Consent.objects.about(LATER_WORKSHOPS).filter(registration__person=OuterRef("person")).newest_first()
    places = Registration.objects.annotate(last_word=Subquery(said.values("pk")[:1]))
    yes = {"consents__given": True, "consents__at__gt": now - NEWS.span}
    return places.filter(consents__pk=F("last_word"), person__email__isnull=False, **yes)


def overdue_places(now: dt.datetime) -> QuerySet[Registration]:
    """Places past their term: all of a workshop, or those that were none. What is left of emptied ones has a term of
    its own."""
    without = ~Q(state=RegistrationState.CONFIRMED)
    due = Registration.objects.filter(
        Q(workshop__in=_due(now, contact_until)) | without & Q(workshop__in=_due(now, waiting_until))
    )
    return due.exclude(state=RegistrationState.EMPTIED, pk__in=kept_for_news(now).values("pk"))


def forget_places(now: dt.datetime) -> int:
    """Take away what is past its term, each place in a transaction of its own."""
    kept = set(kept_for_news(now).values_list("pk", flat=True))
    places = list(overdue_places(now).select_related("workshop"))
    for place in places:
        if place.pk in kept:
            empty_place(place)
        else:
            forget_place(place)
    return len(places)


def overdue_people(now: dt.datetime) -> list[Person]:
    """People who never took a place, once the last workshop of their programme has been forgotten; where there is no
    workshop at all, a year after they were entered."""
    alone = Person.objects.filter(registrations=None)
    gone = []
    for programme in Programme.objects.filter(people__in=alone).distinct().prefetch_related("workshops__programme"):
        ends = [contact_until(workshop) for workshop in programme.workshops.all()]
        if ends and max(ends) <= now:
            gone += list(alone.filter(programme=programme))
        elif not ends:
            gone += list(alone.filter(programme=programme, created_at__lt=now - UNPUBLISHED.span))
    return gone


def forget_people(now: dt.datetime) -> int:
    people = overdue_people(now)
    for person in people:
        forget_person(person)
    return len(people)


def overdue_links(now: dt.datetime) -> QuerySet[PlaceLink]:
    return PlaceLink.objects.filter(expires_at__lt=now)


def overdue_requests(now: dt.datetime) -> QuerySet[LinkRequest]:
    """A job deletes them within seconds; this is for one that could not."""
    return LinkRequest.objects.filter(asked_at__lt=now - REQUESTS_LAST)


def overdue_moderators(now: dt.datetime) -> list[Device | ModeratorSeat]:
    due = _due(now, contact_until)
    return [
        *Device.objects.filter(group__workshop__in=due),
        *ModeratorSeat.objects.filter(group__workshop__in=due),
    ]


def forget_moderators(now: dt.datetime) -> int:
    rows = overdue_moderators(now)
    for row in rows:
        row.delete()
    return len(rows)


def overdue_invitations(now: dt.datetime) -> QuerySet[Invitation]:
    """Whoever came has a place, which has a term of its own."""
    return Invitation.objects.filter(workshop__in=_due(now, waiting_until))


@transaction.atomic
def forget_invitations(now: dt.datetime) -> int:
    gone = list(overdue_invitations(now).values_list("pk", flat=True))
    Mail.objects.filter(recipient_id__in=map(str, gone)).delete()
    Invitation.objects.filter(pk__in=gone).delete()
    return len(gone)


def overdue_arrivals(now: dt.datetime) -> QuerySet[Arrival]:
    return Arrival.objects.filter(workshop__in=_due(now, contact_until))


def overdue_team_invitations(now: dt.datetime) -> QuerySet[TeamInvitation]:
    """Asked into a team so long ago that the link opens nothing any more."""
    return TeamInvitation.objects.exclude(pk__in=TeamInvitation.objects.open_at(now).values("pk"))


def forget_team_invitations(now: dt.datetime) -> int:
    gone = [str(pk) for pk in overdue_team_invitations(now).values_list("pk", flat=True)]
    Mail.objects.filter(recipient_id__in=gone).delete()
    TeamInvitation.objects.filter(pk__in=gone).delete()
    return len(gone)


def overdue_letters(now: dt.datetime) -> QuerySet[Letter]:
    return Letter.objects.filter(workshop__in=_due(now, contact_until))


def overdue_accounts(now: dt.datetime) -> list[User]:
    """Accounts without a role and without a place behind them, unused for a while."""
    since = now - ACCOUNT.span
    idle = User.objects.filter(Q(last_login=None) | Q(last_login__lt=since), joined_at__lt=since, is_staff=False)
    return [user for user in idle if not has_a_role(user) and not Person.objects.of_user(user).exists()]


def forget_accounts(now: dt.datetime) -> int:
    users = overdue_accounts(now)
    for user in users:
        erase_account(user, by=SYSTEM)
    return len(users)


def overdue_sessions(now: dt.datetime) -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=now)


def _left(workshop: Workshop) -> list[Remains]:
    """What of the people of a workshop is still there."""
    confirmed = workshop.registrations.confirmed().count()
    others = workshop.registrations.exclude(state=RegistrationState.EMPTIED).count() - confirmed
    until = contact_until(workshop)
    invitations, arrivals = workshop.invitations.count(), workshop.arrivals.count()
    letters = workshop.letters.count()
    names = (
        Device.objects.filter(group__workshop=workshop).count()
        + ModeratorSeat.objects.filter(group__workshop=workshop).count()
    )
    links = PlaceLink.objects.filter(registration__workshop=workshop)
    last = links.order_by("-expires_at").values_list("expires_at", flat=True).first()
    return [
        Remains(CONTACTS, confirmed, Whom.PARTICIPANT, _("to hold the place and to write"), until, CONTACT.says),
        Remains(WAITING_LIST, others, Whom.PARTICIPANT, _("to hold the turn"), waiting_until(workshop), WAITING.says),
        _news_readers(workshop),
        Remains(INVITATIONS, invitations, Whom.PARTICIPANT, _("to ask"), waiting_until(workshop), WAITING.says),
        Remains(ARRIVALS, arrivals, Whom.PARTICIPANT, _("to take each once"), until, CONTACT.says),
        Remains(LETTERS, letters, Whom.PARTICIPANT, _("to know what was written"), until, CONTACT.says),
        Remains(LINKS, links.count(), Whom.PARTICIPANT, _("to open a place"), last, _("60 days after the workshop")),
        Remains(MODERATORS, names, Whom.MODERATOR, _("to say who moderates"), until, CONTACT.says),
    ]


def _news_readers(workshop: Workshop) -> Remains:
    """Whom one may write to about later workshops because of what they said here."""
    readers = list(kept_for_news(timezone.now()).filter(workshop=workshop).values_list("consents__at", flat=True))
    until = max(readers) + NEWS.span if readers else None
    return Remains(NEWS_READERS, len(readers), Whom.PARTICIPANT, _("to tell of later workshops"), until, NEWS.says)


def set_terms(workshop: Workshop, *, contact_days: int | None, waiting_days: int | None, by: Actor) -> None:
    """Keep less long than the rule; empty is the rule. The caller's transaction is the history's."""
    values = {"contact_days": contact_days, "waiting_days": waiting_days}
    ShorterTerms.objects.update_or_create(pk=workshop.pk, defaults=values)
    record(workshop, "workshop.terms_set", by=by, scope=workshop.pk, **values)


def terms_of_programme(programme: Programme) -> ProgrammeTerms:
    """What new workshops of a programme start with, all empty where nobody set anything."""
    found = ProgrammeTerms.objects.filter(pk=programme.pk).first()
    return found or ProgrammeTerms(programme=programme)


def set_programme_terms(programme: Programme, *, contact_days: int | None, waiting_days: int | None, by: Actor) -> None:
    """For workshops planned from now on; others keep theirs. The caller's transaction is the history's."""
    values = {"contact_days": contact_days, "waiting_days": waiting_days}
    ProgrammeTerms.objects.update_or_create(pk=programme.pk, defaults=values)
    record(programme, "programme.terms_set", by=by, scope=programme.pk, **values)


def remaining(workshop: Workshop, duties: Iterable[Duty]) -> list[Remains]:
    """All that is still there of a workshop, over all floors; what is not there is left out."""
    return [each for rule in duties for each in rule.remains(workshop) if each.count]


duty(Duty("places", overdue_places, forget_places, _left))
duty(Duty("people without a place", overdue_people, forget_people))
duty(Duty("invitations", overdue_invitations, forget_invitations))
duty(Duty("team invitations", overdue_team_invitations, forget_team_invitations))
duty(Duty("arrivals", overdue_arrivals, lambda now: overdue_arrivals(now).delete()[0]))
duty(Duty("letters", overdue_letters, lambda now: overdue_letters(now).delete()[0]))
duty(Duty("links", overdue_links, lambda now: overdue_links(now).delete()[0]))
duty(Duty("requests for links", overdue_requests, lambda now: overdue_requests(now).delete()[0]))
duty(Duty("moderators", overdue_moderators, forget_moderators))
duty(Duty("accounts", overdue_accounts, forget_accounts))
duty(Duty("sessions", overdue_sessions, lambda now: overdue_sessions(now).delete()[0]))
