"""`manage.py seed`: fill an installation with a sample programme."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from config.sample import large, load, remove
from feedback.models import Note

SIZES = {"milan": (load.SLUG, load.load), "large": (large.SLUG, large.load_large)}


class Command(BaseCommand):
    help = "Loads a sample programme with invented people. Asking twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", choices=SIZES, default="milan", help="four workshops, or one with 20,000 notes")
        parser.add_argument("--fresh", action="store_true", help="remove this sample first, with all its notes")

    def handle(self, *, size: str, fresh: bool, verbosity: int, **options: Any) -> None:
        slug, fill = SIZES[size]
        if fresh:
            remove.remove(slug)
        programme = fill(timezone.now())
        if verbosity:
            notes = Note.objects.filter(group__workshop__programme=programme).count()
            people, workshops = programme.people.count(), programme.workshops.count()
            self.stdout.write(f"{slug}: {workshops} workshops, {people} people, {notes} notes")
