"""The outcome as a PDF, set by typst from the same rows as the page, and kept until something in it changes."""

from __future__ import annotations

import json
import logging
from typing import Any

import typst
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import get_language

from feedback.compiler.document import digest

log = logging.getLogger(__name__)

TEMPLATE = settings.ROOT / "templates" / "pdf" / "outcome.typ"
FONTS = settings.ROOT / "build" / "typst-fonts"
STANDARDS: tuple[list[Any], ...] = (["ua-1"], [])
"""Tried in this order: a document that readers for the blind understand, else any document."""


def kept(workshop_id: Any, data: dict[str, Any]) -> bytes:
    """The PDF for this data, from the store or freshly set."""
    name = f"{_folder(workshop_id)}/{get_language()}-{digest(data)[:32]}.pdf"
    if default_storage.exists(name):
        with default_storage.open(name) as stored:
            return stored.read()
    content = setting_of(data)
    default_storage.save(name, ContentFile(content))
    return content


def setting_of(data: dict[str, Any]) -> bytes:
    """Typeset the data; every text in it is set as it stands and never read as markup."""
    refusal: Exception | None = None
    for standard in STANDARDS:
        try:
            return typst.compile(
                str(TEMPLATE),
                root=str(TEMPLATE.parent),
                font_paths=[str(FONTS)] if FONTS.exists() else [],
                sys_inputs={"data": json.dumps(data)},
                pdf_standards=standard,
            )
        except typst.TypstError as problem:
            log.warning("typst refused %s: %s", standard or "any standard", problem)
            refusal = problem
    raise RuntimeError("typst could not set the outcome") from refusal


def forget(workshop_id: Any) -> None:
    """Delete every stored PDF of a workshop."""
    folder = _folder(workshop_id)
    try:
        _folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        default_storage.delete(f"{folder}/{name}")


def _folder(workshop_id: Any) -> str:
    return f"outcomes/{workshop_id}"
