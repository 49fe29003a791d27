"""Logs: one JSON object a line on stdout, with the request's id and never a personal value.

Whatever a library writes passes here, so keys in addresses and e-mail addresses are masked, and an error tells its
kind and its place in the code but not its message: messages quote what people typed.
"""

from __future__ import annotations

import json
import logging
import re
import traceback

MASKS = (
    (re.compile(r"(/(?:my|wall)/)[^/\s?\"']+"), r"\1…"),
    (re.compile(r"(?<![\w-])[\w-]{32}(?![\w-])"), "…"),
    (re.compile(r"[^\s@<>\"'(=,;:]+@[^\s@<>\"'),;:]+\.\w+"), "…@…"),
)
"""Links to places and walls, secrets as `ledger.ids.new_secret` makes them, addresses."""


class JsonFormatter(logging.Formatter):
    """`{"at", "level", "logger", "message", "request", "error"}`."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
            "request": getattr(record, "request_id", ""),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = where(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def masked(text: str) -> str:
    """The text without keys and addresses."""
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return text


def where(problem: BaseException) -> str:
    """The error's kind and its way through the code, and those of the errors before it; no messages."""
    parts: list[str] = []
    each: BaseException | None = problem
    while each is not None:
        parts.append("".join(traceback.format_tb(each.__traceback__)) + type(each).__qualname__)
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return "\n\n".join(reversed(parts))
