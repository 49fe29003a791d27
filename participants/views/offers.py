"""An offered place, behind the link of its mail: shown by opening it, answered only by its buttons."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from participants.actions.links import new_link
from participants.actions.offers import OfferGone, accept_offer, decline_offer
from participants.queries.my_place import Offer, offer_by_link
from participants.views.my_place import the_person
from workshops.access import public

ANSWERS = {"take": accept_offer, "decline": decline_offer}


@require_http_methods(["GET", "HEAD", "POST"])
@public("the token in the address opens it")
def my_offer(request: HttpRequest, token: str) -> HttpResponse:
    """Take the place or not. Mail scanners open links, so only a button answers."""
    offer = offer_by_link(token)
    if offer is None:
        return render(request, "public/link_expired.html", status=404)
    with timezone.override(offer.registration.workshop.zone):
        return _answer(request, offer, token) if request.method == "POST" else _show(request, offer, token)


def _show(request: HttpRequest, offer: Offer, token: str) -> HttpResponse:
    registration = offer.registration
    if not offer.is_open_at(timezone.now()):
        return _gone(request, offer, token)
    context = {"place": registration, "workshop": registration.workshop, "token": token}
    return render(request, "public/offer.html", context)


def _answer(request: HttpRequest, offer: Offer, token: str) -> HttpResponse:
    answer = ANSWERS.get(request.POST.get("answer", ""))
    if answer is None:
        return HttpResponse(_("Choose one of the answers on the page."), status=400, content_type="text/plain")
    try:
        answer(offer.registration, by=the_person(offer.registration), link=offer.link)
    except OfferGone:
        return _gone(request, offer, token)
    return redirect("my_place", token=new_link(offer.registration) if offer.link else token)


def _gone(request: HttpRequest, offer: Offer, token: str) -> HttpResponse:
    """Answered, or too late. The person's own link shows how it ended; a used one says nothing about them."""
    if offer.link is None:
        if offer.registration.is_offered:
            messages.error(request, _("Nobody can take this place now."))
        return redirect("my_place", token=token)
    return render(request, "public/offer_gone.html", {"workshop": offer.registration.workshop}, status=410)
