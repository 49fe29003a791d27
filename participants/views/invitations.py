"""Invitations as the organisers see them: who was asked, by hand or from a list, and what they answered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from participants import attendance
from participants.actions import invitations
from participants.actions.invitations import NothingToInviteTo, Outcome, Wanted
from participants.actions.mail_limits import TooManyToday
from participants.actions.places import AddressTaken
from participants.forms_invite import CorrectAddressForm, InviteForm, ListForm
from participants.guest_lists import GuestList, read_guests, sealed, unsealed
from participants.models import Invitation
from participants.queries.mail import came_back, invitation_counts
from participants.sheets import MOST_BYTES, NotAList, read_rows
from participants.states import InvitationState
from workshops.access import actor_of, organises
from workshops.models import Workshop

ON_A_PAGE = 50
BACK = "back"
"""The filter for addresses whose mail came back."""


@require_http_methods(["GET"])
@organises
def invited(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Everybody who was asked, by `?state=` (or `back`: their mail came back) and `?q=` in the name, fifty a page."""
    return _page(request, workshop)


def _page(
    request: HttpRequest, workshop: Workshop, form: InviteForm | None = None, list_form: ListForm | None = None
) -> HttpResponse:
    search, state = request.GET.get("q", "").strip()[:80], request.GET.get("state", "")
    everybody = list(workshop.invitations.select_related("registration").by_name())
    back = came_back(workshop, [each.pk for each in everybody])
    rows = [(each, str(each.pk) in back) for each in everybody if search.casefold() in each.called.casefold()]
    if state in InvitationState.values:
        rows = [(each, is_back) for each, is_back in rows if each.state == state]
    elif state == BACK:
        rows = [(each, is_back) for each, is_back in rows if is_back and each.is_open]
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    counts = invitation_counts(workshop)
    context: dict[str, Any] = {
        "section": "people",
        "tab": "invited",
        "sums": attendance.sums(workshop),
        "invited_sum": len(everybody),
        "page": page,
        "rows": page.object_list,
        "search": search,
        "state": state,
        "states": [(choice, choice.label, counts.get(choice, 0)) for choice in InvitationState],
        "back_sum": sum(str(each.pk) in back and each.is_open for each in everybody),
        "to_chase": len(invitations.whom_to_chase(workshop)),
        "can_invite": invitations.can_invite(workshop),
        "form": form or InviteForm(workshop=workshop),
        "list_form": list_form or ListForm(auto_id="list-%s"),
    }
    return render(request, "org/invited.html", context)


