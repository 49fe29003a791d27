"""Two people who should sit together, or apart: each is written by name, and chosen where several are called so."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from participants.lines import one_line
from participants.models import Registration, SeatingRule
from workshops.models import Workshop

MOST_TO_CHOOSE_FROM = 20
WHICH = {"one": "which_one", "other": "which_other"}
"""Each field for a name, and the field that asks which of several people is meant."""


def _name_field(label: Any, needed: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=_("The name, or part of it."),
        max_length=80,
        validators=[one_line],
        error_messages={"required": needed},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RuleForm(forms.Form):
    """After `is_valid`, `one` and `other` are two registrations with a place."""

    use_required_attribute = False
    one = _name_field(_("Who"), _("Write a name."))
    kind = forms.ChoiceField(
        label=_("Should sit"), choices=SeatingRule.Kind, error_messages={"required": _("Together or apart?")}
    )
    other = _name_field(_("With whom"), _("Write a second name."))

    def __init__(self, data: QueryDict | None = None, *, workshop: Workshop, **kwargs: Any) -> None:
        super().__init__(data, auto_id="rule-%s", **kwargs)
        self._people = workshop.registrations.confirmed().with_people().order_by("person__name", "person__email", "pk")

    @cached_property
    def people(self) -> list[Registration]:
        """Everybody with a place, read once something was written."""
        return list(self._people)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in WHICH:
            if name in cleaned:
                self._find(name, cleaned[name])
        if cleaned.get("one") and cleaned.get("one") == cleaned.get("other"):
            self.add_error("other", _("Choose two different people."))
        return cleaned

    def _find(self, name: str, written: str) -> None:
        """Put the person who is meant in place of what was written, or say why that is not known."""
        found = self._called(written)
        chosen = self.data.get(WHICH[name], "")
        meant = found if len(found) == 1 else [each for each in found if str(each.pk) == chosen]
        if meant:
            self.cleaned_data[name] = meant[0]
        elif not found:
            self.add_error(name, _("Nobody with a place is called this."))
        elif len(found) > MOST_TO_CHOOSE_FROM:
            self.add_error(name, _("Very many people are called this. Write more of the name."))
        else:
            self._ask_which(name, found)

    def _called(self, written: str) -> list[Registration]:
        """People with this name, in any case of letters, or else those with it as a part of theirs."""
        wanted = " ".join(written.split()).casefold()
        names = [(each, each.person.name.casefold()) for each in self.people]
        return [each for each, name in names if name == wanted] or [each for each, name in names if wanted in name]

    def _ask_which(self, name: str, found: list[Registration]) -> None:
        choices = [(str(each.pk), _described(each)) for each in found]
        label = _("Which of them?")
        self.fields[WHICH[name]] = forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)
        self.add_error(WHICH[name], _("Several people are called this. Choose one."))

    @property
    def asked(self) -> list[BoundField]:
        """The fields in the order of the page, with those that ask which person is meant."""
        order = ("one", WHICH["one"], "kind", "other", WHICH["other"])
        return [self[name] for name in order if name in self.fields]


def _described(registration: Registration) -> str:
    """The name, and the address where there is one, to tell people of one name apart."""
    person = registration.person
    return f"{person.name}, {person.email}" if person.email else person.name
