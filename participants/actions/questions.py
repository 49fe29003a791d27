"""The organiser's own questions on the sign-up form, and what people answer.

A question may be changed or removed at any time: answers hold the words they were given to (`Answer.asked`,
`Answer.chosen`), and nothing here ever writes into them but the person who changes an answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from ledger.history import Actor, record
from participants.models import Answer, Question, Registration
from participants.models.questions import MOST_QUESTIONS
from workshops.actions.changing import change
from workshops.models import Workshop
from workshops.order import after_last, put_beside


class TooManyQuestions(Exception):
    """A form people fill in within a minute has its limits."""


@dataclass(frozen=True)
class Said:
    """What somebody answers to one question: a text, or the keys of options. Nothing said is `Said(question)`."""

    question: Question
    text: str = ""
    keys: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.text and not self.keys

    def as_answer(self, registration: Registration) -> Answer:
        """The row, with the words of the question as they are now."""
        question = self.question
        return Answer(
            registration=registration,
            question=question,
            kind=question.kind,
            asked=question.text,
            text=self.text,
            chosen=[option for option in question.choices if option["key"] in self.keys],
            order=question.order,
        )


def keyed(lines: list[dict[str, str]], options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Options for lines of words by language. One whose words in any language are as before keeps its key;
    any other is a new option, so that what people chose before never comes to mean something else."""
    left = list(options)
    keyed_ones = []
    for words in lines:
        same = next((old for old in left if any(words.get(code) == text for code, text in old["words"].items())), None)
        if same:
            left.remove(same)
        keyed_ones.append({"key": same["key"] if same else secrets.token_hex(4), "words": words})
    return keyed_ones


@transaction.atomic
def add_question(workshop: Workshop, *, by: Actor, **fields: Any) -> Question:
    """A question at the end of the form. Raises `TooManyQuestions`."""
    Workshop.objects.select_for_update().get(pk=workshop.pk)  # questions are counted under this lock
    if workshop.questions.count() >= MOST_QUESTIONS:
        raise TooManyQuestions(workshop.pk)
    question = Question(workshop=workshop, order=after_last(workshop.questions), **fields)
    question.full_clean(validate_constraints=False)
    question.save()
    record(question, "question.added", by=by, scope=workshop.pk)
    return question


@transaction.atomic
def change_question(question: Question, *, by: Actor, **fields: Any) -> list[str]:
    """Other words, options or another kind; answers given so far stay as they are. Names of changed fields."""
    return change(question, by=by, workshop=question.workshop, **fields)


@transaction.atomic
def move_question(question: Question, *, up: bool, by: Actor) -> bool:
    """Swap a question with its neighbour. False at the edge."""
    ordered = list(Question.objects.select_for_update().filter(workshop=question.workshop_id))
    moved = put_beside(ordered, question, up=up)
    if moved:
        record(question, "question.reordered", by=by, scope=question.workshop_id)
    return moved


@transaction.atomic
def remove_question(question: Question, *, by: Actor) -> None:
    """Ask it no more. Answers stay, with the words they were given to."""
    record(question, "question.removed", by=by, scope=question.workshop_id)
    question.delete()


def write_answers(registration: Registration, said: Iterable[Said]) -> None:
    """The answers of a new place; those of a place given up before make room. The caller holds the transaction."""
    if registration.occasion > 1:
        registration.answers.all().delete()
    Answer.objects.bulk_create(each.as_answer(registration) for each in said if not each.is_empty)


@transaction.atomic
def change_answers(registration: Registration, said: Iterable[Said], *, by: Actor) -> int:
    """Answer questions anew; how many answers differ. An answer that says the same keeps the words it was given to.

    Questions that are not in `said`, and those removed since, keep their answers. So does a question left empty whose
    answer the form could no longer show.
    """
    Registration.objects.select_for_update().get(pk=registration.pk)
    before = {answer.question_id: answer for answer in registration.answers.select_related("question")}
    changed = 0
    for each in said:
        old = before.get(each.question.pk)
        if _says_nothing_new(each, old):
            continue
        changed += 1
        if old:
            old.delete()
        if not each.is_empty:
            each.as_answer(registration).save()
    if changed:
        record(registration, "registration.answered", by=by, scope=registration.workshop_id, answers=changed)
    return changed


def _says_nothing_new(said: Said, old: Answer | None) -> bool:
    if old is None:
        return said.is_empty
    return (said.text, said.keys) == (old.text, tuple(old.keys)) or (said.is_empty and not can_be_shown(old))


def can_be_shown(answer: Answer) -> bool:
    """Whether the question, as it is now, has a field in which the answer stands."""
    question = answer.question
    if question is None or answer.kind != question.kind:
        return False
    return set(answer.keys) <= {option["key"] for option in question.choices}
