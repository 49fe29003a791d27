"""Forms of a series: the next workshop made from one before."""

from __future__ import annotations

import datetime as dt

from workshops.forms_workshop import StartForm, still_to_come


class CopyForm(StartForm):
    """What a copy cannot take over: when it is. The title may stay."""

    def clean_day(self) -> dt.date:
        return still_to_come(super().clean_day(), self.zone)
