"""The projector's page, driven from the cockpit. Whoever knows the secret sees it; it never names a person."""

from __future__ import annotations

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from feedback.wall import wall_picture_of
from workshops.access import public
from workshops.models import Workshop

# The wall's script makes no HTML of strings: new pictures are parsed by the browser as documents.
NO_HTML_OF_STRINGS = {"require-trusted-types-for": ["'script'"], "trusted-types": ["'none'"]}


@require_GET
@public("the secret in the address is the key, and no name is shown")
@never_cache
@csp_update(NO_HTML_OF_STRINGS)  # type: ignore[arg-type]  # django-csp types views without arguments
def wall(request: HttpRequest, secret: str) -> HttpResponse:
    """The whole page. `?bright=1` turns it dark on light, `?language=en` changes its language."""
    return _shown(request, secret, "wall/wall.html")


@require_GET
@public("the secret in the address is the key, and no name is shown")
@never_cache
def wall_picture(request: HttpRequest, secret: str) -> HttpResponse:
    """The picture alone, for the page that is open already."""
    return _shown(request, secret, "wall/picture.html")


def _shown(request: HttpRequest, secret: str, template: str) -> HttpResponse:
    workshop = get_object_or_404(Workshop.objects.with_programme(), wall_secret=secret)
    with translation.override(_language(request, workshop)), timezone.override(workshop.zone):
        picture = wall_picture_of(workshop, timezone.now())
        context = {"picture": picture, "bright": request.GET.get("bright") == "1", "wall_workshop": workshop}
        response = render(request, template, context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _language(request: HttpRequest, workshop: Workshop) -> str:
    """The language the address asks for, else the programme's first: the projector's own says nothing of the room."""
    known = {code for code, _name in settings.LANGUAGES}
    wanted = [request.GET.get("language", ""), *workshop.programme.languages, settings.LANGUAGE_CODE]
    return next(code for code in wanted if code in known)
