"""Asking for the links to one's places again. A job looks for the places, so that asking costs the same for all."""

from __future__ import annotations

from types import SimpleNamespace

from django.db import transaction
from django.utils import timezone

from ledger import jobs
from ledger.jobs import Claim
from participants.actions.links import send_data_link, send_link_again
from participants.models import LinkRequest
from participants.queries.people import anchors_of, forgotten_anchors_of

EVERYBODY = SimpleNamespace(pk="everybody")
"""The subject of the job: one for all who ask."""


@transaction.atomic
def ask_for_links(email: str) -> None:
    """Leave the address for the job, known to us or not: the same statements for every address, asked before or not."""
    jobs.ask("send_links", EVERYBODY)
    LinkRequest.objects.bulk_create(
        [LinkRequest(email=email.lower(), asked_at=timezone.now())],
        update_conflicts=True,
        unique_fields=["email"],
        update_fields=["asked_at"],
    )


def send_links(claim: Claim) -> None:
    """Write the mails of everybody who has asked. Each address is a transaction of its own, so that nobody who asks
    meanwhile waits for the work on another address."""
    for pk in LinkRequest.objects.order_by("asked_at").values_list("pk", flat=True):
        claim.keep()
        _send_links(pk)
    with claim.finishing():
        pass


@transaction.atomic
def _send_links(pk: int) -> None:
    """The links to all places of each person with the address, or to their data where no place is left."""
    asked = LinkRequest.objects.select_for_update().filter(pk=pk).first()
    if asked is None:
        return
    now = timezone.now()
    for registration in anchors_of(asked.email, now):
        send_link_again(registration)
    for registration in forgotten_anchors_of(asked.email, now):
        send_data_link(registration)
    asked.delete()
