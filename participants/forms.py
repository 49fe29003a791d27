"""What people write on the public pages, checked in words they can act on."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from participants.states import AgeBand
from workshops.models import Theme

# Categories of characters that no name and no single line contains: controls, line and paragraph ends.
NOT_IN_A_LINE = ("Cc", "Zl", "Zp")
TURN_THE_READING_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
PARTS_OF_ADDRESSES = ("://", "www.", "@")


def one_line(text: str) -> None:
    """Refuse line breaks, control characters and those that turn the direction of what follows."""
    if any(unicodedata.category(c) in NOT_IN_A_LINE or c in TURN_THE_READING_DIRECTION for c in text):
        raise ValidationError(_("Write it on one line, with letters only your keyboard shows."))


def a_name(text: str) -> None:
    """Refuse web addresses: the name is mailed to whoever owns the address, known to us or not."""
    if any(part in text.lower() for part in PARTS_OF_ADDRESSES):
        raise ValidationError(_("Write your name without a web or e-mail address."))


class AddressField(forms.CharField):
    """An e-mail address, refused with the part that is missing."""

    widget = forms.EmailInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("E-mail"))
        kwargs.setdefault("error_messages", {"required": _("Write your e-mail, like nome@posta.example")})
        super().__init__(max_length=254, **kwargs)
        self.widget.attrs |= {"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}

    def validate(self, value: str) -> None:
        super().validate(value)
        _before, at, host = value.rpartition("@")
        if value and not at:
            raise ValidationError(_("Write an e-mail address with an @, like nome@posta.example"))
        if value and not host:
            raise ValidationError(_("Add the part after the @, like nome@posta.example"))
        if value:
            self._check_shape(value)

    def _check_shape(self, value: str) -> None:
        try:
            validate_email(value)
        except ValidationError:
            raise ValidationError(_("Check the e-mail address. It should look like nome@posta.example")) from None


class PlaceForm(forms.Form):
    """Take a place: a name and an address, and what helps us to prepare."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        validators=[one_line, a_name],
        error_messages={
            "required": _("Write your name, as we should say it at the door"),
            "max_length": _("Write a name of at most 80 letters"),
        },
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = AddressField(help_text=_("For your ticket, the calendar file and the summary."))
    theme = forms.ChoiceField(
        label=_("Favourite theme"),
        required=False,
        error_messages={"invalid_choice": _("Choose one of the themes of this workshop")},
    )
    needs = forms.CharField(
        label=_("What should we prepare?"),
        help_text=_("Access, language, children, food. Only the organisers read it."),
        required=False,
        max_length=300,
        validators=[one_line],
        error_messages={"max_length": _("Say it in at most 300 letters, or call us")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, themes: Iterable[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.themes = {str(theme.pk): theme for theme in themes}
        self.fields["theme"].choices = [(key, str(theme)) for key, theme in self.themes.items()]  # type: ignore[attr-defined]

    def clean_theme(self) -> Theme | None:
        return self.themes.get(self.cleaned_data["theme"])

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(_("Leave the last field empty: people never see it, only machines fill it in."))
        return ""

    @property
    def chosen_theme(self) -> str:
        """The id of the theme as it was sent, to show it chosen again."""
        return self["theme"].value() or ""


class FindPlaceForm(forms.Form):
    """The address a place was taken with."""

    email = AddressField(help_text=_("The one you took your place with."))


class MoreForm(forms.Form):
    """What helps to mix the tables, all of it optional."""

    first_time = forms.TypedChoiceField(
        label=_("Is it your first time here?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        required=False,
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
    )
    age_band = forms.ChoiceField(
        label=_("How old are you?"), choices=AgeBand.choices, required=False, widget=forms.RadioSelect
    )
