"""Choosing the emblem of who pays."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from workshops.access import actor_of, organises_programme
from workshops.actions.emblem import put_emblem, remove_emblem
from workshops.forms_emblem import EmblemForm
from workshops.models import Programme
from workshops.views.organise import programme_page


@require_POST
@organises_programme
def emblem(request: HttpRequest, programme: Programme) -> HttpResponse:
    """Another picture, or none."""
    if "remove" in request.POST:
        remove_emblem(programme, by=actor_of(request))
    else:
        form = EmblemForm(request.POST, request.FILES)
        if not form.is_valid():
            return programme_page(request, programme, emblem_form=form)
        put_emblem(programme, form.cleaned_data["picture"], by=actor_of(request))
    messages.success(request, _("Saved."))
    return redirect("org_programme", programme.pk)
