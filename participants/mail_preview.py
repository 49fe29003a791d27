"""What a mail looks like before anybody gets it.

Each mail is rendered by the very function that renders it for sending, inside a transaction that is rolled back. So a
preview cannot differ from the mail, nothing of it stays, and its links were never made: they open nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ledger import outbox
from ledger.models import Mail
from ledger.outbox import Message, NobodyToWriteTo
from participants.models import Invitation, Letter, Person, Registration
from participants.states import InvitationState, RegistrationState
from workshops.models import Workshop
from workshops.states import WorkshopState

OF_PLACES: dict[str, tuple[str, str | None]] = {
    "place_taken": (RegistrationState.CONFIRMED, None),
    "waiting": (RegistrationState.WAITING, None),
    "promoted": (RegistrationState.CONFIRMED, None),
    "offered": (RegistrationState.OFFERED, None),
    "offer_lapsed": (RegistrationState.CANCELLED, None),
    "place_given_up": (RegistrationState.CANCELLED, None),
    "workshop_moved": (RegistrationState.CONFIRMED, None),
    "workshop_cancelled": (RegistrationState.CONFIRMED, WorkshopState.CANCELLED),
    "reminder": (RegistrationState.CONFIRMED, WorkshopState.ANNOUNCED),
    "link_again": (RegistrationState.CONFIRMED, None),
}
"""Kind → the state of the place it is about, and the state the workshop would be in where that matters."""
OFFER_LASTS = dt.timedelta(days=2)
"""How long an offer of the preview still holds."""
OF_INVITATIONS = ("invitation", "invitation_reminder")
KINDS = (*OF_PLACES, *OF_INVITATIONS, "published")


def preview(workshop: Workshop, kind: str, *, language: str, person: Person | None = None) -> Message | None:
    """The mail of `kind` as `person`, or somebody invented, would get it now, in `language`.

    None when there is nothing to tell yet, such as an outcome that is not published.
    """

    def render() -> Message:
        reader = _reader(workshop, person, language)
        if kind in OF_INVITATIONS:
            return outbox.compose(_mail(kind, invitation := _invitation(workshop, reader), invitation))
        if kind not in OF_PLACES:
            return outbox.compose(_mail(kind, reader, workshop))
        state, workshop_state = OF_PLACES[kind]
        if workshop_state:
            Workshop.objects.filter(pk=workshop.pk).update(state=workshop_state)
        return outbox.compose(_mail(kind, reader, _place(workshop, reader, state)))

    return _and_forget(render)


def preview_letter(
    workshop: Workshop, *, to: str, subject: dict[str, str], text: dict[str, str], reader: Any
) -> Message:
    """An organiser's letter as `reader`, one of those it would go to, gets it."""

    def render() -> Message:
        letter = Letter.objects.create(workshop=workshop, to=to, subject=subject, text=text)
        return outbox.compose(_mail("letter", reader, letter))

    shown = _and_forget(render)
    if shown is None:
        raise NobodyToWriteTo(reader.pk)
    return shown


def _and_forget(render: Callable[[], Message]) -> Message | None:
    """Render, then roll back whatever rendering wrote."""
    with transaction.atomic():
        try:
            return render()
        except NobodyToWriteTo:
            return None
        finally:
            transaction.set_rollback(True)


def _reader(workshop: Workshop, person: Person | None, language: str) -> Person:
    if person is None:
        with translation.override(language):
            name = _("Mary Example")
        return Person.objects.create(
            programme=workshop.programme, name=name, email=f"{uuid4().hex}@posta.example", language=language
        )
    person.language = language
    person.save(update_fields=["language"])
    return person


def _place(workshop: Workshop, person: Person, state: str) -> Registration:
    place, _is_new = Registration.objects.update_or_create(
        workshop=workshop,
        person=person,
        defaults={
            "state": state,
            "queue_no": workshop.next_queue_no if state == RegistrationState.WAITING else None,
            "offered_until": timezone.now() + OFFER_LASTS if state == RegistrationState.OFFERED else None,
        },
    )
    return place


def _invitation(workshop: Workshop, person: Person) -> Invitation:
    """Under an address nobody has, so that whoever has signed up can be looked at as invited too."""
    return Invitation.objects.create(
        workshop=workshop,
        name=person.name,
        email=f"{uuid4().hex}@posta.example",
        language=person.language,
        state=InvitationState.OPEN,
    )


def _mail(kind: str, to: Any, about: Any) -> Mail:
    return Mail(
        id=UUID(int=0),
        kind=kind,
        key=f"{kind}:{getattr(about, 'occasion', '')}",
        recipient_id=str(to.pk),
        subject_id=str(about.pk),
        created_at=timezone.now(),
    )
