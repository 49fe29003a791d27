"""Who joins a team, and as what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from participants.forms import AddressField, a_name
from participants.lines import one_line
from workshops.models import Programme
from workshops.states import TeamRole


class RoleForm(forms.Form):
    """What somebody may do; `roles` are those that may be given by whoever asks."""

    use_required_attribute = False
    role = forms.ChoiceField(
        label=_("Role"), error_messages={"required": _("Choose a role."), "invalid_choice": _("Choose a role.")}
    )

    def __init__(self, *args: Any, roles: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, TeamRole(role).label) for role in roles]  # type: ignore[attr-defined]


class TeamForm(RoleForm):
    """Somebody to be asked into the team."""

    email = AddressField()
    name = forms.CharField(
        label=_("Name"), required=False, max_length=80, validators=[one_line, a_name], help_text=_("If you know it.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, required=False)
    field_order = ("email", "name", "role", "language")

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "team-%s")
        super().__init__(*args, **kwargs)
        names = dict(settings.LANGUAGES)
        spoken = [code for code in programme.languages if code in names] or list(names)
        self.fields["language"].choices = [(code, names[code]) for code in spoken]  # type: ignore[attr-defined]
        for name in ("email", "name"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or self.fields["language"].choices[0][0]  # type: ignore[attr-defined]
