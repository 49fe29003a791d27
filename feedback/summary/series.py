"""A series remembers: points go from what one workshop said into what a later one is asked, and are followed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from feedback.models import Carried, Outcome
from feedback.summary.wording import gave_high
from ledger.history import Actor, record
from workshops.actions.agenda import add_initiative_to_rate, add_prompt
from workshops.actions.moving import NotReady
from workshops.models import Programme, Session, Workshop
from workshops.scales import said_high
from workshops.states import GIVING_STATES, PUBLIC_STATES, Scale, WorkshopState
from workshops.words import Words

COMING = frozenset({WorkshopState.DRAFT, *GIVING_STATES})
AS_QUESTION, AS_INITIATIVE = "question", "initiative"


class NoSuchPoint(Exception):
    """The outcome that stands has no finding of this id."""


def point_of(workshop: Workshop, point: UUID) -> Words:
    """The title a person gave to a finding of the outcome that stands. Raises `NoSuchPoint`."""
    outcome = Outcome.objects.standing().filter(workshop=workshop).first()
    findings = outcome.body.get("findings", []) if outcome else []
    found = next((each for each in findings if each["id"] == str(point)), None)
    if found is None:
        raise NoSuchPoint(point)
    return Words(found["title"])


@transaction.atomic
def carry(workshop: Workshop, point: UUID, session: Session, *, as_what: str, by: Actor) -> Carried:
    """Ask a later workshop about a finding: as a question of a session, or as an initiative to rate there.

    Raises `NoSuchPoint`, and `NotReady` for a finding without a title, for a workshop that does not come later, and
    where it went before.
    """
    title = point_of(workshop, point)
    target = Workshop.objects.select_for_update(of=("self",)).get(pk=session.workshop_id)
    is_later = target.programme_id == workshop.programme_id and target.number > workshop.number
    if not is_later or target.state not in COMING:
        raise NotReady([_("Choose a workshop that comes later.")])
    if not title:
        raise NotReady([_("Give the finding a title first; the tables will read it.")])
    if Carried.objects.filter(point=point, target=target).exists():
        raise NotReady([_("It goes there already.")])
    made: dict[str, Any] = {}
    if as_what == AS_INITIATIVE:
        made["initiative"] = add_initiative_to_rate(session, name=dict(title), short=_short(title), by=by)
    else:
        made["prompt"] = add_prompt(session, text=dict(title), by=by)
    carried = Carried.objects.create(point=point, title=title, origin=workshop, target=target, **made)
    record(carried, "point.carried", by=by, scope=target.pk, origin=str(workshop.pk), as_what=as_what)
    return carried


def _short(title: Words) -> dict[str, str]:
    return {code: text if len(text) <= 40 else f"{text[:39]}…" for code, text in title.items()}


def sessions_ahead(workshop: Workshop) -> list[Session]:
    """Where a point can go: the sessions at the tables of later workshops of the programme."""
    ahead = Session.objects.at_the_tables().filter(
        workshop__programme=workshop.programme_id, workshop__number__gt=workshop.number, workshop__state__in=COMING
    )
    return list(ahead.select_related("workshop").order_by("workshop__number", "order", "pk"))


@dataclass(frozen=True)
class Step:
    """One step of a point's way: into an announced workshop, and what came of it there, as a sentence or empty."""

    workshop: Workshop
    how: str
    answer: str


@dataclass(frozen=True)
class Way:
    """A point with where it came from and where it went."""

    point: UUID
    title: Words
    origin: Workshop
    steps: list[Step]


def ways_of(programme: Programme) -> list[Way]:
    """What became of every point of a programme that went on, in the order of workshops; three queries at most."""
    return _ways(list(Carried.objects.filter(origin__programme=programme).with_both_ends().in_order()))


def ways_from(workshop: Workshop) -> dict[str, Way]:
    """The ways of the points that one workshop raised, by the finding's id."""
    rows = Carried.objects.filter(origin=workshop).with_both_ends().in_order()
    return {str(way.point): way for way in _ways(list(rows))}


def origins_of(workshop: Workshop) -> list[Carried]:
    """The points that earlier workshops handed to this one."""
    return list(Carried.objects.filter(target=workshop).with_both_ends().in_order())


def _ways(rows: list[Carried]) -> list[Way]:
    outcomes = Outcome.objects.standing().filter(workshop__in={row.target_id for row in rows}) if rows else []
    bodies = {outcome.workshop_id: outcome.body for outcome in outcomes}
    by_point: dict[UUID, list[Carried]] = defaultdict(list)
    for row in rows:
        by_point[row.point].append(row)
    return [
        Way(
            point,
            carried[0].title,
            carried[0].origin,
            [_step(row, bodies.get(row.target_id)) for row in carried if row.target.state in PUBLIC_STATES],
        )
        for point, carried in by_point.items()
    ]


def _step(row: Carried, body: dict[str, Any] | None) -> Step:
    number = {"number": row.target.number}
    how = _("a question in workshop %(number)d") % number
    if row.initiative_id:
        how = _("to be rated in workshop %(number)d") % number
    return Step(row.target, how, _answer(row, body))


def _answer(row: Carried, body: dict[str, Any] | None) -> str:
    """What the later workshop said about it, once its outcome is out."""
    if body is None:
        return ""
    rated = [each for each in body.get("initiatives", []) if each["id"] == str(row.initiative_id)]
    sentences = [
        said_high(each.get("scale", Scale.FREQUENCY), gave_high(each["counts"]), sum(each["counts"])) for each in rated
    ]
    return "; ".join(sentences) or _("its outcome is out")
