"""Forgetting somebody: their places go to whoever is next, their rows go, and a random key stays as the receipt."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ledger import jobs, keeping
from ledger.history import Actor, record
from ledger.keeping import Subject
from ledger.models import Erasure
from ledger.retention import DATABASE
from participants.actions.places import give_up
from participants.models import Consent, Invitation, Person, Registration, User
from participants.purposes import CONTACT
from participants.queries.places import takes_place
from participants.states import Channel, RegistrationState
from workshops.models import ModeratorSeat, TeamSeat, Workshop

NOTHING_TOLD: dict[str, Any] = {
    **dict.fromkeys(("queue_no", "offered_until", "audience", "arrived_at", "arrival", "theme", "first_time")),
    "needs": "",
    "table_needs": [],
    "channel": Channel.WEB,
}
"""What a place says of somebody, left out."""


class StillInATeam(Exception):
    """The account has a role: it is taken out of the team first."""


def subject_of(person: Person) -> Subject:
    """Everything by which rows and files of a person are found."""
    places = list(person.registrations.values_list("pk", flat=True))
    workshops = Workshop.objects.filter(programme=person.programme_id).values_list("pk", flat=True)
    led_here = Q(registration__person=person) | Q(email__iexact=person.email or "-")
    invitations = Invitation.objects.filter(led_here, workshop__in=workshops).values_list("pk", flat=True)
    return Subject(
        key=person.pk,
        kind=Erasure.Kind.PERSON,
        ids=frozenset(map(str, (person.pk, *places, *invitations))),
        names=frozenset({person.name}),
        addresses=frozenset({person.email} if person.email else set()),
        scopes=frozenset({person.programme_id, *workshops}),
        row=person,
    )


def subject_of_invitation(invitation: Invitation) -> Subject:
    """Somebody who was asked and never took a place."""
    return Subject(
        key=invitation.pk,
        kind=Erasure.Kind.INVITED,
        ids=frozenset({str(invitation.pk)}),
        names=frozenset({invitation.name} - {""}),
        addresses=frozenset({invitation.email}),
        scopes=frozenset({invitation.workshop_id}),
        row=invitation,
    )


def subject_of_account(user: User) -> Subject:
    """Everything by which rows of an account are found."""
    addresses = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return Subject(
        key=user.pk,
        kind=Erasure.Kind.USER,
        ids=frozenset({str(user.pk)}),
        names=frozenset({user.name}),
        addresses=frozenset({user.email, *addresses}),
        row=user,
    )


@transaction.atomic
def erase_person(person: Person, *, by: Actor) -> Erasure:
    """Forget a person of a programme for good; whoever waits longest gets each place that comes free.

    The receipt is a random key with counts. An account that served this person only goes too. Files are looked after by
    jobs of the same transaction. Raises `Person.DoesNotExist` when somebody was faster.
    """
    person = _hold(person)
    now = timezone.now()
    for place in person.registrations.standing().select_related("workshop__programme").order_by("workshop"):
        if takes_place(place.workshop, now):
            give_up(place, by=by)
    accounts = list(_accounts_of(person))
    record(person, "person.erased", by=by, scope=person.programme_id)
    counts = _empty(subject_of(person))
    for account in accounts:
        counts += _empty(subject_of_account(account))
    return _receipt(person.pk, Erasure.Kind.PERSON, counts)


def _hold(person: Person) -> Person:
    """Lock the workshops, then the person, in the order in which everybody locks them."""
    places = Registration.objects.filter(person=person.pk).values("workshop")
    list(Workshop.objects.select_for_update().filter(pk__in=places).order_by("pk"))
    return Person.objects.select_for_update().get(pk=person.pk)


def _accounts_of(person: Person) -> list[User]:
    """Accounts that proved the person's address, have no role, and serve nobody else."""
    if not person.email:
        return []
    proved = EmailAddress.objects.filter(email__iexact=person.email, verified=True).values("user")
    found = User.objects.select_for_update().filter(pk__in=proved)
    return [user for user in found if not has_a_role(user) and _persons_of(user) == {person.pk}]


def _persons_of(user: User) -> set[uuid.UUID]:
    return set(Person.objects.of_user(user).values_list("pk", flat=True))


def has_a_role(user: User) -> bool:
    """Whether the account belongs to a team, a table or the operator."""
    return bool(
        user.is_staff
        or user.is_superuser
        or TeamSeat.objects.filter(user=user.pk).exists()
        or ModeratorSeat.objects.filter(user=user.pk).exists()
    )


