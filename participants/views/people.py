"""Sign-ups and the waiting list, and one person's place as the organisers see it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from participants import actions, attendance
from participants.forms_org import ADDRESS_TAKEN, PersonForm
from participants.models import Registration
from workshops.access import actor_of, organises
from workshops.models import Workshop

TABS = {"signed-up": attendance.signed_up, "waiting": attendance.waiting}


@require_http_methods(["GET"])
@organises
def people(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Who has a place (`?tab=signed-up`) or waits (`?tab=waiting`), narrowed by `?q=` in their name."""
    return _page(request, workshop, PersonForm(workshop=workshop))


def _page(request: HttpRequest, workshop: Workshop, form: PersonForm) -> HttpResponse:
    asked = request.GET.get("tab", "")
    tab = asked if asked in TABS else "signed-up"
    search = request.GET.get("q", "").strip()[:80]
    context: dict[str, Any] = {
        "section": "people",
        "tab": tab,
        "search": search,
        "people": TABS[tab](workshop, search),
        "sums": attendance.sums(workshop),
        "form": form,
    }
    return render(request, "org/people.html", context)


@require_POST
@organises
def add_person(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Somebody who phones gets a place, or a turn on the waiting list, like everybody else."""
    form = PersonForm(request.POST, workshop=workshop)
    if form.is_valid():
        language = get_language() or workshop.programme.languages[0]
        try:
            registration, is_new = actions.register(
                workshop, by=actor_of(request), language=language, **form.cleaned_data
            )
        except actions.RegistrationClosed:
            form.add_error(None, _("Sign-up is closed. Announce the workshop, or change when sign-up ends."))
        else:
            _tell(request, registration, is_new)
            return redirect("org_people", workshop.pk)
    return _page(request, workshop, form)


def _tell(request: HttpRequest, registration: Registration, is_new: bool) -> None:
    name = {"name": registration.person.name}
    if not is_new:
        messages.warning(request, _("%(name)s has signed up already. Nothing has changed.") % name)
    elif registration.is_confirmed:
        messages.success(request, _("%(name)s has a place.") % name)
    else:
        turn = {"n": registration.position()}
        messages.success(request, _("%(name)s is on the waiting list, number %(n)s.") % (name | turn))


@require_http_methods(["GET", "POST"])
@organises
def person(request: HttpRequest, workshop: Workshop, registration_id: UUID) -> HttpResponse:
    """One person's place: correct it, write again, give it up."""
    registration = _registration(workshop, registration_id)
    form = PersonForm(request.POST or None, workshop=workshop, registration=registration)
    if form.is_valid():
        try:
            actions.correct_registration(registration, by=actor_of(request), **form.cleaned_data)
        except actions.AddressTaken:
            form.add_error("email", ADDRESS_TAKEN)
        else:
            messages.success(request, _("Saved."))
            return redirect("org_person", workshop.pk, registration.pk)
    seat = registration.seats.for_the_evening().select_related("group").first()
    return render(
        request,
        "org/person.html",
        {"section": "people", "registration": registration, "form": form, "table": seat and seat.group},
    )


def _registration(workshop: Workshop, registration_id: UUID) -> Registration:
    return get_object_or_404(workshop.registrations.standing().with_people(), pk=registration_id)


@require_POST
@organises
def send_link(request: HttpRequest, workshop: Workshop, registration_id: UUID) -> HttpResponse:
    registration = _registration(workshop, registration_id)
    if registration.person.email:
        actions.send_link_again(registration)
        messages.success(request, _("The link is on its way to %(email)s.") % {"email": registration.person.email})
    else:
        messages.error(request, _("We have no address for %(name)s.") % {"name": registration.person.name})
    return redirect("org_person", workshop.pk, registration.pk)


@require_POST
@organises
def give_up(request: HttpRequest, workshop: Workshop, registration_id: UUID) -> HttpResponse:
    """Take somebody off the list; whoever waits longest gets the place."""
    registration = _registration(workshop, registration_id)
    actions.give_up(registration, by=actor_of(request))
    messages.success(request, _("%(name)s is off the list.") % {"name": registration.person.name})
    return redirect("org_people", workshop.pk)
