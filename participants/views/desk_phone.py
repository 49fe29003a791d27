"""Check-in on a phone: choosing a door, and the page that goes on without a connection."""

from __future__ import annotations

from uuid import UUID

from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from participants.words import desk_words
from workshops.access import ask_to_enter, public, signed_in
from workshops.models import Workshop

SCRIPTS_MAKE_NO_HTML = {"require-trusted-types-for": ["'script'"], "trusted-types": ["app"]}
OWN_CAMERA = "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"


@require_GET
@signed_in
@never_cache
def desk_doors(request: HttpRequest) -> HttpResponse:
    """The workshops at whose door one may stand, the nearest first; each also as a plain list without script."""
    doors = Workshop.objects.with_desk_of(request.user).with_programme().coming_at(timezone.now())
    return render(request, "desk/doors.html", {"doors": list(doors)})


@require_GET
@public("asks to sign in; only the team's organisers and helpers go on")
@never_cache
@ensure_csrf_cookie
@csp_update(SCRIPTS_MAKE_NO_HTML)  # type: ignore[arg-type]  # django-csp types views without arguments
def desk_phone(request: HttpRequest, workshop_id: UUID) -> HttpResponse:
    """The door of one workshop. The page itself holds no name: the phone fetches the list."""
    if not request.user.is_authenticated:
        return ask_to_enter(request)
    if not Workshop.objects.with_desk_of(request.user).filter(pk=workshop_id).exists():
        raise Http404
    return _shell(request)


@require_GET
@public("the same page for everybody, kept by phones to open without a connection")
@csp_update(SCRIPTS_MAKE_NO_HTML)
def desk_shell(request: HttpRequest) -> HttpResponse:
    """The check-in page without a workshop: what the service worker keeps."""
    return _shell(request)


def _shell(request: HttpRequest) -> HttpResponse:
    response = render(request, "desk/phone.html", {"words": desk_words()})
    response["Permissions-Policy"] = OWN_CAMERA  # these pages alone
    return response
