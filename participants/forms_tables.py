"""Forms of the tables: what they are mixed by, and what somebody needs of the table they sit at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from participants.forms import one_line
from participants.mix import MixField
from participants.models import Registration
from workshops.models import Group, ModeratorSeat, Session
from workshops.rounds import table_of
from workshops.states import TableNeed


class NeedsField(forms.MultipleChoiceField):
    """Ticks in the list of what tables can offer; cleaned to the order of that list."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid_choice": _("Choose from the list.")})
        super().__init__(choices=TableNeed, required=False, widget=forms.CheckboxSelectMultiple, **kwargs)

    def clean(self, value: Any) -> list[str]:
        ticked = super().clean(value)
        return [need for need in TableNeed.values if need in ticked]


class MixForm(forms.Form):
    """Which of the things people told us the tables are mixed by."""

    mixed_by = forms.MultipleChoiceField(
        label=_("Mix the tables by"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose from the list.")},
    )

    def __init__(self, *args: Any, fields: Iterable[MixField], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mixed_by"].choices = [(field.name, field.label) for field in fields]  # type: ignore[attr-defined]


class LeadersForm(forms.Form):
    """Which table each moderator leads in one session; `seats` come in the order of their own tables."""

    def __init__(
        self, *args: Any, seats: Iterable[ModeratorSeat], groups: Iterable[Group], session: Session, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        tables = [(str(group.pk), group.name) for group in groups]
        for seat in seats:
            self.fields[f"seat-{seat.pk}"] = forms.ChoiceField(
                label=gettext("%(name)s, who %(does)s") % {"name": seat.name, "does": seat.get_role_display()},  # type: ignore[attr-defined]
                choices=tables,
                initial=str(table_of(seat, session.pk)),
                error_messages={"invalid_choice": _("Choose from the list."), "required": _("Choose a table.")},
            )

    def tables(self) -> dict[int, UUID]:
        """The table of each seat, as it was chosen."""
        return {int(name.removeprefix("seat-")): UUID(table) for name, table in self.cleaned_data.items()}


class TableNeedsForm(forms.Form):
    """What helps to find the right table for somebody, as the organiser knows it."""

    use_required_attribute = False
    table_needs = NeedsField(
        label=_("Needs a table with"), help_text=_("“Suggest a mix” seats them where this is offered.")
    )
    area = forms.CharField(
        label=_("Area"),
        max_length=60,
        required=False,
        validators=[one_line],
        help_text=_("Where they live or work, to mix the tables by."),
    )


def needs_form_of(registration: Registration) -> TableNeedsForm:
    """The form with what is known."""
    return TableNeedsForm(initial={"table_needs": registration.table_needs, "area": registration.person.area})
