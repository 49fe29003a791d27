"""The versions of an outcome: what stands, what was corrected and when, and what was taken back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.models import Outcome
from feedback.states import Version
from feedback.summary import pdf
from ledger.history import Actor, record
from workshops.actions.moving import NotReady, move_workshop
from workshops.models import Workshop
from workshops.states import WorkshopState


@dataclass(frozen=True)
class Edition:
    """One version, as its page lists it."""

    outcome: Outcome
    words: str

    @property
    def can_be_read(self) -> bool:
        """An older version that was followed by a correction; one that was taken back cannot be read any more."""
        return bool(self.outcome.withdrawn_at) and not self.outcome.withdrawn_why


def editions(workshop_id: Any) -> list[Edition]:
    """Every version, the newest first, without what they hold."""
    rows = Outcome.objects.filter(workshop=workshop_id).defer("body", "lead").order_by("-version")
    return [Edition(row, _words(row)) for row in rows]


def _words(outcome: Outcome) -> str:
    if outcome.correction:
        return str(outcome.correction)
    return str(Version(outcome.why).label)


def days_until_out(workshop: Workshop, first: dt.datetime) -> str:
    """How long people waited for the outcome, from the day of the workshop to its first version, in words."""
    days = (first.astimezone(workshop.zone).date() - workshop.local_end.date()).days
    if days <= 0:
        return _("Out on the day of the workshop.")
    return ngettext("Out a day after the workshop.", "Out %(days)d days after the workshop.", days) % {"days": days}


@transaction.atomic
def withdraw(workshop: Workshop, *, why: str, by: Actor) -> Outcome:
    """Take the outcome back: nobody can read it any more, its page says why, and the draft is open again.

    Raises `NotReady` without a reason or without an outcome, `MoveNotAllowed` or `MovedMeanwhile`.
    """
    if not why.strip():
        raise NotReady([_("Say why it is taken back. Everybody can read it.")])
    standing = Outcome.objects.select_for_update().filter(workshop=workshop).standing().first()
    if standing is None:
        raise NotReady([_("Nothing is published.")])
    standing.withdrawn_at, standing.withdrawn_why = timezone.now(), why.strip()[:300]
    standing.save(update_fields=["withdrawn_at", "withdrawn_why"])
    workshop = Workshop.objects.get(pk=workshop.pk)
    move_workshop(workshop, WorkshopState.CURATING, by=by)
    record(standing, "outcome.withdrawn", by=by, scope=workshop.pk, version=standing.version)
    transaction.on_commit(lambda: pdf.forget(workshop.pk))
    return standing


def taken_back(slug: str) -> Outcome | None:
    """The version that was taken back last, where nothing stands in its place."""
    rows = Outcome.objects.filter(workshop__slug=slug).select_related("workshop__programme").order_by("-version")
    last = rows.first()
    return last if last is not None and last.withdrawn_why else None


def older_version(slug: str, version: int) -> Outcome | None:
    """A version that was followed by another one and may still be read, hidden words and withdrawn quotes aside."""
    rows = Outcome.objects.filter(workshop__slug=slug, workshop__state=WorkshopState.PUBLISHED, version=version)
    found = rows.filter(withdrawn_at__isnull=False, withdrawn_why="").select_related("workshop__programme").first()
    return found if found and Outcome.objects.standing().filter(workshop=found.workshop_id).exists() else None
