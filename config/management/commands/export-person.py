"""`manage.py export-person`: what is known about somebody, as they could download it themselves."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from config.management.commands.erase import people
from participants.own_data import as_json


class Command(BaseCommand):
    help = "Prints as JSON all that is known about the people with this address, one entry for each programme."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address they took their places with, or the id of one person")

    def handle(self, *, email: str, **options: Any) -> None:
        found = people(email)
        if not found:
            raise CommandError("Nobody is known by this address or id.")
        told = [as_json(person) for person in found]
        self.stdout.write(json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
