"""What the sign-up form of a workshop asks beyond name and address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Exists, JSONField, Model, OuterRef, QuerySet, Value

from participants.free_places import FreePlaces, Holders
from participants.models import Purpose, Question, Registration
from participants.purposes import with_those_known
from participants.queries.places import how_many
from workshops.models import Audience, Workshop
from workshops.models.workshops import WorkshopQuerySet

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class AudiencePlaces:
    """What people of an audience find: how many of the places they can have are left."""

    audience: Audience
    left: int


def with_what_is_asked(workshops: WorkshopQuerySet) -> WorkshopQuerySet:
    """Adds whether the sign-up form has own questions (`has_questions`) and purposes in somebody's words
    (`has_purposes`), so that nobody looks for them in vain."""
    return workshops.annotate(**whether_something_is_asked("pk", "programme"))


def whether_something_is_asked(workshop: str, programme: str) -> dict[str, Exists]:
    """The two columns of `with_what_is_asked`, by the names that lead to the workshop and its programme."""
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
    held = how_many(Registration.objects.filter(audience=OuterRef("pk")).holding(), "audience")
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
