"""Is everything there for the day? A page of checks, each with a way to mend what is missing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from feedback import readiness_actions as actions
from feedback.cockpit import gather
from feedback.readiness import readiness
from workshops.access import actor_of, organises
from workshops.models import Workshop


@require_GET
@organises
@never_cache
def ready(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Every check as it stands now."""
    with timezone.override(workshop.zone):
        checks = readiness(gather(workshop, timezone.now(), names=True))
        fine = sum(each.is_fine for each in checks)
        context = {"section": "cockpit", "checks": checks, "fine": fine}
        return render(request, "org/ready.html", context)


@require_POST
@organises
def check(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Have mail, worker and storage looked at."""
    actions.ask_for_check(workshop, request.user, by=actor_of(request))
    messages.success(request, _("A worker looks at it now, and a test mail is on its way to you."))
    return redirect("org_ready", workshop.pk)


@require_POST
@organises
def printed(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Say that the table sheets are printed as they are now."""
    actions.say_printed(workshop, by=actor_of(request))
    return redirect("org_ready", workshop.pk)
