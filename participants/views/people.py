"""Sign-ups and the waiting list, as a page and as a file, and one person's place as the organisers see it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from participants import attendance, waiting
from participants.actions import links, places
from participants.actions.consents import NoSuchPurpose, decide
from participants.actions.exports import export_people
from participants.actions.signing_up import Wanted, sign_up
from participants.answers import tell_answers
from participants.bursts import bursts_at
from participants.consents import standings
from participants.forms_org import ADDRESS_TAKEN, OverrideForm, PersonForm
from participants.forms_people import PeopleFilter
from participants.forms_tables import needs_form_of
from participants.models import Registration
from participants.people_csv import people_csv
from participants.queries.mail import came_back
from participants.states import BY_ORGANISER
from workshops.access import actor_of, organises
from workshops.models import Workshop

TABS = {"signed-up": attendance.signed_up, "waiting": attendance.unsure}
ON_A_PAGE = 50


@require_http_methods(["GET"])
@organises
def people(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Who has a place (`?tab=signed-up`) or waits (`?tab=waiting`), narrowed by `PeopleFilter`, fifty a page."""
    return _page(request, workshop, PersonForm(workshop=workshop))


def _page(request: HttpRequest, workshop: Workshop, form: PersonForm) -> HttpResponse:
    tab, narrowing = _tab(request), PeopleFilter(request.GET, workshop=workshop)
    narrowed = narrowing.narrow(TABS[tab](workshop))
    page = Paginator(narrowed, ON_A_PAGE).get_page(request.GET.get("page"))
    listed = attendance.tell(workshop, page.object_list)  # type: ignore[arg-type]
    if tab == "waiting":
        waiting.tell_why(workshop, listed)
    back = came_back(workshop, [each.person_id for each in listed])
    for each in listed:
        each.mail_came_back = str(each.person_id) in back
    tell_answers(listed)
    context: dict[str, Any] = {
        "section": "people",
        "tab": tab,
        "narrowing": narrowing,
        "page": page,
        "people": listed,
        "bursts": len(bursts_at(workshop)),
        "sums": attendance.sums(workshop),
        "invited_sum": workshop.invitations.count(),
        "form": form,
    }
    return render(request, "org/people.html", context)


def _tab(request: HttpRequest) -> str:
    asked = request.GET.get("tab", "")
    return asked if asked in TABS else "signed-up"


