"""What was told by somebody who had left the door: the organiser decides about each."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ledger.shapes import Refused
from participants.actions import arrivals
from participants.models import Arrival
from workshops.access import actor_of, organises
from workshops.models import Workshop

IN_SPITE_OF_THE_LIMIT = ("full", "waiting", "gave_up")


@require_POST
@organises
def accept(request: HttpRequest, workshop: Workshop, arrival_id: UUID) -> HttpResponse:
    """Take it as told; whoever has no place is let in over the limit, because they have been in already."""
    held = get_object_or_404(workshop.arrivals, pk=arrival_id)
    try:
        ack = arrivals.accept_held(held, by=actor_of(request))
        if ack.get("code") in IN_SPITE_OF_THE_LIMIT:
            ack = arrivals.accept_held(held, by=actor_of(request), over=_("Was let in at the door."))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        if ack["status"] != "stored":
            messages.warning(request, ack["sentence"])
    return redirect("org_desk", workshop.pk)


@require_POST
@organises
def leave_out(request: HttpRequest, workshop: Workshop, arrival_id: UUID) -> HttpResponse:
    """Leave it out for good."""
    held: Arrival = get_object_or_404(workshop.arrivals, pk=arrival_id)
    try:
        arrivals.leave_out(held, by=actor_of(request))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("org_desk", workshop.pk)
