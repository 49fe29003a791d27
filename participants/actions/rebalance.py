"""Several people change tables in one act, and back: evening out the tables on the day."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction

from ledger.history import Actor, record
from ledger.models import Event
from participants.models import Seat
from workshops.actions.moving import MovedMeanwhile
from workshops.models import Workshop

MOVED = "people.rebalanced"


@dataclass(frozen=True)
class SeatMove:
    """Somebody goes from a table to another: ids of registration and groups, None is no table."""

    person: str
    origin: str | None
    to: str | None

    def back(self) -> SeatMove:
        return SeatMove(self.person, self.to, self.origin)


@transaction.atomic
def move_people(workshop: Workshop, moves: Iterable[SeatMove], *, by: Actor, kept: Collection[str] = ()) -> None:
    """All the moves or none. People in `kept` stay at their table when it is mixed again, the others may be moved.

    Raises `MovedMeanwhile` when somebody does not sit any more where a move begins, has no place any more, or a table
    is gone. The Event keeps the moves, as ids, so that `undo_moves` can take them back.
    """
    Workshop.objects.select_for_update().get(pk=workshop.pk)
    moves = list(moves)
    people = {str(pk): pk for pk in workshop.registrations.confirmed().values_list("pk", flat=True)}
    tables = {str(pk): pk for pk in workshop.groups.values_list("pk", flat=True)}
    seats = {str(seat.registration_id): seat for seat in Seat.objects.for_the_evening().filter(group__in=tables)}
    where = {person: str(seat.group_id) for person, seat in seats.items()}
    if len({move.person for move in moves}) < len(moves):
        raise MovedMeanwhile("somebody moves twice")
    for move in moves:
        if move.person not in people or where.get(move.person) != move.origin or move.to not in {None, *tables}:
            raise MovedMeanwhile(move.person)
    were_kept = sorted(move.person for move in moves if move.person in seats and seats[move.person].kept)
    Seat.objects.for_the_evening().filter(registration__in=[people[move.person] for move in moves]).delete()
    Seat.objects.bulk_create(
        Seat(registration_id=people[move.person], group_id=tables[move.to], kept=move.person in kept)
        for move in moves
        if move.to
    )
    told = [[move.person, move.origin, move.to] for move in moves]
    record(workshop, MOVED, by=by, scope=workshop.pk, moves=told, kept=were_kept)


@transaction.atomic
def undo_moves(workshop: Workshop, *, by: Actor) -> bool:
    """Take the last moves back; a second time makes them again. False when there are none.

    Raises `MovedMeanwhile`.
    """
    event = Event.objects.in_scope(workshop.pk).filter(verb=MOVED).first()
    if event is None:
        return False
    moves = [SeatMove(*move).back() for move in event.data["moves"]]
    move_people(workshop, moves, by=by, kept=event.data["kept"])
    return True


def last_change(workshop: Workshop) -> str:
    """What an undo would take back: `"people.mixed"`, `MOVED`, or nothing."""
    changes = Event.objects.in_scope(workshop.pk).filter(verb__in=["people.mixed", MOVED])
    return changes.values_list("verb", flat=True).first() or ""
