"""Forms of a series: the next workshop made from one before."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workshops.clock import a_real_hour
from workshops.forms import Text, WordsForm
from workshops.forms_workshop import in_this_century


class CopyForm(WordsForm):
    """What a copy cannot take over: when it is. The title may stay."""

    day = forms.DateField(
        label=_("Date"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a date."), "invalid": _("Choose a date.")},
    )
    hour = forms.TimeField(
        label=_("Starts at"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Say when it starts."), "invalid": _("Write the time like 18:00.")},
    )
    texts: ClassVar = {"title": Text(_("Title"), needed=_("Write a title."))}

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean_day(self) -> dt.date:
        day = in_this_century(self.cleaned_data["day"])
        if day < timezone.now().astimezone(self.zone).date():
            raise forms.ValidationError(_("This day is over. Choose one to come."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        a_real_hour(self, self.zone)
        return cleaned

    def values(self) -> dict[str, Any]:
        """Title and start of the copy, the start as a moment."""
        cleaned = self.cleaned_data
        start = dt.datetime.combine(cleaned["day"], cleaned["hour"], self.zone)
        return {"title": cleaned["title"], "starts_at": start}
