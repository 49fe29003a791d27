"""Reading what a device sent: every refusal has a code for machines and a sentence for people."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DataError, IntegrityError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from ledger.storable import fault_of

MOST_OPS = 50
YEARS_OF_CLOCKS = range(2000, 2200)

SAME_NEXT_TIME = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    ValidationError,
    ObjectDoesNotExist,
    DataError,
    IntegrityError,
)
"""What goes wrong again however often an op is sent. A database that is locked or away is not among them: then the
whole request fails, and the device tries again."""


class Refused(Exception):
    """This op cannot be taken as it is; the others are not affected."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def op_of(value: Any) -> dict[str, Any]:
    """What was sent as an op, once it is an object that can be stored. Raises `Refused`."""
    if not isinstance(value, dict):
        raise Refused("not_an_op", _("An op is an object."))
    if fault_of(value):
        raise Refused("unstorable", _("It contains characters or numbers that cannot be stored."))
    return value


def named(value: Any) -> str | None:
    """The id to answer an op under, as the device wrote it."""
    name = value.get("op") if isinstance(value, dict) else None
    return name if isinstance(name, str) and fault_of(name) is None else None


def uuid_of(value: Any, name: str) -> uuid.UUID:
    """The id a field holds. Raises `Refused`."""
    try:
        if not isinstance(value, str):
            raise ValueError
        return uuid.UUID(value)
    except ValueError:
        raise Refused("not_an_id", _("“%s” is not an id.") % name) from None


def moment_of(value: Any) -> datetime | None:
    """The device's clock is only a label: what cannot be read is left out."""
    if not isinstance(value, str):
        return None
    try:
        moment = parse_datetime(value)
    except ValueError:
        return None
    is_one = moment is not None and moment.tzinfo is not None and moment.year in YEARS_OF_CLOCKS
    return moment if is_one else None
