"""My place: answers that can be changed, and what one allows."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ledger.history import Actor
from ledger.models import ActorKind
from participants.actions.consents import NoSuchPurpose, decide
from participants.actions.questions import change_answers
from participants.forms_asking import AnswersForm
from participants.models import Registration
from participants.queries.places import takes_place
from participants.states import Channel
from participants.views.my_place import opened_by_link
from workshops.access import public


@require_http_methods(["GET", "HEAD", "POST"])
@public("the token in the address opens it")
@opened_by_link
def my_answers(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
    """The own questions of the workshop with the answers given so far, until the evening."""
    workshop = registration.workshop
    if not takes_place(workshop, timezone.now()):
        return redirect("my_place", token=token)
    answers = registration.answers.select_related("question")
    form = AnswersForm(request.POST or None, questions=workshop.questions.all(), answers=answers)
    if not form.questions:
        return redirect("my_place", token=token)
    if request.method == "POST" and form.is_valid():
        change_answers(registration, form.said(), by=_the_person(registration))
        messages.success(request, _("Your answers are saved."))
        return redirect("my_place", token=token)
    context = {"place": registration, "workshop": workshop, "form": form, "token": token}
    return render(request, "public/my_answers.html", context)


@require_POST
@public("the token in the address opens it")
@opened_by_link
def my_allow(request: HttpRequest, registration: Registration, token: str) -> HttpResponse:
    """Allow a purpose (`given=1`) or take that back (`given=0`): one press either way, also after the evening."""
    given = request.POST.get("given")
    if given not in ("0", "1"):
        return HttpResponse(_("Choose one of the answers on the page."), status=400, content_type="text/plain")
    key, by = request.POST.get("purpose", ""), _the_person(registration)
    try:
        decide(registration, key, given=given == "1", channel=Channel.MY_PLACE, by=by)
    except NoSuchPurpose:
        return HttpResponse(_("Choose one of the answers on the page."), status=400, content_type="text/plain")
    said = _("Saved: you allow it.") if given == "1" else _("Saved: you do not allow it any more.")
    messages.success(request, said)
    return redirect("my_place", token=token)


def _the_person(registration: Registration) -> Actor:
    return Actor(ActorKind.PERSON, str(registration.person_id))
