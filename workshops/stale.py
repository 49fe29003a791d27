"""Two people with the same form open: what one saved is not undone by the other, who had read something older."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _


class SeenForm(forms.Form):
    """A form that carries, as a short mark for each field, what its reader saw: put `{{ form.seen }}` into it.

    What the reader left alone is taken from the row as it is now. What both have written apart is an error at that
    field, with the other text; sending the form again is then a decision. Without `seen` nothing is compared.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def compare(self) -> None:
        """Compare what was sent with the row; call it once every field and its initial value are there."""
        shown = {name: self._shown(name) for name in self.fields if name != "seen"}
        now = {name: _mark(values) for name, values in shown.items()}
        self.initial["seen"] = json.dumps(now, separators=(",", ":"))
        self._clashes: dict[str, str] = {}
        if not self.is_bound:
            return
        seen = _marks(self.data.get(self.add_prefix("seen"), ""))
        sent_data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        self.data = sent_data
        for name in [name for name in shown if seen.get(name, now[name]) != now[name]]:
            sent = _mark(self._sent(name))
            if sent == seen[name]:
                self._take(name, shown[name])
            elif sent != now[name]:
                self._clashes[name] = " ".join(shown[name]) or "–"
        sent_data[self.add_prefix("seen")] = self.initial["seen"]

    def _shown(self, name: str) -> list[str]:
        """The row's value as the field shows it."""
        field = self.fields[name]
        value = field.prepare_value(self.get_initial_for_field(field, name))
        if isinstance(field, forms.BooleanField):
            return ["on"] if value else []
        return _strings(field.widget.format_value(value))

    def _sent(self, name: str) -> list[str]:
        value = self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        if isinstance(value, bool):
            return ["on"] if value else []
        return _strings(value)

    def _take(self, name: str, values: list[str]) -> None:
        """As if the reader had left the row's value in the field."""
        self.data.setlist(self.add_prefix(name), values)  # type: ignore[attr-defined]  # a QueryDict, being sent

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned.pop("seen", None)
        for name, text in self._clashes.items():
            self.add_error(
                name, _("Meanwhile somebody else wrote: “%(text)s”. Save again to keep yours.") % {"text": text}
            )
        return cleaned


def _strings(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [str(each).replace("\r\n", "\n").strip() for each in values if each not in (None, "")]


def _mark(values: list[str]) -> str:
    """Eight characters that stand for what a field shows."""
    return hashlib.sha256("\n".join(sorted(values)).encode()).hexdigest()[:8]


def _marks(sent: str) -> dict[str, str]:
    """What the form carried; nothing when it was not ours."""
    try:
        marks = json.loads(sent)
    except ValueError:
        return {}
    return marks if isinstance(marks, dict) else {}
