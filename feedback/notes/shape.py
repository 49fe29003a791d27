"""Is an op what docs/sync.md describes? Every refusal has a code for machines and a sentence for people."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from feedback.states import MOST_PEOPLE, Answer, NoteKind
from ledger.storable import fault_of

MOST_OPS = 50
LONGEST_TEXT = 2000
DOINGS = ("set", "delete", "restore", "dot", "settle", "tally")
YEARS_OF_CLOCKS = range(2000, 2200)
OP_KEYS = ("op", "note", "do", "set", "add", "variants", "session", "initiative", "answer", "written_at")
SAID_ABOUT_IT = ("backers", "disagreed", "same_as")
FIELDS = ("session", "prompt", "kind", "theme", "lang", "text", "initiative", "rating", *SAID_ABOUT_IT)


class Refused(Exception):
    """This op cannot be taken as it is; the others are not affected."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def checked(op: Any) -> dict[str, Any]:
    """The op with its ids as UUIDs and its `set` as `{field: (seen, wanted)}`; raises `Refused`."""
    from feedback.notes.merge import UNSEEN

    if not isinstance(op, dict):
        raise Refused("not_an_op", _("An op is an object."))
    if fault_of(op):
        raise Refused("unstorable", _("It contains characters or numbers that cannot be stored."))
    doing = op.get("do")
    if doing not in DOINGS:
        raise Refused("unknown_doing", _("This kind of change is not known here."))
    if doing == "tally":
        return _checked_tally(op)
    wanted = op.get("set", {})
    if not isinstance(wanted, dict) or any(not isinstance(v, dict) or "to" not in v for v in wanted.values()):
        raise Refused("not_an_op", _("Each changed field needs a “to”."))
    if unknown := set(wanted) - set(FIELDS):
        raise Refused("unknown_field", _("A note has no field “%s”.") % min(unknown))
    values = {name: (change.get("from", UNSEEN), _value(name, change["to"])) for name, change in wanted.items()}
    variants = op.get("variants", [])
    if not isinstance(variants, list) or any(not isinstance(each, str) for each in variants):
        raise Refused("not_an_op", _("“variants” is a list of op ids."))
    return {
        "op": _uuid(op.get("op"), "op"),
        "note": _uuid(op.get("note"), "note"),
        "do": doing,
        "set": values,
        "add": _one(op.get("add", 1), "not_a_dot", _("One dot more or one fewer.")) if doing == "dot" else 0,
        "variants": variants,
        "written_at": _moment(op.get("written_at")),
    }


def _uuid(value: Any, name: str) -> uuid.UUID:
    try:
        if not isinstance(value, str):
            raise ValueError
        return uuid.UUID(value)
    except ValueError:
        raise Refused("not_an_id", _("“%s” is not an id.") % name) from None


def _checked_tally(op: dict[str, Any]) -> dict[str, Any]:
    """An op of the rating round, which is about an initiative and not about a note."""
    answer = op.get("answer")
    if isinstance(answer, bool) or answer not in Answer.values:
        raise Refused("unknown_rating", _("A rating is one of five answers."))
    return {
        "op": _uuid(op.get("op"), "op"),
        "note": None,
        "do": "tally",
        "session": _uuid(op.get("session"), "session"),
        "initiative": _uuid(op.get("initiative"), "initiative"),
        "answer": int(answer),
        "add": _one(op.get("add"), "not_an_answer", _("One answer more or one fewer.")),
    }


def _one(value: Any, code: str, sentence: str) -> int:
    """One more or one fewer. Raises `Refused` with what the counter says."""
    if value not in (1, -1) or isinstance(value, bool):
        raise Refused(code, sentence)
    return int(value)


def _moment(value: Any) -> datetime | None:
    """The device's clock is only a label: what cannot be read is left out."""
    if not isinstance(value, str):
        return None
    try:
        moment = parse_datetime(value)
    except ValueError:
        return None
    is_one = moment is not None and moment.tzinfo is not None and moment.year in YEARS_OF_CLOCKS
    return moment if is_one else None


def _value(name: str, value: Any) -> Any:
    check = {
        "text": _text,
        "kind": _kind,
        "rating": _rating,
        "backers": _people,
        "disagreed": _people,
        "lang": _lang,
    }.get(name, _reference)
    return check(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Refused("not_a_text", _("The text is not a text."))
    if len(value) > LONGEST_TEXT:
        raise Refused("text_too_long", _("A note has at most %d characters.") % LONGEST_TEXT)
    return value


def _kind(value: Any) -> str:
    if value not in NoteKind.values:
        raise Refused("unknown_kind", _("This kind of note is not known here."))
    return value


def _rating(value: Any) -> int | None:
    if value is not None and (isinstance(value, bool) or value not in (1, 2, 3, 4, 5)):
        raise Refused("unknown_rating", _("A rating is one of five answers."))
    return value if value is None else int(value)


def _people(value: Any) -> int | None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_PEOPLE):
        raise Refused("not_people", _("This is not a number of people."))
    return value


def _lang(value: Any) -> str:
    if not isinstance(value, str) or not 2 <= len(value) <= 8 or not value.replace("-", "").isalnum():
        raise Refused("unknown_language", _("This is not a language code."))
    return value


def _reference(value: Any) -> uuid.UUID | None:
    return None if value is None else _uuid(value, "id")
