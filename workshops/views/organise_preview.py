"""What a tablet shows in a session, before there is a tablet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from workshops import queries
from workshops.access import organises
from workshops.models import Workshop
from workshops.states import NoteKind


@require_http_methods(["GET"])
@organises
def preview(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """The tablet in the session `?session=<id>`; without one, in the first at the tables."""
    plan = queries.agenda_of(workshop)
    at_tables = [session for session in plan.sessions if session.is_at_the_tables]
    wanted = request.GET.get("session", "")
    chosen = next((session for session in at_tables if str(session.pk) == wanted), None)
    session = chosen or next(iter(at_tables), None)
    context = {
        "section": "agenda",
        "sessions": at_tables,
        "session": session,
        "table": workshop.groups.first(),
        "kinds": [NoteKind(kind) for kind in session.kinds_offered()] if session else [],
        "themes": session.themes_offered(plan.themes) if session else [],
    }
    return render(request, "org/agenda_preview.html", context)
