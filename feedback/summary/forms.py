"""What organisers write into a draft."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

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
