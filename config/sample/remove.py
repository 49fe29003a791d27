"""Taking a sample programme out again, with everything that hangs on it."""

from __future__ import annotations

from django.db import transaction

from feedback.models import Note
from ledger.models import Event, Job, Mail
from workshops.models import Programme


@transaction.atomic
def remove(slug: str) -> None:
    """Delete the programme and all its rows, also those of the ledger. Nothing happens when there is none."""
    programme = Programme.objects.filter(slug=slug).first()
    if programme is None:
        return
    scopes = [programme.pk, *programme.workshops.values_list("pk", flat=True)]
    for kind in (Event, Mail, Job):
        kind.objects.filter(scope_id__in=scopes).delete()
    Note.objects.filter(group__workshop__programme=programme).delete()
    programme.workshops.all().delete()
    programme.delete()
