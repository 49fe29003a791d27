"""The organiser's programmes, their themes and workshops, and the details of a workshop."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from workshops import queries
from workshops.access import actor_of, organises, organises_programme, signed_in
from workshops.actions import agenda, changing, moving
from workshops.actions import details as describing
from workshops.actions import programmes as planning
from workshops.actions.audiences import TooManyReserved
from workshops.actions.moving import MovedMeanwhile, MoveNotAllowed, NotReady
from workshops.equals import untranslated
from workshops.forms import every_language
from workshops.forms_emblem import EmblemForm
from workshops.forms_programme import ProgrammeForm, ThemeForm
from workshops.forms_workshop import AudienceForm, DetailsForm, NewWorkshopForm
from workshops.models import Programme, Theme, Workshop
from workshops.permissions import can_start_programmes
from workshops.states import WORKSHOP_MOVES, WorkshopState
from workshops.telling import told_of, told_of_news, unsaid
from workshops.views.organise_telling import ask_before_announcing, ask_first, mails_to, we_write

PLANNING_MOVES = (WorkshopState.ANNOUNCED, WorkshopState.DRAFT, WorkshopState.LIVE, WorkshopState.CANCELLED)
"""The moves made here; compiling and publishing belong to the summary."""


@require_http_methods(["GET"])
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """My programmes."""
    programmes = queries.programmes_of(request.user)
    return render(request, "org/home.html", {"programmes": programmes, "can_start": can_start_programmes(request.user)})


@require_http_methods(["GET", "POST"])
@signed_in
def new_programme(request: HttpRequest) -> HttpResponse:
    if not can_start_programmes(request.user):
        raise PermissionDenied
    initial = {"spoken": every_language(), "zone_name": "Europe/Rome"}
    form = ProgrammeForm(request.POST or None, initial=initial, languages=every_language())
    if form.is_valid():
        programme = planning.start_programme(request.user, by=actor_of(request), **form.values())
        messages.success(request, _("The programme is here. Add its themes, then the first workshop."))
        return redirect("org_programme", programme.pk)
    return render(request, "org/programme_new.html", {"form": form})


@require_http_methods(["GET", "POST"])
@organises_programme
def programme(request: HttpRequest, programme: Programme) -> HttpResponse:
    """A programme's own fields, its themes and its workshops."""
    form = ProgrammeForm(
        request.POST or None, initial=ProgrammeForm.initial_of(programme), languages=programme.languages
    )
    if form.is_valid():
        changing.change(programme, by=actor_of(request), **form.values())
        messages.success(request, _("Saved."))
        return redirect("org_programme", programme.pk)
    return programme_page(request, programme, form=form)


def programme_page(request: HttpRequest, programme: Programme, **forms: Any) -> HttpResponse:
    """The page with the form that was sent, if one was, and fresh ones for the rest."""
    asked = forms.get("theme_form")
    themes = [
        (
            theme,
            asked
            if asked and asked.theme_id == theme.pk
            else _theme_form(programme, theme, initial=ThemeForm.initial_of(theme)),
        )
        for theme in programme.themes.all()
    ]
    slot = len(themes) % 8 + 1
    new_theme = asked if asked and asked.theme_id is None else None
    return render(
        request,
        "org/programme.html",
        {
            "programme": programme,
            "form": forms.get("form")
            or ProgrammeForm(initial=ProgrammeForm.initial_of(programme), languages=programme.languages),
            "themes": themes,
            "asked": asked,
            "new_theme": new_theme or _theme_form(programme, None, initial={"slot": slot, "icon": "sprout"}),
            "emblem_form": forms.get("emblem_form") or EmblemForm(),
            "planned": list(programme.workshops.with_programme().order_by("number")),
        },
    )


def _theme_form(programme: Programme, theme: Theme | None, data: Any = None, **more: Any) -> ThemeForm:
    form = ThemeForm(data, languages=programme.languages, auto_id=f"theme-{theme.pk if theme else 'new'}-%s", **more)
    form.theme_id = theme.pk if theme else None
    return form


@require_POST
@organises_programme
def add_theme(request: HttpRequest, programme: Programme) -> HttpResponse:
    form = _theme_form(programme, None, request.POST)
    if not form.is_valid():
        return programme_page(request, programme, theme_form=form)
    planning.add_theme(programme, by=actor_of(request), **form.cleaned_data)
    return redirect(_themes_of(programme))


@require_POST
@organises_programme
def change_theme(request: HttpRequest, programme: Programme, theme_id: UUID) -> HttpResponse:
    theme = get_object_or_404(programme.themes, pk=theme_id)
    form = _theme_form(programme, theme, request.POST, initial=ThemeForm.initial_of(theme))
    if not form.is_valid():
        return programme_page(request, programme, theme_form=form)
    changing.change(theme, by=actor_of(request), **form.cleaned_data)
    return redirect(_themes_of(programme))


