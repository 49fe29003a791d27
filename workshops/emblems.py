"""The picture of who pays for a programme: kept as bytes in the database, so that every backup has it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

LARGEST = 200 * 1024
KINDS: dict[str, bytes] = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
"""Media types taken, each with the bytes its files begin with. SVG is not: it can carry scripts."""


class Emblem(models.Model):
    """The emblem of a programme's funder, as its file was."""

    programme = models.OneToOneField("workshops.Programme", models.CASCADE, primary_key=True, related_name="emblem")
    picture = models.BinaryField()
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=64, help_text="The digest of the bytes: an address that is kept shows them.")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="an_emblem_is_png_or_jpeg")]

    def __str__(self) -> str:
        return self.name


def kind_of(content: bytes) -> str:
    """The media type of a picture by its first bytes. Raises `ValidationError` with what to do instead."""
    if len(content) > LARGEST:
        raise ValidationError(_("The file is too large. Choose one of at most 200 kB."))
    kind = next((kind for kind, start in KINDS.items() if content.startswith(start)), None)
    if kind is None:
        raise ValidationError(_("Choose a PNG or JPEG file."))
    return kind
