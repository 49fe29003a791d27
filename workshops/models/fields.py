"""What fields of the plan share: opaque ids, and the lists that JSON may hold."""

from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from workshops.states import NoteKind, TableNeed


def every_kind() -> list[str]:
    return list(NoteKind.values)


def some_kinds(kinds: object) -> None:
    """A list of one kind at least, each once, in the order in which tablets offer them."""
    if not isinstance(kinds, list) or not kinds or kinds != [kind for kind in NoteKind.values if kind in kinds]:
        raise ValidationError(_("Choose one kind of note at least."))


def kinds_or_none(kinds: object) -> None:
    """As `some_kinds`; an empty list is fine too."""
    if kinds != []:
        some_kinds(kinds)


def ids_of_rows(ids: object) -> None:
    """A list of ids written out, each once; it may be empty."""
    if not isinstance(ids, list) or any(not isinstance(each, str) for each in ids) or len(set(ids)) < len(ids):
        raise ValidationError(_("Choose from the list."))


def some_needs(needs: object) -> None:
    """A list of what tables can offer, each once, in the order in which it is asked; it may be empty."""
    if not isinstance(needs, list) or needs != [need for need in TableNeed.values if need in needs]:
        raise ValidationError(_("Choose from the list of what tables can offer."))


def opaque_id() -> models.UUIDField:
    return models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
