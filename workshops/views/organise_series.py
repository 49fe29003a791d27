"""The next workshop of a series, made from one before."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from workshops.access import actor_of, organises
from workshops.actions import copying
from workshops.forms_series import CopyForm
from workshops.models import Workshop


@require_http_methods(["GET", "POST"])
@organises
def copy(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """When the copy is to be; everything else is taken over."""
    form = CopyForm(
        request.POST or None,
        initial={"title": workshop.title, "hour": workshop.local_start.time()},
        languages=workshop.programme.languages,
        zone=workshop.zone,
    )
    if form.is_valid():
        made = copying.copy_workshop(workshop, by=actor_of(request), **form.values())
        told = _("Workshop %(number)s is a draft with the same plan. Ask its moderators whether they can come.")
        messages.success(request, told % {"number": made.number})
        return redirect("org_details", made.pk)
    return render(request, "org/workshop_copy.html", {"section": "details", "form": form})
