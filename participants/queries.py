"""Reads that gather the public pages of a workshop and "my place"."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from django.db.models import (
    Count,
    Exists,
    F,
    FilteredRelation,
    JSONField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from ledger.ids import digest
from ledger.models import Event
from participants.actions.links import LINKS_LAST
from participants.free_places import FreePlaces, Holders
from participants.models import Answer, OfferLink, Person, PlaceLink, Purpose, Question, Registration, Seat
from participants.models.people import PlaceLinkQuerySet, RegistrationQuerySet
from participants.permissions import may_sign_up
from participants.purposes import with_those_known
from participants.states import RegistrationState
from workshops.models import Audience, Group, Session, Theme, Workshop
from workshops.models.agenda import timed
from workshops.models.workshops import WorkshopQuerySet
from workshops.states import Access, WorkshopState

Row = TypeVar("Row", bound=Model)
FEW = 3  # places left that are called the last ones
UNDO_LASTS = dt.timedelta(minutes=10)


def people_at(group: Group, session_id: uuid.UUID | None = None) -> int:
    """How many answer at a table in a session: those who arrived, before that those expected, else its seats."""
    here = Seat.objects.in_session(session_id).filter(group=group)
    arrived = here.filter(registration__arrived_at__isnull=False).count()
    return arrived or here.count() or group.size


class SignUp(StrEnum):
    """What somebody who opens a workshop's page can do there."""

    LATER = "later"
    OPEN = "open"
    FULL = "full"
    INVITED = "invited"
    BY_LINK = "by_link"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    OVER = "over"

    @property
    def takes_names(self) -> bool:
        return self in (SignUp.OPEN, SignUp.FULL)


def is_past(workshop: Workshop, now: dt.datetime) -> bool:
    """Whether nobody can come any more: its notes are being read, or its time has passed."""
    return workshop.is_over or now >= workshop.ends_at


def takes_place(workshop: Workshop, now: dt.datetime) -> bool:
    """Whether a place there is still worth something: not past and not cancelled."""
    return workshop.state != WorkshopState.CANCELLED and not is_past(workshop, now)


def sign_up_at(workshop: Workshop, now: dt.datetime, *, link: str = "") -> SignUp:
    """What can be done at `now` by somebody who came by `link`, if by any; the workshop comes from `with_places`."""
    return why_closed(workshop, now, link=link) or (SignUp.OPEN if places_of(workshop).left else SignUp.FULL)


def why_closed(workshop: Workshop, now: dt.datetime, *, link: str = "") -> SignUp | None:
    """Why somebody who came by `link`, if by any, cannot take a place or a turn at `now`; None when they can."""
    if workshop.state == WorkshopState.CANCELLED:
        return SignUp.CANCELLED
    if is_past(workshop, now):
        return SignUp.OVER
    if not may_sign_up(workshop, link=link):
        return SignUp.INVITED if workshop.access == Access.INVITED else SignUp.BY_LINK
    if workshop.opens_later_than(now):
        return SignUp.LATER
    if not workshop.takes_registrations_at(now):
        return SignUp.CLOSED
    return None


@dataclass(frozen=True)
class Places:
    """How many places a workshop has, how many are taken (offers too), how many people wait, how many are reserved."""

    total: int
    taken: int
    waiting: int
    reserved: int = 0

    @property
    def left(self) -> int:
        """What the next person can have: nothing while somebody waits, unless the rest is reserved for other people."""
        return 0 if self.waiting and not self.reserved else max(self.total - self.taken, 0)

    @property
    def are_few(self) -> bool:
        return 0 < self.left <= FEW

    @property
    def seats_taken(self) -> int:
        """Seats to draw as taken: all of them when the next person has to wait."""
        return self.total - self.left


def places_of(workshop: Workshop) -> Places:
    """The places of a workshop that came from `with_places`."""
    taken, waiting = workshop.taken, workshop.waiting  # type: ignore[attr-defined]
    return Places(total=workshop.places, taken=taken, waiting=waiting, reserved=workshop.reserved)


@dataclass(frozen=True)
class AudiencePlaces:
    """What people of an audience find: how many of the places they can have are left."""

    audience: Audience
    left: int


def with_places(workshops: WorkshopQuerySet) -> WorkshopQuerySet:
    """Adds `taken` and `waiting`, the numbers of people, to each workshop in the same query."""
    people = Registration.objects.filter(workshop=OuterRef("pk"))
    return workshops.annotate(taken=_how_many(people.holding()), waiting=_how_many(people.waiting()))