@require_POST
@organises_programme
def remove_theme(request: HttpRequest, programme: Programme, theme_id: UUID) -> HttpResponse:
    theme = get_object_or_404(programme.themes, pk=theme_id)
    planning.remove_theme(theme, by=actor_of(request))
    messages.success(request, _("%(theme)s is no longer a theme.") % {"theme": theme.name})
    return redirect(_themes_of(programme))


def _themes_of(programme: Programme) -> str:
    return reverse("org_programme", args=[programme.pk]) + "#themes"


@require_http_methods(["GET", "POST"])
@organises_programme
def new_workshop(request: HttpRequest, programme: Programme) -> HttpResponse:
    initial = {"hour": "18:00", "minutes": 180, "places": 18, "evening": True}
    form = NewWorkshopForm(request.POST or None, initial=initial, languages=programme.languages, zone=programme.zone)
    if form.is_valid():
        values = form.values()
        evening = values.pop("evening")
        workshop = planning.plan_workshop(programme, by=actor_of(request), **values)
        if evening:
            agenda.use_evening_template(workshop, by=actor_of(request))
        messages.success(request, _("The workshop is a draft: only you see it."))
        return redirect("org_agenda", workshop.pk)
    return render(request, "org/workshop_new.html", {"programme": programme, "form": form})


@require_http_methods(["GET", "POST"])
@organises
def details(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """What people read before they come, and the workshop's state."""
    form = DetailsForm(
        request.POST or None,
        initial=DetailsForm.initial_of(workshop),
        languages=workshop.programme.languages,
        zone=workshop.zone,
    )
    if form.is_valid() and "back" not in request.POST:
        if question := ask_first(request, workshop, form.values()):
            return question
        told = told_of_news(workshop, form.values())
        try:
            describing.change_details(workshop, by=actor_of(request), **form.values())
        except TooManyReserved as reserved:
            form.add_error("places", _("%(n)s places are reserved. Reserve fewer first.") % {"n": reserved.reserved})
        else:
            now = timezone.now().astimezone(workshop.zone)
            saved = _("Saved at %(time)s.") % {"time": f"{now:%H:%M}"}
            messages.success(request, " ".join([saved, we_write(mails_to(told))]).strip())
            return redirect("org_details", workshop.pk)
    return details_page(request, workshop, form=form)


def details_page(
    request: HttpRequest, workshop: Workshop, *, form: DetailsForm | None = None, asked: AudienceForm | None = None
) -> HttpResponse:
    """The page with the form that was sent, and fresh ones for the rest."""
    languages = workshop.programme.languages
    reachable = WORKSHOP_MOVES[workshop.state]
    audiences = [
        (audience, asked if asked and asked.audience_id == audience.pk else AudienceForm.of(workshop, audience))
        for audience in workshop.audiences.all()
    ]
    context = {
        "section": "details",
        "form": form or DetailsForm(initial=DetailsForm.initial_of(workshop), languages=languages, zone=workshop.zone),
        "moves": {move.value: move in reachable for move in PLANNING_MOVES},
        "missing": moving.missing_to_announce(workshop),
        "untranslated": untranslated(workshop),
        "audiences": audiences,
        "asked": asked,
        "new_audience": asked if asked and asked.audience_id is None else AudienceForm.of(workshop, None),
        "unreserved": workshop.places - workshop.reserved,
    }
    return render(request, "org/details.html", context)


@require_POST
@organises
def state(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Announce, take back to draft or start; `next` says where to go on. Cancelling has a page that is shown first."""
    wanted = request.POST.get("to", "")
    if wanted not in PLANNING_MOVES:
        return HttpResponseBadRequest(_("There is no such step."))
    if wanted == WorkshopState.CANCELLED:
        return redirect("org_cancel", workshop.pk)
    if "back" in request.POST:
        return redirect("org_details", workshop.pk)
    announces = wanted == WorkshopState.ANNOUNCED and wanted in WORKSHOP_MOVES[workshop.state]
    is_ready = announces and not moving.missing_to_announce(workshop)
    if is_ready and (question := ask_before_announcing(request, workshop)):
        return question
    told = told_of(workshop) if is_ready and unsaid(workshop) else []
    try:
        moving.move_workshop(workshop, wanted, by=actor_of(request))
    except NotReady as missing:
        for reason in missing.reasons:
            messages.error(request, reason)
    except (MoveNotAllowed, MovedMeanwhile):
        messages.error(request, _("The workshop has moved on meanwhile. Look at where it is now."))
    else:
        messages.success(request, " ".join([_state_sentence(wanted), we_write(mails_to(told))]).strip())
    goal = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(goal, allowed_hosts=None):
        goal = reverse("org_details", args=[workshop.pk])
    return HttpResponseRedirect(goal)


def _state_sentence(state: str) -> str:
    return {
        WorkshopState.ANNOUNCED: _("The workshop is announced. People can take a place."),
        WorkshopState.DRAFT: _("The workshop is a draft again: only you see it."),
        WorkshopState.LIVE: _("The workshop has started."),
    }[WorkshopState(state)]
