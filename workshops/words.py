"""Texts in several languages as equals: `{"it": "…", "en": "…"}`, shown in the reader's."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Words(dict):
    """A text by language. `str()` is the reader's language or, where that is missing, the first there is."""

    @property
    def lang(self) -> str:
        """The language `str()` answers in: what an element's `lang` attribute should say."""
        wanted = get_language() or settings.LANGUAGE_CODE
        return wanted if self.get(wanted) else next((code for code, text in self.items() if text), wanted)

    def __str__(self) -> str:
        return self.get(self.lang, "")

    def __bool__(self) -> bool:
        return any(self.values())

    def __html__(self) -> str:
        from django.utils.html import escape

        return escape(str(self))

    def lines(self) -> list[str]:
        """One entry for each non-empty line of the shown text."""
        return [line.strip() for line in str(self).splitlines() if line.strip()]


class WordsField(models.JSONField):
    """A column of `Words`. An empty one is `{}`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", Words)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Words | None:
        read = super().from_db_value(value, expression, connection)
        return None if read is None else Words(read)

    def to_python(self, value: Any) -> Any:
        return Words(value) if isinstance(value, dict) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = Words({get_language() or settings.LANGUAGE_CODE: value})
        return dict(value)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        if not isinstance(value, dict) or any(not isinstance(text, str) for text in value.values()):
            raise ValidationError(_("A text by language is needed."))
        super().validate(value, model_instance)
