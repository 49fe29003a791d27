"""Reading the rows of a list somebody made: CSV as spreadsheets write it, or XLSX. Reads text, runs nothing.

The file is bounded before it is opened: its bytes, what it unpacks to, its rows and columns.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

MOST_BYTES = 1_000_000
MOST_UNPACKED = 8_000_000
MOST_ROWS = 1_000
MOST_COLUMNS = 20
DELIMITERS = ",;\t"

ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")

Row = tuple[int, list[str]]
"""Its number as a spreadsheet program shows it, and its cells as text, without spaces around."""


class NotAList(Exception):
    """The file cannot be read as a list; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def read_rows(content: bytes) -> list[Row]:
    """The rows that hold anything. Raises `NotAList`."""
    if len(content) > MOST_BYTES:
        raise NotAList(_("The file is larger than 1 MB. Keep only the columns with name, e-mail and language."))
    if content.startswith(OLD_EXCEL):
        raise NotAList(_("This is an old Excel file. Save it as XLSX or CSV and choose that."))
    cells = _workbook(content) if content.startswith(ZIP) else _table(content)
    numbered = enumerate(islice(cells, MOST_ROWS + 2), 1)
    rows = [(number, _without_empty_end(row)) for number, row in numbered if any(row)]
    if len(rows) > MOST_ROWS + 1:  # one may be the row of titles
        raise NotAList(_("The list has more than 1,000 rows. Split it and take in one part after the other."))
    if not rows:
        raise NotAList(_("There is nothing in the file."))
    return rows


def _without_empty_end(row: list[str]) -> list[str]:
    last = max(place for place, cell in enumerate(row) if cell)
    return row[: last + 1]


def _table(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    start = text[:10_000]
    delimiter = max(DELIMITERS, key=start.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            yield [cell.strip() for cell in row[:MOST_COLUMNS]]
    except csv.Error as broken:
        raise NotAList(_("This is not a list we can read. Save it as CSV or XLSX and choose that.")) from broken


def _decoded(content: bytes) -> str:
    """UTF-8 with or without a mark, what Excel calls Unicode text, else Windows-1252."""
    codecs = ["utf-16"] if content.startswith(UTF_16) else ["utf-8-sig", "cp1252"]
    for codec in codecs:
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise NotAList(_("This is not a list we can read. Save it as CSV or XLSX and choose that."))


def _workbook(content: bytes) -> Iterator[list[str]]:
    """The first sheet. A cell with a formula is the formula's own text: nothing is calculated."""
    import openpyxl  # with the first workbook: it brings numpy along, 20 MB in each process

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            # Nothing can unpack to more than its header says: reading stops there.
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise NotAList(_("There is too much in the file. Copy the list into a new one and save that."))
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        rows = book.worksheets[0].iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True)
        read = [[_as_text(value) for value in row] for row in rows]
        book.close()
    except NotAList:
        raise
    except Exception as broken:  # openpyxl tells of a broken file in many ways: KeyError, BadZipFile, ParseError …
        raise NotAList(_("This file is damaged, or no list. Save it again as XLSX or CSV.")) from broken
    yield from read


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    formula = getattr(value, "text", None)
    return str(formula if isinstance(formula, str) else value).strip()
