"""The rating round: how many people of a table gave each answer about an initiative."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.models import RatingTally
from feedback.states import Answer
from ledger.shapes import Refused
from participants.queries.tables import people_at
from workshops.models import Group

Row = dict[str, Any]


def rows(group_id: uuid.UUID, since: int | None = None) -> list[Row]:
    """A table's tallies, lowest seq first: all of them, or those with an answer counted after `since`."""
    found = RatingTally.objects.filter(group=group_id)
    if since is not None and not found.after(since).exists():
        return []
    by_question: dict[tuple[uuid.UUID, uuid.UUID], list[RatingTally]] = {}
    for tally in found.order_by("session", "initiative", "answer"):
        by_question.setdefault((tally.session_id, tally.initiative_id), []).append(tally)
    all_rows = [_row(*question, counted) for question, counted in by_question.items()]
    return sorted((one for one in all_rows if since is None or one["seq"] > since), key=lambda one: one["seq"])


def row_of(group: Group, op: dict[str, Any]) -> Row:
    """What the server has counted of the question of this op."""
    found = RatingTally.objects.of_question(group, op["session"], op["initiative"])
    return _row(op["session"], op["initiative"], list(found))


def _row(session_id: uuid.UUID, initiative_id: uuid.UUID, counted: list[RatingTally]) -> Row:
    """A tally on the wire, as docs/sync.md shows it: five counts, from the lowest step of the scale."""
    people = {tally.answer: tally.people for tally in counted}
    return {
        "session": str(session_id),
        "initiative": str(initiative_id),
        "seq": max((tally.seq for tally in counted), default=0),
        "counts": [people.get(answer, 0) for answer in Answer.values],
    }


def count(group: Group, op: dict[str, Any], seq: int) -> Row:
    """Count one answer more or fewer; the caller holds the group's lock. Raises `Refused`.

    Nobody answers twice: the five counts together are never more than the people at the table.
    """
    counted = {tally.answer: tally for tally in RatingTally.objects.of_question(group, op["session"], op["initiative"])}
    tally = counted.get(op["answer"]) or RatingTally(
        group=group, session_id=op["session"], initiative_id=op["initiative"], answer=op["answer"]
    )
    if op["add"] > 0:
        _require_somebody_left(group, op["session"], sum(each.people for each in counted.values()))
    elif tally.people == 0:
        raise Refused("no_such_answer", _("Nobody has given this answer."))
    tally.people += op["add"]
    tally.seq = seq
    tally.save()
    return _row(op["session"], op["initiative"], list({**counted, op["answer"]: tally}.values()))


def _require_somebody_left(group: Group, session_id: uuid.UUID, answered: int) -> None:
    people = people_at(group, session_id)
    if answered >= people:
        sentence = ngettext(
            "The one person at the table has answered already.",
            "All %(count)d people at the table have answered already.",
            people,
        )
        raise Refused("all_have_answered", sentence % {"count": people})
