"""Pages about the service: how it works, access, your data."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from workshops.access import public


@require_safe
@public("tells everybody how a workshop works")
def how(request: HttpRequest) -> HttpResponse:
    """From taking a place to the published outcome."""
    return render(request, "public/how.html")


@require_safe
@public("says to everybody what works for whom")
def accessibility(request: HttpRequest) -> HttpResponse:
    """What we do for access, what is missing, and whom to tell."""
    return render(request, "public/accessibility.html")


@require_safe
@public("says to everybody what is kept about people")
def your_data(request: HttpRequest) -> HttpResponse:
    """What is kept, who sees it, for how long."""
    return render(request, "public/your_data.html")