def _how_many(people: RegistrationQuerySet, of: str = "workshop") -> Coalesce:
    counted = people.order_by().values(of).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def with_what_is_asked(workshops: WorkshopQuerySet) -> WorkshopQuerySet:
    """Adds whether the sign-up form has own questions (`has_questions`) and purposes in somebody's words
    (`has_purposes`), so that nobody looks for them in vain."""
    return workshops.annotate(**_what_is_asked("pk", "programme"))


def _what_is_asked(workshop: str, programme: str) -> dict[str, Exists]:
    return {
        "has_questions": Exists(Question.objects.filter(workshop=OuterRef(workshop)).order_by()),
        "has_purposes": Exists(Purpose.objects.filter(programme=OuterRef(programme)).order_by()),
    }


@dataclass(frozen=True)
class Asked:
    """What the sign-up form of a workshop asks beyond name and address, each in order."""

    questions: list[Question]
    purposes: list[Purpose]
    audiences: list[AudiencePlaces]


def what_is_asked(workshop: Workshop) -> Asked:
    """Own questions, all purposes and audiences in one query; in none for a workshop `with_what_is_asked` that has
    neither. One more for a workshop with audiences that does not come from `with_places`."""
    rows = list(_rows_of_the_form(workshop)) if _asks_something(workshop) else []
    audiences, questions, purposes = [], [], []
    for what, key, order, words, more, options, name, basis, flag, number, held in rows:
        if what == "audience":
            audiences.append((_read(Audience, key, workshop.pk, words, number, order), held))
        elif what == "question":
            questions.append(_read(Question, key, workshop.pk, name, words, more, options, flag, order))
        else:
            purposes.append(_read(Purpose, key, workshop.programme_id, name, words, more, basis, number, flag, order))
    return Asked(
        sorted(questions, key=lambda question: (question.order, question.pk)),
        with_those_known(workshop.programme, sorted(purposes, key=lambda purpose: (purpose.order, purpose.key))),
        _with_what_is_left(workshop, sorted(audiences, key=lambda each: (each[0].order, each[0].pk))),
    )


def _asks_something(workshop: Workshop) -> bool:
    """Whether there is something to find: not known of a workshop that is not `with_what_is_asked`."""
    asks = (getattr(workshop, name, True) for name in ("has_questions", "has_purposes"))
    return bool(workshop.reserved) or any(asks)


def _rows_of_the_form(workshop: Workshop) -> QuerySet:
    """Three tables as one, column under column: what, key, order, words, more words, options, name, basis, whether
    (it must be answered, is asked), number (version, reserved places), how many hold a place."""
    no_words, no_options, nothing, zero = Value({}, JSONField()), Value([], JSONField()), Value(""), Value(0)
    questions = workshop.questions.order_by().values_list(
        Value("question"), "pk", "order", "text", "hint", "options", "kind", nothing, "required", zero, zero
    )
    purposes = Purpose.objects.filter(programme=workshop.programme_id).order_by()
    worded = purposes.values_list(
        Value("purpose"), "pk", "order", "title", "text", no_options, "key", "basis", "asked", "version", zero
    )
    if not workshop.reserved:
        return questions.union(worded, all=True)
    held = _how_many(Registration.objects.filter(audience=OuterRef("pk")).holding(), "audience")
    audiences = workshop.audiences.order_by().values_list(
        Value("audience"), "pk", "order", "name", no_words, no_options, nothing, nothing, Value(True), "places", held
    )
    return questions.union(worded, audiences, all=True)


def _read(model: type[Row], *values: Any) -> Row:
    """A row as the database gave it, with all its columns in the order in which the model names them."""
    return model.from_db(None, [field.attname for field in model._meta.concrete_fields], values)


def _with_what_is_left(workshop: Workshop, audiences: Sequence[tuple[Audience, int]]) -> list[AudiencePlaces]:
    """Each audience with the places its people can have; `audiences` come with how many hold one."""
    if not audiences:
        return []
    taken = workshop.taken if hasattr(workshop, "taken") else workshop.registrations.holding().count()
    held = Holders({audience.pk: number for audience, number in audiences})
    held[None] = taken - held.total()
    free = FreePlaces(workshop.places, held, {audience.pk: audience.places for audience, _number in audiences})
    return [AudiencePlaces(audience, free.for_audience(audience.pk)) for audience, _number in audiences]


def workshops_in_same_programme() -> Subquery:
    """How many public workshops the programme of a workshop has."""
    public = Workshop.objects.public().filter(programme=OuterRef("programme"))
    return Subquery(public.order_by().values("programme").annotate(n=Count("pk")).values("n"))


