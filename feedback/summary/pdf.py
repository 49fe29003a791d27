"""The outcome as a PDF, set by typst from the same rows as the page, and kept until something in it changes."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import get_language

from feedback.compiler.document import digest
from ledger.typesetting import typeset


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
    """Typeset the data."""
    return typeset("outcome.typ", data)


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
