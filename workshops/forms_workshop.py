"""When and where a workshop is, what people read about it, and for whom places are reserved."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workshops.clock import SKIPPED, a_real_hour, exists
from workshops.forms import Text, WordsForm
from workshops.models import Audience, Workshop
from workshops.states import Access, NoteKind, Promotion

Day = TypeVar("Day", bound=dt.date)


def in_this_century(day: Day) -> Day:
    """Refuse years that only a slip of the fingers writes, and that no clock can turn into another zone."""
    if not 2000 <= day.year < 2100:
        raise ValidationError(_("Choose a date of this century."))
    return day


def still_to_come(day: dt.date, zone: ZoneInfo) -> dt.date:
    """Refuse days that are over where the workshop is."""
    if day < timezone.now().astimezone(zone).date():
        raise ValidationError(_("This day is over. Choose one to come."))
    return day


class StartForm(WordsForm):
    """On which day and at what hour a workshop of a zone starts."""

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
        return in_this_century(self.cleaned_data["day"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        a_real_hour(self, self.zone)
        return cleaned

    def values(self) -> dict[str, Any]:
        """Fields of `Workshop`, the start as a moment."""
        values = dict(self.cleaned_data)
        values["starts_at"] = dt.datetime.combine(values.pop("day"), values.pop("hour"), self.zone)
        return values


class PlanForm(StartForm):
    """When and where a workshop is: what a new one needs."""

    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=15,
        max_value=720,
        error_messages={
            "required": _("Say how long it lasts."),
            "min_value": _("A workshop lasts at least 15 minutes."),
            "max_value": _("A workshop lasts at most 12 hours."),
        },
    )
    venue = forms.CharField(label=_("Place"), max_length=120, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    places = forms.IntegerField(
        label=_("Places"),
        min_value=1,
        max_value=2000,
        error_messages={
            "required": _("Say how many places there are."),
            "min_value": _("There must be at least one place."),
            "max_value": _("There can be at most 2000 places."),
        },
    )


class NewWorkshopForm(PlanForm):
    evening = forms.BooleanField(
        label=_("Start from the agenda of an evening"),
        required=False,
        help_text=_("Arrival, welcome, two sessions at the tables, report back and closing: 3 hours."),
    )

    def clean_day(self) -> dt.date:
        return still_to_come(super().clean_day(), self.zone)


class DetailsForm(PlanForm):
    """Everything people read about a workshop before they come."""

    doors_minutes = forms.IntegerField(
        label=_("Doors open, minutes before"),
        min_value=0,
        max_value=240,
        error_messages={"required": _("Write 0 if the doors open when it starts.")},
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of notes the tablets offer"),
        choices=NoteKind,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Notes of a kind taken out later stay as they are."),
        error_messages={"required": _("Choose one kind of note at least.")},
    )
    access = forms.ChoiceField(label=_("Who can take a place"), choices=Access, widget=forms.RadioSelect)
    promotion = forms.ChoiceField(label=_("When a place becomes free"), choices=Promotion, widget=forms.RadioSelect)
    offer_hours = forms.IntegerField(
        label=_("Hours to answer"),
        min_value=2,
        max_value=336,
        help_text=_("For an offer. It ends at a full hour of the day, and never after the start."),
        error_messages={
            "required": _("Say how many hours people have to answer."),
            "min_value": _("Leave people 2 hours at least."),
            "max_value": _("Two weeks (336 hours) are the longest."),
        },
    )
    sensitive = forms.BooleanField(
        label=_("Confirm by mail first"),
        required=False,
        help_text=_(
            "For delicate matters: nobody can find out on the form who has signed up. "
            "A place is taken once the button in the mail is pressed."
        ),
    )
    opens_at = forms.DateTimeField(
        label=_("Sign-up opens"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: as soon as it is announced."),
    )
    closes_at = forms.DateTimeField(
        label=_("Sign-up closes"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: when it ends."),
    )
    texts: ClassVar = {
        **PlanForm.texts,
        "for_whom": Text(_("For whom"), longest=120, hint=_("Such as: Citizens, Stakeholders.")),
        "summary": Text(_("In a few sentences"), lines=3, longest=2000),
        "objectives": Text(_("What we want to find out"), lines=4, longest=2000, hint=_("One on each line.")),
        "directions": Text(_("How to get there"), lines=2, longest=1000),
        "accessibility": Text(_("Access"), lines=2, longest=1000, hint=_("Steps, hearing loop, sign language.")),
        "children": Text(_("Children"), lines=2, longest=1000),
    }

    @staticmethod
    def initial_of(workshop: Workshop) -> dict[str, Any]:
        names = ["minutes", "doors_minutes", "venue", "address", "places", "access", "sensitive", "kinds", "promotion"]
        names += ["offer_hours", *DetailsForm.texts]
        start = workshop.local_start
        sign_up = {
            name: moment and moment.astimezone(workshop.zone).replace(tzinfo=None)
            for name, moment in (("opens_at", workshop.opens_at), ("closes_at", workshop.closes_at))
        }
        return {name: getattr(workshop, name) for name in names} | sign_up | {"day": start.date(), "hour": start.time()}

    def clean_kinds(self) -> list[str]:
        return [kind for kind in NoteKind.values if kind in self.cleaned_data["kinds"]]

    def clean_opens_at(self) -> dt.datetime | None:
        return self._here("opens_at")

    def clean_closes_at(self) -> dt.datetime | None:
        return self._here("closes_at")

    def _here(self, name: str) -> dt.datetime | None:
        """The typed hour as it is on the clocks of the workshop's town."""
        typed = self.cleaned_data[name]
        if typed and not exists(in_this_century(typed), self.zone):
            raise ValidationError(SKIPPED)
        return typed and typed.replace(tzinfo=self.zone)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("Sign-up must close after it opens."))
        return cleaned


class AudienceForm(WordsForm):
    """People some places are reserved for. `audience_id` is empty for a new one."""

    audience_id: UUID | None = None
    places = forms.IntegerField(
        label=_("Reserved places"),
        min_value=1,
        max_value=2000,
        error_messages={
            "required": _("Say how many places are reserved."),
            "min_value": _("Reserve one place at least."),
            "max_value": _("There can be at most 2000 places."),
        },
    )
    texts: ClassVar = {
        "name": Text(_("Name"), needed=_("Write a name."), longest=60, hint=_("Such as: Residents, Workers."))
    }

    @classmethod
    def of(cls, workshop: Workshop, audience: Audience | None, data: Any = None) -> AudienceForm:
        """The form for an audience of a workshop, or for one more."""
        initial = {"name": audience.name, "places": audience.places} if audience else {}
        prefix = f"audience-{audience.pk if audience else 'new'}-%s"
        form = cls(data, initial=initial, languages=workshop.programme.languages, auto_id=prefix)
        form.audience_id = audience.pk if audience else None
        return form