@transaction.atomic
def erase_account(user: User, *, by: Actor) -> Erasure:
    """Forget an account. Raises `StillInATeam`; the people behind it are erased by `erase_person`."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if has_a_role(user):
        raise StillInATeam(user.pk)
    record(user, "account.erased", by=by)
    return _receipt(user.pk, Erasure.Kind.USER, _empty(subject_of_account(user)))


@transaction.atomic
def erase_invitation(invitation: Invitation, *, by: Actor) -> Erasure:
    """Forget somebody who was asked to one workshop and never took a place there."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    record(invitation, "invitation.erased", by=by, scope=invitation.workshop_id)
    return _receipt(invitation.pk, Erasure.Kind.INVITED, _empty(subject_of_invitation(invitation)))


def _empty(subject: Subject) -> Counter[str]:
    """Go through all that is declared, from the highest floor down, and count what went or lost its link."""
    counts: Counter[str] = Counter()
    for line in keeping.kept():
        if line.erase is not None:
            counts[line.store] += line.erase(subject)
        elif line.rows is not None:
            counts[line.store] += _delete(line, subject)
    return +counts


def _delete(line: keeping.Kept, subject: Subject) -> int:
    rows = line.rows(subject).order_by()  # type: ignore[misc]
    count = rows.count()
    rows.delete()
    return count


def _receipt(key: uuid.UUID, kind: str, counts: Counter[str]) -> Erasure:
    erasure, _new = Erasure.objects.get_or_create(pk=key, defaults={"kind": kind, "counts": dict(counts)})
    jobs.ask("note_erasure", erasure)
    jobs.ask("scrub", DATABASE)
    return erasure


@transaction.atomic
def forget_place(place: Registration) -> None:
    """What the retention run does about a place past its term: it goes, with its mails and its links.

    The person goes too when this was the last one. Nobody moves up: the workshop is over.
    """
    person = Person.objects.select_for_update().get(pk=place.person_id)
    if person.registrations.count() == 1:
        forget_person(person)
        return
    _forget_history(place)
    place.delete()
    _keep_to_write_to(person)


@transaction.atomic
def empty_place(place: Registration) -> None:
    """The same for somebody who allows mail about later workshops: name, address and that yes stay, nothing else."""
    person = Person.objects.select_for_update().get(pk=place.person_id)
    _forget_history(place)
    for relation in Registration._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and relation.related_model is not Consent:
            rows = relation.related_model._base_manager  # type: ignore[union-attr]
            rows.filter(**{relation.field.name: place}).delete()  # type: ignore[union-attr]
    Consent.objects.erase_all_but(CONTACT, place.pk)
    Registration.objects.filter(pk=place.pk).update(state=RegistrationState.EMPTIED, **NOTHING_TOLD)
    _keep_to_write_to(person)


def _forget_history(place: Registration) -> None:
    """Mails about the place go, and history keeps the person's key in place of its id."""
    ids = frozenset({str(place.pk)})
    subject = Subject(place.person_id, Erasure.Kind.PERSON, ids=ids, scopes=frozenset({place.workshop_id}))
    for line in keeping.kept():
        if line.with_place:
            line.erase(subject) if line.erase else line.rows and line.rows(subject).delete()


def _keep_to_write_to(person: Person) -> None:
    """Where no place is left but emptied ones, what is not needed to write to the person goes."""
    if not person.registrations.exclude(state=RegistrationState.EMPTIED).exists():
        Person.objects.filter(pk=person.pk).update(age_band="", area="", user=None)


@transaction.atomic
def forget_person(person: Person) -> None:
    """The retention run's erasure: like any other, but noted nowhere, since the run comes again after a restore."""
    for account in _accounts_of(person):
        _empty(subject_of_account(account))
    _empty(subject_of(person))


@transaction.atomic
def forget_again(kind: str, key: uuid.UUID, *, by: Actor) -> bool:
    """After a restore: erase whom the journal names, if the backup has brought them back. Whether it had."""
    Erasure.objects.get_or_create(pk=key, defaults={"kind": kind})
    found = MODELS[kind]._default_manager.filter(pk=key).first()
    if isinstance(found, User):
        erase_account(found, by=by)
    elif isinstance(found, Invitation):
        erase_invitation(found, by=by)
    elif found is not None:
        erase_person(found, by=by)
    return found is not None


MODELS: dict[str, type[Person | Invitation | User]] = {
    Erasure.Kind.PERSON: Person,
    Erasure.Kind.INVITED: Invitation,
    Erasure.Kind.USER: User,
}
