"""What all workshops of a programme share, and its themes."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from workshops.forms import Text, WordsForm
from workshops.models import Programme, Theme


@cache
def theme_icons() -> tuple[str, ...]:
    """The icons a theme can have: those the built sprite carries for themes."""
    return tuple(json.loads((settings.ROOT / "static" / "icons.json").read_text())["themes"])


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
