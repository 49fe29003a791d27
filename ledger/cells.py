"""Cells of the CSV files that people open in a spreadsheet."""

from __future__ import annotations

BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MARK = "\ufeff"
"""Before the first line, so that spreadsheets read the file as UTF-8."""


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(BEGINS_FORMULA) or text.lstrip().startswith(BEGINS_FORMULA) else text
