"""The picture of who pays."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from workshops.emblems import LARGEST, kind_of


class EmblemForm(forms.Form):
    """One file; `cleaned_data["picture"]` are its bytes."""

    use_required_attribute = False
    picture = forms.FileField(
        label=_("Picture"),
        help_text=_("PNG or JPEG, at most 200 kB. It stands beside the sentence about the funding."),
        widget=forms.FileInput({"accept": "image/png,image/jpeg"}),
        error_messages={"required": _("Choose a PNG or JPEG file."), "empty": _("Choose a PNG or JPEG file.")},
    )

    def clean_picture(self) -> bytes:
        content = self.cleaned_data["picture"].read(LARGEST + 1)
        kind_of(content)
        return content
