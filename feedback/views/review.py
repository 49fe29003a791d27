"""Is this what we said? One finding at a time, behind a person's own link or a code on paper."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback.models import Reply, Review
from feedback.review import actions
from feedback.review.forms import CodeForm, FeedbackForm, OtherForm, ReplyForm
from feedback.review.queries import Asking, asking, registration_of_code, turnout
from feedback.summary import publish
from feedback.summary.queries import outcome_page, page_of
from participants.actions.links import new_link
from participants.limits import Allowance, address_of
from participants.models import Registration
from participants.views.my_place import opened_by_link, the_person
from workshops.access import public
from workshops.actions.moving import NotReady
from workshops.models import Workshop

WRONG_CODES = Allowance("wrong-review-codes", most=30)
WRONG_CODES_OF_WORKSHOP = Allowance("wrong-review-codes-of-a-workshop", most=300)


def _asking(registration: Registration) -> Asking:
    """What this person is asked now. Raises `ReviewClosed`."""
    review = actions.open_review(registration, timezone.now())
    draft = registration.workshop.drafts.current().first()
    if draft is None:
        raise actions.ReviewClosed(registration.workshop_id)
    outcome = publish.outcome_of(draft)
    outcome.workshop = registration.workshop
    return asking(registration, review, page_of(outcome))


@require_safe
@public("the token in the address opens it")
@opened_by_link
def my_review(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
    """To the first finding without an answer, else to the end; opening it changes nothing."""
    try:
        wanted = _asking(registration).next_number
    except actions.ReviewClosed:
        return _closed(request, registration, token)
    return redirect("my_review_finding", token, wanted) if wanted else redirect("my_review_end", token)


@require_http_methods(["GET", "HEAD", "POST"])
@public("the token in the address opens it")
@opened_by_link
def my_review_finding(request: HttpRequest, registration: Registration, token: str, number: int) -> HttpResponse:
    """One finding with its quote and its notes, and the two answers. Each answer is kept alone."""
    try:
        way = _asking(registration)
    except actions.ReviewClosed:
        return _closed(request, registration, token)
    asked = way.at(number)
    if asked is None:
        return redirect("my_review_end", token)
    form = ReplyForm(request.POST or None, initial=_said(asked.said) | {"finding": asked.finding.id})
    if request.method == "POST" and form.is_valid():
        return _keep(request, registration, token, number, form.cleaned_data)
    return _show(request, "review/finding.html", registration, token, way=way, asked=asked, form=form)


def _said(said: Reply | None) -> dict[str, str]:
    return {"verdict": said.verdict, "text": said.text} if said else {}


def _keep(
    request: HttpRequest, registration: Registration, token: str, number: int, told: dict[str, Any]
) -> HttpResponse:
    """Store one answer and go on to the next finding."""
    try:
        actions.reply(
            registration,
            told["finding"],
            verdict=told["verdict"],
            text=told["text"],
            by=the_person(registration),
        )
    except actions.ReviewClosed:
        return redirect("my_review", token)
    except actions.FindingGone:
        messages.warning(request, _("The findings have changed meanwhile. This is how they stand now."))
        return redirect("my_review", token)
    except actions.HasAnAnswer:
        messages.warning(request, _("The organisers have answered this already. Their answer is at the end."))
    return redirect("my_review_finding", token, number + 1)


@require_safe
@public("the token in the address opens it")
@opened_by_link
def my_review_end(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
    """Thank you: what is still open, what was missed and how it was answered, and how the evening was."""
    return _end(request, registration, token)


def _end(request: HttpRequest, registration: Registration, token: str, status: int = 200, **forms: Any) -> HttpResponse:
    try:
        way = _asking(registration)
    except actions.ReviewClosed:
        return _closed(request, registration, token)
    forms = {"other_form": OtherForm(), "feedback_form": FeedbackForm(instance=way.feedback, prefix="evening"), **forms}
    context = {"way": way, "corrections": way.corrections, "turnout": turnout(registration.workshop_id), **forms}
    return _show(request, "review/end.html", registration, token, status=status, **context)


@require_POST
@public("the token in the address opens it")
@opened_by_link
def my_review_other(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
    """Something that is in no finding."""
    form = OtherForm(request.POST)
    if not form.is_valid():
        return _end(request, registration, token, other_form=form)
    try:
        actions.add_what_is_missing(registration, form.cleaned_data["text"], by=the_person(registration))
    except NotReady as refusal:
        form.add_error("text", str(refusal))
        return _end(request, registration, token, other_form=form)
    except actions.ReviewClosed:
        return redirect("my_review", token)
    messages.success(request, _("Kept. The organisers will answer it."))
    return redirect("my_review_end", token)


@require_POST
@public("the token in the address opens it")
@opened_by_link
def my_review_feedback(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
    """How the evening was."""
    form = FeedbackForm(request.POST, prefix="evening")
    if not form.is_valid():
        return _end(request, registration, token, feedback_form=form)
    try:
        actions.give_feedback(registration, by=the_person(registration), **form.cleaned_data)
    except actions.ReviewClosed:
        return redirect("my_review", token)
    messages.success(request, _("Kept. Thank you."))
    return redirect("my_review_end", token)


def _closed(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
    """Not open for this person: too early, over, or they were not there. What they said stays readable for them."""
    workshop = registration.workshop
    review = Review.objects.filter(workshop=workshop).first()
    was_there = actions.was_there(registration)
    missed = Reply.objects.corrections().filter(registration=registration).select_related("finding")
    context = {
        "review": review if was_there else None,
        "was_there": was_there,
        "corrections": list(missed),
        "outcome": outcome_page(workshop.slug),
    }
    return _show(request, "review/closed.html", registration, token, status=200 if was_there else 403, **context)


def _show(
    request: HttpRequest, template: str, registration: Registration, token: str, status: int = 200, **context: Any
) -> HttpResponse:
    everything = {"place": registration, "workshop": registration.workshop, "token": token, **context}
    return render(request, template, everything, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@public("only a code on paper opens it; guessing is counted")
def review_code(request: HttpRequest, slug: str) -> HttpResponse:
    """For whoever was there and has no mail from us."""
    workshop = get_object_or_404(Workshop.objects.reachable().with_programme(), slug=slug)
    if not Review.objects.filter(workshop=workshop).exists():
        raise Http404
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        network = address_of(request)
        if WRONG_CODES.is_used_up(network) or WRONG_CODES_OF_WORKSHOP.is_used_up(str(workshop.pk)):
            form.add_error(None, _("Too many wrong codes. Try again in an hour, or call us."))
            status = 429
        elif place := registration_of_code(workshop, form.cleaned_data["code"]):
            return redirect("my_review", new_link(place))
        else:
            WRONG_CODES.count(network)
            WRONG_CODES_OF_WORKSHOP.count(str(workshop.pk))
            form.add_error("code", _("We do not know this code. Look at the slip again."))
    return render(request, "review/code.html", {"form": form, "workshop": workshop}, status=status)
