"""The sign-up form as the organiser makes it: own questions, the link that opens it, bursts; and what people allow."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from participants.actions import consents as allowing
from participants.actions import questions as asking
from participants.forms_questions import PurposeForm, QuestionForm
from participants.models import Purpose, Question
from participants.purposes import purpose_of, purposes_of
from workshops.access import actor_of, organises, organises_programme
from workshops.actions import details
from workshops.models import Programme, Workshop


@require_http_methods(["GET"])
@organises
def questions(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Everything the form asks, and the link that opens it where there is one."""
    return _page(request, workshop)


def _page(request: HttpRequest, workshop: Workshop, sent: QuestionForm | None = None) -> HttpResponse:
    """The page with the form that was sent, if one was, and fresh ones for the rest."""
    rows = [
        (each, sent if sent and sent.question == each else _form(workshop, each)) for each in workshop.questions.all()
    ]
    link = reverse("place_by_link", args=[workshop.slug, workshop.link_secret]) if workshop.link_secret else ""
    context = {
        "section": "details",
        "questions": rows,
        "new": sent if sent and sent.question is None else _form(workshop, None),
        "sent": sent,
        "link": link,
    }
    return render(request, "org/questions.html", context)


def _form(workshop: Workshop, question: Question | None, data: Any = None) -> QuestionForm:
    name = question.pk if question else "new"
    return QuestionForm(data, question=question, languages=workshop.programme.languages, auto_id=f"question-{name}-%s")


def _back(workshop: Workshop) -> HttpResponse:
    return redirect(reverse("org_questions", args=[workshop.pk]) + "#questions")


@require_POST
@organises
def add_question(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    form = _form(workshop, None, request.POST)
    if form.is_valid():
        try:
            asking.add_question(workshop, by=actor_of(request), **form.cleaned_data)
        except asking.TooManyQuestions:
            form.add_error(None, _("A form has at most 20 questions. Remove one first."))
        else:
            return _back(workshop)
    return _page(request, workshop, form)


@require_POST
@organises
def change_question(request: HttpRequest, workshop: Workshop, question_id: UUID) -> HttpResponse:
    """Other words or options; answers given so far keep theirs."""
    question = get_object_or_404(workshop.questions, pk=question_id)
    form = _form(workshop, question, request.POST)
    if not form.is_valid():
        return _page(request, workshop, form)
    asking.change_question(question, by=actor_of(request), **form.cleaned_data)
    messages.success(request, _("Saved. Answers given so far keep the words they were given to."))
    return _back(workshop)


@require_POST
@organises
def move_question(request: HttpRequest, workshop: Workshop, question_id: UUID) -> HttpResponse:
    question = get_object_or_404(workshop.questions, pk=question_id)
    to = request.POST.get("to")
    if to not in ("up", "down"):
        return HttpResponseBadRequest(_("Up or down?"))
    asking.move_question(question, up=to == "up", by=actor_of(request))
    return _back(workshop)


@require_POST
@organises
def remove_question(request: HttpRequest, workshop: Workshop, question_id: UUID) -> HttpResponse:
    question = get_object_or_404(workshop.questions, pk=question_id)
    asking.remove_question(question, by=actor_of(request))
    messages.success(request, _("The question is asked no more. Answers given so far stay."))
    return _back(workshop)


@require_POST
@organises
def renew_link(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """A new link (`do=renew`), or none at all (`do=end`): the one before opens nothing from now on."""
    wanted = request.POST.get("do")
    if wanted not in ("renew", "end"):
        return HttpResponseBadRequest(_("A new link, or none?"))
    if wanted == "renew":
        details.renew_sign_up_link(workshop, by=actor_of(request))
        messages.success(request, _("This is the new link. The one before opens nothing any more."))
    else:
        details.end_sign_up_link(workshop, by=actor_of(request))
        messages.success(request, _("There is no link any more: nobody can take a place by one."))
    return redirect("org_questions", workshop.pk)


@require_http_methods(["GET"])
@organises_programme
def purposes(request: HttpRequest, programme: Programme) -> HttpResponse:
    """What the programme uses data for, and what people are asked to allow."""
    return _purposes_page(request, programme)


def _purposes_page(request: HttpRequest, programme: Programme, sent: PurposeForm | None = None) -> HttpResponse:
    rows = [
        (each, sent if sent and sent.purpose_key == each.key else _purpose_form(programme, each))
        for each in purposes_of(programme)
    ]
    new = sent if sent and not sent.purpose_key else _purpose_form(programme, None)
    context = {"programme": programme, "purposes": rows, "new": new, "sent": sent}
    return render(request, "org/purposes.html", context)


def _purpose_form(programme: Programme, purpose: Purpose | None, data: Any = None) -> PurposeForm:
    key = purpose.key if purpose else ""
    form = PurposeForm(data, purpose=purpose, languages=programme.languages, auto_id=f"purpose-{key or 'new'}-%s")
    form.purpose_key = key
    return form


@require_POST
@organises_programme
def add_purpose(request: HttpRequest, programme: Programme) -> HttpResponse:
    form = _purpose_form(programme, None, request.POST)
    if not form.is_valid():
        return _purposes_page(request, programme, form)
    allowing.add_purpose(programme, by=actor_of(request), **form.cleaned_data)
    return redirect("org_purposes", programme.pk)


@require_POST
@organises_programme
def word_purpose(request: HttpRequest, programme: Programme, purpose_key: str) -> HttpResponse:
    """Other words; what people allowed keeps the words they read."""
    purpose = purpose_of(programme, purpose_key)
    if purpose is None:
        raise Http404
    form = _purpose_form(programme, purpose, request.POST)
    if not form.is_valid():
        return _purposes_page(request, programme, form)
    allowing.word_purpose(programme, purpose_key, by=actor_of(request), **form.cleaned_data)
    messages.success(request, _("Saved. What people allowed before keeps the words they read."))
    return redirect("org_purposes", programme.pk)
