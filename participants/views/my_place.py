"""My place: the ticket behind a mailed link, changing it, and finding the link again."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ledger.history import Actor
from ledger.models import ActorKind
from participants.actions import RegistrationClosed, give_up, register, send_link_again, tell_more
from participants.calendar import place_calendar
from participants.forms import FindPlaceForm, MoreForm
from participants.models import Registration
from participants.queries import anchors_of, can_take_back, registration_by_link, takes_place, ticket_of
from participants.views.places import calendar_response
from workshops.access import public


def opened_by_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view gets the registration its token opens; a wrong or old token gets the offer of a new link."""

    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        registration = registration_by_link(token)
        if registration is None:
            return render(request, "public/link_expired.html", status=404)
        with timezone.override(registration.workshop.zone):
            return view(request, registration, token)

    return opened


@require_http_methods(["GET", "HEAD", "POST"])
@public("the answer is the same for every address")
def find_place(request: HttpRequest) -> HttpResponse:
    """Ask for the link again; it goes to the mailbox only."""
    form = FindPlaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        for registration in anchors_of(form.cleaned_data["email"], timezone.now()):
            send_link_again(registration)
        return redirect("link_sent")
    return render(request, "public/find_place.html", {"form": form})


@require_safe
@public("the answer is the same for every address")
def link_sent(request: HttpRequest) -> HttpResponse:
    """If the address has a place, the mailbox knows."""
    return render(request, "public/link_sent.html")


@require_safe
@public("the token in the address opens it")
@opened_by_link
def my_place(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
    """The ticket, or the turn on the waiting list, or that the place was given up."""
    if not takes_place(registration.workshop, timezone.now()):
        return render(request, "public/place_past.html", {"place": registration, "workshop": registration.workshop})
    context = {
        "place": registration,
        "workshop": registration.workshop,
        "ticket": ticket_of(registration),
        "token": token,
        "can_take_back": can_take_back(registration, timezone.now()),
        "qr": door_code(registration.spoken_code) if registration.is_confirmed else "",
        "more": MoreForm() if asks_for_more(registration) else None,
    }
    return render(request, "public/my_place.html", context)


@require_safe
@public("the token in the address opens it")
@opened_by_link
def my_calendar(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
    """The calendar file of one place."""
    return calendar_response(place_calendar(registration), name=registration.workshop.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@public("the token in the address opens it")
@opened_by_link
def my_give_up(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
    """Asks once; only the button gives the place up, because mail scanners open links."""
    if not takes_place(registration.workshop, timezone.now()):
        return redirect("my_place", token=token)
    if request.method == "POST":
        give_up(registration, by=_the_person(registration))
        return redirect("my_place", token=token)
    context = {"place": registration, "workshop": registration.workshop, "token": token}
    return render(request, "public/give_up.html", context)


@require_POST
@public("the token in the address opens it")
@opened_by_link
def my_take_back(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
    """Take a place just given up again, or a turn at the end of the waiting list when it has gone."""
    if can_take_back(registration, timezone.now()):
        person = registration.person
        try:
            register(
                registration.workshop,
                name=person.name,
                email=person.email,
                language=person.language,
                by=_the_person(registration),
            )
        except RegistrationClosed:
            messages.error(request, _("Nobody can take a place any more."))
    return redirect("my_place", token=token)


@require_POST
@public("the token in the address opens it")
@opened_by_link
def my_more(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
    """What helps to mix the tables; said once."""
    form = MoreForm(request.POST)
    if not form.is_valid():
        return HttpResponse(_("Choose one of the answers on the page."), status=400, content_type="text/plain")
    if asks_for_more(registration):
        tell_more(registration, by=_the_person(registration), **form.cleaned_data)
        messages.success(request, _("Thank you. That helps us to mix the tables."))
    return redirect("my_place", token=token)


def asks_for_more(registration: Registration) -> bool:
    """Whether nothing is known yet. What is known is not shown here: a stranger may have typed the address."""
    return registration.first_time is None and not registration.person.age_band


def door_code(spoken_code: str) -> SafeString:
    """The spoken code as a QR drawing; it opens nothing but the list at the door."""
    drawing = segno.make(spoken_code, error="m", micro=False)
    return mark_safe(drawing.svg_inline(omitsize=True, border=0, dark="#14241E"))  # noqa: S308 — drawn from our own code


def _the_person(registration: Registration) -> Actor:
    return Actor(ActorKind.PERSON, str(registration.person_id))
