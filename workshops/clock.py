"""Hours as people type them: on the clock of the town, which skips one hour in spring and shows one twice in autumn."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

SKIPPED = _("The clocks go forward that night: this hour does not exist. Choose another one.")


def exists(typed: dt.datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks of the zone show this hour on that day at all, whatever zone it was typed in."""
    typed = typed.replace(tzinfo=None)
    there_and_back = typed.replace(tzinfo=zone).astimezone(dt.UTC).astimezone(zone)
    return there_and_back.replace(tzinfo=None) == typed


def a_real_hour(form: forms.Form, zone: ZoneInfo) -> None:
    """Put an error at `hour` when the clocks skip it on `day`. Of an hour shown twice the first is meant."""
    day, hour = form.cleaned_data.get("day"), form.cleaned_data.get("hour")
    if day and hour and not exists(dt.datetime.combine(day, hour), zone):
        form.add_error("hour", SKIPPED)
