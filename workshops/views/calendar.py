"""All public dates: as a list, and as a month."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from workshops.access import public
from workshops.kept import kept
from workshops.months import coming_workshops, month_of


@require_safe
@public("shows dates that are announced to everybody")
@kept
def coming(request: HttpRequest) -> HttpResponse:
    """What is to come as a list, and this month."""
    now = timezone.now()
    today = timezone.localdate(now)
    context = {"workshops": coming_workshops(now), "month": month_of(today.year, today.month, now), "is_coming": True}
    return render(request, "public/calendar.html", context)


@require_safe
@public("shows dates that were announced to everybody")
@kept
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """One month, past or to come."""
    try:
        shown = month_of(year, month, timezone.now())
    except ValueError as none:
        raise Http404 from none
    return render(request, "public/calendar.html", {"workshops": shown.workshops, "month": shown, "is_coming": False})
