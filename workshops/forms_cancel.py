"""Why a workshop is cancelled."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from workshops.forms import Text, WordsForm


class CancelForm(WordsForm):
    """A sentence for the page and the mails; it may say when the workshop is held instead."""

    texts: ClassVar = {
        "cancelled_because": Text(
            _("Why, and what instead"), lines=2, longest=500, hint=_("People read it on the page and in the mail.")
        )
    }
