"""Reads about what people allowed. The last thing somebody said about a purpose holds, at any moment in time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from participants.models import Consent, Person, Purpose, Registration
from participants.purposes import CONTACT, asked, purposes_of
from participants.states import RegistrationState


def has_consent(who: Registration | Person, purpose: str, at: dt.datetime | None = None) -> bool:
    """Whether `who` allows `purpose` (its key) at a moment, now when none is given.

    A registration answers for one workshop: quotes and photos of that evening. A person answers for all their
    workshops together: the last thing they said anywhere counts, as for writing about later workshops.
    """
    consents = Consent.objects.about(purpose).filter(at__lte=at or timezone.now())
    if isinstance(who, Registration):
        consents = consents.filter(registration=who)
    else:
        consents = consents.filter(registration__person=who)
    last = consents.newest_first().values_list("given", flat=True).first()
    return bool(last)


def those_who_allow(people: Iterable[Registration], purpose: str) -> set[Any]:
    """Of many registrations the ids of those that allow `purpose` now, in one query."""
    last: dict[Any, bool] = {}
    rows = Consent.objects.about(purpose).filter(registration__in=[each.pk for each in people]).order_by("at", "pk")
    for registration, given in rows.values_list("registration", "given"):
        last[registration] = given
    return {registration for registration, given in last.items() if given}


@dataclass(frozen=True)
class Standing:
    """A purpose and what one person last said about it, if anything."""

    purpose: Purpose
    last: Consent | None

    @property
    def given(self) -> bool:
        return bool(self.last and self.last.given)

    @property
    def is_of_another_text(self) -> bool:
        """Whether they said yes to words that have changed since."""
        return self.given and self.last is not None and self.last.version != self.purpose.version


def standings(registration: Registration) -> list[Standing]:
    """What the person can decide about at this workshop, each with the last they said; two queries.

    A purpose that is no longer asked stays in sight while a yes to it stands, so that it can be taken back.
    """
    last: dict[str, Consent] = {}
    for consent in registration.consents.order_by("at", "pk"):
        last[consent.purpose] = consent
    workshop = registration.workshop
    purposes = purposes_of(workshop.programme, has_own=getattr(workshop, "has_purposes", True))
    open_ones = asked(purposes)
    shown = [p for p in purposes if p in open_ones or (p.is_consent and p.key in last and last[p.key].given)]
    if registration.state == RegistrationState.EMPTIED:
        shown = [purpose for purpose in shown if purpose.key == CONTACT]
    return [Standing(purpose, last.get(purpose.key)) for purpose in shown]
