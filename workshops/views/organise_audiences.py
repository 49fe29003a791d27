"""Places reserved for audiences, on the page of a workshop's details."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from workshops.access import actor_of, organises
from workshops.actions import audiences
from workshops.actions.audiences import TooManyReserved
from workshops.actions.removing import StillNeeded
from workshops.forms_workshop import AudienceForm
from workshops.models import Audience, Workshop
from workshops.views.organise import details_page


@require_POST
@organises
def add_audience(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    form = AudienceForm.of(workshop, None, request.POST)
    return _written(request, workshop, form, lambda: audiences.add_audience(workshop, **_values(request, form)))


@require_POST
@organises
def change_audience(request: HttpRequest, workshop: Workshop, audience_id: UUID) -> HttpResponse:
    audience = get_object_or_404(workshop.audiences, pk=audience_id)
    form = AudienceForm.of(workshop, audience, request.POST)
    return _written(request, workshop, form, lambda: audiences.change_audience(audience, **_values(request, form)))


def _values(request: HttpRequest, form: AudienceForm) -> dict:
    return {**form.cleaned_data, "by": actor_of(request)}


def _written(
    request: HttpRequest, workshop: Workshop, form: AudienceForm, write: Callable[[], Audience | None]
) -> HttpResponse:
    """Back to the list, or the page with what is wrong at the field."""
    if form.is_valid():
        try:
            write()
        except TooManyReserved as reserved:
            left = {"left": workshop.places - reserved.reserved}
            form.add_error("places", _("There are not so many places: %(left)s are not reserved yet.") % left)
        else:
            messages.success(request, _("Saved."))
            return redirect(_audiences_of(workshop))
    return details_page(request, workshop, asked=form)


@require_POST
@organises
def remove_audience(request: HttpRequest, workshop: Workshop, audience_id: UUID) -> HttpResponse:
    audience = get_object_or_404(workshop.audiences, pk=audience_id)
    try:
        audiences.remove_audience(audience, by=actor_of(request))
    except StillNeeded:
        told = _("People have signed up as %(audience)s. Reserve fewer places instead.")
        messages.error(request, told % {"audience": audience})
    return redirect(_audiences_of(workshop))


def _audiences_of(workshop: Workshop) -> str:
    return reverse("org_details", args=[workshop.pk]) + "#audiences"
