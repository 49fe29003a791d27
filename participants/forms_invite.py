"""Forms around invitations: one person by hand, a list, another address, and the answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from participants.forms import AddressField, a_name, one_line
from workshops.models import Workshop


def _name_field(*, required: bool, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=_("Name"),
        required=required,
        help_text=help_text,
        max_length=80,
        validators=[one_line, a_name],
        error_messages={
            "required": _("Write your name, as we should say it at the door"),
            "max_length": _("Write a name of at most 80 letters"),
        },
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class InviteForm(forms.Form):
    """Somebody to be invited. Rows of a list are checked by the same fields."""

    use_required_attribute = False
    name = _name_field(required=False, help_text=_("If you know it; the mail greets them by it."))
    email = AddressField()
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, required=False)

    def __init__(self, *args: Any, workshop: Workshop, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "invite-%s")
        super().__init__(*args, **kwargs)
        names = dict(settings.LANGUAGES)
        spoken = [code for code in workshop.programme.languages if code in names] or list(names)
        self.fields["language"].choices = [(code, names[code]) for code in spoken]  # type: ignore[attr-defined]
        self.fields["email"].widget.attrs["autocomplete"] = "off"

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or self.fields["language"].choices[0][0]  # type: ignore[attr-defined]


class ListForm(forms.Form):
    """A list of people to be invited."""

    use_required_attribute = False
    list = forms.FileField(
        label=_("CSV or XLSX file"),
        help_text=_("Columns: name, e-mail, language. The first row may hold their titles."),
        error_messages={
            "required": _("Choose a file."),
            "invalid": _("Choose a file."),
            "missing": _("Choose a file."),
            "empty": _("There is nothing in the file."),
        },
        widget=forms.FileInput({"accept": ".csv,.xlsx,text/csv"}),
    )


class CorrectAddressForm(forms.Form):
    use_required_attribute = False
    email = AddressField()

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()
