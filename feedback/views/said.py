"""What we said: published outcomes, for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from feedback.models import Outcome
from feedback.summary import docx, markdown, opendata, pdf
from feedback.summary.printed import data_of
from feedback.summary.queries import (
    Shown,
    finding_page,
    listed_outcomes,
    outcome_page,
    page_of,
    standing_outcomes,
    theme_page,
)
from feedback.summary.shown import OutcomePage
from feedback.summary.tally import caps_for
from feedback.summary.versions import editions, older_version, taken_back
from workshops.access import public
from workshops.kept import kept


def _published(slug: str) -> OutcomePage:
    page = outcome_page(slug)
    if page is None:
        raise Http404
    return page


def _standing(slug: str) -> Outcome | None:
    return standing_outcomes().filter(workshop__slug=slug).first()


@require_safe
@public("lists only what was published")
@kept
def said_list(request: HttpRequest) -> HttpResponse:
    outcomes = list(listed_outcomes())
    programme = outcomes[0].workshop.programme if outcomes else None
    return render(request, "said/list.html", {"outcomes": outcomes, "programme": programme})


@require_safe
@public("shows only what was published")
@kept
def said(request: HttpRequest, slug: str) -> HttpResponse:
    """The outcome that stands; where it was taken back, why, in its place."""
    outcome = _standing(slug)
    if outcome is not None:
        return _show(request, page_of(outcome, caps_for(outcome)))
    gone = taken_back(slug)
    if gone is None:
        raise Http404
    context = {"outcome": gone, "workshop": gone.workshop, "editions": editions(gone.workshop_id)}
    with timezone.override(gone.workshop.zone):
        return render(request, "said/taken_back.html", context, status=410)


@require_safe
@public("an older version of what was published, until it is taken back")
def said_version(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """A version that was followed by a correction."""
    outcome = older_version(slug, version)
    if outcome is None:
        raise Http404
    return _show(request, page_of(outcome), is_old=True)


def _show(request: HttpRequest, page: OutcomePage, **context: Any) -> HttpResponse:
    everything = {"page": page, "workshop": page.workshop, **context}
    with timezone.override(page.workshop.zone):
        return render(request, "said/said.html", everything)


@require_safe
@public("shows only what was published")
@kept
def said_finding(request: HttpRequest, slug: str, finding_id: UUID) -> HttpResponse:
    """A finding of the outcome that stands, with all the notes behind it, page by page."""
    return _part(request, slug, lambda outcome: finding_page(outcome, str(finding_id), request.GET.get("page", "")))


@require_safe
@public("shows only what was published")
@kept
def said_theme(request: HttpRequest, slug: str, theme_id: str) -> HttpResponse:
    """All findings of a theme of the outcome that stands, then the notes that stand alone there, page by page."""
    return _part(request, slug, lambda outcome: theme_page(outcome, theme_id, request.GET.get("page", "")))


def _part(request: HttpRequest, slug: str, read: Callable[[Outcome], Shown | None]) -> HttpResponse:
    outcome = _standing(slug)
    shown = read(outcome) if outcome else None
    if outcome is None or shown is None:
        raise Http404
    everything = {"shown": shown, "part": shown.part, "outcome": outcome, "workshop": outcome.workshop}
    with timezone.override(outcome.workshop.zone):
        return render(request, "said/part.html", everything)


@require_safe
@public("open data of what was published")
def said_notes_csv(request: HttpRequest, slug: str) -> HttpResponse:
    return _file(opendata.notes_csv(_published(slug)), "text/csv; charset=utf-8", f"{slug}-notes.csv")


@require_safe
@public("what the columns of the open data mean")
def said_fields_csv(request: HttpRequest, slug: str) -> HttpResponse:
    _published(slug)
    return _file(opendata.fields_csv(), "text/csv; charset=utf-8", f"{slug}-fields.csv")


@require_safe
@public("open data of what was published")
def said_json(request: HttpRequest, slug: str) -> HttpResponse:
    return _file(opendata.summary_json(_published(slug)), "application/json", f"{slug}.json")


@require_safe
@public("the same as the page, on paper")
def said_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    page = _published(slug)
    return _file(pdf.kept(page.workshop.pk, data_of(page)), "application/pdf", f"{slug}.pdf")


def _written(slug: str, write: Callable[[dict[str, Any]], str | bytes], media_type: str, ending: str) -> HttpResponse:
    return _file(write(data_of(_published(slug))), media_type, f"{slug}.{ending}")


@require_safe
@public("the same as the page, to work on")
def said_docx(request: HttpRequest, slug: str) -> HttpResponse:
    return _written(slug, docx.document, docx.MEDIA_TYPE, "docx")


@require_safe
@public("the same as the page, as plain text with marks")
def said_markdown(request: HttpRequest, slug: str) -> HttpResponse:
    return _written(slug, markdown.document, "text/markdown; charset=utf-8", "md")


def _file(content: str | bytes, media_type: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=media_type, headers={"Content-Disposition": f'inline; filename="{name}"'})
