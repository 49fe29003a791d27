"""How an organiser narrows the lists of people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from participants.models import Answer, Question
from participants.models.people import RegistrationQuerySet
from participants.states import QuestionKind
from workshops.forms import offer
from workshops.models import Audience, Workshop

NONE = "none"


class PeopleFilter(forms.Form):
    """By part of a name (`q`), by audience, and by an answer to an own question, written `question:option`.

    What cannot be read narrows nothing. A field is there only where there is something to choose.
    """

    use_required_attribute = False
    q = forms.CharField(
        label=_("Search by name"),
        max_length=80,
        required=False,
        widget=forms.SearchInput({"placeholder": _("Search by name"), "aria-label": _("Search by name")}),
    )
    audience = forms.ModelChoiceField(
        Audience.objects.none(), label=_("Takes part as"), required=False, empty_label=_("Every audience")
    )
    answer = forms.ChoiceField(label=_("Answer"), required=False)

    def __init__(self, data: Any, *, workshop: Workshop) -> None:
        super().__init__(data)
        self.workshop = workshop
        self._offer_audiences()
        self._offer_answers()
        self.is_valid()

    def _offer_audiences(self) -> None:
        if self.workshop.reserved:
            offer(self, "audience", self.workshop.audiences.all())
        else:
            del self.fields["audience"]

    def _offer_answers(self) -> None:
        """For each question with options, its options and "not answered"."""
        asked = [question for question in self.workshop.questions.all() if question.kind != QuestionKind.TEXT]
        choices = [("", _("Every answer")), *((str(question), _options(question)) for question in asked)]
        if asked:
            self.fields["answer"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["answer"]

    @property
    def selects(self) -> list[forms.BoundField]:
        """The fields beside the search."""
        return [self[name] for name in self.fields if name != "q"]

    @property
    def is_narrow(self) -> bool:
        """Whether some people may be left out."""
        return any(self.cleaned_data.values())

    def narrow(self, registrations: RegistrationQuerySet) -> RegistrationQuerySet:
        """Those of the workshop's registrations that are asked for; a query for each thing they are narrowed by."""
        search, audience, answer = (self.cleaned_data.get(name) for name in ("q", "audience", "answer"))
        if search:
            names = registrations.values_list("pk", "person__name")
            registrations = registrations.filter(
                pk__in=[pk for pk, name in names if search.casefold() in name.casefold()]
            )
        if audience:
            registrations = registrations.filter(audience=audience)
        if answer:
            registrations = _with_answer(registrations, *answer.split(":", 1))
        return registrations


def _options(question: Question) -> list[tuple[str, Any]]:
    offered = [(f"{question.pk}:{option['key']}", str(option["words"])) for option in question.choices]
    return [*offered, (f"{question.pk}:{NONE}", _("not answered"))]


def _with_answer(registrations: RegistrationQuerySet, question: str, option: str) -> RegistrationQuerySet:
    answers = list(Answer.objects.filter(question=question))
    if option == NONE:
        return registrations.exclude(pk__in=[answer.registration_id for answer in answers])
    return registrations.filter(pk__in=[answer.registration_id for answer in answers if option in answer.keys])
