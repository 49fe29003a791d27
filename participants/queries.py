"""Reads that gather the public pages of a workshop and "my place"."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from ledger.ids import digest
from ledger.models import Event
from participants.actions import LINKS_LAST
from participants.models import PlaceLink, Registration, Seat
from participants.states import RegistrationState
from workshops.models import Group, Prompt, Session, Theme, Workshop, WorkshopQuerySet, timed
from workshops.states import Access, WorkshopState

FEW = 3  # places left that are called the last ones
UNDO_LASTS = dt.timedelta(minutes=10)


def people_at(group: Group) -> int:
    """How many answer at a table: those who arrived, before the door opens those expected, else its seats."""
    here = Seat.objects.for_the_evening().filter(group=group)
    arrived = here.filter(registration__arrived_at__isnull=False).count()
    return arrived or here.count() or group.size


class SignUp(StrEnum):
    """What somebody who opens a workshop's page can do there."""

    LATER = "later"
    OPEN = "open"
    FULL = "full"
    INVITED = "invited"
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


def sign_up_at(workshop: Workshop, now: dt.datetime) -> SignUp:
    """What can be done at `now`; the workshop comes from `with_places`."""
    if workshop.state == WorkshopState.CANCELLED:
        return SignUp.CANCELLED
    if is_past(workshop, now):
        return SignUp.OVER
    if workshop.access == Access.INVITED:
        return SignUp.INVITED
    if workshop.opens_later_than(now):
        return SignUp.LATER
    if not workshop.takes_registrations_at(now):
        return SignUp.CLOSED
    return SignUp.OPEN if places_of(workshop).left else SignUp.FULL


@dataclass(frozen=True)
class Places:
    """How many places a workshop has, how many are taken and how many people wait for one."""

    total: int
    taken: int
    waiting: int

    @property
    def left(self) -> int:
        """What the next person can have: nothing while somebody waits."""
        return 0 if self.waiting else max(self.total - self.taken, 0)

    @property
    def are_few(self) -> bool:
        return 0 < self.left <= FEW

    @property
    def seats_taken(self) -> int:
        """Seats to draw as taken: all of them when the next person has to wait."""
        return self.total - self.left


def places_of(workshop: Workshop) -> Places:
    """The places of a workshop that came from `with_places`."""
    return Places(total=workshop.places, taken=workshop.taken, waiting=workshop.waiting)  # type: ignore[attr-defined]


def with_places(workshops: WorkshopQuerySet) -> WorkshopQuerySet:
    """Adds `taken` and `waiting`, the numbers of people, to each workshop in the same query."""
    return workshops.annotate(
        taken=_how_many(RegistrationState.CONFIRMED), waiting=_how_many(RegistrationState.WAITING)
    )


def _how_many(state: str) -> Coalesce:
    people = Registration.objects.filter(workshop=OuterRef("pk"), state=state)
    counted = people.order_by().values("workshop").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


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
    workshops = with_places(Workshop.objects.reachable().with_programme())
    return workshops.annotate(of=Coalesce(workshops_in_same_programme(), Value(0))).filter(slug=slug).first()


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
    """The sessions with planned times, `first_question` for the tables, and `rated`, the initiatives to rate."""
    prompts = Prefetch("prompts", Prompt.objects.select_related("initiative"))
    sessions = timed(workshop, workshop.sessions.prefetch_related(prompts))
    for session in sessions:
        asked = session.prompts.all()
        rated = [prompt.initiative for prompt in asked if prompt.initiative] if session.rates else []
        session.rated = rated  # type: ignore[attr-defined]
        session.first_question = "" if rated else next((p.text for p in asked), "")  # type: ignore[attr-defined]
    return sessions


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
    """Whose place a link opens, with person, programme and the workshop's numbers; None for a wrong or old one."""
    link = PlaceLink.objects.valid_at(timezone.now()).filter(digest=digest(secret)).first()
    if link is None:
        return None
    return Registration.objects.select_related("person", "workshop__programme").get(pk=link.registration_id)


@dataclass(frozen=True)
class Ticket:
    """What "my place" draws: the seats, which one is theirs, their table, or their number on the waiting list."""

    taken: int
    yours: int | None
    table: Group | None
    position: int | None


def ticket_of(registration: Registration) -> Ticket:
    """Seats are taken in the order people asked, so theirs is where they stand in that order."""
    confirmed = Registration.objects.filter(workshop=registration.workshop_id).confirmed()
    in_order = list(confirmed.values_list("pk", flat=True))
    return Ticket(
        taken=len(in_order),
        yours=in_order.index(registration.pk) + 1 if registration.is_confirmed else None,
        table=_table_of(registration) if registration.is_confirmed else None,
        position=registration.position() if registration.is_waiting else None,
    )


def _table_of(registration: Registration) -> Group | None:
    seat = registration.seats.for_the_evening().select_related("group").first()
    return seat.group if seat else None


def can_take_back(registration: Registration, now: dt.datetime) -> bool:
    """Whether the place was given up so lately that one press brings the person back."""
    if registration.state != RegistrationState.CANCELLED or not registration.person.email:
        return False
    if not registration.workshop.takes_registrations_at(now):
        return False
    given_up = Event.objects.of(registration).filter(verb="registration.given_up", at__gt=now - UNDO_LASTS)
    return given_up.exists()


def places_to_write_about(now: dt.datetime) -> QuerySet[Registration]:
    """Places and turns that a link still leads to: standing, and not longer over than links last."""
    return (
        Registration.objects.standing()
        .filter(workshop__starts_at__gt=now - LINKS_LAST)
        .exclude(workshop__state=WorkshopState.DRAFT)
        .order_by("workshop__starts_at", "pk")
    )


def anchors_of(email: str, now: dt.datetime) -> list[Registration]:
    """One place for each person with this address: the mail about it names all places of that person."""
    found = places_to_write_about(now).filter(person__email__iexact=email).select_related("person", "workshop")
    return list({registration.person_id: registration for registration in reversed(found)}.values())


def anchor_of(registration: Registration, now: dt.datetime) -> Registration:
    """The place by which all places of the same person are written about, so that they count as one mail."""
    return places_to_write_about(now).filter(person=registration.person_id).first() or registration