@dataclass(frozen=True)
class Table:
    """A table before anybody sits at it: seats for people, and the names of its moderators."""

    name: str
    size: int
    moderators: list[str]


@dataclass
class WorkshopPage:
    """Everything the page of a workshop shows."""

    workshop: Workshop
    places: Places
    sign_up: SignUp
    sessions: list[Session]
    themes: list[Theme]
    tables: list[Table]


def reachable_workshop(slug: str) -> Workshop | None:
    """A workshop with its programme, its numbers and `of`, how many there are in the programme."""
    return _reachable_with_all().filter(slug=slug).first()


@cache  # making such a query costs as much as asking it; nobody evaluates this one, only what is filtered from it
def _reachable_with_all() -> WorkshopQuerySet:
    workshops = with_what_is_asked(with_places(Workshop.objects.reachable().with_programme()))
    return workshops.annotate(of=Coalesce(workshops_in_same_programme(), Value(0)))


def workshop_to_join(slug: str) -> Workshop | None:
    """A workshop with its programme and none of its numbers: what taking a place there needs."""
    return _reachable_to_join().filter(slug=slug).first()


@cache
def _reachable_to_join() -> WorkshopQuerySet:
    return with_what_is_asked(Workshop.objects.reachable().with_programme())


def workshop_page(workshop: Workshop, now: dt.datetime) -> WorkshopPage:
    """The page of a workshop from `reachable_workshop`."""
    return WorkshopPage(
        workshop=workshop,
        places=places_of(workshop),
        sign_up=sign_up_at(workshop, now),
        sessions=agenda_of(workshop),
        themes=list(workshop.programme.themes.all()),
        tables=tables_of(workshop),
    )


def agenda_of(workshop: Workshop) -> list[Session]:
    """The sessions with planned times, `first_question` for the tables, and `rated`, the names of the initiatives to
    rate. One query: a session comes once for each question, or once without any."""
    asked = FilteredRelation("prompts", condition=Q(prompts__retired_at=None))
    rows = workshop.sessions.annotate(still_asked=asked).order_by(
        "order", "pk", "still_asked__order", "still_asked__pk"
    )
    sessions: dict[uuid.UUID, Session] = {}
    for row in rows.annotate(question=F("still_asked__text"), initiative=F("still_asked__initiative__name")):
        session = sessions.setdefault(row.pk, row)
        if session is row:
            session.rated, session.first_question = [], row.question or ""
        if row.initiative and session.rates:
            session.rated.append(row.initiative)
    for session in sessions.values():
        session.first_question = "" if session.rated else session.first_question
    return timed(workshop, sessions.values())


def tables_of(workshop: Workshop) -> list[Table]:
    """The tables in order, each with its moderators: who asks comes before who writes."""
    rows = workshop.groups.order_by("order", "pk", "moderators__role")
    tables: dict[uuid.UUID, Table] = {}
    for key, name, size, moderator in rows.values_list("pk", "name", "size", "moderators__name"):
        table = tables.setdefault(key, Table(name, size, []))
        if moderator:
            table.moderators.append(moderator)
    return list(tables.values())


def registration_by_link(secret: str) -> Registration | None:
    """Whose place a link opens, with person and programme; None for a wrong or old one.

    The workshop knows what is asked, as from `with_what_is_asked`, and the place `has_answers`.
    """
    link = _links_with_all().valid_at(timezone.now()).filter(digest=digest(secret)).first()
    if link is None:
        return None
    link.registration.has_answers = link.has_answers
    link.registration.workshop.has_questions = link.has_questions
    link.registration.workshop.has_purposes = link.has_purposes
    return link.registration


@cache
def _links_with_all() -> PlaceLinkQuerySet:
    links = PlaceLink.objects.select_related("registration__person", "registration__workshop__programme")
    return links.annotate(
        has_answers=Exists(Answer.objects.filter(registration=OuterRef("registration")).order_by()),
        **_what_is_asked("registration__workshop", "registration__workshop__programme"),
    )


def link_proves(secret: str) -> bool:
    """Whether the link was mailed to the person a day ago at most, so that it opens what is known about them."""
    return PlaceLink.objects.proving_at(timezone.now()).filter(digest=digest(secret)).exists()


def forgotten_anchors_of(email: str, now: dt.datetime) -> list[Registration]:
    """One place for each person with this address whom no place leads to any more, but of whom we still know."""
    reachable = {registration.person_id for registration in anchors_of(email, now)}
    found = Registration.objects.filter(person__email__iexact=email).exclude(person__in=reachable)
    with_all = found.select_related("person", "workshop").order_by("workshop__starts_at", "pk")
    return list({registration.person_id: registration for registration in with_all}.values())


