"""Sign-ups that came faster than people come: the organiser looks at them, and takes them off the list in one act."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from participants.actions.removing import last_removal, put_back, remove_all
from participants.bursts import bursts_at
from participants.queries.my_place import UNDO_LASTS
from workshops.access import actor_of, organises
from workshops.models import Workshop


@require_http_methods(["GET"])
@organises
def bursts(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """The bursts of the last two days, each with everybody in it, and the way back from what was just removed."""
    removal = last_removal(workshop)
    context = {
        "section": "people",
        "bursts": bursts_at(workshop),
        "removed": len(removal.data["people"]) if removal else 0,
        "until": removal.at + UNDO_LASTS if removal else None,
    }
    return render(request, "org/bursts.html", context)


@require_POST
@organises
def remove(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Take those ticked off the list, together; whoever waits longest gets their places in the same moment."""
    try:
        ids = {UUID(value) for value in request.POST.getlist("registration")}
    except ValueError:
        return HttpResponseBadRequest(_("Say whom."))
    removed = remove_all(workshop, ids, by=actor_of(request))
    if removed:
        text = ngettext("%(n)s person is off the list.", "%(n)s people are off the list.", removed)
        messages.success(request, text % {"n": removed})
    else:
        messages.warning(request, _("Nobody was ticked who is still on the list."))
    return redirect("org_bursts", workshop.pk)


@require_POST
@organises
def undo(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Put those of the last act back, as long as none of them has been told."""
    back = put_back(workshop, by=actor_of(request))
    if back:
        waiting = sum(registration.is_waiting for registration in back)
        text = ngettext("%(n)s person is back.", "%(n)s people are back.", len(back)) % {"n": len(back)}
        on_the_list = ngettext("%(n)s waits now.", "%(n)s wait now.", waiting) % {"n": waiting}
        messages.success(request, f"{text} {on_the_list}" if waiting else text)
    else:
        messages.warning(request, _("It is too late to put them back together."))
    return redirect("org_bursts", workshop.pk)
