"""A workshop whose people can be asked: findings on two themes, five people, three of whom came."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from feedback.models import Review
from feedback.review import actions as review
from ledger import jobs
from ledger.history import SYSTEM
from ledger.models import Job
from participants.actions.links import new_link
from participants.models import Person, Registration
from tests.factories import make_registration
from tests.feedback.summary.rooms import Room, make_curated_room
from workshops.models import Workshop
from workshops.states import WorkshopState


@dataclass
class Asked:
    """The room, and its people: Teresa and Paolo came, Gina came without an address, Olga did not come."""

    room: Room
    teresa: Registration
    paolo: Registration
    gina: Registration
    olga: Registration

    @property
    def workshop(self) -> Workshop:
        return self.room.workshop

    @property
    def findings(self) -> list:
        return list(self.room.draft.findings.order_by("order"))

    def address(self, who: Registration, rest: str = "") -> str:
        return f"/en/my/{new_link(who)}/review/{rest}"


def make_people(**fields) -> Asked:
    room = make_curated_room(starts_at=timezone.now() - dt.timedelta(days=2), **fields)
    Workshop.objects.filter(pk=room.workshop.pk).update(state=WorkshopState.ANNOUNCED)
    room.workshop.refresh_from_db()
    Workshop.objects.filter(pk=room.workshop.pk).update(starts_at=timezone.now() + dt.timedelta(days=2))
    room.workshop.refresh_from_db()
    names = ("Teresa Donati", "Paolo Sala", "Gina Rossi", "Olga Neri")
    people = [make_registration(room.workshop, name) for name in names]
    for one in people[:3]:
        Registration.objects.filter(pk=one.pk).update(arrived_at=timezone.now())
    Person.objects.filter(pk=people[2].person_id).update(email=None)
    Workshop.objects.filter(pk=room.workshop.pk).update(
        state=WorkshopState.CURATING, starts_at=timezone.now() - dt.timedelta(days=2)
    )
    room.workshop.refresh_from_db()
    for one in people:
        one.refresh_from_db()
        one.workshop = room.workshop
    return Asked(room, *people)


def ask(people: Asked, days: int = 10) -> Review:
    """Ask, and write the mails."""
    asked = review.ask_people(people.room.draft, until=timezone.now() + dt.timedelta(days=days), by=SYSTEM)
    jobs.run(Job.objects.get(kind="tell_review").pk)
    people.workshop.refresh_from_db()
    return asked
