"""The page of a workshop, the form alone, and what one gets from them without taking a place."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from participants.calendar import CALENDAR_TYPE, programme_calendar, workshop_calendar
from participants.forms import PlaceForm
from participants.permissions import opens_form
from participants.queries.places import places_of, sign_up_at, why_closed
from participants.queries.workshop_page import reachable_workshop, workshop_page, workshop_to_join
from participants.views.signing_up import form_of, show, stamp_of, take, was_filled_in
from workshops.access import public
from workshops.kept import FORM_STAMP, FORM_TOKEN, kept
from workshops.models import Programme, Workshop
from workshops.states import Access


@require_safe
@public("whoever knows a workshop's address may read about it")
@kept
def workshop(request: HttpRequest, slug: str) -> HttpResponse:
    """All about one workshop, with the form beside it."""
    page = workshop_page(_reachable(slug), timezone.now())
    form = form_of(page.workshop, themes=page.themes) if page.sign_up.takes_names else None
    more: dict[str, Any] = {"page": page, "form": form, "csrf_token": FORM_TOKEN, "stamp": FORM_STAMP}
    return show(request, "public/workshop.html", page.workshop, to=reverse("place_form", args=[slug]), **more)


@require_http_methods(["GET", "HEAD", "POST"])
@public("taking a place needs no account")
@kept
def place_form(request: HttpRequest, slug: str, secret: str = "") -> HttpResponse:
    """The form alone; posting it takes the place. `secret` is that of the link people were sent."""
    form = _sent_form(request, slug, secret) if request.method == "POST" else None
    if form and form.is_valid() and was_filled_in(request, form):
        return take(request, form.workshop, form, link=secret)
    workshop = _reachable(slug)
    if _has_ended(workshop, secret):
        return show(request, "public/link_ended.html", workshop, status=404)
    sign_up = sign_up_at(workshop, timezone.now(), link=secret)
    if not sign_up.takes_names:
        return show(request, "public/place_closed.html", workshop, status=_conflict(request), sign_up=sign_up)
    more: dict[str, Any] = {
        "form": form or form_of(workshop),
        "sign_up": sign_up,
        "places": places_of(workshop),
        "csrf_token": FORM_TOKEN,
        "stamp": stamp_of(request),
        "to": request.path,
    }
    return show(request, "public/place_form.html", workshop, **more)


def _has_ended(workshop: Workshop, secret: str) -> bool:
    """Whether somebody came by a link that opens nothing any more."""
    return bool(secret) and not (workshop.access == Access.LINK and opens_form(workshop, secret))


def _sent_form(request: HttpRequest, slug: str, secret: str) -> PlaceForm | None:
    """What was sent to a workshop that takes names now. Its numbers are not read: they would be old at once."""
    workshop = workshop_to_join(slug)
    if workshop is None or _has_ended(workshop, secret) or why_closed(workshop, timezone.now(), link=secret):
        return None
    return form_of(workshop, request.POST)


@require_safe
@public("says where the link went, and to nobody which link")
def link_sent_again(request: HttpRequest, slug: str) -> HttpResponse:
    """The address has a place already: its link went to its mailbox."""
    return show(request, "public/link_sent.html", _reachable(slug), again=True)


@require_safe
@public("date and place of a workshop are on its page")
def workshop_calendar_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Date, time and place for anybody's calendar."""
    return calendar_response(workshop_calendar(_reachable(slug)), name=slug)


@require_safe
@public("the dates of a programme are on its page")
def programme_calendar_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """All public workshops of a programme, to subscribe to."""
    programme = get_object_or_404(Programme.objects.public(), slug=slug)
    workshops = list(Workshop.objects.public().with_programme().filter(programme=programme).order_by("number"))
    if not workshops:
        raise Http404
    return calendar_response(programme_calendar(programme, workshops), name=slug)


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
