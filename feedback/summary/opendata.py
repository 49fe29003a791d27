"""The notes of an outcome as open data: one line a note, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from feedback.summary.shown import OutcomePage, ShownFinding, ShownNote
from ledger.cells import safe_cell
from workshops.models import Theme
from workshops.scales import steps

FIELDS = (
    "note",
    "table",
    "session",
    "question",
    "theme",
    "kind",
    "language",
    "text",
    "dots",
    "stood_behind_it",
    "disagreed",
)


def notes_csv(page: OutcomePage) -> str:
    """UTF-8 text, a header, then a line for each published note."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(FIELDS)
    for note in page.notes:
        words = [note.by, note.session, note.question, str(note.theme or ""), note.kind, note.lang, note.text]
        people = ["" if number is None else number for number in (note.backers, note.disagreed)]
        lines.writerow([note.id, *map(safe_cell, words), note.dots, *people])
    return out.getvalue()


MEANINGS: dict[str, Any] = {
    "note": _("The note’s id; the JSON names the same notes by it"),
    "table": _("The table where it was said"),
    "session": _("The session in which it was said"),
    "question": _("The question that was asked, where there was one"),
    "theme": _("The theme somebody gave it; empty for none"),
    "kind": _("habit, experience, idea, concern, question or quote"),
    "language": _("The language it was written in (BCP 47)"),
    "text": _("What was said, as written at the table; hidden words stand as [brackets]"),
    "dots": _("Votes of people at the tables"),
    "stood_behind_it": _("How many at the table stood behind it; empty where nobody counted"),
    "disagreed": _("How many at the table disagreed; empty where nobody counted"),
}


def fields_csv() -> str:
    """What each column of the notes means, in the reader's language."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(("field", "meaning"))
    lines.writerows((name, safe_cell(str(MEANINGS[name]))) for name in FIELDS)
    return out.getvalue()


def summary_json(page: OutcomePage) -> str:
    """The outcome as data: findings with the ids of their notes, ratings, every note, who paid, who checked it."""
    outcome, workshop = page.outcome, page.workshop
    programme = workshop.programme
    content = {
        "title": dict(outcome.headline),
        "introduction": dict(outcome.lead),
        "workshop": {
            "title": dict(workshop.title),
            "number": workshop.number,
            "date": f"{workshop.local_start:%Y-%m-%d}",
        },
        "programme": dict(programme.title),
        "organisation": programme.organisation,
        "address": settings.ORIGIN + reverse("said", args=[workshop.slug]),
        "version": outcome.version,
        "published": outcome.published_at.isoformat(timespec="seconds"),
        "corrections": [
            {"date": f"{each.outcome.published_at:%Y-%m-%d}", "what": each.words} for each in page.corrections
        ],
        "people": outcome.people,
        "tables": page.tables,
        "review": outcome.body.get("review"),
        "quotes_left_out": page.held_back,
        "ratings": [
            {
                "initiative": dict(each.initiative.name),
                "scale": each.scale,
                "answers": steps(each.scale),
                "counts": each.counts,
                "mean": each.mean,
                "split": each.split,
            }
            for each in page.initiatives
        ],
        "findings": [_finding(finding, part.theme) for part in page.parts for finding in part.findings],
        "notes": [_note(note) for note in page.notes],
        "fields": {name: str(MEANINGS[name]) for name in FIELDS},
        "funder": {
            "name": programme.funder,
            "grant": programme.funder_grant,
            "sentence": dict(programme.funder_sentence),
            "disclaimer": dict(programme.funder_disclaimer),
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def _finding(finding: ShownFinding, theme: Theme | None) -> dict[str, Any]:
    steps = finding.way.steps if finding.way else []
    return {
        "id": finding.id,
        "theme": str(theme) if theme else None,
        "title": str(finding.title),
        "text": dict(finding.text),
        "tables": dict(finding.spread),
        "of_tables": finding.counted.of,
        "dots": finding.counted.dots,
        "stood_behind_it_at_least": finding.counted.backers,
        "disagreed_at_least": finding.counted.disagreed,
        "views_differ": finding.views_differ,
        "quote": str(finding.quote.id) if finding.quote else None,
        "notes": [str(note.id) for note in finding.notes],
        "went_on": [{"workshop": step.workshop.number, "how": step.how, "answer": step.answer} for step in steps],
    }


def _note(note: ShownNote) -> dict[str, Any]:
    values = (str(note.id), note.by, note.session, note.question, str(note.theme or ""), note.kind, note.lang)
    numbers = (note.dots, note.backers, note.disagreed)
    return dict(zip(FIELDS, (*values, note.text, *numbers), strict=True))
