"""Forms of the plan. Texts are asked in each language of the programme; the first one is the one that must be there."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from workshops.clock import SKIPPED, a_real_hour, exists
from workshops.models import Audience, Initiative, Programme, Prompt, Session, Theme, Workshop
from workshops.stale import SeenForm
from workshops.states import Access, NoteKind, Promotion, Scale, SessionKind

Day = TypeVar("Day", bound=dt.date)


@cache
def theme_icons() -> tuple[str, ...]:
    """The icons a theme can have: those the built sprite carries for themes."""
    return tuple(json.loads((settings.ROOT / "static" / "icons.json").read_text())["themes"])


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


class ProgrammeForm(WordsForm):
    """What all workshops of a programme share."""

    organisation = forms.CharField(
        label=_("Organisation"), max_length=120, error_messages={"required": _("Say who organises it.")}
    )
    help_line = forms.CharField(
        label=_("Help line"), max_length=40, required=False, help_text=_("A phone number, shown on every page.")
    )
    contact = forms.EmailField(
        label=_("Address for answers"),
        max_length=254,
        required=False,
        help_text=_("Who answers one of our mails writes to this address."),
        error_messages={"invalid": _("This address is not complete. It looks like name@example.org.")},
    )
    spoken = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one language.")},
    )
    zone_name = forms.CharField(label=_("Time zone"), max_length=60)
    funder = forms.CharField(label=_("Who pays for it"), max_length=160, required=False)
    funder_grant = forms.CharField(label=_("Grant number"), max_length=60, required=False)
    texts: ClassVar = {
        "title": Text(_("Title"), needed=_("Write a title.")),
        "area": Text(_("Where"), hint=_("The neighbourhood or town.")),
        "summary": Text(_("What it is about"), lines=3, longest=2000),
        "audiences": Text(_("For whom"), lines=2, longest=400, hint=_("One on each line: Citizens, Stakeholders.")),
        "partners": Text(_("Partners"), lines=2, longest=1000, hint=_("One on each line.")),
        "contacts": Text(_("Contacts"), lines=2, longest=1000, hint=_("One on each line: who answers what.")),
        "funder_sentence": Text(_("Sentence about the funding"), lines=2, longest=1000),
        "funder_disclaimer": Text(_("Disclaimer"), lines=2, longest=1000),
    }

    @staticmethod
    def initial_of(programme: Programme) -> dict[str, Any]:
        names = ("organisation", "help_line", "contact", "zone_name", "funder", "funder_grant", *ProgrammeForm.texts)
        return {"spoken": programme.languages} | {name: getattr(programme, name) for name in names}

    def clean_zone_name(self) -> str:
        name = self.cleaned_data["zone_name"]
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
            raise ValidationError(_("There is no such time zone. Write one like Europe/Rome.")) from unknown
        return name

    def values(self) -> dict[str, Any]:
        """Fields of `Programme`."""
        values = dict(self.cleaned_data)
        values["languages"] = values.pop("spoken")
        return values


class ThemeForm(WordsForm):
    """What notes can be about; icon and colour always go with the name. `theme_id` is empty for a new one."""

    theme_id: UUID | None = None
    slot = forms.TypedChoiceField(
        label=_("Colour"), coerce=int, choices=[(n, n) for n in range(1, 9)], widget=forms.RadioSelect
    )
    icon = forms.ChoiceField(
        label=_("Icon"), choices=lambda: [(n, n.replace("-", " ")) for n in theme_icons()], widget=forms.RadioSelect
    )
    texts: ClassVar = {
        "name": Text(_("Name"), needed=_("Write a name."), longest=60),
        "short": Text(_("Short name"), longest=20, hint=_("For small screens. Leave it empty to use the name.")),
        "description": Text(_("What belongs to it"), longest=200),
    }

    @staticmethod
    def initial_of(theme: Theme) -> dict[str, Any]:
        return {name: getattr(theme, name) for name in ("slot", "icon", "name", "short", "description")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["short"] = cleaned["short"] or cleaned["name"]
        return cleaned


def in_this_century(day: Day) -> Day:
    """Refuse years that only a slip of the fingers writes, and that no clock can turn into another zone."""
    if not 2000 <= day.year < 2100:
        raise ValidationError(_("Choose a date of this century."))
    return day


class PlanForm(WordsForm):
    """When and where a workshop is: what a new one needs."""

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


class NewWorkshopForm(PlanForm):
    evening = forms.BooleanField(
        label=_("Start from the agenda of an evening"),
        required=False,
        help_text=_("Arrival, welcome, two sessions at the tables, report back and closing: 3 hours."),
    )

    def clean_day(self) -> dt.date:
        day = super().clean_day()
        if day < timezone.now().astimezone(self.zone).date():
            raise ValidationError(_("This day is over. Choose one to come."))
        return day


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


class SessionForm(WordsForm):
    """One block of the agenda."""

    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=1,
        max_value=600,
        error_messages={
            "required": _("Say how many minutes it takes."),
            "min_value": _("A session takes at least 1 minute."),
            "max_value": _("A session takes at most 600 minutes."),
        },
    )
    kind = forms.ChoiceField(label=_("What happens"), choices=SessionKind, widget=forms.Select)
    dots_per_person = forms.IntegerField(
        label=_("Dots for each person"),
        min_value=0,
        max_value=10,
        help_text=_("0 for a session without dots."),
        error_messages={"required": _("Write 0 for a session without dots.")},
    )
    rates = forms.BooleanField(
        label=_("Rate initiatives"), required=False, help_text=_("Each person at the table answers once.")
    )
    scale = forms.ChoiceField(
        label=_("With which scale"),
        choices=Scale,
        required=False,
        help_text=_("It stays once the session has been opened."),
        error_messages={"invalid_choice": _("Choose from the list.")},
    )
    regroups = forms.BooleanField(
        label=_("People change tables"),
        required=False,
        help_text=_("For this session they sit with others: see Tables."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of note moderators can take"),
        choices=NoteKind,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: the kinds of the workshop."),
    )
    themes = forms.MultipleChoiceField(
        label=_("Themes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all themes."),
    )
    texts: ClassVar = {
        "title": Text(_("Title"), needed=_("Write a title."), longest=120),
        "roles": Text(_("Who does what"), lines=2, longest=1000, hint=_("For the run sheet. One on each line.")),
        "materials": Text(_("Materials"), lines=2, longest=1000, hint=_("For the run sheet. One on each line.")),
    }
    at_the_tables: ClassVar = {
        "dots_per_person": 0,
        "rates": False,
        "regroups": False,
        "kinds": [],
        "themes": [],
    }
    """What belongs to sessions at the tables, and what it is elsewhere."""

    def __init__(self, *args: Any, themes: Iterable[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["themes"]
        field.choices = [(str(theme.pk), str(theme.name)) for theme in themes]  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(session: Session) -> dict[str, Any]:
        names = ("minutes", "kind", "scale", *SessionForm.at_the_tables, *SessionForm.texts)
        return {name: getattr(session, name) for name in names}

    def clean_kinds(self) -> list[str]:
        return [kind for kind in NoteKind.values if kind in self.cleaned_data["kinds"]]

    def clean_scale(self) -> str:
        """A form without the field leaves the scale as it is."""
        return self.cleaned_data["scale"] or self.get_initial_for_field(self.fields["scale"], "scale")

    def clean(self) -> dict[str, Any]:
        """Dots, ratings and what tablets offer belong to the tables; elsewhere they are put back to none."""
        cleaned = super().clean()
        return cleaned if cleaned.get("kind") == SessionKind.TABLES else cleaned | self.at_the_tables


class PromptForm(WordsForm):
    """A question for the tables."""

    texts: ClassVar = {"text": Text(_("Question"), needed=_("Write the question."), lines=2, longest=300)}

    @staticmethod
    def initial_of(prompt: Prompt) -> dict[str, Any]:
        return {"text": prompt.text}


class InitiativeForm(WordsForm):
    """Something the tables rate: would you use it?"""

    theme = forms.ModelChoiceField(Theme.objects.none(), label=_("Theme"), required=False, empty_label=_("None"))
    texts: ClassVar = {
        "name": Text(_("Initiative"), needed=_("Write its name."), longest=120),
        "short": Text(_("Short name"), longest=30, hint=_("For charts. Leave it empty to use the name.")),
        "question": Text(_("Question"), lines=2, longest=300),
    }

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "theme", programme.themes.all())

    @staticmethod
    def initial_of(initiative: Initiative) -> dict[str, Any]:
        return {"theme": initiative.theme_id} | {n: getattr(initiative, n) for n in ("name", "short", "question")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["short"] = cleaned["short"] or cleaned["name"]
        return cleaned
