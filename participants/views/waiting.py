"""What organisers do about the waiting list: answer an offer for somebody, give a place past a limit."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from participants.actions import offers, overrides, places
from participants.forms_org import OverrideForm
from participants.views.people import person_page, registration_of
from workshops.access import actor_of, organises
from workshops.models import Workshop


@require_POST
@organises
def answer_offer(request: HttpRequest, workshop: Workshop, registration_id: UUID) -> HttpResponse:
    """`answer=take` or `answer=decline`, for somebody who phones."""
    registration = registration_of(workshop, registration_id)
    name = {"name": registration.person.name}
    answers = {
        "take": (offers.accept_offer, _("%(name)s has a place.")),
        "decline": (offers.decline_offer, _("%(name)s is off the list.")),
    }
    if request.POST.get("answer") not in answers:
        return HttpResponseBadRequest(_("Take the place or not?"))
    answer, told = answers[request.POST["answer"]]
    try:
        answer(registration, by=actor_of(request))
    except offers.OfferGone:
        messages.error(request, _("%(name)s has no offer any more.") % name)
    else:
        messages.success(request, told % name)
    return redirect("org_people", workshop.pk)


@require_POST
@organises
def give_place(request: HttpRequest, workshop: Workshop, registration_id: UUID) -> HttpResponse:
    """A place although all are taken, or out of turn; `reason` must say why."""
    registration = registration_of(workshop, registration_id)
    form = OverrideForm(request.POST, auto_id="override-%s")
    if not form.is_valid():
        return person_page(request, registration, override=form)
    try:
        overrides.give_place(registration, reason=form.cleaned_data["reason"], by=actor_of(request))
    except places.RegistrationClosed:
        messages.error(request, _("Nobody can be given a place now: the workshop is a draft, cancelled or over."))
    except places.NotAtThisWorkshop:
        messages.error(request, _("%(name)s is not on the list any more.") % {"name": registration.person.name})
        return redirect("org_people", workshop.pk)
    else:
        messages.success(request, _("%(name)s has a place.") % {"name": registration.person.name})
    return redirect("org_person", workshop.pk, registration.pk)
