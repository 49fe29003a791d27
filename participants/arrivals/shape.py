"""Is an op what docs/arrivals.md describes? Every refusal has a code for machines and a sentence for people."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ledger.shapes import Refused, moment_of, op_of, uuid_of
from participants.lines import one_line
from participants.states import ArrivalDoing

LONGEST_NAME = 80
LONGEST_REASON = 200
TAKE, WAIT, OVER = "take", "wait", "over"
WAYS_IN = (TAKE, WAIT, OVER)
OP_KEYS = ("op", "do", "registration", "at", "name", "place", "reason", "of", "audience")


@dataclass(frozen=True)
class Op:
    """One change a desk made: somebody is here, is not, or came without a place.

    `place` is what was decided about somebody without a place, or empty; `of` the arrival that is taken back;
    `audience` says whose reserved places a walk-in may have.
    """

    id: uuid.UUID
    do: str
    registration: uuid.UUID
    at: dt.datetime | None
    name: str = ""
    place: str = ""
    reason: str = ""
    of: uuid.UUID | None = None
    audience: uuid.UUID | None = None


def checked(raw: Any) -> Op:
    """The op in our own types. Raises `Refused`."""
    raw = op_of(raw)
    do = raw.get("do")
    if do not in ArrivalDoing.values:
        raise Refused("unknown_doing", _("This kind of change is not known here."))
    place = raw.get("place") or ""
    if place not in ("", *WAYS_IN):
        raise Refused("unknown_place", _("A place is taken, waited for, or given over the limit."))
    return Op(
        id=uuid_of(raw.get("op"), "op"),
        do=do,
        registration=uuid_of(raw.get("registration"), "registration"),
        at=moment_of(raw.get("at")),
        name=_name(raw.get("name")) if do == ArrivalDoing.WALK_IN else "",
        place=place,
        reason=_reason(raw.get("reason")) if place == OVER else "",
        of=_id(raw, "of"),
        audience=_id(raw, "audience") if do == ArrivalDoing.WALK_IN else None,
    )


def _id(raw: dict, name: str) -> uuid.UUID | None:
    return uuid_of(raw[name], name) if raw.get(name) is not None else None


def _name(value: Any) -> str:
    name = value.strip() if isinstance(value, str) else ""
    if not name:
        raise Refused("no_name", _("Write a name."))
    if len(name) > LONGEST_NAME:
        raise Refused("name_too_long", _("A name has at most %d characters.") % LONGEST_NAME)
    try:
        one_line(name)
    except ValidationError as problem:
        raise Refused("bad_name", " ".join(problem.messages)) from problem
    return name


def _reason(value: Any) -> str:
    reason = " ".join(value.split()) if isinstance(value, str) else ""
    if not reason:
        raise Refused("no_reason", _("Say why one more is let in."))
    if len(reason) > LONGEST_REASON:
        raise Refused("reason_too_long", _("A reason has at most %d characters.") % LONGEST_REASON)
    return reason
