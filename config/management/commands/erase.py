"""`manage.py erase`: forget everybody who has an address, in all programmes, and the account."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger import jobs
from ledger.history import SYSTEM
from ledger.models import Erasure, Job
from ledger.retention import FINISHING
from participants.actions.forget import StillInATeam, erase_account, erase_invitation, erase_person
from participants.models import Invitation, Person, User


class Command(BaseCommand):
    help = "Erases the people with this address and the account, and prints a receipt for each: a key and numbers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address they took their places with, or the id of one person")

    def handle(self, *, email: str, **options: Any) -> None:
        receipts = [erase_person(person, by=SYSTEM) for person in people(email)]
        invited = Invitation.objects.filter(email__iexact=email).order_by("pk")
        receipts += [erase_invitation(invitation, by=SYSTEM) for invitation in invited]
        receipts += self._account(email)
        if not receipts:
            raise CommandError("Nobody is known by this address or id.")
        finish()
        for receipt in receipts:
            told = {"key": str(receipt.key), "at": receipt.at.isoformat(), "counts": receipt.counts}
            self.stdout.write(json.dumps(told))

    def _account(self, email: str) -> list[Erasure]:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            return []
        try:
            return [erase_account(user, by=SYSTEM)]
        except StillInATeam:
            self.stderr.write("The account stays: it has a role in a team, at a table, or as operator.")
            return []


def people(email_or_id: str) -> list[Person]:
    """Everybody with this address, or the one person with this id."""
    found = list(Person.objects.filter(email__iexact=email_or_id).select_related("programme").order_by("pk"))
    if not found and len(email_or_id.replace("-", "")) == 32:
        try:
            found = list(Person.objects.filter(pk=email_or_id).select_related("programme"))
        except ValidationError:
            return []
    return found


def finish() -> None:
    """Do at once what the erasures have left for a worker: the journal, files, the database's own pages."""
    for job_id in Job.objects.due_at(timezone.now()).filter(kind__in=FINISHING).values_list("pk", flat=True):
        jobs.run(job_id)
