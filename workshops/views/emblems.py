"""The picture of who pays, for whoever reads a page of the programme."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from workshops.access import public
from workshops.emblems import Emblem

A_YEAR = "public, max-age=31536000, immutable"


@require_safe
@public("stands on the public pages of the programme")
def emblem(request: HttpRequest, slug: str, emblem_name: str) -> HttpResponse:
    """The bytes as they were chosen, under an address that names them."""
    found = get_object_or_404(Emblem, programme__slug=slug, name=emblem_name)
    return HttpResponse(bytes(found.picture), content_type=found.kind, headers={"Cache-Control": A_YEAR})
