"""What people write on the public pages, checked in words they can act on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from participants.forms_asking import AskingForm
from participants.lines import one_line
from participants.models import Purpose, Question
from participants.queries.asked import AudiencePlaces
from participants.states import AgeBand
from workshops.models import Audience, Theme, Workshop

PARTS_OF_ADDRESSES = ("://", "www.", "@")
NO_AUDIENCE = "none"


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


class PlaceForm(AskingForm):
    """Take a place: a name and an address, what helps us to prepare, and what one allows."""

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
    audience = forms.ChoiceField(
        label=_("You take part as"),
        error_messages={
            "required": _("Choose one, or “None of these”"),
            "invalid_choice": _("Choose one of those named here"),
        },
    )
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

    def __init__(
        self,
        *args: Any,
        workshop: Workshop,
        themes: Iterable[Theme],
        audiences: Iterable[AudiencePlaces] = (),
        questions: Iterable[Question] = (),
        purposes: Iterable[Purpose] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.workshop, self._themes = workshop, themes
        self.ask(questions, purposes)
        self.audiences = {str(each.audience.pk): each for each in audiences}
        self._let_choose("theme", lambda: [(key, str(theme)) for key, theme in self.themes.items()])
        if self.audiences:
            self._let_choose("audience", lambda: [(key, key) for key in (*self.audiences, NO_AUDIENCE)])
        else:
            del self.fields["audience"]

    def _let_choose(self, name: str, choices: Callable[[], list[tuple[str, str]]]) -> None:
        """What is chosen among is read only if something is chosen, or shown."""
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @cached_property
    def themes(self) -> dict[str, Theme]:
        """The themes by id."""
        return {str(theme.pk): theme for theme in self._themes}

    def clean_theme(self) -> Theme | None:
        chosen = self.cleaned_data["theme"]
        return self.themes.get(chosen) if chosen else None

    def clean_audience(self) -> Audience | None:
        chosen = self.audiences.get(self.cleaned_data["audience"])
        return chosen.audience if chosen else None

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(_("Leave the last field empty: people never see it, only machines fill it in."))
        return ""

    @property
    def chosen_audience(self) -> str:
        """The id of the audience as it was sent, `NO_AUDIENCE` for none of them, to show it chosen again."""
        return self["audience"].value() or ""

    @property
    def chosen_theme(self) -> str:
        """The id of the theme as it was sent, to show it chosen again."""
        return self["theme"].value() or ""


class YesForm(PlaceForm):
    """Say yes to an invitation: what the sign-up form asks, but for the address, which is known."""

    email = website = None  # type: ignore[assignment]


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
