"""Forms for organisers: people added by hand, tables, rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from participants.forms import one_line
from participants.models import Person, Registration, SeatingRule
from workshops.forms import offer
from workshops.models import Group, Theme, Workshop

ADDRESS_TAKEN = _("Somebody else in this programme has this address.")


class PersonForm(forms.Form):
    """Somebody who phones: a name is enough."""

    use_required_attribute = False
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

    def __init__(self, *args: Any, workshop: Workshop, registration: Registration | None = None, **kwargs: Any) -> None:
        if registration:
            person = registration.person
            kwargs["initial"] = {
                "name": person.name,
                "email": person.email,
                "theme": registration.theme_id,
                "needs": registration.needs,
            }
        super().__init__(*args, **kwargs)
        self.workshop, self.registration = workshop, registration
        offer(self, "theme", workshop.programme.themes.all())

    def clean_email(self) -> str | None:
        """The address in small letters, or None. When a person is corrected it must not be somebody else's."""
        email = self.cleaned_data["email"].lower() or None
        if email and self.registration:
            same = Person.objects.filter(programme=self.workshop.programme_id, email__iexact=email)
            if same.exclude(pk=self.registration.person_id).exists():
                raise ValidationError(ADDRESS_TAKEN)
        return email


class WalkInForm(forms.Form):
    use_required_attribute = False
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        validators=[one_line],
        error_messages={"required": _("Write a name.")},
        widget=forms.TextInput({"autocomplete": "off"}),
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
    asks = forms.CharField(label=_("Moderator who asks"), max_length=80, required=False)
    writes = forms.CharField(label=_("Moderator who writes"), max_length=80, required=False)

    def __init__(
        self, data: QueryDict | None = None, *, workshop: Workshop, group: Group | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, auto_id=f"table-{group.pk if group else 'new'}-%s", **kwargs)
        self.workshop, self.group = workshop, group

    def refuse_name(self) -> None:
        """Say that another table has this name; the action has found it."""
        self.add_error("name", _("There is a table %(name)s already.") % {"name": self.cleaned_data["name"]})


class PersonChoice(forms.ModelChoiceField):
    def label_from_instance(self, registration: Registration) -> str:
        return registration.person.name


class RuleForm(forms.Form):
    """Two people who should sit together, or apart."""

    use_required_attribute = False
    one = PersonChoice(Registration.objects.none(), label=_("Who"), error_messages={"required": _("Choose a person.")})
    kind = forms.ChoiceField(
        label=_("Should sit"), choices=SeatingRule.Kind, error_messages={"required": _("Together or apart?")}
    )
    other = PersonChoice(
        Registration.objects.none(), label=_("With whom"), error_messages={"required": _("Choose a second person.")}
    )

    def __init__(self, data: QueryDict | None = None, *, workshop: Workshop, **kwargs: Any) -> None:
        super().__init__(data, auto_id="rule-%s", **kwargs)
        people = workshop.registrations.confirmed().with_people().order_by("person__name", "pk")
        offer(self, "one", people)
        offer(self, "other", people)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("one") and cleaned.get("one") == cleaned.get("other"):
            self.add_error("other", _("Choose two different people."))
        return cleaned
