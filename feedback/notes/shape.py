"""Is an op what docs/sync.md describes? Every refusal has a code for machines and a sentence for people."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.utils.translation import gettext as _

from feedback.notes.merge import UNSEEN
from feedback.states import MOST_PEOPLE, Answer, NoteKind
from ledger.shapes import Refused, moment_of, op_of, uuid_of

LONGEST_TEXT = 2000
MOST_REVISIONS = 1_000_000
MOST_READ = 500
"""Notes that a table can hear read back at once: far more than one session brings."""
DOINGS = ("set", "delete", "restore", "dot", "settle", "tally", "confirm", "correct")
FINGERPRINT = re.compile(r"[0-9a-f]{16}")
OP_KEYS = (
    *("op", "note", "do", "set", "add", "variants", "session", "initiative", "answer", "notes", "people"),
    *("knew", "written_at"),
)
SAID_ABOUT_IT = ("backers", "disagreed", "same_as")
FIELDS = ("session", "prompt", "kind", "theme", "lang", "text", "initiative", "rating", *SAID_ABOUT_IT)


def checked(op: Any) -> dict[str, Any]:
    """The op with its ids as UUIDs and its `set` as `{field: (seen, wanted)}`; raises `Refused`."""
    op = op_of(op)
    doing = op.get("do")
    if doing not in DOINGS:
        raise Refused("unknown_doing", _("This kind of change is not known here."))
    if doing in _WITHOUT_A_NOTE:
        return _WITHOUT_A_NOTE[doing](op)
    wanted = op.get("set", {})
    if not isinstance(wanted, dict) or any(not isinstance(v, dict) or "to" not in v for v in wanted.values()):
        raise Refused("not_an_op", _("Each changed field needs a “to”."))
    if unknown := set(wanted) - set(FIELDS):
        raise Refused("unknown_field", _("A note has no field “%s”.") % min(unknown))
    values = {name: (change.get("from", UNSEEN), _value(name, change["to"])) for name, change in wanted.items()}
    variants = op.get("variants", [])
    if not isinstance(variants, list) or any(not isinstance(each, str) for each in variants):
        raise Refused("not_an_op", _("“variants” is a list of op ids."))
    if doing == "correct":
        _check_correction(values)
    return {
        "op": uuid_of(op.get("op"), "op"),
        "note": uuid_of(op.get("note"), "note"),
        "do": doing,
        "set": values,
        "add": _one(op.get("add", 1), "not_a_dot", _("One dot more or one fewer.")) if doing == "dot" else 0,
        "variants": variants,
        "knew": _revision(op.get("knew", 0)),
        "written_at": moment_of(op.get("written_at")),
    }


def _check_correction(values: dict[str, tuple[Any, Any]]) -> None:
    if set(values) != {"text"}:
        raise Refused("not_a_correction", _("A correction changes the text and nothing else."))
    seen, wanted = values["text"]
    if not wanted.strip():
        raise Refused("nothing_written", _("Write what the room agreed on."))
    if not isinstance(seen, str) and seen is not UNSEEN:
        raise Refused("not_a_text", _("The text is not a text."))


def _checked_tally(op: dict[str, Any]) -> dict[str, Any]:
    """An op of the rating round, which is about an initiative and not about a note."""
    answer = op.get("answer")
    if isinstance(answer, bool) or answer not in Answer.values:
        raise Refused("unknown_rating", _("A rating is one of five answers."))
    return {
        "op": uuid_of(op.get("op"), "op"),
        "note": None,
        "do": "tally",
        "session": uuid_of(op.get("session"), "session"),
        "initiative": uuid_of(op.get("initiative"), "initiative"),
        "answer": int(answer),
        "add": _one(op.get("add"), "not_an_answer", _("One answer more or one fewer.")),
    }


def _checked_confirmation(op: dict[str, Any]) -> dict[str, Any]:
    """An op that says what the table heard; `read` is `{note id: fingerprint}`."""
    read = op.get("notes")
    if not isinstance(read, dict) or not read:
        raise Refused("nothing_read", _("No note was read back."))
    if len(read) > MOST_READ:
        raise Refused("too_much_read", _("At most %d notes can be read back at once.") % MOST_READ)
    if any(not isinstance(said, str) or not FINGERPRINT.fullmatch(said) for said in read.values()):
        raise Refused("not_a_fingerprint", _("What was read is not described as it should be."))
    people = _people(op.get("people"))
    if people == 0:
        raise Refused("not_people", _("This is not a number of people."))
    return {
        "op": uuid_of(op.get("op"), "op"),
        "note": None,
        "do": "confirm",
        "session": uuid_of(op.get("session"), "session"),
        "read": {uuid_of(note, "notes"): said for note, said in read.items()},
        "people": people,
        "written_at": moment_of(op.get("written_at")),
    }


_WITHOUT_A_NOTE = {"tally": _checked_tally, "confirm": _checked_confirmation}
"""Ops that are not about one note."""


def _one(value: Any, code: str, sentence: str) -> int:
    """One more or one fewer. Raises `Refused` with what the counter says."""
    if value not in (1, -1) or isinstance(value, bool):
        raise Refused(code, sentence)
    return int(value)


def _revision(value: Any) -> int:
    """The revision a device offers again after a restore; 0 for a change of its own."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_REVISIONS:
        raise Refused("not_an_op", _("“knew” is the number of a revision."))
    return value


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
    return None if value is None else uuid_of(value, "id")
