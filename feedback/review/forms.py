"""What people and organisers write in a review."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.models import Feedback
from feedback.models.reviews import LONGEST_REPLY
from feedback.states import Agreed, Answered, Verdict
from participants.forms_asking import plain_text
from workshops.models import Workshop

LONGEST_DAYS = 90
USUAL_DAYS = 10


class ReplyForm(forms.Form):
    """One finding: is this what we said? What is missing is asked for in the person's own words."""

    finding = forms.UUIDField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        label=_("Is this what we said?"),
        choices=Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two answers.")},
    )
    text = forms.CharField(
        label=_("What’s missing?"),
        help_text=_("In your words. The organisers read every answer."),
        max_length=LONGEST_REPLY,
        validators=[plain_text],
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Write what is missing.")},
    )
    use_required_attribute = False

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["text"].required = data is None or data.get("verdict") == Verdict.MISSING


class OtherForm(forms.Form):
    """Something that was said and stands in no finding."""

    text = forms.CharField(
        label=_("Did we say something that is in no finding?"),
        help_text=_("In your words. The organisers read every answer."),
        max_length=LONGEST_REPLY,
        validators=[plain_text],
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Write what is missing.")},
    )


class FeedbackForm(forms.ModelForm):
    """How the evening was; every line may be left out, but not all of them."""

    class Meta:
        model = Feedback
        fields = ("heard", "useful", "again", "text")
        widgets = {"text": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("heard", "useful", "again"):
            label = self.fields[name].label
            self.fields[name] = forms.TypedChoiceField(
                label=label,
                choices=Agreed.choices,
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )
        self.fields["text"].validators.append(plain_text)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.get(name) for name in self.fields):
            raise ValidationError(_("Answer one line at least."))
        return cleaned


class CodeForm(forms.Form):
    """The code on paper of somebody who has no mail from us."""

    code = forms.CharField(
        label=_("Your code"),
        help_text=_("It looks like 7KTR-248 and stands on the slip you got."),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Type the code on your slip.")},
    )


class AskForm(forms.Form):
    """Until when people can answer."""

    until = forms.DateField(
        label=_("People can answer until the end of"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    names_are_fine = forms.BooleanField(
        label=_("These are not names of people, or they may be read by all"), required=False
    )

    def __init__(self, data: Any = None, *, workshop: Workshop, until: dt.datetime | None = None) -> None:
        self.workshop = workshop
        day = until - dt.timedelta(minutes=1) if until else timezone.now() + dt.timedelta(days=USUAL_DAYS)
        super().__init__(data, initial={"until": day.astimezone(workshop.zone).date()})

    def clean_until(self) -> dt.date:
        day = self.cleaned_data["until"]
        today = timezone.now().astimezone(self.workshop.zone).date()
        if not today < day <= today + dt.timedelta(days=LONGEST_DAYS):
            message = _("Choose a day after today, within %(days)d days.")
            raise ValidationError(message % {"days": LONGEST_DAYS})
        return day

    @property
    def moment(self) -> dt.datetime:
        """The end of that day where the workshop is."""
        day = self.cleaned_data["until"] + dt.timedelta(days=1)
        return dt.datetime.combine(day, dt.time(), tzinfo=self.workshop.zone)


class AnswerForm(forms.Form):
    """What became of what somebody missed."""

    answer = forms.ChoiceField(
        label=_("What do you do with it?"),
        choices=Answered.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you do with it.")},
    )
    why = forms.CharField(
        label=_("Your answer"),
        help_text=_("The person reads it. Say why, where you do not take it over."),
        max_length=LONGEST_REPLY,
        required=False,
        validators=[plain_text],
        widget=forms.Textarea({"rows": 2}),
    )
