"""What happens when the sign-up form is sent, and the button behind the mail of a sensitive workshop."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ledger.history import Actor
from ledger.models import ActorKind
from participants.actions.links import new_link, send_link_again
from participants.actions.places import RegistrationClosed
from participants.actions.signing_up import (
    NotForEverybody,
    SignUpUsed,
    Wanted,
    ask_to_confirm,
    confirm,
    secret_of,
    sign_up,
)
from participants.bursts import source_of
from participants.forms import PlaceForm
from participants.limits import ADDRESSES_KNOWN, FORMS_SENT, Browser, address_of, browser_of, remember
from participants.models import PendingSignUp, Registration
from participants.queries.asked import what_is_asked
from participants.queries.people import anchor_of
from participants.queries.places import SignUp
from participants.queries.workshop_page import reachable_workshop
from workshops.access import public
from workshops.kept import FORM_STAMP, age_of
from workshops.models import Workshop


def form_of(
    workshop: Workshop,
    data: Any = None,
    *,
    themes: Any = None,
    kind: type[PlaceForm] = PlaceForm,
    **more: Any,
) -> PlaceForm:
    """The sign-up form, or another `kind` of it, with everything this workshop asks."""
    asked = what_is_asked(workshop)
    return kind(
        data,
        workshop=workshop,
        themes=workshop.programme.themes.all() if themes is None else themes,
        audiences=asked.audiences,
        questions=asked.questions,
        purposes=asked.purposes,
        **more,
    )


def stamp_of(request: HttpRequest) -> str:
    """The stamp the form goes on with: the one it was sent with, so that time already spent counts, or a new one."""
    sent = request.POST.get("stamp", "")
    return sent if age_of(sent) is not None else FORM_STAMP


def was_filled_in(request: HttpRequest, form: PlaceForm) -> bool:
    """Whether somebody has had the form for as long as people need; else it says so. Going back costs nothing."""
    age = age_of(request.POST.get("stamp", ""))
    if settings.FORM_SECONDS == 0 or (age is not None and age >= settings.FORM_SECONDS):
        return True
    if age is None:
        form.add_error(
            None, _("We cannot tell when this form was opened. Nothing was taken yet: press the button again.")
        )
    else:
        form.add_error(
            None, _("This was sent faster than people write. Nothing was taken yet: press the button again.")
        )
    return False


def take(request: HttpRequest, workshop: Workshop, form: PlaceForm, *, link: str = "") -> HttpResponse:
    """Take the place, or say why not; a place that exists already is never opened from here."""
    browser = browser_of(request)
    source = source_of(browser.name, address_of(request))
    if browser.has_taken_enough:
        return show(request, "public/place_too_many.html", workshop, status=429, why="browser")
    if FORMS_SENT.is_used_up(source.network) or ADDRESSES_KNOWN.is_used_up(source.network):
        return show(request, "public/place_too_many.html", workshop, status=429, why="network")
    FORMS_SENT.count(source.network)
    wanted = _wanted(form)
    try:
        if workshop.sensitive:
            ask_to_confirm(workshop, wanted, link=link)
            return _remembered(redirect("confirm_sent", slug=workshop.slug), browser)
        with transaction.atomic():
            person = Actor(ActorKind.PERSON)
            registration, is_new = sign_up(workshop, wanted, by=person, source=source, link=link)
            is_theirs = is_new and registration.person.name.casefold() == wanted.name.casefold()
            token = new_link(registration) if is_theirs else ""
    except (RegistrationClosed, NotForEverybody):
        return show(request, "public/place_closed.html", workshop, status=409, sign_up="closed")
    if not is_new:
        ADDRESSES_KNOWN.count(source.network)
        send_link_again(anchor_of(registration, timezone.now()))
        return redirect("link_sent_again", slug=workshop.slug)
    if not is_theirs:
        # The address is known under another name: only its mailbox may learn which. The confirmation is on its way.
        ADDRESSES_KNOWN.count(source.network)
        return redirect("link_sent")
    return _remembered(_to_ticket(request, registration, token), browser)


def _remembered(response: HttpResponse, browser: Browser) -> HttpResponse:
    remember(response, browser)
    return response


def _wanted(form: PlaceForm) -> Wanted:
    cleaned = form.cleaned_data
    return Wanted(
        name=cleaned["name"],
        email=cleaned["email"],
        language=translation.get_language() or settings.LANGUAGE_CODE,
        theme=cleaned["theme"],
        needs=cleaned["needs"],
        said=form.said(),
        decisions=form.decisions(),
        details={"audience": cleaned.get("audience")},
    )


def _to_ticket(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
    missed = request.POST.get("saw") == SignUp.OPEN and registration.is_waiting
    return redirect(reverse("my_place", args=[token]) + ("?missed" if missed else ""))


def show(request: HttpRequest, template: str, workshop: Workshop, *, status: int = 200, **more: Any) -> HttpResponse:
    """Dates are written in the workshop's time zone."""
    with timezone.override(workshop.zone):
        return render(request, template, {"workshop": workshop, **more}, status=status)


@require_safe
@public("says that a mail was sent, whatever the address")
def confirm_sent(request: HttpRequest, slug: str) -> HttpResponse:
    """A sensitive workshop: the mailbox has a button; the same page for every address."""
    workshop = reachable_workshop(slug)
    if workshop is None or not workshop.sensitive:
        raise Http404
    return show(request, "public/confirm_sent.html", workshop)


@require_http_methods(["GET", "HEAD", "POST"])
@public("the secret in the address opens it")
def confirm_sign_up(request: HttpRequest, pending_id: uuid.UUID, secret: str) -> HttpResponse:
    """Opening the mailed link changes nothing, because mail scanners open links; its button takes the place, once."""
    pending = _pending(pending_id, secret)
    if pending is None:
        return render(request, "public/confirm_used.html", status=404)
    workshop = pending.workshop
    if request.method != "POST":
        return show(request, "public/confirm.html", workshop, pending=pending)
    try:
        registration, is_new = confirm(pending)
    except SignUpUsed:
        return render(request, "public/confirm_used.html", status=404)
    except RegistrationClosed:
        return show(request, "public/place_closed.html", workshop, status=409, sign_up="closed")
    if not is_new:
        messages.info(request, _("This address has a place already, so we took no second one."))
    return _to_ticket(request, registration, new_link(registration))


def _pending(pending_id: uuid.UUID, secret: str) -> PendingSignUp | None:
    if not constant_time_compare(secret, secret_of(pending_id)):
        return None
    kept = PendingSignUp.objects.open_at(timezone.now()).select_related("workshop__programme")
    return kept.filter(pk=pending_id).first()
