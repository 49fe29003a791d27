"""What we said: published outcomes, for everybody."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from feedback.states import Answer
from feedback.summary import pdf
from feedback.summary.opendata import notes_csv
from feedback.summary.printed import data_of
from feedback.summary.queries import OutcomePage, listed_outcomes, outcome_page
from workshops.access import public
from workshops.kept import kept


def _published(slug: str) -> OutcomePage:
    page = outcome_page(slug)
    if page is None:
        raise Http404
    return page


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
    page = _published(slug)
    return render(request, "said/said.html", {"page": page, "workshop": page.workshop, "answers": Answer.labels})


@require_safe
@public("open data of what was published")
def said_notes_csv(request: HttpRequest, slug: str) -> HttpResponse:
    return _file(notes_csv(_published(slug)), "text/csv; charset=utf-8", f"{slug}-notes.csv")


@require_safe
@public("the same as the page, on paper")
def said_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    page = _published(slug)
    return _file(pdf.kept(page.workshop.pk, data_of(page)), "application/pdf", f"{slug}.pdf")


def _file(content: str | bytes, media_type: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=media_type, headers={"Content-Disposition": f'inline; filename="{name}"'})
