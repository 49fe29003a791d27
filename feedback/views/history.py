"""Who did what, when, to what: of a workshop, and of a programme."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from feedback.history import history_of
from feedback.history_words import Part
from workshops.access import organises, organises_programme
from workshops.models import Programme, Workshop


@require_safe
@organises
def workshop_history(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """All that happened around a workshop, newest first; `about` shows one part alone."""
    found = history_of(workshop.pk, part=request.GET.get("about", ""), number=request.GET.get("page"))
    parts = [part for part in Part.choices if part[0] != Part.TEAM]
    context = {"section": "history", "found": found, "parts": parts, "zone": workshop.zone}
    return render(request, "org/history.html", context)


@require_safe
@organises_programme
def programme_history(request: HttpRequest, programme: Programme) -> HttpResponse:
    """What happened to the programme itself and its team; each workshop has a page of its own."""
    found = history_of(programme.pk, number=request.GET.get("page"))
    context = {"programme": programme, "found": found, "parts": [], "zone": programme.zone}
    return render(request, "org/history.html", context)
