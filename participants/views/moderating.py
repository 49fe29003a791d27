"""Moderators: organisers ask them, they answer behind the link of a mail, and both can download the brief."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from participants.actions import moderating
from participants.actions.mail_limits import TooManyToday
from participants.brief import brief
from participants.views.printing import pdf_of
from workshops.access import actor_of, organises, public
from workshops.models import Workshop


@require_POST
@organises
def invite(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Ask every moderator with an address who was not asked yet; `again=1`: those who have not answered."""
    again = request.POST.get("again") == "1"
    ask = moderating.ask_moderators_again if again else moderating.invite_moderators
    try:
        count = ask(workshop, by=actor_of(request))
    except moderating.NothingToLead:
        messages.error(request, _("The workshop is cancelled or over: nobody is asked."))
    except TooManyToday:
        messages.error(request, _("So many people cannot be written to on one day. Go on tomorrow."))
    else:
        _say(request, count)
    return redirect("org_tables", workshop.pk)


def _say(request: HttpRequest, count: int) -> None:
    if count:
        told = ngettext("We write to %(count)d moderator.", "We write to %(count)d moderators.", count)
        messages.success(request, told % {"count": count})
    else:
        messages.info(request, _("There is nobody to write to now."))


@require_http_methods(["GET"])
@organises
def brief_pdf(request: HttpRequest, workshop: Workshop, group_id: UUID) -> HttpResponse:
    """The brief of one table."""
    groups = workshop.groups.select_related("workshop__programme").prefetch_related("moderators")
    return pdf_of("brief", brief(get_object_or_404(groups, pk=group_id)))


@require_http_methods(["GET", "HEAD", "POST"])
@public("the token in the address opens it")
def moderate(request: HttpRequest, token: str) -> HttpResponse:
    """Shows what a moderator is asked; `answer=yes` and `answer=no` answer it. Opening the link changes nothing."""
    found = moderating.moderator_by_link(token)
    if found is None:
        return render(request, "public/invitation_ended.html", status=404)
    workshop = found.seat.group.workshop
    with timezone.override(workshop.zone):
        if request.method == "POST":
            if request.POST.get("answer") in ("yes", "no"):
                _answer(request, found)
            return redirect("moderate", token)
        context = {
            "invitation": found,
            "table": found.seat.group,
            "workshop": workshop,
            "token": token,
            "can_answer": moderating.has_tables_to_lead(workshop),
        }
        return render(request, "public/moderate.html", context)


def _answer(request: HttpRequest, found: moderating.ModeratorInvitation) -> None:
    try:
        moderating.answer(found, comes=request.POST["answer"] == "yes")
    except moderating.AnsweredAlready:
        messages.warning(request, _("You have answered already. Write to the organisers if it has changed."))
    except moderating.NothingToLead:
        messages.warning(request, _("The workshop is cancelled or over."))


@require_http_methods(["GET"])
@public("the token in the address opens it")
def moderate_brief(request: HttpRequest, token: str) -> HttpResponse:
    """The brief of the moderator's table, in the language of the page."""
    found = moderating.moderator_by_link(token)
    if found is None:
        return render(request, "public/invitation_ended.html", status=404)
    with timezone.override(found.seat.group.workshop.zone), translation.override(translation.get_language()):
        return pdf_of("brief", brief(found.seat.group))
