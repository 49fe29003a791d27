"""The page of a workshop and taking a place there."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ledger.history import Actor
from ledger.models import ActorKind
from participants.actions import RegistrationClosed, new_link, register, send_link_again
from participants.calendar import CALENDAR_TYPE, workshop_calendar
from participants.forms import PlaceForm
from participants.queries import (
    SignUp,
    anchor_of,
    places_of,
    reachable_workshop,
    sign_up_at,
    workshop_page,
)
from workshops.access import public
from workshops.kept import FORM_TOKEN, kept
from workshops.models import Workshop

NEW_PLACES_AN_HOUR = 3
HOUR = 3600
TAKEN_COOKIE = "taken"


@require_safe
@public("whoever knows a workshop's address may read about it")
@kept
def workshop(request: HttpRequest, slug: str) -> HttpResponse:
    """All about one workshop, with the form beside it."""
    page = workshop_page(_reachable(slug), timezone.now())
    form = PlaceForm(themes=page.themes) if page.sign_up.takes_names else None
    return _show(request, "public/workshop.html", page.workshop, page=page, form=form, csrf_token=FORM_TOKEN)


@require_http_methods(["GET", "HEAD", "POST"])
@public("taking a place needs no account")
@kept
def place_form(request: HttpRequest, slug: str) -> HttpResponse:
    """The form alone; posting it takes the place."""
    workshop = _reachable(slug)
    sign_up = sign_up_at(workshop, timezone.now())
    if not sign_up.takes_names:
        return _show(request, "public/place_closed.html", workshop, status=_conflict(request), sign_up=sign_up)
    form = PlaceForm(request.POST or None, themes=workshop.programme.themes.all())
    if request.method == "POST" and form.is_valid():
        return _take(request, workshop, form.cleaned_data)
    more: dict[str, Any] = {"form": form, "sign_up": sign_up, "places": places_of(workshop), "csrf_token": FORM_TOKEN}
    return _show(request, "public/place_form.html", workshop, **more)


def _take(request: HttpRequest, workshop: Workshop, wanted: dict[str, Any]) -> HttpResponse:
    """Take the place, or say why not; a place that exists already is never opened from here."""
    lately = _taken_lately(request)
    if len(lately) >= NEW_PLACES_AN_HOUR:
        return _show(request, "public/place_too_many.html", workshop, status=429)
    try:
        registration, is_new = register(
            workshop,
            name=wanted["name"],
            email=wanted["email"],
            language=translation.get_language(),
            by=Actor(ActorKind.PERSON),
            theme=wanted["theme"],
            needs=wanted["needs"],
        )
    except RegistrationClosed:
        return _show(request, "public/place_closed.html", workshop, status=409, sign_up="closed")
    if not is_new:
        send_link_again(anchor_of(registration, timezone.now()))
        return redirect("link_sent_again", slug=workshop.slug)
    if registration.person.name.casefold() != wanted["name"].casefold():
        # The address is known under another name: only its mailbox may learn which. The confirmation is on its way.
        return redirect("link_sent")
    if request.POST.get("saw") == SignUp.OPEN and registration.is_waiting:
        messages.info(request, _("The last place went a moment ago."))
    response = redirect("my_place", token=new_link(registration))
    _remember(response, [*lately, int(time.time())])
    return response


@require_safe
@public("says where the link went, and to nobody which link")
def link_sent_again(request: HttpRequest, slug: str) -> HttpResponse:
    """The address has a place already: its link went to its mailbox."""
    return _show(request, "public/link_sent.html", _reachable(slug), again=True)


@require_safe
@public("date and place of a workshop are on its page")
def workshop_calendar_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Date, time and place for anybody's calendar."""
    return calendar_response(workshop_calendar(_reachable(slug)), name=slug)


def calendar_response(file: bytes, *, name: str) -> HttpResponse:
    """A calendar file under a name of its own."""
    response = HttpResponse(file, content_type=f"{CALENDAR_TYPE}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


def _reachable(slug: str) -> Workshop:
    workshop = reachable_workshop(slug)
    if workshop is None:
        raise Http404
    return workshop


def _conflict(request: HttpRequest) -> int:
    return 409 if request.method == "POST" else 200


def _show(request: HttpRequest, template: str, workshop: Workshop, *, status: int = 200, **more: Any) -> HttpResponse:
    """Dates are written in the workshop's time zone."""
    with timezone.override(workshop.zone):
        return render(request, template, {"workshop": workshop, **more}, status=status)


def _taken_lately(request: HttpRequest) -> list[int]:
    """When this browser took places in the last hour, in seconds since 1970; kept in a signed cookie of its own."""
    try:
        moments = signing.loads(request.COOKIES.get(TAKEN_COOKIE, ""), salt=TAKEN_COOKIE)
    except signing.BadSignature:
        return []
    return [moment for moment in moments if moment > time.time() - HOUR]


def _remember(response: HttpResponse, moments: list[int]) -> None:
    response.set_cookie(
        TAKEN_COOKIE,
        signing.dumps(moments, salt=TAKEN_COOKIE),
        max_age=HOUR,
        path=reverse("home"),
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
