"""Looking whether mail, worker and storage are alive, and saying that the sheets are printed."""

from __future__ import annotations

import logging
import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from feedback.readiness import CHECK, CHECKED, PRINTED, TEST_MAIL
from ledger import jobs, outbox
from ledger.history import SYSTEM, Actor, record
from ledger.jobs import Claim
from workshops.models import Workshop

log = logging.getLogger(__name__)

FOLDER = "checks"


@transaction.atomic
def ask_for_check(workshop: Workshop, user: Any, *, by: Actor) -> None:
    """Have a worker do the check, and a mail sent to whoever asks; at most one mail a minute."""
    Workshop.objects.select_for_update().get(pk=workshop.pk)
    jobs.ask(CHECK, workshop, scope=workshop.pk)
    minute = f"{timezone.now():%Y-%m-%dT%H:%M}"
    outbox.write(TEST_MAIL, to=user, about=workshop, occasion=minute, scope=workshop.pk)
    record(workshop, "readiness.asked", by=by, scope=workshop.pk)


def check(claim: Claim) -> None:
    """Done by a worker: that it runs shows that there is one."""
    is_kept = storage_works()
    with claim.finishing():
        for workshop in Workshop.objects.filter(pk=claim.subject_id):
            record(workshop, CHECKED, by=SYSTEM, scope=workshop.pk, storage=is_kept)


def storage_works() -> bool:
    """Whether a small file can be kept, read again and deleted."""
    content = uuid.uuid4().hex.encode()
    try:
        name = default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}.txt", ContentFile(content))
        try:
            with default_storage.open(name) as file:
                return bool(file.read() == content)
        finally:
            default_storage.delete(name)
    except Exception:
        log.exception("the file storage did not keep a file")
        return False


@transaction.atomic
def say_printed(workshop: Workshop, *, by: Actor) -> None:
    """The table sheets are printed as they are now."""
    record(workshop, PRINTED, by=by, scope=workshop.pk)
