"""One person's seat: the menu that moves them, swapping with somebody, staying where they are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from participants import seating
from participants.actions import places, seats
from participants.models import Registration
from workshops.access import actor_of, organises
from workshops.models import Workshop


@require_http_methods(["GET"])
@organises
def move(request: HttpRequest, workshop: Workshop, registration_id: UUID) -> HttpResponse:
    """Where somebody could sit instead, for the evening or for `?session=`: a page, and with script a menu on the page
    of all tables."""
    registration = get_object_or_404(workshop.registrations.confirmed().with_people(), pk=registration_id)
    session = row_named(request.GET, "session", workshop.sessions.at_the_tables())
    context = {
        "section": "tables",
        "registration": registration,
        "session": session,
        "places": seating.places_for(registration, session),
        "needs": seating.needs_in_words(registration.table_needs),
    }
    return render(request, "org/move.html", context)


@require_POST
@organises
def seat(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Seat the person `registration` at the table `group`, or at none when it is empty."""
    registration = sent_row(request, "registration", workshop.registrations.confirmed())
    if registration is None:
        return HttpResponseBadRequest(_("Say who sits where."))
    before = registration.seats.for_the_evening().values_list("group_id", flat=True).first()
    group = None
    if request.POST.get("group"):
        group = sent_row(request, "group", workshop.groups)
        if group is None:
            return HttpResponseBadRequest(_("There is no such table."))
    try:
        seats.seat(registration, group, by=actor_of(request))
    except places.NotAtThisWorkshop:
        return _gone(request, registration)
    return back(workshop, moved=str(registration.pk), **{"from": str(before or "")})


@require_POST
@organises
def swap(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """The people `registration` and `other` sit where the other one sat."""
    one, other = (sent_row(request, name, workshop.registrations.confirmed()) for name in ("registration", "other"))
    if one is None or other is None:
        return HttpResponseBadRequest(_("Say who swaps with whom."))
    try:
        seats.swap(one, other, by=actor_of(request))
    except places.NotAtThisWorkshop as gone:
        return _gone(request, one if gone.args == (one.pk,) else other)
    return back(workshop, moved=str(one.pk), **{"with": str(other.pk)})


def _gone(request: HttpRequest, registration: Registration) -> HttpResponse:
    messages.error(request, _("%(name)s has no place any more.") % {"name": registration.person.name})
    return back(registration.workshop)


def sent_row(request: HttpRequest, name: str, rows: Any) -> Any:
    """The row whose id was sent as `name`; None for what is no id, 404 for a foreign one."""
    return row_named(request.POST, name, rows)


def row_named(said: QueryDict, name: str, rows: Any) -> Any:
    """Like `sent_row`, of an address's query too."""
    try:
        wanted = UUID(said.get(name, ""))
    except ValueError:
        return None
    return get_object_or_404(rows, pk=wanted)


def back(workshop: Workshop, **query: str) -> HttpResponse:
    """To the page of all tables."""
    address = reverse("org_tables", args=[workshop.pk])
    return redirect(f"{address}?{urlencode(query)}" if query else address)


@require_POST
@organises
def keep(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """`kept=1`: a mix leaves the person where they sit; `kept=0`: it may move them."""
    registration = sent_row(request, "registration", workshop.registrations.confirmed())
    if registration is None or request.POST.get("kept") not in ("0", "1"):
        return HttpResponseBadRequest(_("Say who stays."))
    seats.keep_seat(registration, kept=request.POST["kept"] == "1", by=actor_of(request))
    return back(workshop)
