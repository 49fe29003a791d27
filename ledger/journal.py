"""The journal of erasures: one empty object for each, outside the database, so that no backup brings anybody back.

A name is `erasures/<kind>-<random key>`; it holds nothing about a person. Objects are only added, one a file, so that
a folder and an S3 bucket keep it alike and several nodes never write the same one.
"""

from __future__ import annotations

import logging
import re
import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from ledger.models import Erasure

log = logging.getLogger(__name__)

FOLDER = "erasures"
NAME = re.compile(r"(person|invited|user)-([0-9a-f]{32})")


def write(erasure: Erasure) -> None:
    """Note an erasure; twice is once."""
    name = _name(erasure)
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(erasure.at.isoformat().encode()))


def remove(erasure: Erasure) -> None:
    """Forget the erasure itself, once no backup can hold the person any more."""
    default_storage.delete(_name(erasure))


def read() -> list[tuple[str, uuid.UUID]]:
    """All erasures that were noted, as `(kind, key)`."""
    try:
        _folders, files = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return []
    found = [NAME.fullmatch(file) for file in sorted(files)]
    return [(match[1], uuid.UUID(match[2])) for match in found if match]


def unknown() -> list[tuple[str, uuid.UUID]]:
    """Erasures that the database has forgotten: it comes from a backup that is older than they are."""
    noted = read()
    known = set(Erasure.objects.filter(pk__in=[key for _kind, key in noted]).values_list("pk", flat=True))
    return [(kind, key) for kind, key in noted if key not in known]


def _name(erasure: Erasure) -> str:
    return f"{FOLDER}/{erasure.kind}-{erasure.key.hex}"
