"""Forms for organisers: people added by hand, tables, rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ledger.keeping import CONTACT, WAITING
from participants.forms_asking import AskingForm
from participants.forms_tables import NeedsField
from participants.lines import one_line
from participants.models import Person, Registration
from participants.purposes import purposes_of
from participants.states import BY_ORGANISER, Channel
from workshops.forms import offer
from workshops.models import Audience, Group, Theme, Workshop
from workshops.states import ModeratorRole

ADDRESS_TAKEN = _("Somebody else in this programme has this address.")


def audience_field() -> forms.ModelChoiceField:
    """What somebody takes part as; its audiences are offered by the form."""
    return forms.ModelChoiceField(
        Audience.objects.none(), label=_("Takes part as"), required=False, empty_label=_("None of these")
    )


class PersonForm(AskingForm):
    """Somebody who phones: a name is enough. The new are asked all the form asks; the known are corrected."""

    use_required_attribute = False
    channel = forms.ChoiceField(
        label=_("How they said it"),
        choices=[(channel.value, channel.label) for channel in BY_ORGANISER],
        initial=Channel.PHONE.value,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("By phone, on paper or at the door?")},
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        validators=[one_line],
        error_messages={"required": _("Write a name.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        help_text=_("Without one we cannot write to them."),
        error_messages={"invalid": _("This address is not complete. It looks like name@example.org.")},
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    theme = forms.ModelChoiceField(
        Theme.objects.none(), label=_("Favourite theme"), required=False, empty_label=_("Not said")
    )
    needs = forms.CharField(label=_("Needs"), max_length=300, required=False)
    audience = audience_field()

    def __init__(self, *args: Any, workshop: Workshop, registration: Registration | None = None, **kwargs: Any) -> None:
        if registration:
            person = registration.person
            kwargs["initial"] = {
                "name": person.name,
                "email": person.email,
                "theme": registration.theme_id,
                "needs": registration.needs,
                "audience": registration.audience_id,
            }
        super().__init__(*args, **kwargs)
        self.workshop, self.registration = workshop, registration
        offer(self, "theme", workshop.programme.themes.all())
        offer(self, "audience", workshop.audiences.all() if workshop.reserved else workshop.audiences.none())
        if registration:
            del self.fields["channel"]
        else:
            self.ask(workshop.questions.all(), purposes_of(workshop.programme), must=False)

    def clean_channel(self) -> str:
        return self.cleaned_data["channel"] or Channel.PHONE

    def corrections(self) -> dict[str, Any]:
        """What is corrected about a known person and their place."""
        return {name: self.cleaned_data[name] for name in ("name", "email", "theme", "needs", "audience")}

    def clean_email(self) -> str | None:
        """The address in small letters, or None. When a person is corrected it must not be somebody else's."""
        email = self.cleaned_data["email"].lower() or None
        if email and self.registration:
            same = Person.objects.filter(programme=self.workshop.programme_id, email__iexact=email)
            if same.exclude(pk=self.registration.person_id).exists():
                raise ValidationError(ADDRESS_TAKEN)
        return email


class OverrideForm(forms.Form):
    """Why somebody gets a place past a limit."""

    use_required_attribute = False
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        validators=[one_line],
        help_text=_("It stays beside this person’s place. Write nothing about their health."),
        error_messages={"required": _("Say why. Without a reason nobody gets a place past the limit.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class WalkInForm(forms.Form):
    """Somebody at the door: a name and, where places are reserved, what they take part as."""

    use_required_attribute = False
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        validators=[one_line],
        error_messages={"required": _("Write a name.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    audience = audience_field()

    def __init__(self, *args: Any, workshop: Workshop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if workshop.reserved:
            offer(self, "audience", workshop.audiences.all())
        else:
            del self.fields["audience"]


def moderator_address(label: Any) -> forms.EmailField:
    return forms.EmailField(
        label=label,
        max_length=254,
        required=False,
        error_messages={"invalid": _("This address is not complete. It looks like name@example.org.")},
        widget=forms.EmailInput({"autocomplete": "off"}),
    )


class TableForm(forms.Form):
    """A table, its seats and its two moderators."""

    use_required_attribute = False
    name = forms.CharField(label=_("Name"), max_length=40, error_messages={"required": _("Give the table a name.")})
    size = forms.IntegerField(
        label=_("Seats"),
        min_value=1,
        max_value=20,
        error_messages={
            "required": _("Say how many seats it has."),
            "min_value": _("A table has at least one seat."),
            "max_value": _("A table has at most 20 seats."),
        },
    )
    room = forms.CharField(label=_("Room"), max_length=60, required=False)
    offers = NeedsField(label=_("What it offers"))
    asks = forms.CharField(label=_("Moderator who asks"), max_length=80, required=False)
    asks_email = moderator_address(_("E-mail of who asks"))
    writes = forms.CharField(label=_("Moderator who writes"), max_length=80, required=False)
    writes_email = moderator_address(_("E-mail of who writes"))

    def __init__(
        self, data: QueryDict | None = None, *, workshop: Workshop, group: Group | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, auto_id=f"table-{group.pk if group else 'new'}-%s", **kwargs)
        self.workshop, self.group = workshop, group

    def clean(self) -> dict[str, Any]:
        """Addresses in small letters; one without a name belongs to nobody."""
        cleaned = super().clean() or self.cleaned_data
        for role in ModeratorRole.values:
            address = cleaned.get(f"{role}_email", "")
            if address and not cleaned.get(role):
                self.add_error(role, _("Write the name that belongs to this address."))
            cleaned[f"{role}_email"] = address.lower()
        return cleaned

    def refuse_name(self) -> None:
        """Say that another table has this name; the action has found it."""
        self.add_error("name", _("There is a table %(name)s already.") % {"name": self.cleaned_data["name"]})


class TermsForm(forms.Form):
    """Fewer days than the rule, or nothing."""

    contact_days = forms.IntegerField(
        label=_("Days after publication"),
        help_text=_("People with a place: names, addresses, needs, answers, seats. The rule is 90."),
        required=False,
        min_value=1,
        max_value=CONTACT.days,
    )
    waiting_days = forms.IntegerField(
        label=_("Days after the workshop"),
        help_text=_("People who had no place. The rule is 30."),
        required=False,
        min_value=1,
        max_value=WAITING.days,
    )
