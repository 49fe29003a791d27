"""The outcome as plain data for the PDF: every word of it, in the reader's language."""

from __future__ import annotations

import io
from typing import Any

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from feedback.states import Answer
from feedback.summary.queries import OutcomePage, RatedInitiative, ShownFinding, ShownNote, ThemePart
from feedback.summary.wording import nobody_raised


def data_of(page: OutcomePage) -> dict[str, Any]:
    """Strings, numbers and lists only, so that equal pages are equal data."""
    outcome, workshop = page.outcome, page.workshop
    programme = workshop.programme
    link = settings.ORIGIN + reverse("said", args=[workshop.slug])
    return {
        "language": get_language(),
        "title": str(outcome.headline),
        "eyebrow": _("What we said, %(date)s") % {"date": date_format(workshop.local_start, "l j F Y")},
        "workshop": str(workshop.title),
        "lead": str(outcome.lead),
        "figures": [
            ngettext("%(count)d person", "%(count)d people", outcome.people) % {"count": outcome.people},
            ngettext("%(count)d table", "%(count)d tables", outcome.tables) % {"count": outcome.tables},
            ngettext("%(count)d note", "%(count)d notes", outcome.note_count) % {"count": outcome.note_count},
        ],
        "ratings": _ratings(page.initiatives),
        "parts": [_part(part) for part in page.parts],
        "heat": _heat(page),
        "organisation": programme.organisation,
        "funder": [line for line in (str(programme.funder_sentence), str(programme.funder_disclaimer)) if line],
        "link": link,
        "qr": _qr(link),
        "labels": {
            "ratings": _("Would we use them?"),
            "initiative": _("Initiative"),
            "notes": _("The notes behind this"),
            "others": _("Also said"),
            "heat": _("Who talked about what"),
            "theme": _("Theme"),
            "all": _("All"),
            "link": _("This page on the web"),
        },
    }


def _ratings(rated: list[RatedInitiative]) -> dict[str, Any]:
    return {
        "answers": [str(answer.label) for answer in Answer],
        "rows": [[str(each.initiative.name), each.counts] for each in rated],
    }


def _part(part: ThemePart) -> dict[str, Any]:
    name = str(part.theme.name) if part.theme else _("Without a theme")
    return {
        "name": name,
        "silence": "" if part.count else nobody_raised(name),
        "findings": [_finding(finding) for finding in part.findings],
        "others": [_note(note) for note in part.others],
    }


def _finding(finding: ShownFinding) -> dict[str, Any]:
    return {
        "title": str(finding.title),
        "text": str(finding.text),
        "quote": _note(finding.quote) if finding.quote else None,
        "notes": [_note(note) for note in finding.notes],
    }


def _note(note: ShownNote) -> dict[str, Any]:
    return {
        "text": note.text,
        "lang": note.lang.partition("-")[0],
        "kind": note.kind_label,
        "table": _("Table %(name)s") % {"name": note.by},
        "dots": ngettext("%(count)d dot", "%(count)d dots", note.dots) % {"count": note.dots} if note.dots else "",
    }


def _heat(page: OutcomePage) -> dict[str, Any]:
    return {"tables": page.tables, "rows": [[str(theme.name), counts, sum(counts)] for theme, counts in page.heat]}


def _qr(link: str) -> str:
    """The link as an SVG drawing."""
    out = io.BytesIO()
    segno.make(link, error="m").save(out, kind="svg", border=0, scale=4)
    return out.getvalue().decode()
