"""The organisers' list of people as a CSV file, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from ledger.cells import MARK, safe_cell
from participants.consents import those_who_allow
from participants.models import Answer, Registration
from participants.purposes import asked, purposes_of
from workshops.models import Workshop
from workshops.states import TableNeed

FIELDS = (
    "name",
    "email",
    "language",
    "state",
    "number",
    "audience",
    "table",
    "theme",
    "needs",
    "table_needs",
    "age_band",
    "area",
    "first_time",
    "came_before",
    "here_since",
    "asked_at",
    "channel",
)
"""The columns everybody has. After them come `allows_<purpose>` and a column for each own question, under its words.

Moments are local to the workshop, as ISO 8601; `number` is the turn on the waiting list; `yes`, `no` or nothing.
"""


def people_csv(workshop: Workshop, people: Sequence[Registration]) -> str:
    """UTF-8 text, a header, then a line for each of `people` as `attendance.tell` and `tell_answers` left them."""
    purposes = [purpose.key for purpose in asked(purposes_of(workshop.programme))]
    allow = {key: those_who_allow(people, key) for key in purposes}
    questions = _questions(workshop, people)
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    header = [*FIELDS, *(f"allows_{key}" for key in purposes), *questions.values()]
    lines.writerow(map(safe_cell, header))
    for each in people:
        said = {_key(answer): _words(answer) for answer in each.told_answers}
        allowed = [_yes_no(each.pk in allow[key]) for key in purposes]
        row = [*_cells(workshop, each), *allowed, *(said.get(key, "") for key in questions)]
        lines.writerow(map(safe_cell, row))
    return MARK + out.getvalue()


def _questions(workshop: Workshop, people: Sequence[Registration]) -> dict[Any, str]:
    """The form's questions in their order, then those that somebody answered before they were taken off it."""
    questions: dict[Any, str] = {question.pk: str(question) for question in workshop.questions.all()}
    for each in people:
        for answer in each.told_answers:
            questions.setdefault(_key(answer), str(answer.asked))
    return questions


def _key(answer: Answer) -> Any:
    return answer.question_id or str(answer.asked)


def _words(answer: Answer) -> str:
    return answer.text or "; ".join(str(words) for words in answer.words)


def _cells(workshop: Workshop, each: Registration) -> list[str]:
    person = each.person
    moments = (each.came_before, each.arrived_at, each.asked_at)
    return [
        person.name,
        person.email or "",
        person.language,
        each.state,
        str(each.turn or ""),
        str(each.audience or ""),
        each.tables,
        str(each.theme or ""),
        each.needs,
        "; ".join(str(TableNeed(need).label) for need in each.table_needs),
        person.age_band,
        person.area,
        _yes_no(each.first_time),
        *(moment.astimezone(workshop.zone).isoformat(timespec="minutes") if moment else "" for moment in moments),
        each.channel,
    ]


def _yes_no(is_so: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[is_so]
