"""The organisers' page about personal data: what is left of a workshop and until when; forgetting somebody."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ledger import keeping
from participants.actions.forget import erase_person
from participants.forms_org import TermsForm
from participants.models import Person
from participants.retention import remaining, set_programme_terms, set_terms, terms_of, terms_of_programme
from workshops.access import actor_of, ask_again, organises, organises_programme
from workshops.models import Programme, Workshop


@require_http_methods(["GET", "HEAD", "POST"])
@organises
def data(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """What personal data is left and until when; by POST, keep less long than the rule."""
    terms = terms_of(workshop)
    form = TermsForm(request.POST or None, initial={name: getattr(terms, name) for name in TermsForm.base_fields})
    if form.is_valid():
        with transaction.atomic():
            set_terms(workshop, by=actor_of(request), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("org_data", workshop.pk)
    context = {
        "section": "data",
        "rows": remaining(workshop, keeping.duties()),
        "off_the_list": workshop.registrations.off_the_list().with_people(),
        "form": form,
    }
    return render(request, "org/personal_data.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@organises
def erase(request: HttpRequest, workshop: Workshop, registration_id: UUID) -> HttpResponse:
    """Forget a person of the programme: asks once, and gives a receipt without a name."""
    registration = get_object_or_404(workshop.registrations.with_people(), pk=registration_id)
    if question := ask_again(request):
        return question
    if request.method == "POST":
        try:
            receipt = erase_person(registration.person, by=actor_of(request))
        except Person.DoesNotExist as gone:  # pressed twice
            raise Http404 from gone
        return redirect("erasure_receipt", receipt.pk)
    return render(request, "org/erase.html", {"section": "people", "registration": registration})


@require_http_methods(["GET", "HEAD", "POST"])
@organises_programme
def programme_terms(request: HttpRequest, programme: Programme) -> HttpResponse:
    """How long people are kept at workshops planned from now on."""
    terms = terms_of_programme(programme)
    form = TermsForm(request.POST or None, initial={name: getattr(terms, name) for name in TermsForm.base_fields})
    if form.is_valid():
        with transaction.atomic():
            set_programme_terms(programme, by=actor_of(request), **form.cleaned_data)
        messages.success(request, _("Saved. Workshops planned from now on start with it."))
        return redirect("org_programme", programme.pk)
    return render(request, "org/programme_terms.html", {"programme": programme, "form": form})