@require_POST
@organises
def export(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """All pages of the list as it is narrowed, as CSV. A button, not a link: who takes it along is written down."""
    tab, narrowing = _tab(request), PeopleFilter(request.GET, workshop=workshop)
    listed = attendance.tell(workshop, narrowing.narrow(TABS[tab](workshop)))
    tell_answers(listed)
    export_people(workshop, listed=tab, people=len(listed), by=actor_of(request))
    response = HttpResponse(people_csv(workshop, listed), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{workshop.slug}-{tab}.csv"'
    return response


@require_POST
@organises
def add_person(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Somebody who phones or writes on paper gets a place, or a turn on the waiting list, like everybody else."""
    form = PersonForm(request.POST, workshop=workshop)
    if form.is_valid():
        language = get_language() or workshop.programme.languages[0]
        try:
            registration, is_new = sign_up(
                workshop, _wanted(form, language), by=actor_of(request), channel=form.cleaned_data["channel"]
            )
        except places.RegistrationClosed:
            form.add_error(None, _("Sign-up is closed. Announce the workshop, or change when sign-up ends."))
        else:
            _tell(request, registration, is_new)
            return redirect("org_people", workshop.pk)
    return _page(request, workshop, form)


def _wanted(form: PersonForm, language: str) -> Wanted:
    told = form.corrections()
    details = {"audience": told.pop("audience"), "channel": form.cleaned_data["channel"]}
    return Wanted(language=language, said=form.said(), decisions=form.decisions(), details=details, **told)


def _tell(request: HttpRequest, registration: Registration, is_new: bool) -> None:
    name = {"name": registration.person.name}
    if not is_new:
        messages.warning(request, _("%(name)s has signed up already. Nothing has changed.") % name)
    elif registration.is_confirmed:
        messages.success(request, _("%(name)s has a place.") % name)
    else:
        turn = {"n": registration.position()}
        messages.success(request, _("%(name)s is on the waiting list, number %(n)s.") % (name | turn))


@require_http_methods(["GET", "POST"])
@organises
def person(request: HttpRequest, workshop: Workshop, registration_id: UUID) -> HttpResponse:
    """One person's place: correct it, write again, give it up."""
    registration = registration_of(workshop, registration_id)
    form = PersonForm(request.POST or None, workshop=workshop, registration=registration)
    if form.is_valid():
        try:
            places.correct_registration(registration, by=actor_of(request), **form.corrections())
        except places.AddressTaken:
            form.add_error("email", ADDRESS_TAKEN)
        else:
            messages.success(request, _("Saved."))
            return redirect("org_person", workshop.pk, registration.pk)
    return person_page(request, registration, form=form)


def person_page(
    request: HttpRequest,
    registration: Registration,
    *,
    form: PersonForm | None = None,
    override: OverrideForm | None = None,
) -> HttpResponse:
    """One person's page with the form that was sent, and fresh ones for the rest."""
    workshop = registration.workshop
    seat = registration.seats.for_the_evening().select_related("group").first()
    context = {
        "section": "people",
        "registration": registration,
        "form": form or PersonForm(workshop=workshop, registration=registration),
        "table": seat and seat.group,
        "needs_form": needs_form_of(registration),
        "why": "" if registration.is_confirmed else waiting.why(registration),
        "override": override or OverrideForm(auto_id="override-%s"),
        "overrides": registration.overrides.all(),
        "answers": list(registration.answers.all()),
        "standings": standings(registration),
        "channels": BY_ORGANISER,
        "mail_came_back": bool(came_back(workshop, [registration.person_id])),
    }
    return render(request, "org/person.html", context)


def registration_of(workshop: Workshop, registration_id: UUID) -> Registration:
    """Somebody on the list of this workshop."""
    return get_object_or_404(workshop.registrations.standing().with_people(), pk=registration_id)


@require_POST
@organises
def allow(request: HttpRequest, workshop: Workshop, registration_id: UUID) -> HttpResponse:
    """Write down what somebody said by phone, on paper or at the door (`channel`): the purpose they `allowed`, or the
    one they have `taken_back`."""
    registration = registration_of(workshop, registration_id)
    channel, given = request.POST.get("channel"), "allowed" in request.POST
    key = request.POST.get("allowed" if given else "taken_back", "")
    try:
        if channel not in BY_ORGANISER:
            raise NoSuchPurpose(key)
        decide(registration, key, given=given, channel=channel, by=actor_of(request))
    except NoSuchPurpose:
        return HttpResponseBadRequest(_("Say what they allow, and how they said it."))
    messages.success(request, _("Saved."))
    return redirect("org_person", workshop.pk, registration.pk)


@require_POST
@organises
def send_link(request: HttpRequest, workshop: Workshop, registration_id: UUID) -> HttpResponse:
    registration = registration_of(workshop, registration_id)
    if registration.person.email:
        links.send_link_again(registration)
        messages.success(request, _("The link is on its way to %(email)s.") % {"email": registration.person.email})
    else:
        messages.error(request, _("We have no address for %(name)s.") % {"name": registration.person.name})
    return redirect("org_person", workshop.pk, registration.pk)


@require_POST
@organises
def give_up(request: HttpRequest, workshop: Workshop, registration_id: UUID) -> HttpResponse:
    """Take somebody off the list; whoever waits longest gets the place."""
    registration = registration_of(workshop, registration_id)
    places.give_up(registration, by=actor_of(request))
    messages.success(request, _("%(name)s is off the list.") % {"name": registration.person.name})
    return redirect("org_people", workshop.pk)
