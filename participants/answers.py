"""Reads about answers: one person's, everybody's, and answers as fields to mix tables by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from participants.models import Answer, Question, Registration
from participants.states import MIX_BY
from workshops.models import Workshop


def tell_answers(people: Iterable[Registration]) -> None:
    """Set `told_answers` on each of them, in the order of the form, in one query."""
    people = list(people)
    found: dict[Any, list[Answer]] = {}
    for answer in Answer.objects.filter(registration__in=[each.pk for each in people]):
        found.setdefault(answer.registration_id, []).append(answer)
    for registration in people:
        registration.told_answers = found.get(registration.pk, [])


def fields_to_mix_by(workshop: Workshop) -> list[tuple[Question, dict[Any, str]]]:
    """Each question with exactly one answer (a choice, yes or no), and the key of the option each registration chose.

    Whoever has not answered, or chose an option that is no longer offered, is not in the dictionary. Two queries.
    """
    questions = [question for question in workshop.questions.all() if question.kind in MIX_BY]
    offered: dict[Any, set[str]] = {q.pk: {option["key"] for option in q.choices} for q in questions}
    chosen: dict[Any, dict[Any, str]] = {question.pk: {} for question in questions}
    for answer in Answer.objects.filter(question__in=questions):
        if len(answer.keys) == 1 and answer.keys[0] in offered[answer.question_id]:
            chosen[answer.question_id][answer.registration_id] = answer.keys[0]
    return [(question, chosen[question.pk]) for question in questions]
