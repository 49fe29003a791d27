"""What people said about the findings, for organisers: ask, read, answer, print codes."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback.models import Reply, Review
from feedback.review import actions
from feedback.review.forms import AnswerForm, AskForm
from feedback.review.printed import codes
from feedback.review.queries import Replies, people_without_address, replies_of
from feedback.states import Agreed
from feedback.summary import named
from feedback.summary.curation import curation
from feedback.summary.people import who_came, who_is_told
from feedback.summary.progress import steps_of_life
from ledger.typesetting import typeset
from workshops.access import actor_of, organises
from workshops.actions.moving import MovedMeanwhile, MoveNotAllowed, NotReady
from workshops.models import Workshop
from workshops.states import WorkshopState


@require_safe
@organises
def org_replies(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    return _page(request, workshop)


def _page(request: HttpRequest, workshop: Workshop, **context: Any) -> HttpResponse:
    steps, step = steps_of_life(workshop)
    everything = {
        "section": "replies",
        "replies": _replies(workshop),
        "now": timezone.now(),
        "can_ask": workshop.state in (WorkshopState.CURATING, WorkshopState.ASKING),
        "on_paper": len(people_without_address(workshop)),
        "levels": Agreed.labels,
        "answer_form": AnswerForm(),
        "steps": steps,
        "step": step,
        **context,
    }
    with timezone.override(workshop.zone):
        return render(request, "org/replies.html", everything)


def _replies(workshop: Workshop) -> Replies | None:
    """What people said, under what the findings that are shown are called, in their order."""
    read = curation(workshop)
    findings = [each for each in read.findings if not each.row.hidden] if read else []
    titles = {str(each.pk): each.title for each in findings}
    return replies_of(workshop, titles, {str(each.pk): each.hint for each in findings})


@require_http_methods(["GET", "HEAD", "POST"])
@organises
def org_ask(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Say who is asked, until when, and what stops it; by POST, ask."""
    draft = workshop.drafts.current().first()
    if draft is None:
        raise Http404
    review = Review.objects.filter(workshop=workshop).first()
    form = AskForm(request.POST or None, workshop=workshop, until=review.until if review else None)
    if request.method == "POST" and form.is_valid():
        fine = form.cleaned_data["names_are_fine"]
        try:
            actions.ask_people(draft, until=form.moment, by=actor_of(request), names_are_fine=fine)
        except NotReady as refusal:
            for reason in refusal.reasons:
                form.add_error(None, reason)
        except (MoveNotAllowed, MovedMeanwhile):
            form.add_error(None, _("People cannot be asked where the workshop is now."))
        else:
            messages.success(request, _("People are being asked. What they say comes in here."))
            return redirect("org_replies", workshop.pk)
    context = {
        "section": "replies",
        "form": form,
        "review": review,
        "names": named.names_left(draft),
        "names_written": named.names_written(draft),
        "stops": actions.what_stops_asking(draft, names_are_fine=True),
        "asked": who_came(workshop.pk).count(),
        "by_mail": who_is_told(workshop.pk).count(),
        "on_paper": len(people_without_address(workshop)),
    }
    return render(request, "org/replies_ask.html", context)


@require_POST
@organises
def org_answer_reply(request: HttpRequest, workshop: Workshop, reply_id: uuid.UUID) -> HttpResponse:
    """Tell somebody what became of what they missed."""
    said = get_object_or_404(Reply.objects.corrections().filter(review__workshop=workshop), pk=reply_id)
    form = AnswerForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            actions.answer(said, answered=told["answer"], why=told["why"], by=actor_of(request))
        except NotReady as refusal:
            form.add_error("why", str(refusal))
        else:
            messages.success(request, _("Answered. The person can read it with their link."))
            return redirect("org_replies", workshop.pk)
    return _page(request, workshop, answer_form=form, answering=said.pk)


@require_safe
@organises
def org_review_codes(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Slips with codes for those whom no mail reaches."""
    review = get_object_or_404(Review, workshop=workshop)
    review.workshop = workshop
    answer = HttpResponse(typeset("review-codes.typ", codes(workshop, review)), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="review-codes.pdf"'
    return answer


@require_POST
@organises
def org_renew_codes(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    actions.renew_codes(get_object_or_404(Review, workshop=workshop), by=actor_of(request))
    messages.success(request, _("Slips printed before open nothing any more."))
    return redirect("org_replies", workshop.pk)
