"""Forms with texts in each language of the programme; the first one is the one that must be there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.forms import BoundField
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from workshops.stale import SeenForm


def offer(form: forms.Form, name: str, rows: QuerySet) -> None:
    """Let the field `name`, a `ModelChoiceField`, choose among rows that are known only once the form is made."""
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(f"{name} does not choose among rows")
    field.queryset = rows


def every_language() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


@dataclass(frozen=True)
class Text:
    """How one text by language is asked: its label, how many lines, and the sentence when it is missing."""

    label: Any
    needed: Any = ""
    lines: int = 1
    longest: int = 200
    hint: Any = ""

    def field(self, language: str, *, first: bool, alone: bool) -> forms.CharField:
        name = get_language_info(language)["name_translated"]
        label = self.label if alone else _("%(text)s, %(language)s") % {"text": self.label, "language": name}
        attrs = {"lang": language}
        widget = forms.TextInput(attrs) if self.lines == 1 else forms.Textarea({**attrs, "rows": self.lines})
        return forms.CharField(
            label=label,
            required=bool(self.needed) and first,
            max_length=self.longest,
            widget=widget,
            help_text=self.hint if first else "",
            error_messages={"required": self.needed},
        )


class WordsForm(SeenForm):
    """A form with texts by language. `cleaned_data` has each text of `texts` as one `{"it": "…", "en": "…"}`."""

    texts: ClassVar[dict[str, Text]] = {}
    use_required_attribute = False

    def __init__(self, *args: Any, languages: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = list(languages) or every_language()
        for name, text in self.texts.items():
            written = self.initial.get(name) or {}
            for code in self.languages:
                self.fields[f"{name}_{code}"] = text.field(
                    code, first=code == self.languages[0], alone=len(self.languages) == 1
                )
                self.initial[f"{name}_{code}"] = written.get(code, "")
        self.compare()

    @property
    def in_languages(self) -> dict[str, list[BoundField]]:
        """The fields of each text, one for each language."""
        return {name: [self[f"{name}_{code}"] for code in self.languages] for name in self.texts}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in self.texts:
            others = {c: t for c, t in (self.initial.get(name) or {}).items() if c not in self.languages}
            typed = {code: cleaned.pop(f"{name}_{code}", "") for code in self.languages}
            cleaned[name] = others | {code: text for code, text in typed.items() if text}
        return cleaned
