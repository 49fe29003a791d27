"""Whose words a quote is, where the table said so."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from feedback.models.notes import Note
from participants.models import Registration


class SaidBy(models.Model):
    """A quote belongs to somebody of the table, so that nobody outside reads it without their consent for quotes.

    Once the person is forgotten `registration` is empty, and the quote stays away for good.
    """

    note = models.OneToOneField(Note, models.CASCADE, primary_key=True, related_name="said_by")
    registration = models.ForeignKey(Registration, models.SET_NULL, null=True, related_name="quotes")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"quote {self.note_id}"
