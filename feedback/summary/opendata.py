"""The notes of an outcome as open data: one line a note, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io

from feedback.summary.queries import OutcomePage

FIELDS = (
    "note",
    "table",
    "session",
    "question",
    "theme",
    "kind",
    "language",
    "text",
    "dots",
    "stood_behind_it",
    "disagreed",
)
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def notes_csv(page: OutcomePage) -> str:
    """UTF-8 text, a header, then a line for each published note."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(FIELDS)
    for note in page.notes:
        words = [note.by, note.session, note.question, str(note.theme or ""), note.kind, note.lang, note.text]
        people = ["" if number is None else number for number in (note.backers, note.disagreed)]
        lines.writerow([note.id, *map(safe_cell, words), note.dots, *people])
    return out.getvalue()


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(BEGINS_FORMULA) or text.lstrip().startswith(BEGINS_FORMULA) else text
