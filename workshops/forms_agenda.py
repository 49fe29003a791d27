"""Forms around the agenda: keeping it as a template."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class TemplateNameForm(forms.Form):
    """What a kept agenda is called."""

    use_required_attribute = False
    name = forms.CharField(
        label=_("Name of the template"),
        max_length=60,
        error_messages={"required": _("Give the template a name.")},
    )

    def refuse_name(self) -> None:
        """Say that another template has this name; the action has found it."""
        self.add_error("name", _("There is a template %(name)s already.") % {"name": self.cleaned_data["name"]})
