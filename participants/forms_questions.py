"""Forms for organisers: own questions of a workshop, and the purposes of a programme in their words."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from participants.actions.questions import keyed
from participants.models import Purpose, Question
from participants.purposes import TAKING_PART
from participants.states import HAVE_OPTIONS, Basis, QuestionKind
from workshops.forms import Text, WordsForm

MOST_OPTIONS, LONGEST_OPTION = 20, 100


class QuestionForm(WordsForm):
    """One question; `cleaned_data` holds the fields of `Question`."""

    kind = forms.ChoiceField(label=_("Kind of answer"), choices=QuestionKind)
    required = forms.BooleanField(
        label=_("Must be answered"),
        required=False,
        help_text=_("Nobody takes a place on the web without answering it. Whoever phones may leave it open."),
    )
    texts: ClassVar = {
        "text": Text(_("Question"), needed=_("Write the question."), longest=200),
        "hint": Text(_("Hint"), longest=200),
        "options": Text(
            _("Answers to choose from"),
            lines=4,
            longest=3000,
            hint=_("One on each line, in the same order in each language. Not needed for a text, or yes or no."),
        ),
    }

    def __init__(self, *args: Any, question: Question | None = None, **kwargs: Any) -> None:
        self.question = question
        kwargs.setdefault("initial", self.initial_of(question) if question else {})
        super().__init__(*args, **kwargs)

    @staticmethod
    def initial_of(question: Question) -> dict[str, Any]:
        names = ("kind", "required", "text", "hint")
        codes = {code for option in question.options for code in option["words"]}
        lines = {code: "\n".join(option["words"].get(code, "") for option in question.options) for code in codes}
        return {name: getattr(question, name) for name in names} | {"options": lines}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        typed = cleaned.pop("options")
        cleaned["options"] = []
        if cleaned.get("kind") in HAVE_OPTIONS:
            cleaned["options"] = self._options({code: _lines(text) for code, text in typed.items()})
        return cleaned

    def _options(self, lines: dict[str, list[str]]) -> list[dict[str, Any]]:
        first = lines.get(self.languages[0], [])
        field = f"options_{self.languages[0]}"
        if len(first) < 2:
            self.add_error(field, _("Write two answers at least, one on each line."))
        elif len(first) > MOST_OPTIONS:
            self.add_error(field, _("Write at most %(most)s answers.") % {"most": MOST_OPTIONS})
        for code, texts in lines.items():
            self._check(code, texts, len(first))
        if self.errors:
            return []
        words = [{code: texts[n] for code, texts in lines.items() if texts} for n in range(len(first))]
        return keyed(words, self.question.options if self.question else [])

    def _check(self, code: str, texts: list[str], wanted: int) -> None:
        field = f"options_{code}" if code in self.languages else None
        if len(texts) not in (0, wanted):
            self.add_error(field, _("Write as many lines in each language."))
        if len(set(texts)) < len(texts):
            self.add_error(field, _("Write each answer once."))
        if any(len(text) > LONGEST_OPTION for text in texts):
            self.add_error(field, _("Write answers of at most %(most)s letters.") % {"most": LONGEST_OPTION})


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace("\r\n", "\n").split("\n") if line.strip()]


class PurposeForm(WordsForm):
    """A purpose in the organiser's words. Taking part is told to everybody and cannot be declined."""

    purpose_key = ""
    basis = forms.ChoiceField(
        label=_("Lawful basis"),
        choices=Basis,
        help_text=_("People decide about consent. What rests on another basis is told to them and not asked."),
    )
    asked = forms.BooleanField(
        label=_("On the sign-up form"),
        required=False,
        help_text=_("A yes that was given before can still be taken back."),
    )
    texts: ClassVar = {
        "title": Text(_("Title"), needed=_("Write a title."), longest=60),
        "text": Text(_("What people read"), needed=_("Write what they are asked."), lines=3, longest=1000),
    }

    def __init__(self, *args: Any, purpose: Purpose | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", self.initial_of(purpose) if purpose else {"basis": Basis.CONSENT, "asked": True})
        super().__init__(*args, **kwargs)
        if purpose and purpose.key == TAKING_PART:
            self.fields["basis"].choices = [c for c in Basis.choices if c[0] != Basis.CONSENT]  # type: ignore[attr-defined]
            del self.fields["asked"]

    @staticmethod
    def initial_of(purpose: Purpose) -> dict[str, Any]:
        return {name: getattr(purpose, name) for name in ("title", "text", "basis", "asked")}
