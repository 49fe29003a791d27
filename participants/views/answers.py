"""Behind links of mails: answering an invitation, and wanting no more mail. Opening a link changes nothing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from ledger.history import Actor
from ledger.models import ActorKind
from participants.actions import invitations
from participants.actions.links import new_link
from participants.actions.no_mail import programme_of, recipient_of, stop_mail
from participants.actions.places import RegistrationClosed
from participants.forms import PlaceForm, YesForm
from participants.models import Invitation, Person
from participants.queries.places import places_of, with_places
from participants.views.signing_up import form_of
from workshops.access import public
from workshops.models import Workshop


@require_http_methods(["GET", "HEAD", "POST"])
@public("the token in the address opens it")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the invitation; its two buttons answer it. `answer=yes` with what the sign-up form asks, or `answer=no`."""
    found = invitations.invitation_of(token)
    if found is None:
        return render(request, "public/invitation_ended.html", status=404)
    with timezone.override(found.workshop.zone):
        if request.method == "POST":
            return _answer(request, found, token)
        return _show(request, found, token, form_of(found.workshop, kind=YesForm, initial={"name": found.name}))


def _answer(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    try:
        if request.POST.get("answer") == "yes":
            return _yes(request, found, token)
        if request.POST.get("answer") == "no":
            invitations.decline(token)
    except (invitations.AnsweredAlready, invitations.NoSuchLink):
        pass  # the page says how it was answered
    except RegistrationClosed:
        messages.error(request, _("Nobody can take a place now."))
    return redirect("invitation", token=token)


def _yes(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    form = form_of(found.workshop, request.POST, kind=YesForm)
    if not form.is_valid():
        return _show(request, found, token, form)
    told: dict[str, Any] = {name: form.cleaned_data.get(name) for name in ("name", "theme", "needs", "audience")}
    registration, is_new = invitations.accept(token, said=form.said(), decisions=form.decisions(), **told)
    if not is_new:
        messages.info(request, _("This address has a place already, so we took no second one."))
    elif registration.is_waiting:
        messages.info(request, _why_waiting(found.workshop))
    return redirect("my_place", token=new_link(registration))


def _why_waiting(workshop: Workshop) -> str:
    if workshop.reserved:
        return _("No place is free for you now, so you are on the waiting list.")
    return _("All places are taken, so you are on the waiting list.")


def _show(request: HttpRequest, found: Invitation, token: str, form: PlaceForm) -> HttpResponse:
    workshop = with_places(Workshop.objects.with_programme()).get(pk=found.workshop_id)
    now = timezone.now()
    context = {
        "invitation": found,
        "workshop": workshop,
        "places": places_of(workshop),
        "token": token,
        "form": form,
        "can_answer": found.is_open and invitations.can_invite(workshop),
        "opens_later": workshop.opens_later_than(now),
        "takes_people": workshop.takes_registrations_at(now),
    }
    return render(request, "public/invitation.html", context)


@csrf_exempt  # mailboxes press it themselves (RFC 8058); the key in the address says whom it is about
@require_http_methods(["GET", "HEAD", "POST"])
@public("the key in the address opens it")
def no_mail(request: HttpRequest, recipient_id: UUID, key: str) -> HttpResponse:
    """One button, by a person or by their mailbox: no more invitations and news of this programme."""
    recipient = recipient_of(recipient_id, key)
    if recipient is None:
        return render(request, "public/invitation_ended.html", status=404)
    if request.method == "POST":
        stop_mail(recipient, by=_actor(recipient))
    context = {"programme": programme_of(recipient), "is_done": request.method == "POST"}
    return render(request, "public/no_mail.html", context)


def _actor(recipient: Person | Invitation) -> Actor:
    return Actor(ActorKind.PERSON, str(recipient.pk) if isinstance(recipient, Person) else "")
