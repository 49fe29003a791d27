"""Setting a PDF with typst from plain data: a template below `templates/pdf/` and what it shows."""

from __future__ import annotations

import json
import logging
from typing import Any

from django.conf import settings

log = logging.getLogger(__name__)

TEMPLATES = settings.ROOT / "templates" / "pdf"
FONTS = settings.ROOT / "build" / "typst-fonts"
STANDARDS: tuple[list[Any], ...] = (["ua-1"], [])
"""Tried in this order: a document that readers for the blind understand, else any document."""


def typeset(template: str, data: dict[str, Any]) -> bytes:
    """The PDF; every text in the data is set as it stands and never read as markup."""
    import typst  # with the first document: a web process that sets none stays smaller

    refusal: Exception | None = None
    for standard in STANDARDS:
        try:
            return typst.compile(
                str(TEMPLATES / template),
                root=str(TEMPLATES),
                font_paths=[str(FONTS)] if FONTS.exists() else [],
                sys_inputs={"data": json.dumps(data)},
                pdf_standards=standard,
            )
        except typst.TypstError as problem:
            log.warning("typst refused %s for %s: %s", standard or "any standard", template, problem)
            refusal = problem
    raise RuntimeError(f"typst could not set {template}") from refusal
