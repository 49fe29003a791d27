"""Evening out the tables on the day: the fewest moves, looked at first, made in one act, taken back in another."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from participants import seating
from participants.actions.rebalance import SeatMove, move_people, undo_moves
from workshops.access import actor_of, organises
from workshops.actions.moving import MovedMeanwhile
from workshops.models import Workshop

MOST_MOVES = 5000


@require_http_methods(["GET"])
@organises
def rebalance(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """What would even out the tables. `?absent=all` counts nobody who is not here yet, `?absent=<id>` only some."""
    board = seating.board_of(workshop)
    missing = [sitter for sitter in board.sitters.values() if sitter.registration.arrived_at is None]
    asked = set(request.GET.getlist("absent"))
    absent = {sitter.id for sitter in missing if sitter.id in asked or "all" in asked}
    context = {
        "section": "tables",
        "board": board,
        "missing": sorted(missing, key=lambda sitter: sitter.name.casefold()),
        "here": len(board.sitters) - len(missing),
        "absent": absent,
        "plan": board.even_out(absent),
    }
    return render(request, "org/rebalance.html", context)


@require_POST
@organises
def make_moves(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Make the moves `move` (see `SitterMove.key`): exactly those that were shown, all or none."""
    try:
        moves = [_move(key) for key in request.POST.getlist("move")[:MOST_MOVES]]
    except ValueError:
        return HttpResponseBadRequest(_("Say who goes where."))
    try:
        move_people(workshop, moves, by=actor_of(request))
    except MovedMeanwhile:
        messages.error(request, _("Somebody has moved meanwhile, so nobody was moved. Look again."))
        return redirect("org_rebalance", workshop.pk)
    text = ngettext("%(n)s move made.", "%(n)s moves made.", len(moves)) % {"n": len(moves)}
    messages.success(request, text)
    return redirect("org_tables", workshop.pk)


def _move(key: str) -> SeatMove:
    """The move of a key; `ValueError` for what is none."""
    person, origin, to = key.split(":")
    ids = [str(UUID(part)) if part else None for part in (origin, to)]
    if ids[0] == ids[1]:
        raise ValueError(key)
    return SeatMove(str(UUID(person)), *ids)


@require_POST
@organises
def undo(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    try:
        done = undo_moves(workshop, by=actor_of(request))
    except MovedMeanwhile:
        messages.error(request, _("Somebody has moved since, so it cannot be undone as a whole."))
    else:
        if done:
            messages.success(request, _("Everybody sits as before these moves."))
        else:
            messages.warning(request, _("There are no moves to undo."))
    return redirect("org_tables", workshop.pk)
