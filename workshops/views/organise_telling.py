"""Before people are written to: who they are. A change of time or place, cancelling, and announcing it again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from workshops.access import actor_of, organises
from workshops.actions import cancelling
from workshops.actions.moving import MovedMeanwhile, MoveNotAllowed
from workshops.forms_cancel import CancelForm
from workshops.models import Workshop
from workshops.states import WORKSHOP_MOVES, WorkshopState
from workshops.telling import Told, news_in, told_of, told_of_news, unsaid

NOT_CARRIED = ("csrfmiddlewaretoken", "told", "back")
LABELS = {
    "starts_at": gettext_lazy("Starts"),
    "minutes": gettext_lazy("Minutes"),
    "venue": gettext_lazy("Place"),
    "address": gettext_lazy("Address"),
}


Change = tuple[str | Promise, str, str]
"""What it is called, how it was, how it is now."""


def ask_first(
    request: HttpRequest,
    workshop: Workshop,
    values: dict[str, Any],
    *,
    goal: str = "org_details",
    works_out: dict[str, Any] | None = None,
) -> HttpResponse | None:
    """The page that shows what changes and who is told, while it has not been answered; None when nobody needs to be.

    `values` are the new fields of the workshop. What was typed comes along in the page's form, which goes to `goal`.
    What is not typed but worked out from the workshop (`works_out`) comes along too: once it is something else, the
    answer was to another question.
    """
    told = told_of_news(workshop, values)
    worked_out = {name: str(value) for name, value in (works_out or {}).items()}
    is_answered = "told" in request.POST and all(request.POST.get(name) == now for name, now in worked_out.items())
    if not told or is_answered:
        return None
    changes: list[Change] = [
        (LABELS[name], _shown(workshop, getattr(workshop, name)), _shown(workshop, values[name]))
        for name in news_in(workshop, values)
    ]
    return _question(request, changes, told, goal=goal, carried=worked_out)


def ask_before_announcing(request: HttpRequest, workshop: Workshop) -> HttpResponse | None:
    """The same page before a workshop is announced again, where those who knew of it have something to be told."""
    news = unsaid(workshop)
    told = told_of(workshop) if news else []
    if not told or "told" in request.POST:
        return None
    state = (gettext_lazy("Where it stands"), str(WorkshopState.CANCELLED.label), str(WorkshopState.ANNOUNCED.label))
    changes: list[Change] = [state] if news.was_cancelled else []
    changes += [(LABELS[name], _("Something else"), _shown(workshop, getattr(workshop, name))) for name in news.names]
    return _question(request, changes, told, goal="org_state")


def _question(
    request: HttpRequest, changes: list[Change], told: list[Told], *, goal: str, carried: dict[str, str] | None = None
) -> HttpResponse:
    """The page with one button that does it, and one that goes back; what was sent comes along."""
    own = carried or {}
    sent = [(name, value) for name, some in request.POST.lists() if name not in (*NOT_CARRIED, *own) for value in some]
    return render(
        request,
        "org/change_told.html",
        {
            "section": "agenda" if goal == "org_agenda_end" else "details",
            "changes": changes,
            "told": told,
            "carried": [*sent, *own.items()],
            "mails": mails_to(told),
            "goal": goal,
        },
    )


def _shown(workshop: Workshop, value: Any) -> str:
    if isinstance(value, dt.datetime):
        return date_format(value.astimezone(workshop.zone), "l j F Y, H:i")
    return str(value) or "–"


def mails_to(told: list[Told]) -> int:
    return sum(len(some.names) for some in told)


def we_write(count: int) -> str:
    """How many people are written to now, in a sentence; nothing for none."""
    if not count:
        return ""
    return ngettext("We write to %(n)s person.", "We write to %(n)s people.", count) % {"n": count}


@require_http_methods(["GET", "POST"])
@organises
def cancel(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Who will be told, and why it is cancelled; the button does it."""
    if WorkshopState.CANCELLED not in WORKSHOP_MOVES[workshop.state]:
        messages.error(request, _("The workshop has moved on meanwhile. Look at where it is now."))
        return redirect("org_details", workshop.pk)
    told = told_of(workshop)
    form = CancelForm(request.POST if request.method == "POST" else None, languages=workshop.programme.languages)
    if form.is_valid():
        try:
            because = form.cleaned_data["cancelled_because"]
            cancelling.cancel_workshop(workshop, because=because, by=actor_of(request))
        except (MoveNotAllowed, MovedMeanwhile):
            messages.error(request, _("The workshop has moved on meanwhile. Look at where it is now."))
        else:
            messages.success(request, " ".join([_("The workshop is cancelled."), we_write(mails_to(told))]).strip())
        return redirect("org_details", workshop.pk)
    context = {"section": "details", "form": form, "told": told, "mails": mails_to(told)}
    return render(request, "org/workshop_cancel.html", context)
