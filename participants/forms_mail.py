"""Forms of the organisers' mail page: the reminder, and a letter."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from participants.models.mailings import MOST_HOURS
from participants.states import LetterTo
from workshops.forms import Text, WordsForm, offer
from workshops.models import Group, Theme, Workshop

NEVER, DAY = "never", 24


class ReminderForm(WordsForm):
    """Whether and when people are reminded, and with which words of the organiser's own."""

    unit = forms.ChoiceField(
        label=_("Reminder"),
        choices=[("days", _("Days before")), ("hours", _("Hours before")), (NEVER, _("None"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose days, hours or none."),
            "invalid_choice": _("Choose days, hours or none."),
        },
    )
    number = forms.IntegerField(
        label=_("How many"),
        required=False,
        min_value=1,
        max_value=MOST_HOURS,
        error_messages={"min_value": _("Write 1 or more."), "max_value": _("Write 30 days at most.")},
    )
    texts: ClassVar = {
        "text": Text(_("Own words"), lines=3, longest=1000, hint=_("Stands in the mail below date and place."))
    }

    @staticmethod
    def initial_of(hours_before: int | None, text: dict[str, str]) -> dict[str, Any]:
        if hours_before is None:
            return {"unit": NEVER, "number": 2, "text": text}
        in_days = hours_before % DAY == 0
        return {
            "unit": "days" if in_days else "hours",
            "number": hours_before // DAY if in_days else hours_before,
            "text": text,
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        number, unit = cleaned.get("number"), cleaned.get("unit")
        if unit in ("days", "hours") and number is None and "number" not in self.errors:
            self.add_error("number", _("Say how many days or hours before."))
        if unit == "days" and number and number * DAY > MOST_HOURS:
            self.add_error("number", _("Write 30 days at most."))
        return cleaned

    @property
    def hours_before(self) -> int | None:
        """What was chosen, in hours; None for no reminder."""
        unit, number = self.cleaned_data["unit"], self.cleaned_data["number"]
        return None if unit == NEVER else number * (DAY if unit == "days" else 1)


class LetterForm(WordsForm):
    """Whom to write to, and what, in each language of the programme."""

    to = forms.ChoiceField(
        label=_("Write to"),
        choices=LetterTo.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whom to write to."), "invalid_choice": _("Choose whom to write to.")},
    )
    group = forms.ModelChoiceField(
        Group.objects.none(), label=_("Only at table"), required=False, empty_label=_("All tables")
    )
    theme = forms.ModelChoiceField(
        Theme.objects.none(), label=_("Only with favourite theme"), required=False, empty_label=_("All themes")
    )
    texts: ClassVar = {
        "subject": Text(_("Subject"), needed=_("Write a subject."), longest=120),
        "text": Text(
            _("Text"),
            needed=_("Write the text."),
            lines=8,
            longest=5000,
            hint=_("Plain text. Date, place and the link to their place are added below it."),
        ),
    }

    def __init__(self, *args: Any, workshop: Workshop, **kwargs: Any) -> None:
        super().__init__(*args, languages=workshop.programme.languages, **kwargs)
        offer(self, "group", workshop.groups.all())
        offer(self, "theme", workshop.programme.themes.all())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("to") == LetterTo.SILENT and (cleaned.get("group") or cleaned.get("theme")):
            self.add_error("to", _("Invited people have no table and no theme yet. Choose all tables and all themes."))
        return cleaned
