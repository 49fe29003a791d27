"""What tables can be mixed by: what people told us about themselves, and the words for it.

An organiser chooses among these fields. Another one needs its values and its words, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from participants.answers import fields_to_mix_by
from participants.models import Registration
from participants.states import AgeBand
from workshops.models import Theme, Workshop

EXPERIENCE, AGE, AREA, THEME = "experience", "age", "area", "theme"
USUAL = (EXPERIENCE, AGE, AREA, THEME)
NEW, RETURNING = "new", "returning"
EXPERIENCES: dict[str, Promise] = {NEW: gettext_lazy("New"), RETURNING: gettext_lazy("Returning")}


@dataclass(frozen=True)
class MixField:
    """One thing people differ in.

    `values` has what each person told by registration id (whoever told nothing is not in it), `words` the label of each
    value in the order they are shown. `lacking` says that a table has nobody with a value, and who else has it, with
    `%(table)s`, `%(what)s`, `%(name)s` and `%(other)s`.
    """

    name: str
    label: str
    values: Mapping[str, str]
    words: Mapping[str, str]
    lacking: str


def fields_of(people: Iterable[Registration], themes: Iterable[Theme]) -> list[MixField]:
    """Every field the people of a workshop can be mixed by, in the order they are shown."""
    people = list(people)
    return [_experience(people), _age(people), _area(people), _theme(people, themes)]


def asked_fields(workshop: Workshop, people: Iterable[Registration]) -> list[MixField]:
    """The workshop's own questions to which everybody gives one answer: a choice, yes or no. Two queries at most."""
    there = {person.pk for person in people}
    return [
        MixField(
            f"question-{question.pk.hex}",
            str(question.text),
            {str(person): key for person, key in answers.items() if person in there},
            {option["key"]: str(option["words"]) for option in question.choices},
            _("%(what)s: nobody at %(table)s. %(name)s is at %(other)s."),
        )
        for question, answers in fields_to_mix_by(workshop)
    ]


def chosen(workshop: Workshop, fields: Iterable[MixField]) -> list[MixField]:
    """The fields an organiser wants the tables of a workshop mixed by; the usual ones until somebody chooses."""
    wanted = USUAL if workshop.mixed_by is None else workshop.mixed_by
    return [field for field in fields if field.name in wanted]


def told_first_time(registration: Registration) -> str:
    """`NEW`, `RETURNING`, or nothing when the person did not say."""
    if registration.first_time is None:
        return ""
    return NEW if registration.first_time else RETURNING


def _experience(people: Iterable[Registration]) -> MixField:
    return MixField(
        EXPERIENCE,
        _("First time"),
        _told({str(person.pk): told_first_time(person) for person in people}),
        {value: str(label) for value, label in EXPERIENCES.items()},
        _("%(what)s: nobody at %(table)s. %(name)s is at %(other)s."),
    )


def _age(people: Iterable[Registration]) -> MixField:
    return MixField(
        AGE,
        _("Age"),
        _told({str(registration.pk): registration.person.age_band for registration in people}),
        {value: str(label) for value, label in AgeBand.choices},
        _("Nobody at %(table)s is aged %(what)s. %(name)s, at %(other)s, is."),
    )


def _area(people: Iterable[Registration]) -> MixField:
    """Written by hand, so letters and spaces may differ; the first spelling is shown."""
    values: dict[str, str] = {}
    words: dict[str, str] = {}
    for registration in people:
        spelling = " ".join(registration.person.area.split())
        values[str(registration.pk)] = spelling.casefold()
        words.setdefault(spelling.casefold(), spelling)
    shown = dict(sorted(words.items()))
    lacking = _("Nobody at %(table)s is from %(what)s. %(name)s, at %(other)s, is.")
    return MixField(AREA, _("Area"), _told(values), shown, lacking)


def _theme(people: Iterable[Registration], themes: Iterable[Theme]) -> MixField:
    return MixField(
        THEME,
        _("Favourite theme"),
        _told({str(person.pk): str(person.theme_id or "") for person in people}),
        {str(theme.pk): str(theme.name) for theme in themes},
        _("Nobody at %(table)s chose %(what)s. %(name)s, at %(other)s, did."),
    )


def _told(values: Mapping[str, str]) -> dict[str, str]:
    return {person: value for person, value in values.items() if value}
