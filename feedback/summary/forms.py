"""What organisers write into a draft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.summary.series import AS_INITIATIVE, AS_QUESTION
from workshops.models import Session
from workshops.stale import SeenForm


class FindingForm(forms.Form):
    """Title and text of a finding in the reader's language; an empty title gives the template back."""

    title = forms.CharField(
        label=_("Finding"), max_length=200, required=False, widget=forms.Textarea({"rows": 2, "class": "title-lines"})
    )
    text = forms.CharField(
        label=_("What stands behind it"), max_length=3000, required=False, widget=forms.Textarea({"rows": 4})
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def clean_title(self) -> str:
        """A long title shows on several lines, and is one all the same."""
        return " ".join(self.cleaned_data["title"].split())


class HeadlineForm(SeenForm):
    """The headline of the outcome and a sentence under it."""

    headline = forms.CharField(label=_("Headline"), max_length=160)
    lead = forms.CharField(label=_("Introduction"), max_length=600, required=False, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.compare()


class NewFindingForm(forms.Form):
    """A finding that people add by themselves."""

    title = forms.CharField(label=_("What is the finding?"), max_length=200)


class PublishForm(forms.Form):
    """The last question before everybody can read it."""

    names_are_fine = forms.BooleanField(
        label=_("These are not names of people, or they may be read by all"), required=False
    )
    few_are_fine = forms.BooleanField(
        label=_("These small counts may be read by all: nobody is harmed by being recognised"), required=False
    )
    correction = forms.CharField(
        label=_("What has been corrected?"),
        help_text=_("It stands on the page, with today’s date."),
        max_length=300,
        error_messages={"required": _("Say what has been corrected.")},
    )

    def __init__(self, *args: Any, again: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not again:
            del self.fields["correction"]


class WithdrawForm(forms.Form):
    """Why an outcome is taken back."""

    why = forms.CharField(
        label=_("Why is it taken back?"),
        help_text=_("Everybody can read it, in place of the outcome."),
        max_length=300,
        error_messages={"required": _("Say why it is taken back. Everybody can read it.")},
    )


class HideForm(forms.Form):
    """Why a finding is left out."""

    why = forms.CharField(max_length=300, error_messages={"required": _("Say why it is left out.")})


class CarryForm(forms.Form):
    """Where a finding goes on, and as what."""

    where = forms.ChoiceField(
        label=_("Into which session?"), error_messages={"required": _("Choose a session of a later workshop.")}
    )
    as_what = forms.ChoiceField(
        label=_("As what?"),
        choices=[
            (AS_QUESTION, _("A question the tables talk about")),
            (AS_INITIATIVE, _("An initiative the tables rate")),
        ],
        initial=AS_QUESTION,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, sessions: Sequence[Session], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sessions = {str(session.pk): session for session in sessions}
        where: Any = self.fields["where"]
        where.choices = [
            (key, _("Workshop %(number)d: %(session)s") % {"number": session.workshop.number, "session": session})
            for key, session in self.sessions.items()
        ]

    @property
    def session(self) -> Session:
        return self.sessions[self.cleaned_data["where"]]
