"""Coming to the whole series with one act."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from ledger import outbox
from ledger.history import Actor, record
from participants.actions.places import RegistrationClosed, register
from participants.models import Registration
from participants.series import rest_of_series


@transaction.atomic
def enrol_in_series(registration: Registration, *, by: Actor) -> list[Registration]:
    """A place, firm or waiting, at each coming workshop of the series that takes names without asking more.

    Each is counted alone, under the lock of its workshop; locks are taken in the order of the dates. All of them are
    told in one mail. Returns the new ones; twice is once.
    """
    person, new = registration.person, []
    for workshop in rest_of_series(registration, timezone.now()).at_once:
        try:
            place, is_new = register(
                workshop, name=person.name, email=person.email, language=person.language, by=by, tells=False
            )
        except RegistrationClosed:  # closed while we were on the way: the others still count
            continue
        if is_new:
            new.append(place)
    if new:
        record(registration, "registration.series", by=by, scope=registration.workshop_id, places=len(new))
        occasion = f"{new[0].pk.hex}.{new[0].occasion}"
        outbox.write("series_taken", to=person, about=registration, occasion=occasion, scope=registration.workshop_id)
    return new
