"""Reads around mail: what was sent about a workshop, to whom a letter would go, who wants to hear of more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery

from ledger.models import Mail, MailState
from ledger.outbox import name_of
from participants.actions.no_mail import who_wants_none
from participants.models import Consent, Invitation, Person, Registration
from participants.purposes import CONTACT
from participants.states import LetterTo
from workshops.models import Group, ModeratorSeat, Theme, Workshop

PAGE = 50


def people_who_want_news(workshop: Workshop) -> QuerySet[Person]:
    """Who agreed to be written to about later workshops of the programme and has not signed up for this one.

    The last thing somebody said anywhere counts, as `has_consent` does for one person.
    """
    said = Consent.objects.about(CONTACT).filter(registration__person=OuterRef("pk")).newest_first()
    people = Person.objects.filter(programme=workshop.programme_id).annotate(agrees=Subquery(said.values("given")[:1]))
    return people.filter(agrees=True).exclude(registrations__workshop=workshop)


@dataclass
class Sent:
    """A mail as the organisers' page shows it: to whom, what, and what has become of it."""

    mail: Mail
    kind: str
    to: str
    registration: UUID | None = None
    invitation: UUID | None = None

    @property
    def state(self) -> MailState:
        return self.mail.state

    @property
    def can_go_again(self) -> bool:
        return self.state == MailState.GIVEN_UP


@dataclass
class MailPage:
    """One page of a workshop's mails, newest first, and how many there are of each state."""

    mails: list[Sent]
    counts: dict[str, int]
    kinds: dict[str, str]
    number: int
    has_more: bool


def mail_page(workshop: Workshop, *, state: str = "", kind: str = "", number: int = 1) -> MailPage:
    """The mails of a workshop narrowed by `state` (a `MailState`) and `kind`; unknown values narrow nothing."""
    about = Mail.objects.about(workshop.pk)
    counted = about.count_states()
    counts = {each.value: counted[each.name] for each in MailState}
    kinds = sorted(set(about.order_by().values_list("kind", flat=True).distinct()))
    shown = about.in_state(state) if state in MailState.values else about
    shown = shown.filter(kind=kind) if kind in kinds else shown
    first = (number - 1) * PAGE
    rows = list(shown.order_by("-created_at", "pk")[first : first + PAGE + 1])
    return MailPage(
        mails=_with_names(workshop, rows[:PAGE]),
        counts=counts,
        kinds={name: name_of(name) for name in kinds},
        number=number,
        has_more=len(rows) > PAGE,
    )


def _with_names(workshop: Workshop, mails: Iterable[Mail]) -> list[Sent]:
    """As many queries for any number of mails: the people, invitations and moderators they went to."""
    mails = list(mails)
    seats = {mail.recipient_id for mail in mails if mail.recipient_id.isdecimal()}  # the others are no numbers
    ids = {mail.recipient_id for mail in mails} - seats
    moderators = {str(pk): name for pk, name in _moderators(workshop, seats)}
    people = {str(person.pk): person for person in Person.objects.filter(pk__in=ids, programme=workshop.programme_id)}
    places = dict(workshop.registrations.filter(person__in=people).values_list("person_id", "pk"))
    invited = {str(each.pk): each for each in workshop.invitations.filter(pk__in=ids - set(people))}
    sent = []
    for mail in mails:
        person, invitation = people.get(mail.recipient_id), invited.get(mail.recipient_id)
        sent.append(
            Sent(
                mail=mail,
                kind=name_of(mail.kind),
                to=person.name
                if person
                else invitation.called
                if invitation
                else moderators.get(mail.recipient_id, ""),
                registration=places.get(person.pk) if person else None,
                invitation=invitation.pk if invitation else None,
            )
        )
    return sent


def _moderators(workshop: Workshop, seats: set[str]) -> Iterable[tuple[int, str]]:
    """Names by seat; without any mail to a moderator it costs nothing."""
    found = ModeratorSeat.objects.filter(group__workshop=workshop, pk__in=seats)
    return found.values_list("pk", "name") if seats else ()


def came_back(workshop: Workshop, recipients: Iterable[UUID]) -> set[str]:
    """Those of the recipients whose last mail about this workshop came back, by their ids as texts."""
    rows = (
        Mail.objects.filter(scope_id=workshop.pk, recipient_id__in=[str(pk) for pk in recipients])
        .exclude(sent_at=None, bounced_at=None)
        .order_by("created_at")
        .values_list("recipient_id", "bounced_at")
    )
    last = dict(rows)
    return {recipient for recipient, bounced_at in last.items() if bounced_at}


def letter_goes_to(
    workshop: Workshop, to: str, *, group: Group | None = None, theme: Theme | None = None
) -> list[Person] | list[Invitation]:
    """Everybody a letter would go to now, by name, each once; people without an address are left out."""
    if to == LetterTo.SILENT:
        silent = list(workshop.invitations.silent().by_name())
        unwilling = who_wants_none(workshop.programme, [each.email for each in silent])
        return [each for each in silent if each.email.lower() not in unwilling]
    registrations = {
        LetterTo.CONFIRMED: workshop.registrations.confirmed(),
        LetterTo.WAITING: workshop.registrations.waiting(),
        LetterTo.HERE: workshop.registrations.here(),
    }[LetterTo(to)]
    registrations = registrations.filter(person__email__isnull=False)
    if group:
        registrations = registrations.filter(seats__group=group, seats__session=None)
    if theme:
        registrations = registrations.filter(theme=theme)
    rows: Iterable[Registration] = registrations.select_related("person").order_by("person__name", "pk")
    return [registration.person for registration in rows]


def invitation_counts(workshop: Workshop) -> dict[str, int]:
    """How many invitations are in each state."""
    rows = workshop.invitations.order_by().values_list("state").annotate(n=Count("pk"))
    return dict(rows)
