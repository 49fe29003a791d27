"""`manage.py personal-data`: the table of everything that is kept about people, as docs/personal-data.md shows it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from ledger import keeping

HEAD = "| where | what | of whom | why | ground | until |\n| --- | --- | --- | --- | --- | --- |"


class Command(BaseCommand):
    help = "Prints what is kept about people: where, of whom, why, on what ground and until when."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        self.stdout.write(table())


def table() -> str:
    """One line for each set of personal fields and each place outside the database; then the fields that are none."""
    with translation.override("en"):
        lines = [_line(each) for each in sorted(keeping.kept(), key=_key) if each.is_personal or each.is_file]
        plain = [
            f"- `{each.store}`: {', '.join(each.fields)}" for each in sorted(keeping.kept(), key=_key) if not each.of
        ]
    plain = [line for line in plain if not line.endswith(": ")]
    return "\n".join([HEAD, *lines, "", "Fields that say nothing about a person:", "", *plain])


def _key(each: keeping.Kept) -> tuple[bool, str, tuple[str, ...]]:
    return each.is_file, each.store, each.fields


def _line(each: keeping.Kept) -> str:
    whom = str(keeping.Whom(each.of).label) if each.of else "nobody"
    ground = str(keeping.Ground(each.ground).label) if each.of else ""
    until = str(each.until.says) if each.until else ""
    return f"| `{each.store}` | {', '.join(each.fields)} | {whom} | {each.why} | {ground} | {until} |"
