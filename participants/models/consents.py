"""What people may be asked to allow, and what they allowed: one row for each time somebody said so."""

from __future__ import annotations

import hashlib
from typing import Any, NoReturn

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants.models.people import Registration
from participants.states import Basis, Channel
from workshops.models import Programme
from workshops.models.fields import opaque_id
from workshops.words import WordsField


class Purpose(models.Model):
    """One thing a programme uses data for. Four are known everywhere (`participants.purposes`); a row of this table is
    one that the organiser added, or one of the four in the organiser's own words."""

    id = opaque_id()
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="purposes")
    key = models.SlugField(max_length=40)
    title = WordsField(_("title"))
    text = WordsField(_("what people allow"))
    basis = models.CharField(_("lawful basis"), max_length=12, choices=Basis, default=Basis.CONSENT)
    version = models.PositiveSmallIntegerField(default=1, editable=False)
    asked = models.BooleanField(_("asked at sign-up"), default=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "key"]
        constraints = [models.UniqueConstraint(fields=["programme", "key"], name="purposes_have_different_keys")]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def is_consent(self) -> bool:
        """Whether people decide. What rests on another basis is told to them, not asked."""
        return self.basis == Basis.CONSENT


class NeverChanged(TypeError):
    """A consent is what somebody said at one moment: the next word is a new row."""


class ConsentQuerySet(models.QuerySet):
    """Rows are added and, when a person is erased, deleted with them; nothing else."""

    def about(self, purpose: str) -> ConsentQuerySet:
        return self.filter(purpose=purpose)

    def newest_first(self) -> ConsentQuerySet:
        return self.order_by("-at", "-pk")

    def erase_of(self, person_id: Any) -> int:
        """Delete what one person ever allowed, because they are forgotten; how many rows that were."""
        return models.QuerySet(self.model, using=self.db).filter(registration__person=person_id).delete()[0]

    def erase_all_but(self, purpose: str, registration_id: Any) -> None:
        """Delete what was allowed at one workshop but for one purpose, because the rest is past its term."""
        rows: models.QuerySet = models.QuerySet(self.model, using=self.db)
        rows.filter(registration=registration_id).exclude(purpose=purpose).delete()

    def update(self, **fields: Any) -> NoReturn:
        raise NeverChanged("consents are never changed")

    def bulk_update(self, *args: Any, **options: Any) -> NoReturn:
        raise NeverChanged("consents are never changed")

    def update_or_create(self, *args: Any, **options: Any) -> NoReturn:
        raise NeverChanged("consents are never changed")

    def delete(self) -> NoReturn:
        raise NeverChanged("consents are deleted with their person only")

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class Consent(models.Model):
    """Somebody allowed one purpose, or took that back. The last row about a purpose holds.

    `text` is what they read, `text_hash` its SHA-256: a text that was changed later shows.
    """

    id = opaque_id()
    registration = models.ForeignKey(Registration, models.CASCADE, related_name="consents")
    purpose = models.SlugField(max_length=40)
    given = models.BooleanField()
    basis = models.CharField(max_length=12, choices=Basis)
    text = models.TextField()
    version = models.PositiveSmallIntegerField()
    text_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    channel = models.CharField(max_length=10, choices=Channel)
    at = models.DateTimeField(default=timezone.now, editable=False)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=36, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["registration", "purpose", "-at"], name="consents_of_a_place")]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.registration_id}: {self.given}"

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise NeverChanged("consents are never changed")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        raise NeverChanged("consents are deleted with their person only")

    @staticmethod
    def hash_of(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()
