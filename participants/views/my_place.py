"""My place: the ticket behind a mailed link, changing it, and finding the link again."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ledger.history import Actor
from ledger.models import ActorKind
from participants.actions.link_requests import ask_for_links
from participants.actions.places import RegistrationClosed, give_up, register, tell_more
from participants.actions.series import enrol_in_series
from participants.bursts import source_of
from participants.calendar import feed_key, place_calendar
from participants.consents import standings
from participants.forms import FindPlaceForm, MoreForm
from participants.limits import LINKS_ASKED, address_of
from participants.models import Registration
from participants.queries.my_place import ending_of, registration_by_link, ticket_of
from participants.queries.people import places_of_user
from participants.queries.places import takes_place
from participants.series import rest_of_series
from participants.states import RegistrationState
from participants.views.places import calendar_response
from workshops.access import public


def opened_by_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view gets the registration its token opens; a wrong or old token gets the offer of a new link."""

    @wraps(view)
    def opened(request: HttpRequest, token: str, **more: Any) -> HttpResponse:
        registration = registration_by_link(token)
        if registration is None:
            return render(request, "public/link_expired.html", status=404)
        with timezone.override(registration.workshop.zone):
            return view(request, registration, token, **more)

    return opened


@require_http_methods(["GET", "HEAD", "POST"])
@public("the answer is the same for every address")
def find_place(request: HttpRequest) -> HttpResponse:
    """Ask for the link again; it goes to the mailbox only. Whoever is signed in sees all their places."""
    form, status = FindPlaceForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        network = source_of("", address_of(request)).network
        if not LINKS_ASKED.is_used_up(network):
            LINKS_ASKED.count(network)
            ask_for_links(form.cleaned_data["email"])
            return redirect("link_sent")
        form.add_error(None, _("Very many links were asked for from your network. Come back in an hour, or call us."))
        status = 429
    own = list(places_of_user(request.user))
    feeds = [feed_key(person) for person in {place.person_id: place.person for place in own}.values()]
    return render(request, "public/find_place.html", {"form": form, "own": own, "feeds": feeds}, status=status)


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
    context: dict[str, Any] = {
        "place": registration,
        "workshop": registration.workshop,
        "token": token,
        "standings": standings(registration),
    }
    if not takes_place(registration.workshop, timezone.now()):
        return render(request, "public/place_past.html", context)
    context |= {
        "answers": list(registration.answers.all()) if registration.has_answers else [],
        "asks": registration.workshop.has_questions,  # type: ignore[attr-defined]
        "ticket": ticket_of(registration),
        "missed": _missed(registration) if "missed" in request.GET and registration.is_waiting else "",
        "ending": ending_of(registration, timezone.now()),
        "qr": door_code(registration.spoken_code) if registration.is_confirmed else "",
        "series": rest_of_series(registration, timezone.now()),
        "feed": feed_key(registration),
        "more": MoreForm() if registration.is_confirmed and asks_for_more(registration) else None,
    }
    return render(request, "public/my_place.html", context)


def _missed(registration: Registration) -> str:
    """What to say to somebody who waits although the form showed free places."""
    if registration.audience:
        return _("No place for “%(audience)s” is free.") % {"audience": registration.audience}
    return (
        _("Every free place is reserved.") if registration.workshop.reserved else _("The last place went a moment ago.")
    )


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
        give_up(registration, by=the_person(registration))
        return redirect("my_place", token=token)
    context = {"place": registration, "workshop": registration.workshop, "token": token}
    return render(request, "public/give_up.html", context)


@require_POST
@public("the token in the address opens it")
@opened_by_link
def my_take_back(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
    """Back to a place just given up, or to an offer let go; when it is gone, to the end of the waiting list."""
    if ending_of(registration, timezone.now()).can_return:
        person = registration.person
        try:
            register(
                registration.workshop,
                name=person.name,
                email=person.email,
                language=person.language,
                by=the_person(registration),
            )
        except RegistrationClosed:
            messages.error(request, _("Nobody can take a place any more."))
    return redirect("my_place", token=token)


@require_POST
@public("the token in the address opens it")
@opened_by_link
def my_series(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
    """Come to the whole series: a place, or a turn, at each coming workshop."""
    if registration.state != RegistrationState.CANCELLED:
        new = enrol_in_series(registration, by=the_person(registration))
        firm = sum(place.is_confirmed for place in new)
        waiting = len(new) - firm
        places = ngettext("You have a place at %(n)s more workshop.", "You have a place at %(n)s more workshops.", firm)
        turns = ngettext("You wait at %(n)s workshop.", "You wait at %(n)s workshops.", waiting)
        sentence = " ".join(words % {"n": n} for n, words in ((firm, places), (waiting, turns)) if n)
        messages.success(request, sentence or _("You have a place, or wait, at all of them already."))
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
        tell_more(registration, by=the_person(registration), **form.cleaned_data)
        messages.success(request, _("Thank you. That helps us to mix the tables."))
    return redirect("my_place", token=token)


def asks_for_more(registration: Registration) -> bool:
    """Whether nothing is known yet. What is known is not shown here: a stranger may have typed the address."""
    return registration.first_time is None and not registration.person.age_band


def door_code(spoken_code: str) -> SafeString:
    """The spoken code as a QR drawing; it opens nothing but the list at the door."""
    drawing = segno.make(spoken_code, error="m", micro=False)
    return mark_safe(drawing.svg_inline(omitsize=True, border=0, dark="#14241E"))  # noqa: S308 — drawn from our own code


def the_person(registration: Registration) -> Actor:
    """Whoever opened their place with its link, for the history."""
    return Actor(ActorKind.PERSON, str(registration.person_id))
