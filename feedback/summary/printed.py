"""The outcome as plain data for the PDF: every word of it, in the reader's language."""

from __future__ import annotations

import io
from typing import Any

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from feedback.summary.queries import OutcomePage, ShownFinding, ShownNote, ThemePart
from feedback.summary.rated import RatedInitiative, by_scale
from feedback.summary.series import Way
from feedback.summary.versions import Edition
from feedback.summary.wording import nobody_raised
from workshops.emblems import Emblem
from workshops.models import Programme


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
        "checked": page.checked or [_("Nobody who was there was asked to check it.")],
        "waited": page.waited,
        "held_back": _held_back(page.held_back),
        "corrections": [_correction(each) for each in page.corrections],
        "ratings": _ratings(page.initiatives),
        "parts": [_part(part) for part in page.parts],
        "heat": _heat(page),
        "organisation": programme.organisation,
        "funder": funder_lines(programme),
        "emblem": _emblem(programme),
        "link": link,
        "qr": qr_of(link),
        "labels": {
            "initiative": _("Initiative"),
            "notes": _("The notes behind this"),
            "checked": _("Who checked it"),
            "corrections": _("Corrections"),
            "funder": _("Who makes this possible"),
            "others": _("Also said"),
            "heat": _("Who talked about what"),
            "theme": _("Theme"),
            "all": _("All"),
            "link": _("This page on the web"),
        },
    }


def _ratings(rated: list[RatedInitiative]) -> list[dict[str, Any]]:
    """A table for each scale: its heading, its five answers, rows of a name and five counts, what they mean."""
    return [
        {
            "heading": part.heading,
            "answers": part.steps,
            "rows": [[str(each.initiative.name), each.counts] for each in part.initiatives],
            "facts": [f"{each.initiative.name}: {' '.join(each.facts)}" for each in part.initiatives if each.facts],
        }
        for part in by_scale(rated)
    ]


def funder_lines(programme: Programme) -> list[str]:
    """Who pays, with the grant, the sentence the funder asks for and its disclaimer; without those left empty."""
    name = programme.funder
    if name and programme.funder_grant:
        name = _("%(funder)s, grant %(number)s") % {"funder": name, "number": programme.funder_grant}
    return [line for line in (name, str(programme.funder_sentence), str(programme.funder_disclaimer)) if line]


def _emblem(programme: Programme) -> dict[str, Any] | None:
    """The picture of who pays as a list of bytes, with its format and words for whoever cannot see it."""
    found = Emblem.objects.filter(programme=programme).first()
    if found is None:
        return None
    kind = found.kind.removeprefix("image/")
    return {"picture": list(bytes(found.picture)), "format": {"jpeg": "jpg"}.get(kind, kind), "alt": programme.funder}


def _held_back(count: int) -> str:
    if not count:
        return ""
    sentence = ngettext(
        "%(count)d quote is left out because whoever said it does not allow it.",
        "%(count)d quotes are left out because whoever said them does not allow it.",
        count,
    )
    return sentence % {"count": count}


def _correction(edition: Edition) -> str:
    date = date_format(edition.outcome.published_at, "j F Y")
    return _("%(date)s: %(what)s") % {"date": date, "what": edition.words}


def _way(way: Way | None) -> list[str]:
    """Where a finding went on, one sentence for each step."""
    if way is None:
        return []
    return [f"{step.how}: {step.answer}" if step.answer else step.how for step in way.steps]


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
        "facts": _facts(finding),
        "way": _way(finding.way),
        "text": str(finding.text),
        "quote": _note(finding.quote) if finding.quote else None,
        "notes": [_note(note) for note in finding.notes],
    }


def _facts(finding: ShownFinding) -> str:
    """At how many tables, with dots and people, and whether it was heard at one table only or views differ."""
    marks = [_("heard at one table")] if finding.is_at_one_table else []
    marks += [_("views differ")] if finding.views_differ else []
    return capfirst(", ".join(filter(None, [finding.reach, *finding.facts, *marks])))


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


def qr_of(link: str) -> str:
    """The link as an SVG drawing."""
    out = io.BytesIO()
    segno.make(link, error="m").save(out, kind="svg", border=0, scale=4)
    return out.getvalue().decode()
