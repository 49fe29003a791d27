"""The front page: the programme that meets next, and each programme by its own address."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from feedback.queries import ProgrammePage, home_page, programme_page
from workshops.access import public
from workshops.kept import kept


@require_safe
@public("shows what is on and what was said, to everybody")
@kept
def home(request: HttpRequest) -> HttpResponse:
    """The programme that meets next; a plain sentence when nothing was ever announced."""
    page = home_page(timezone.now())
    if page is None:
        return render(request, "public/nothing_on.html")
    return _show(request, page)


@require_safe
@public("a programme announces its workshops to everybody")
@kept
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """One programme, unless none of its workshops is public."""
    page = programme_page(slug, timezone.now())
    if page is None:
        raise Http404
    return _show(request, page)


def _show(request: HttpRequest, page: ProgrammePage) -> HttpResponse:
    """Dates are written in the programme's time zone."""
    with timezone.override(page.programme.zone):
        return render(request, "public/programme.html", {"page": page, "programme": page.programme})
