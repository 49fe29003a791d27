"""What people allow and take back, purpose by purpose, and the words they are asked in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from ledger.history import Actor, record
from participants.models import Consent, Purpose, Registration
from participants.purposes import CONTACT, KNOWN, purpose_of, purposes_of
from participants.states import RegistrationState
from workshops.models import Programme


class NoSuchPurpose(Exception):
    """The programme asks for nothing of this name, or it is not for people to decide."""


@dataclass(frozen=True)
class Decision:
    """One purpose in the words somebody read, in the language they read them in."""

    purpose: str
    text: str
    version: int
    basis: str
    language: str
    given: bool = True

    @classmethod
    def on(cls, purpose: Purpose, *, given: bool = True) -> Decision:
        """About a purpose as it reads now, in the language of this request."""
        return cls(
            purpose=purpose.key,
            text=f"{purpose.title}\n{purpose.text}",
            version=purpose.version,
            basis=purpose.basis,
            language=purpose.text.lang,
            given=given,
        )

    def as_consent(self, registration: Registration, *, channel: str, by: Actor) -> Consent:
        return Consent(
            registration=registration,
            purpose=self.purpose,
            given=self.given,
            basis=self.basis,
            text=self.text,
            version=self.version,
            text_hash=Consent.hash_of(self.text),
            language=self.language,
            channel=channel,
            actor_kind=by.kind,
            actor_id=by.id,
        )


def write_consents(registration: Registration, decisions: Iterable[Decision], *, channel: str, by: Actor) -> None:
    """What was ticked, or told, when a place was taken. The caller holds the transaction."""
    Consent.objects.bulk_create(each.as_consent(registration, channel=channel, by=by) for each in decisions)


@transaction.atomic
def decide(registration: Registration, key: str, *, given: bool, channel: str, by: Actor) -> bool:
    """Allow a purpose, or take that back; saying what holds already writes nothing and returns False.

    A yes needs a purpose that is asked; a no is always taken. Raises `NoSuchPurpose`.
    """
    Registration.objects.select_for_update().get(pk=registration.pk)  # two presses of a button are one
    purpose = purpose_of(registration.workshop.programme, key)
    if purpose is None or not purpose.is_consent:
        raise NoSuchPurpose(key)
    if given and (not purpose.asked or (registration.state == RegistrationState.EMPTIED and key != CONTACT)):
        raise NoSuchPurpose(key)
    last = registration.consents.about(key).newest_first().first()
    if (last.given if last else False) == given and not (given and last and last.version != purpose.version):
        return False
    Decision.on(purpose, given=given).as_consent(registration, channel=channel, by=by).save()
    verb = "consent.given" if given else "consent.withdrawn"
    record(registration, verb, by=by, scope=registration.workshop_id, purpose=key, channel=channel)
    return True


@transaction.atomic
def word_purpose(programme: Programme, key: str, *, by: Actor, **fields: Any) -> Purpose:
    """A purpose in the organiser's words; other words are a new version. Consents keep the words they were given to.

    What taking part rests on may be worded, but not be turned into something people could decline. Raises
    `NoSuchPurpose`.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)
    purpose = purpose_of(programme, key)
    if purpose is None:
        raise NoSuchPurpose(key)
    words = (dict(purpose.title), dict(purpose.text))
    for name, value in fields.items():
        setattr(purpose, name, value)
    if (dict(purpose.title), dict(purpose.text)) != words:
        purpose.version += 1
    purpose.full_clean(validate_constraints=False)
    purpose.save()
    record(purpose, "purpose.worded", by=by, scope=programme.pk, version=purpose.version)
    return purpose


@transaction.atomic
def add_purpose(programme: Programme, *, by: Actor, **fields: Any) -> Purpose:
    """One more thing people may allow or not, in this programme."""
    Programme.objects.select_for_update().get(pk=programme.pk)
    purposes = purposes_of(programme)
    taken = {*KNOWN, *(purpose.key for purpose in purposes)}
    base = slugify(next(iter(fields["title"].values())))[:30] or "purpose"
    key = next(name for name in chain([base], (f"{base}-{n}" for n in count(2))) if name not in taken)
    purpose = Purpose(programme=programme, key=key, order=len(purposes), **fields)
    purpose.full_clean(validate_constraints=False)
    purpose.save()
    record(purpose, "purpose.added", by=by, scope=programme.pk)
    return purpose
