"""`manage.py compile_jsonl IN OUT`: a file of labelled notes becomes a summary that a scorer can read."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from feedback.compiler import compile_notes, dumps
from feedback.compiler.jsonl import notes_from_jsonl, summary_for_scorer
from feedback.compiler.meaning import NoEncoder


class Command(BaseCommand):
    help = (
        "Compiles IN, one JSON note a line (id, section, group, lang, text; other fields are not read), and writes the "
        "summary to OUT as one JSON document: sections with points and unassigned notes. Touches no database."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("notes", metavar="IN", type=Path)
        parser.add_argument("summary", metavar="OUT", type=Path)
        parser.add_argument("--meaning", action="store_true", help="let notes meet by what they mean too")

    def handle(self, *, notes: Path, summary: Path, meaning: bool, **options: Any) -> None:
        try:
            document = notes_from_jsonl(notes, meaning=meaning)
        except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as problem:
            raise CommandError(f"{notes} is not a file of notes: {type(problem).__name__}: {problem}") from problem
        try:
            result = compile_notes(document)
        except NoEncoder as problem:
            raise CommandError(str(problem)) from problem
        try:
            summary.write_text(dumps(summary_for_scorer(result, document)), encoding="utf-8")
        except OSError as problem:
            raise CommandError(f"{summary} cannot be written: {problem}") from problem
        points = sum(len(section["points"]) for section in result["sections"])
        audit = result["audit"]
        self.stdout.write(
            f"{audit['in']} notes, {audit['shown']} shown, {len(audit['excluded'])} left out with a reason, "
            f"{points} points in {len(result['sections'])} sections"
        )
