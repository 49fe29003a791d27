"""Message catalogues without the gettext programs: Babel reads the sources, updates `.po` and compiles `.mo`.

Only `.po` files are committed. English is the language of the sources, so Italian has the one catalogue.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FLOORS = ("ledger", "workshops", "participants", "feedback", "config")
FUNCTIONS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def collect(root: Path) -> Any:
    """All messages of Python files and templates below `root`, as a Babel catalogue."""
    from babel.messages.catalog import Catalog

    catalogue = Catalog(fuzzy=False)
    for path, source in _sources(root):
        for line, message, comments, context in _messages(source):
            catalogue.add(message, locations=[(path, line)], auto_comments=comments, context=context)
    return catalogue


def _sources(root: Path) -> Iterator[tuple[str, bytes]]:
    from django.utils.translation.template import templatize

    for folder in FLOORS:
        for path in sorted((root / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(root)), path.read_bytes()
    for path in sorted((root / "templates").rglob("*")):
        if path.suffix in (".html", ".txt"):
            yield str(path.relative_to(root)), templatize(path.read_text()).encode()


def _messages(source: bytes) -> Iterator[tuple[int, Any, list[str], str | None]]:
    from babel.messages.extract import extract

    yield from extract("python", io.BytesIO(source), keywords=FUNCTIONS, comment_tags=("Translators",))


def update(root: Path, language: str) -> list[str]:
    """Bring `locale/<language>/LC_MESSAGES/django.po` up to the sources and return the msgids without a translation."""
    from babel.messages.pofile import read_po, write_po

    path = root / "locale" / language / "LC_MESSAGES" / "django.po"
    found = collect(root)
    if path.exists():
        with path.open("rb") as text:
            known = read_po(text, locale=language)
    else:
        from babel.messages.catalog import Catalog

        known = Catalog(locale=language, fuzzy=False)
    known.update(found, no_fuzzy_matching=True)
    known.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as text:
        write_po(text, known, omit_header=False, sort_output=True, no_location=True, width=100)
    return untranslated(known)


def untranslated(catalogue: Any) -> list[str]:
    """The msgids whose translation is missing, in one of the plural forms or altogether."""
    missing = []
    for message in catalogue:
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and not all(strings):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


def compile_all(folder: Path) -> list[Path]:
    """Write a `.mo` beside each `.po` below `folder` (`it/LC_MESSAGES/django.po`, …) and return their paths."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parts[-3])
        target = source.with_suffix(".mo")
        with target.open("wb") as binary:
            write_mo(binary, catalogue)
        written.append(target)
    return written