@dataclass(frozen=True)
class Ticket:
    """What "my place" draws: the seats, which one is theirs, their table, or their number on the waiting list."""

    taken: int
    yours: int | None
    table: Group | None
    position: int | None
    elsewhere: Sequence[Seat] = ()
    """Seats at other tables, for one session each, in the order of the agenda."""


def ticket_of(registration: Registration) -> Ticket:
    """Seats are taken in the order people asked, so theirs is where they stand in that order."""
    if registration.is_waiting:
        return Ticket(taken=registration.workshop.places, yours=None, table=None, position=registration.position())
    seats = _seats_of(registration) if registration.is_confirmed else []
    holding = Registration.objects.filter(workshop=registration.workshop_id).holding()
    in_order = list(holding.values_list("pk", flat=True))
    return Ticket(
        taken=len(in_order),
        yours=in_order.index(registration.pk) + 1 if registration.is_confirmed else None,
        table=next((seat.group for seat in seats if seat.session_id is None), None),
        position=None,
        elsewhere=[seat for seat in seats if seat.session_id],
    )


def _seats_of(registration: Registration) -> list[Seat]:
    """The first table and those for single sessions, in one query."""
    return list(registration.seats.select_related("group", "session").order_by("session__order", "pk"))


@dataclass(frozen=True)
class Ending:
    """How somebody left the list: by an offer that ran out, or otherwise; and whether one press brings them back."""

    lapsed: bool = False
    declined: bool = False
    can_return: bool = False


ENDINGS = ("registration.given_up", "offer.declined", "offer.lapsed")


def ending_of(registration: Registration, now: dt.datetime) -> Ending:
    """An offer not taken leaves the way back open, to a turn with a new number; a place given up for ten minutes."""
    if registration.is_offered:
        return Ending(lapsed=not registration.has_offer_at(now))
    if registration.state != RegistrationState.CANCELLED:
        return Ending()
    last = Event.objects.of(registration).filter(verb__in=ENDINGS).last()
    verb = last.verb if last else ""
    can_return = bool(
        last
        and registration.person.email
        and registration.workshop.takes_registrations_at(now)
        and (verb != "registration.given_up" or last.at > now - UNDO_LASTS)
    )
    return Ending(lapsed=verb == "offer.lapsed", declined=verb == "offer.declined", can_return=can_return)


@dataclass(frozen=True)
class Offer:
    """An offer and the key that opened it: the one mailed with it, or (`link` is None) the person's own."""

    registration: Registration
    link: OfferLink | None

    def is_open_at(self, now: dt.datetime) -> bool:
        """Whether this key can still answer: the offer stands, and a mailed link is unused and made for it."""
        registration, link = self.registration, self.link
        if not (registration.workshop.gives_places_at(now) and registration.has_offer_at(now)):
            return False
        return link is None or (link.used_at is None and link.occasion == registration.occasion)


def offer_by_link(secret: str) -> Offer | None:
    """What a link of an offer mail opens, or the link to "my place"; None for a wrong or old one."""
    links = OfferLink.objects.select_related("registration__person", "registration__workshop__programme")
    if link := links.filter(digest=digest(secret)).first():
        return Offer(link.registration, link)
    registration = registration_by_link(secret)
    return Offer(registration, None) if registration else None


def places_to_write_about(now: dt.datetime) -> QuerySet[Registration]:
    """Places and turns that a link still leads to: standing, and not longer over than links last."""
    return (
        Registration.objects.standing()
        .filter(workshop__starts_at__gt=now - LINKS_LAST)
        .exclude(workshop__state=WorkshopState.DRAFT)
        .order_by("workshop__starts_at", "pk")
    )


def places_of_user(user: object) -> QuerySet[Registration]:
    """The places of the person or people whose address the user has proved to own, the next one first."""
    people = Person.objects.of_user(user)
    return (
        Registration.objects.filter(person__in=people.values("pk"))
        .exclude(workshop__state=WorkshopState.DRAFT)
        .select_related("person", "workshop__programme")
        .order_by("-workshop__starts_at", "pk")
    )


def anchors_of(email: str, now: dt.datetime) -> list[Registration]:
    """One place for each person with this address: the mail about it names all places of that person."""
    found = places_to_write_about(now).filter(person__email__iexact=email).select_related("person", "workshop")
    return list({registration.person_id: registration for registration in reversed(found)}.values())


def anchor_of(registration: Registration, now: dt.datetime) -> Registration:
    """The place by which all places of the same person are written about, so that they count as one mail."""
    return places_to_write_about(now).filter(person=registration.person_id).first() or registration
