"""The door: tick who has come, by name or by the code they say."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import date
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from participants import attendance
from participants.actions import door, places
from participants.forms_org import WalkInForm
from participants.models import Registration
from workshops.access import actor_of, checks_in
from workshops.models import Workshop
from workshops.permissions import can_organise


@require_http_methods(["GET"])
@checks_in
def desk(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Still to come and here, narrowed by `?q=`; `?seen=<registration>` shows one person large, after a tick."""
    return _page(request, workshop, WalkInForm(workshop=workshop))


def _page(request: HttpRequest, workshop: Workshop, walk_in_form: WalkInForm) -> HttpResponse:
    search = request.GET.get("q", "").strip()[:80]
    everybody = attendance.tell(workshop, attendance.signed_up(workshop))
    may_decide = can_organise(request.user, workshop)
    shown = [each for each in everybody if search.casefold() in each.person.name.casefold()]
    seen = next((each for each in everybody if str(each.pk) == request.GET.get("seen")), None)
    context = {
        "section": "desk",
        "frame": "base_org.html" if may_decide else "org/door_base.html",
        "search": search,
        "to_come": [each for each in shown if each.arrived_at is None],
        "here": [each for each in shown if each.arrived_at is not None],
        "sums": {"here": sum(each.arrived_at is not None for each in everybody), "all": len(everybody)},
        "seen": seen,
        "at_the_table": sum(each.table == seen.table for each in everybody) if seen else 0,
        "walk_in_form": walk_in_form,
        "held": attendance.held_arrivals(workshop) if may_decide else [],
    }
    return render(request, "org/desk.html", context)


@require_POST
@checks_in
def here(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """`here=1`: the person `registration` has come; `here=0`: they were ticked by mistake."""
    try:
        wanted = UUID(request.POST.get("registration", ""))
    except ValueError:
        return HttpResponseBadRequest(_("Say who is here."))
    if request.POST.get("here") not in ("0", "1"):
        return HttpResponseBadRequest(_("Here or not?"))
    registration = get_object_or_404(workshop.registrations.confirmed(), pk=wanted)
    is_here = request.POST["here"] == "1"
    is_known = _check_in(request, registration, here=is_here)
    return _back(workshop, seen=str(registration.pk)) if is_here and is_known else _back(workshop)


def _check_in(request: HttpRequest, registration: Registration, *, here: bool = True) -> bool:
    """Tick or untick; False, with a sentence, for somebody who gave the place up a moment ago."""
    try:
        door.check_in(registration, by=actor_of(request), here=here)
    except places.NotAtThisWorkshop:
        messages.error(request, _("%(name)s has no place any more.") % {"name": registration.person.name})
        return False
    return True


def _back(workshop: Workshop, **query: str) -> HttpResponse:
    address = reverse("org_desk", args=[workshop.pk])
    return redirect(f"{address}?{urlencode(query)}" if query else address)


@require_POST
@checks_in
def find(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """A code checks in at once; anything else is looked up as a name."""
    typed = request.POST.get("q", "").strip()[:80]
    registration = attendance.of_code(workshop, typed) if any(letter.isdigit() for letter in typed) else None
    if registration is None:
        return _back(workshop, **({"q": typed} if typed else {}))
    if registration.workshop_id != workshop.pk:
        day = date(registration.workshop.local_start, "j F")
        messages.error(request, _("This code is for %(day)s, not for today's workshop.") % {"day": day})
        return _back(workshop)
    return _let_in(request, workshop, registration)


def _let_in(request: HttpRequest, workshop: Workshop, registration: Registration) -> HttpResponse:
    """Check in the holder of a code, or say why not."""
    name = {"name": registration.person.name}
    if not registration.holds_a_place:
        messages.error(request, _("%(name)s is on the waiting list and has no place yet.") % name)
        return _back(workshop)
    if registration.arrived_at:
        since = f"{registration.arrived_at.astimezone(workshop.zone):%H:%M}"
        messages.warning(request, _("%(name)s is here already, since %(time)s.") % (name | {"time": since}))
    elif not _check_in(request, registration):
        return _back(workshop)
    return _back(workshop, seen=str(registration.pk))


@require_POST
@checks_in
def walk_in(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Somebody without a place comes in: here at once, or on the waiting list when all places are taken."""
    form = WalkInForm(request.POST, workshop=workshop)
    if form.is_valid():
        language = get_language() or workshop.programme.languages[0]
        try:
            registration = door.walk_in(workshop, language=language, by=actor_of(request), **form.cleaned_data)
        except places.RegistrationClosed:
            form.add_error(None, _("Sign-up is closed, so nobody can be added."))
        else:
            if registration.is_confirmed:
                return _back(workshop, seen=str(registration.pk))
            text = _("All places are taken. %(name)s is on the waiting list.")
            if workshop.reserved:
                text = _("No place is free for %(name)s, who is on the waiting list now.")
            messages.warning(request, text % {"name": registration.person.name})
            return _back(workshop)
    return _page(request, workshop, form)
