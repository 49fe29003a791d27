"""`manage.py translations`: bring the Italian catalogue up to the sources and say what is missing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config import translations


class Command(BaseCommand):
    help = "Update locale/it from the sources, list the messages without a translation, and compile."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        missing = translations.update(settings.ROOT, "it")
        translations.compile_all(settings.ROOT / "locale")
        for message in missing:
            self.stdout.write(message)
        self.stderr.write(f"{len(missing)} messages without an Italian translation")
