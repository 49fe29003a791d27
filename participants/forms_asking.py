"""Fields that are known only once the form is made: a workshop's own questions, and what people may allow."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from participants.actions.consents import Decision
from participants.actions.questions import Said, can_be_shown
from participants.models import Answer, Purpose, Question
from participants.models.questions import LONGEST_ANSWER
from participants.purposes import asked
from participants.states import QuestionKind
from workshops.words import Words

LINE_ENDS = frozenset("\r\n\t")
TURN_THE_READING_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain_text(text: str) -> None:
    """Refuse control characters but for line ends, and those that turn the direction of what follows."""
    if any((unicodedata.category(c) == "Cc" and c not in LINE_ENDS) or c in TURN_THE_READING_DIRECTION for c in text):
        raise ValidationError(_("Write it with letters only your keyboard shows."))


def spoken(words: Words) -> Any:
    """Words for a label, marked where they are not in the language of the page."""
    if words.lang == get_language():
        return str(words)
    return format_html('<span lang="{}">{}</span>', words.lang, words)


def field_of(question: Question, *, must: bool) -> forms.Field:
    """The field of one question; `must` is whether required questions are required of whoever fills in."""
    required = question.required and must
    common: dict[str, Any] = {
        "label": spoken(question.text),
        "help_text": spoken(question.hint) if question.hint else "",
        "required": required,
    }
    needed = _("Answer this: %(question)s") % {"question": question.text}
    if question.kind == QuestionKind.TEXT:
        too_long = _("Say it in at most %(most)s letters") % {"most": LONGEST_ANSWER}
        return forms.CharField(
            **common,
            max_length=LONGEST_ANSWER,
            validators=[plain_text],
            error_messages={"required": needed, "max_length": too_long},
            widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        )
    offered: dict[str, Any] = {
        "choices": [(option["key"], spoken(option["words"])) for option in question.choices],
        "error_messages": {"required": needed, "invalid_choice": _("Choose one of the answers on the page.")},
    }
    if question.kind == QuestionKind.SEVERAL:
        return forms.MultipleChoiceField(**common, **offered, widget=forms.CheckboxSelectMultiple)
    return forms.ChoiceField(**common, **offered, widget=forms.RadioSelect)


class AskingForm(forms.Form):
    """A form that carries own questions and purposes; call `ask` once the rest of it is made."""

    questions: list[Question]
    purposes: list[Purpose]
    told: list[Purpose]

    def ask(
        self,
        questions: Iterable[Question] = (),
        purposes: Iterable[Purpose] = (),
        *,
        must: bool = True,
        answers: Iterable[Answer] = (),
    ) -> None:
        """Add a field for each question, filled with the answers given so far, and one to tick for each purpose that
        people decide about. Nothing is ticked beforehand."""
        purposes = list(purposes)
        self.questions, self.purposes = list(questions), asked(purposes)
        self.told = [purpose for purpose in purposes if purpose.asked and not purpose.is_consent]
        given = {answer.question_id: answer for answer in answers if can_be_shown(answer)}
        for question in self.questions:
            self.fields[self._question(question)] = field_of(question, must=must)
            if answer := given.get(question.pk):
                self.initial[self._question(question)] = self._shown(answer)
        for purpose in self.purposes:
            self.fields[self._purpose(purpose)] = forms.BooleanField(
                label=spoken(purpose.title), help_text=spoken(purpose.text), required=False
            )

    @staticmethod
    def _question(question: Question) -> str:
        return f"question_{question.pk.hex}"

    @staticmethod
    def _purpose(purpose: Purpose) -> str:
        return f"allow_{purpose.key}"

    @staticmethod
    def _shown(answer: Answer) -> Any:
        if answer.kind == QuestionKind.TEXT:
            return answer.text
        return answer.keys if answer.kind == QuestionKind.SEVERAL else "".join(answer.keys)

    @property
    def question_fields(self) -> list[BoundField]:
        return [self[self._question(question)] for question in self.questions]

    @property
    def purpose_fields(self) -> list[BoundField]:
        return [self[self._purpose(purpose)] for purpose in self.purposes]

    def said(self) -> tuple[Said, ...]:
        """What was answered, one for each question, in their order."""
        return tuple(self._said(question) for question in self.questions)

    def _said(self, question: Question) -> Said:
        value = self.cleaned_data[self._question(question)]
        if question.kind == QuestionKind.TEXT:
            return Said(question, text=value)
        chosen = value if isinstance(value, list) else [value] if value else []
        return Said(question, keys=tuple(o["key"] for o in question.choices if o["key"] in chosen))

    def decisions(self) -> tuple[Decision, ...]:
        """What was told to whoever pressed the button, and what they ticked, in the words they read."""
        ticked = [purpose for purpose in self.purposes if self.cleaned_data[self._purpose(purpose)]]
        return tuple(Decision.on(purpose) for purpose in (*self.told, *ticked))


class AnswersForm(AskingForm):
    """The own questions alone, to change answers."""

    def __init__(self, *args: Any, questions: Iterable[Question], answers: Iterable[Answer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask(questions, answers=answers)
