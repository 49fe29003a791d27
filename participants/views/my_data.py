"""What is known about somebody: read it, download it, delete it; and one account for all their places.

A link to a place may have been passed on, or given to a stranger who typed the address. So these pages open with a link
that was mailed to the person a day ago at most; any other link only has such a one mailed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ledger.history import Actor
from ledger.models import ActorKind, Erasure
from participants.actions.forget import erase_person
from participants.actions.links import new_link, send_data_link
from participants.calendar import feed_calendar, places_of_feed
from participants.models import Person, Registration
from participants.own_data import as_json, own_data
from participants.queries.my_place import link_proves
from participants.queries.people import places_of_user
from participants.users import let_in
from participants.views.my_place import opened_by_link
from participants.views.places import calendar_response
from workshops.access import public, signed_in

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def opened_by_proof(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view gets the registration; a link that proves nothing (any more) gets the offer of one by mail."""

    @wraps(view)
    def opened(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
        if not link_proves(token):
            context = {"place": registration, "workshop": registration.workshop, "token": token}
            return render(request, "public/my_data_ask.html", context, status=200 if request.method != "POST" else 403)
        return view(request, registration, token)

    return opened


@require_safe
@public("the token in the address opens it, for a day after it was mailed")
@opened_by_link
@opened_by_proof
def my_data(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
    """Everything we know about the person of this place, to read."""
    context = {
        "place": registration,
        "workshop": registration.workshop,
        "token": token,
        "sections": own_data(registration.person),
    }
    return render(request, "public/my_data.html", context)


@require_safe
@public("the token in the address opens it, for a day after it was mailed")
@opened_by_link
@opened_by_proof
def my_data_file(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
    """The same as a file."""
    text = json.dumps(as_json(registration.person), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="tavolo-my-data.json"'
    return response


@require_POST
@public("the link goes to the mailbox of the place only")
@opened_by_link
def my_data_send(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
    """Have a link mailed that opens these pages for a day."""
    if registration.person.email:
        send_data_link(registration)
    return render(request, "public/my_data_sent.html", {"workshop": registration.workshop, "token": token})


@require_http_methods(["GET", "HEAD", "POST"])
@public("the token in the address opens it, for a day after it was mailed")
@opened_by_link
@opened_by_proof
def my_data_erase(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
    """One question; only the button deletes, because mail scanners open links."""
    person = registration.person
    if request.method == "POST":
        try:
            receipt = erase_person(person, by=Actor(ActorKind.PERSON, str(person.pk)))
        except Person.DoesNotExist as gone:  # pressed twice
            raise Http404 from gone
        return redirect("erasure_receipt", receipt.pk)
    context = {"place": registration, "workshop": registration.workshop, "token": token}
    return render(request, "public/my_data_erase.html", context)


@require_safe
@public("a random key and numbers; nobody is named")
def erasure_receipt(request: HttpRequest, receipt_id: UUID) -> HttpResponse:
    """What went, in numbers."""
    receipt = get_object_or_404(Erasure, pk=receipt_id)
    return render(request, "public/erasure_receipt.html", {"receipt": receipt, "went": sum(receipt.counts.values())})


@require_POST
@public("the token in the address opens it, for a day after it was mailed")
@opened_by_link
@opened_by_proof
def my_account(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
    """Sign in with the address the link was mailed to; from then on a mailed code does the same."""
    person = registration.person
    user, _is_new = let_in(str(person.email), person.name)
    if not user.is_active:
        raise Http404
    login(request, user, backend=BACKEND)
    messages.success(request, _("You are signed in. These are all your places."))
    return redirect("find_place")


@require_POST
@signed_in
def my_open(request: HttpRequest, registration_id: UUID) -> HttpResponse:
    """The page of one of one's own places: a new link, which is proof since the person is signed in."""
    registration = get_object_or_404(places_of_user(request.user), pk=registration_id)
    return redirect("my_place", token=new_link(registration, proves=True))


@require_safe
@public("the key in the address opens it, and it holds dates only")
def my_feed(request: HttpRequest, feed: str) -> HttpResponse:
    """The calendar of one place or of all places of a person, asked for again and again by their calendar."""
    places = places_of_feed(feed)
    if places is None:
        raise Http404
    return calendar_response(feed_calendar(places), name="tavolo")
