"""What a programme uses people's data for: four purposes known everywhere, and those its organisers added.

A programme has no rows until somebody writes a purpose in words of their own; until then the words are these.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from participants.models import Purpose
from participants.states import Basis
from workshops.models import Programme
from workshops.words import Words

TAKING_PART, QUOTES, PHOTOS, CONTACT = "taking-part", "quotes", "photos", "contact"

KNOWN: dict[str, tuple[Any, Any, Basis]] = {
    TAKING_PART: (
        _("Taking part"),
        _(
            "We keep your name, your address and your answers to hold your place, to write to you about this workshop "
            "and to prepare it. You asked for a place; without these details we cannot keep one."
        ),
        Basis.REQUEST,
    ),
    QUOTES: (
        _("Quotes"),
        _(
            "Something I say may be published word for word as a quote, without my name. If I take this back, the "
            "quote is taken out."
        ),
        Basis.CONSENT,
    ),
    PHOTOS: (
        _("Photos"),
        _("I may be seen in photos of the workshop that the organisers publish."),
        Basis.CONSENT,
    ),
    CONTACT: (
        _("Later workshops"),
        _("You may write to me about later workshops of this programme."),
        Basis.CONSENT,
    ),
}


def purposes_of(programme: Programme, *, has_own: bool = True) -> list[Purpose]:
    """All purposes of a programme in order, as rows or, where nobody has written them anew, as unsaved ones.

    `has_own` is False for who knows that nobody has: then there is no query.
    """
    return with_those_known(programme, programme.purposes.all() if has_own else ())


def with_those_known(programme: Programme, rows: Iterable[Purpose]) -> list[Purpose]:
    """All purposes of a programme in order, given those it has rows of."""
    written = {purpose.key: purpose for purpose in rows}
    known = [written.get(key) or _known(programme, key, order) for order, key in enumerate(KNOWN)]
    return [*known, *(purpose for key, purpose in written.items() if key not in KNOWN)]


def purpose_of(programme: Programme, key: str) -> Purpose | None:
    """One purpose by its key; None when the programme has no such purpose."""
    return next((purpose for purpose in purposes_of(programme) if purpose.key == key), None)


def asked(purposes: Iterable[Purpose]) -> list[Purpose]:
    """Those that people decide about at sign-up and on my place."""
    return [purpose for purpose in purposes if purpose.is_consent and purpose.asked]


def _known(programme: Programme, key: str, order: int) -> Purpose:
    title, text = _known_words(key)
    return Purpose(programme=programme, key=key, title=Words(title), text=Words(text), basis=KNOWN[key][2], order=order)


@cache
def _known_words(key: str) -> tuple[dict[str, str], dict[str, str]]:
    title, text, _basis = KNOWN[key]
    return _in_all_languages(title), _in_all_languages(text)


def _in_all_languages(text: Any) -> dict[str, str]:
    words = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words[code] = str(text)
    return words
