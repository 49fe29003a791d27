"""How long an organiser keeps personal data, where that is shorter than the rule: for one workshop or all new ones."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.keeping import CONTACT, WAITING
from workshops.models import Programme, Workshop


def _days_at_most(most: int) -> list:
    return [MinValueValidator(1), MaxValueValidator(most)]


def _no_longer_than(field: str, most: int, name: str) -> models.CheckConstraint:
    condition = models.Q((field, None)) | models.Q((f"{field}__range", (1, most)))
    return models.CheckConstraint(condition=condition, name=f"%(class)s_{name}")


class Terms(models.Model):
    """Fewer days than the rule; empty is the rule."""

    contact_days = models.PositiveSmallIntegerField(
        _("days after publication"), null=True, blank=True, validators=_days_at_most(CONTACT.days)
    )
    waiting_days = models.PositiveSmallIntegerField(
        _("days after the workshop"), null=True, blank=True, validators=_days_at_most(WAITING.days)
    )

    class Meta:
        abstract = True
        constraints = [
            _no_longer_than("contact_days", CONTACT.days, "contact_within_the_rule"),
            _no_longer_than("waiting_days", WAITING.days, "waiting_within_the_rule"),
        ]

    def __str__(self) -> str:
        return f"terms of {self.pk}"


class ShorterTerms(Terms):
    """The terms of one workshop."""

    workshop = models.OneToOneField(Workshop, models.CASCADE, primary_key=True, related_name="shorter_terms")


class ProgrammeTerms(Terms):
    """The terms of each new workshop of a programme."""

    programme = models.OneToOneField(Programme, models.CASCADE, primary_key=True, related_name="terms")
