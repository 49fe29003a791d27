"""A programme's team: who is in it as what, asking somebody in, and the page behind the mailed link."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from participants.actions import team as acting
from participants.forms_team import RoleForm, TeamForm
from participants.permissions import roles_to_give
from workshops.access import actor_of, ask_again, organises_programme, public
from workshops.models import Programme, TeamSeat
from workshops.permissions import roles_of
from workshops.states import ORGANISING_ROLES, TeamRole


@require_http_methods(["GET"])
@organises_programme
def team(request: HttpRequest, programme: Programme) -> HttpResponse:
    """Everybody in the team, and who was asked and has not answered."""
    return _page(request, programme)


def _page(request: HttpRequest, programme: Programme, sent: TeamForm | None = None) -> HttpResponse:
    roles = _roles(request, programme)
    seats = programme.team.select_related("user").order_by("pk")
    members = [
        {
            "seat": seat,
            "is_me": seat.user_id == request.user.pk,
            "form": RoleForm(initial={"role": seat.role}, roles=roles, auto_id=f"seat-{seat.pk}-%s"),
            "can_change": seat.role in roles,
        }
        for seat in seats
    ]
    context = {
        "programme": programme,
        "members": members,
        "asked": list(programme.team_invitations.select_related("invited_by")),
        "roles_to_give": roles,
        "form": sent or TeamForm(programme=programme, roles=roles, initial={"role": TeamRole.HELPER}),
    }
    return render(request, "org/team.html", context)


def _roles(request: HttpRequest, programme: Programme) -> tuple[str, ...]:
    return roles_to_give(roles_of(request.user, programme.pk))


@require_POST
@organises_programme
def invite(request: HttpRequest, programme: Programme) -> HttpResponse:
    """Ask somebody in by mail."""
    form = TeamForm(request.POST, programme=programme, roles=_roles(request, programme))
    if form.is_valid():
        if question := _proof(request, form.cleaned_data["role"]):
            return question
        try:
            invitation = acting.invite_to_team(programme, by=actor_of(request), **form.cleaned_data)
        except acting.InTheTeam as known:
            told = {"name": known.seat.user, "role": known.seat.get_role_display()}
            form.add_error("email", _("%(name)s is in the team already: %(role)s.") % told)
        else:
            messages.success(request, _("We write to %(address)s.") % {"address": invitation.email})
            return redirect("org_team", programme.pk)
    return _page(request, programme, form)


@require_POST
@organises_programme
def withdraw(request: HttpRequest, programme: Programme, team_invitation_id: UUID) -> HttpResponse:
    """The mailed link opens nothing any more."""
    invitation = get_object_or_404(programme.team_invitations, pk=team_invitation_id)
    _must_give(request, programme, invitation.role)
    acting.withdraw_team_invitation(invitation, by=actor_of(request))
    messages.success(request, _("The link we mailed to %(address)s has ended.") % {"address": invitation.email})
    return redirect("org_team", programme.pk)


@require_POST
@organises_programme
def change_role(request: HttpRequest, programme: Programme, seat_id: int) -> HttpResponse:
    seat = _seat(programme, seat_id)
    _must_give(request, programme, seat.role)
    form = RoleForm(request.POST, roles=_roles(request, programme))
    if not form.is_valid():
        messages.error(request, _("Choose a role."))
        return redirect("org_team", programme.pk)
    role = form.cleaned_data["role"]
    if question := _proof(request, role, seat.role):
        return question
    try:
        if acting.change_role(seat, role, by=actor_of(request)):
            told = {"name": seat.user, "role": seat.get_role_display()}
            messages.success(request, _("%(name)s is now in the team as: %(role)s.") % told)
    except acting.LastOwner:
        messages.error(request, _("Somebody has to own the programme. Make somebody else an owner first."))
    return _onward(request, programme)


@require_POST
@organises_programme
def leave(request: HttpRequest, programme: Programme, seat_id: int) -> HttpResponse:
    """Take somebody out, or leave oneself."""
    seat = _seat(programme, seat_id)
    is_me = seat.user_id == request.user.pk
    if not is_me:
        _must_give(request, programme, seat.role)
    if question := _proof(request, seat.role):
        return question
    try:
        acting.leave_team(seat, by=actor_of(request))
    except acting.LastOwner:
        messages.error(request, _("Somebody has to own the programme. Make somebody else an owner first."))
    else:
        left = _("You have left the team.") if is_me else _("%(name)s has left the team.") % {"name": seat.user}
        messages.success(request, left)
    return _onward(request, programme)


def _onward(request: HttpRequest, programme: Programme) -> HttpResponse:
    """To the team, for whoever still organises it."""
    if roles_of(request.user, programme.pk) & set(ORGANISING_ROLES):
        return redirect("org_team", programme.pk)
    return redirect("org_home")


def _seat(programme: Programme, seat_id: int) -> TeamSeat:
    return get_object_or_404(programme.team.select_related("user", "programme"), pk=seat_id)


def _must_give(request: HttpRequest, programme: Programme, role: str) -> None:
    """Raises `PermissionDenied` for a role that is not theirs to give and take."""
    if role not in _roles(request, programme):
        raise PermissionDenied


def _proof(request: HttpRequest, *roles: Any) -> HttpResponse | None:
    """Whoever gives or takes the right to organise says once more who they are."""
    return ask_again(request) if set(roles) & set(ORGANISING_ROLES) else None


@require_http_methods(["GET", "HEAD", "POST"])
@public("the key in the address was mailed to whoever is asked")
def join(request: HttpRequest, team_key: str) -> HttpResponse:
    """What one is asked to do, and the button that takes it; whoever joined enters with a mailed code."""
    invitation = acting.invitation_by_key(team_key)
    if invitation is None:
        return render(request, "public/team_link_ended.html", status=404)
    if request.method == "POST":
        try:
            acting.join_team(team_key)
        except acting.NoSuchInvitation:
            return render(request, "public/team_link_ended.html", status=404)
        told = _("You are in the team. Enter with %(address)s: we mail you a code.")
        messages.success(request, told % {"address": invitation.email})
        return redirect("org_home")
    return render(request, "public/join_team.html", {"invitation": invitation, "programme": invitation.programme})
