"""Which outcomes everybody may read, and the pages they have: the whole, one theme, one finding."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from feedback.models import Outcome
from feedback.summary.rated import rated_of
from feedback.summary.reading import Reading
from feedback.summary.series import origins_of
from feedback.summary.shown import NO_THEME, OutcomePage, ShownFinding, ThemePart
from feedback.summary.tally import EVERYTHING, LARGE, Caps
from feedback.summary.versions import editions
from workshops.models import Workshop
from workshops.states import AFTER_THE_DAY, Access, WorkshopState

FINDINGS_A_PAGE, NOTES_A_PAGE = 20, 100
"""Of a theme's own page, and of a finding's."""


def standing_outcomes() -> QuerySet[Outcome]:
    """Outcomes that everybody may read: published, and not withdrawn."""
    return (
        Outcome.objects.standing()
        .filter(workshop__state=WorkshopState.PUBLISHED)
        .select_related("workshop__programme")
        .order_by("-workshop__starts_at")
    )


def listed_outcomes() -> QuerySet[Outcome]:
    """Those of workshops that are on public lists, the latest evening first."""
    return standing_outcomes().filter(workshop__access=Access.PUBLIC)


def outcome_page(slug: str) -> OutcomePage | None:
    """The published outcome of a workshop; None when there is none for everybody to read."""
    outcome = standing_outcomes().filter(workshop__slug=slug).first()
    return page_of(outcome) if outcome else None


def page_of(outcome: Outcome, caps: Caps = EVERYTHING) -> OutcomePage:
    """An outcome (stored or a preview) with its notes, or as many of them as `caps` lets through, in a fixed number of
    queries."""
    reading = Reading(outcome, caps)
    workshop = outcome.workshop
    return OutcomePage(
        outcome,
        reading.parts(),
        rated_of(outcome.body.get("initiatives", []), workshop),
        following_of(workshop),
        reading.tables,
        reading.heat,
        len(reading.held),
        editions(workshop.pk),
        origins_of(workshop),
    )


@dataclass(frozen=True)
class Shown:
    """One page of a finding's notes, or of a theme's findings and of the notes that stand alone there."""

    part: ThemePart
    page: Page
    finding: ShownFinding | None = None


def finding_page(outcome: Outcome, finding: str, number: str) -> Shown | None:
    """A finding with one page of the notes behind it; None where the outcome has no such finding."""
    reading = Reading(outcome, LARGE)
    for key, raw in reading.raw().items():
        for each in raw:
            if each["id"] == finding:
                page = Paginator(reading.tally.findings[finding].notes, NOTES_A_PAGE).get_page(number)
                reading.read_for([], page.object_list, [each["quote"] or ""])
                part = ThemePart(reading.themes.get(key or ""), all_findings=len(raw))
                behind = slice(page.start_index() - 1, page.end_index()) if page.paginator.count else slice(0)
                part.findings = reading.findings([each], behind)
                return Shown(part, page, part.findings[0])
    return None


def theme_page(outcome: Outcome, theme: str, number: str) -> Shown | None:
    """A page of a theme: its findings, and with the last of them the first notes that stand alone; None without it."""
    reading, key = Reading(outcome, LARGE), None if theme == NO_THEME else theme
    raw, others = reading.raw().get(key), reading.others().get(key, [])
    if raw is None:
        return None
    findings = [raw[at : at + FINDINGS_A_PAGE] for at in range(0, len(raw), FINDINGS_A_PAGE)] or [[]]
    alone = [others[at : at + NOTES_A_PAGE] for at in range(0, len(others), NOTES_A_PAGE)] or [[]]
    slices = [*((each, []) for each in findings[:-1]), (findings[-1], alone[0]), *(([], each) for each in alone[1:])]
    page = Paginator(slices, 1).get_page(number)
    here, beside = page.object_list[0]
    reading.read_for(here, beside)
    part = ThemePart(reading.themes.get(key or ""), all_findings=len(raw), all_others=len(others))
    part.count = sum(len(reading.tally.findings[each["id"]].notes) for each in raw) + len(others)
    part.findings = reading.findings(here)
    part.others = [reading.notes[note] for note in beside if note in reading.notes]
    return Shown(part, page)


def following_of(workshop: Workshop) -> Workshop | None:
    """The next public workshop of the same programme that is not over, where one is planned."""
    after = Workshop.objects.public().filter(programme=workshop.programme_id, number__gt=workshop.number)
    following = after.exclude(state__in=[*AFTER_THE_DAY, WorkshopState.CANCELLED]).order_by("number").first()
    if following is not None:
        following.programme = workshop.programme
    return following