@require_POST
@organises
def invite(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """One person by hand."""
    form = InviteForm(request.POST, workshop=workshop)
    if not form.is_valid():
        return _page(request, workshop, form)
    _invite(request, workshop, [Wanted(**form.cleaned_data)])
    return redirect("org_invited", workshop.pk)


@require_POST
@organises
def read_list(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Show what a list holds, with each bad row by number, and invite nobody yet."""
    form = ListForm(request.POST, request.FILES, auto_id="list-%s")
    if not form.is_valid():
        return _page(request, workshop, list_form=form)
    try:
        guests = read_guests(workshop, read_rows(form.cleaned_data["list"].read(MOST_BYTES + 1)))
        seal = sealed(workshop, guests.people)
    except NotAList as wrong:
        form.add_error("list", wrong.sentence)
        return _page(request, workshop, list_form=form)
    return _preview(request, workshop, guests, seal)


def _preview(request: HttpRequest, workshop: Workshop, guests: GuestList, seal: str) -> HttpResponse:
    context = {
        "section": "people",
        "guests": guests,
        "seal": seal,
        "can_invite": invitations.can_invite(workshop),
    }
    return render(request, "org/invite_list.html", context)


@require_POST
@organises
def invite_list(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Invite the people of a preview. Pressed twice, everybody is invited once."""
    people = unsealed(workshop, request.POST.get("people", ""))
    if people is None:
        messages.error(request, _("The preview is too old, or not ours. Choose the file again."))
    elif people:
        _invite(request, workshop, people)
    return redirect("org_invited", workshop.pk)


def _invite(request: HttpRequest, workshop: Workshop, people: list[Wanted]) -> None:
    """Invite, and say what came of it or why not."""
    try:
        outcome = invitations.invite(workshop, people, by=actor_of(request))
    except NothingToInviteTo:
        messages.error(request, not_now())
    except TooManyToday as too_many:
        messages.error(request, too_many_today(too_many.left))
    else:
        say = messages.success if outcome.invited else messages.warning
        say(request, " ".join(_sentences(outcome)))


def not_now() -> str:
    """Why there is nothing to invite to."""
    return _("Nobody can be invited now. Announce the workshop first; one that is over or cancelled takes nobody.")


def too_many_today(left: int) -> str:
    """Why nobody was written to."""
    sentence = ngettext(
        "Too many mails for one day, so nobody was written to. You can still write to %(count)d person today.",
        "Too many mails for one day, so nobody was written to. You can still write to %(count)d people today.",
        left,
    )
    return sentence % {"count": left}


def _sentences(outcome: Outcome) -> list[str]:
    invited, known, places, unwilling = map(len, (outcome.invited, outcome.known, outcome.signed_up, outcome.unwilling))
    told = (
        (invited, ngettext("%(count)d person is invited.", "%(count)d people are invited.", invited)),
        (known, ngettext("%(count)d was invited already.", "%(count)d were invited already.", known)),
        (places, ngettext("%(count)d has signed up already.", "%(count)d have signed up already.", places)),
        (unwilling, ngettext("%(count)d wants no mail.", "%(count)d want no mail.", unwilling)),
    )
    return [sentence % {"count": count} for count, sentence in told if count]


@require_POST
@organises
def chase(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Ask again whoever has not answered and was left alone for a day."""
    try:
        count = invitations.chase(workshop, by=actor_of(request))
    except NothingToInviteTo:
        messages.error(request, not_now())
        return redirect("org_invited", workshop.pk)
    if count:
        sentence = ngettext("%(count)d person is asked again.", "%(count)d people are asked again.", count)
        messages.success(request, sentence % {"count": count})
    else:
        messages.warning(request, _("Nobody is asked again: all have answered, or were written to within a day."))
    return redirect("org_invited", workshop.pk)


@require_http_methods(["GET", "POST"])
@organises
def invitation(request: HttpRequest, workshop: Workshop, invitation_id: UUID) -> HttpResponse:
    """One invitation: correct its address, withdraw it."""
    found = _invitation(workshop, invitation_id)
    form = CorrectAddressForm(request.POST or None, initial={"email": found.email})
    if form.is_valid():
        try:
            changed = invitations.correct_address(found, email=form.cleaned_data["email"], by=actor_of(request))
        except AddressTaken:
            form.add_error("email", _("Somebody with this address is invited already."))
        else:
            if changed:
                messages.success(request, _("The invitation goes to the new address. Links in older mails have ended."))
            return redirect("org_invited", workshop.pk)
    is_back = str(found.pk) in came_back(workshop, [found.pk])
    context = {"section": "people", "invitation": found, "form": form, "is_back": is_back}
    return render(request, "org/invitation.html", context)


@require_POST
@organises
def withdraw(request: HttpRequest, workshop: Workshop, invitation_id: UUID) -> HttpResponse:
    """Take an invitation back; no mail is sent about it."""
    found = _invitation(workshop, invitation_id)
    if invitations.withdraw(found, by=actor_of(request)):
        messages.success(request, _("The invitation of %(name)s is withdrawn.") % {"name": found.called})
    else:
        messages.warning(request, _("%(name)s has answered already.") % {"name": found.called})
    return redirect("org_invited", workshop.pk)


def _invitation(workshop: Workshop, invitation_id: UUID) -> Invitation:
    return get_object_or_404(workshop.invitations.select_related("registration"), pk=invitation_id)
