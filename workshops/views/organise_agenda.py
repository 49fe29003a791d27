"""The agenda builder: blocks drawn to time, and an editor for one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from workshops import queries
from workshops.access import actor_of, organises
from workshops.actions import agenda as planning
from workshops.actions import changing, details, ordering, removing, rewording
from workshops.actions.removing import StillNeeded
from workshops.agenda_templates import templates_of
from workshops.forms_agenda import InitiativeForm, PromptForm, SessionForm, TemplateNameForm
from workshops.models import Initiative, Prompt, Session, Theme, Workshop
from workshops.states import SessionKind
from workshops.telling import told_of_news
from workshops.undo import remembered
from workshops.views.organise_telling import ask_first, mails_to, we_write

NEW_MINUTES: dict[str, int] = {SessionKind.TABLES: 45, SessionKind.BREAK: 15}
LONGEST_WORKSHOP = 720
MOST_DIGITS = 4


@require_http_methods(["GET"])
@organises
def agenda(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """The agenda, with the session `?session=<id>` open in the editor; without one, the first at the tables."""
    return _page(request, workshop, session_id=request.GET.get("session", ""))


def _page(request: HttpRequest, workshop: Workshop, *, session_id: Any, sent: Any = None) -> HttpResponse:
    """The page around one session; `sent` is a form with errors, shown in place of a fresh one."""
    plan = queries.agenda_of(workshop)
    chosen = next((session for session in plan.sessions if str(session.pk) == str(session_id)), None)
    if session_id and chosen is None:
        return redirect("org_agenda", workshop.pk)
    current = chosen or next(iter([s for s in plan.sessions if s.is_at_the_tables] or plan.sessions), None)
    return render(
        request,
        "org/agenda.html",
        {
            "section": "agenda",
            "plan": plan,
            "current": current,
            "sent": sent,
            "templates": templates_of(workshop.programme),
            "keep_form": TemplateNameForm(),
            "can_undo": workshop.agenda_steps.exists(),
            **_editor(plan, current, sent),
        },
    )


def _editor(plan: queries.Agenda, session: Session | None, sent: Any) -> dict[str, Any]:
    """The forms of the session that is open: its own, one for each question and initiative, and the empty ones."""
    if session is None:
        return {}
    forms = [
        _session_form(session, plan.themes),
        *(_prompt_form(session, prompt) for prompt in session.prompts.all()),
        _prompt_form(session, None),
        *(_initiative_form(plan.workshop, initiative) for initiative in plan.initiatives),
        _initiative_form(plan.workshop, None),
    ]
    shown = {form.auto_id: form for form in [*forms, *([sent] if sent else [])]}
    prompts = [(prompt, shown[_auto_id("prompt", prompt)]) for prompt in session.prompts.all()]
    return {
        "form": shown[_auto_id("session", session)],
        "prompts": prompts,
        "new_prompt": shown[_auto_id("prompt", None)],
        "initiatives": [(each, shown[_auto_id("initiative", each)]) for each in plan.initiatives],
        "new_initiative": shown[_auto_id("initiative", None)],
        "position": plan.sessions.index(session) + 1,
    }


def _auto_id(kind: str, thing: Any) -> str:
    return f"{kind}-{thing.pk if thing else 'new'}-%s"


def _session_form(session: Session, themes: Iterable[Theme], data: Any = None) -> SessionForm:
    return SessionForm(
        data,
        initial=SessionForm.initial_of(session),
        languages=session.workshop.programme.languages,
        themes=themes,
        auto_id=_auto_id("session", session),
    )


def _prompt_form(session: Session, prompt: Prompt | None, data: Any = None) -> PromptForm:
    return PromptForm(
        data,
        initial=PromptForm.initial_of(prompt) if prompt else {},
        languages=session.workshop.programme.languages,
        auto_id=_auto_id("prompt", prompt),
    )


def _initiative_form(workshop: Workshop, initiative: Initiative | None, data: Any = None) -> InitiativeForm:
    return InitiativeForm(
        data,
        initial=InitiativeForm.initial_of(initiative) if initiative else {},
        languages=workshop.programme.languages,
        programme=workshop.programme,
        auto_id=_auto_id("initiative", initiative),
    )


def _back(session: Session | None, workshop: Workshop, anchor: str = "editor") -> HttpResponse:
    address = reverse("org_agenda", args=[workshop.pk])
    return redirect(f"{address}?session={session.pk}#{anchor}" if session else address)


def _say_saved(request: HttpRequest, workshop: Workshop, at: str = "editor") -> None:
    """Told at the part of the page that comes into view, and with it that the agenda has become too long."""
    now = timezone.now().astimezone(workshop.zone)
    saved = _("Saved at %(time)s.") % {"time": f"{now:%H:%M}"}
    plan = queries.agenda_of(workshop)
    if not plan.too_long:
        messages.success(request, saved, extra_tags=at)
        return
    too_long = ngettext(
        "1 minute too long. Shorten a session or end at %(end)s.",
        "%(counter)s minutes too long. Shorten a session or end at %(end)s.",
        plan.too_long,
    )
    told = too_long % {"counter": plan.too_long, "end": f"{plan.ends:%H:%M}"}
    messages.warning(request, f"{saved} {told}", extra_tags=at)


def _session(workshop: Workshop, session_id: UUID) -> Session:
    return get_object_or_404(workshop.sessions.select_related("workshop__programme"), pk=session_id)


def _prompt(workshop: Workshop, prompt_id: UUID) -> Prompt:
    prompts = Prompt.objects.select_related("session__workshop__programme")
    return get_object_or_404(prompts, pk=prompt_id, session__workshop=workshop)


def undoable(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What the view does to the agenda is one step that can be undone."""

    @wraps(view)
    def acted(request: HttpRequest, workshop: Workshop, *args: Any, **kwargs: Any) -> HttpResponse:
        with remembered(workshop):
            return view(request, workshop, *args, **kwargs)

    return acted


@require_POST
@organises
def move_end(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Let the workshop end when its agenda does, once people it concerns were shown."""
    if "back" in request.POST:
        return _back(None, workshop)
    minutes = queries.agenda_of(workshop).minutes
    if not 1 <= minutes <= LONGEST_WORKSHOP:
        messages.error(request, _("A workshop lasts at most 12 hours. Shorten a session."))
        return _back(None, workshop)
    end = {"minutes": minutes}
    if question := ask_first(request, workshop, end, goal="org_agenda_end", works_out=end):
        return question
    told = told_of_news(workshop, end)
    details.change_details(workshop, by=actor_of(request), **end)
    ends = _("The workshop now ends at %(time)s.") % {"time": f"{workshop.local_end:%H:%M}"}
    messages.success(request, " ".join([ends, we_write(mails_to(told))]).strip())
    return _back(None, workshop)


@require_POST
@organises
@undoable
def add_session(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """A new block at the end, named after its kind until somebody gives it a title."""
    kind = request.POST.get("kind", "")
    if kind not in SessionKind:
        return HttpResponseBadRequest(_("There is no such kind of session."))
    session = planning.add_session(
        workshop,
        by=actor_of(request),
        kind=kind,
        title=planning.words_in_languages(SessionKind(kind).label, workshop.programme.languages),
        minutes=NEW_MINUTES.get(kind, 20),
        dots_per_person=3 if kind == SessionKind.TABLES else 0,
    )
    return _back(session, workshop)


@require_POST
@organises
@undoable
def change_session(request: HttpRequest, workshop: Workshop, session_id: UUID) -> HttpResponse:
    session = _session(workshop, session_id)
    form = _session_form(session, workshop.programme.themes.all(), request.POST)
    if not form.is_valid():
        return _page(request, workshop, session_id=session.pk, sent=form)
    try:
        rewording.change_session(session, by=actor_of(request), **form.cleaned_data)
    except StillNeeded:
        form.add_error("scale", _("The tables may have answered with this scale, so it stays."))
        return _page(request, workshop, session_id=session.pk, sent=form)
    _say_saved(request, workshop)
    return _back(session, workshop)


@require_POST
@organises
@undoable
def move_session(request: HttpRequest, workshop: Workshop, session_id: UUID) -> HttpResponse:
    """`to=up` or `to=down`: one place earlier or later; `to=3`: the third place."""
    session, to = _session(workshop, session_id), request.POST.get("to", "")
    if to in ("up", "down"):
        ordering.move_in_agenda(session, up=to == "up", by=actor_of(request))
    elif position := _position(to):
        ordering.place_in_agenda(session, position, by=actor_of(request))
    else:
        return HttpResponseBadRequest(_("Up or down?"))
    return _back(session, workshop)


def _position(typed: str) -> int:
    """A place in an order, counted from 1; 0 when that is none."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS else 0


@require_POST
@organises
@undoable
def remove_session(request: HttpRequest, workshop: Workshop, session_id: UUID) -> HttpResponse:
    session = _session(workshop, session_id)
    try:
        removing.remove(session, by=actor_of(request), workshop=workshop)
    except StillNeeded:
        stays = _("This session has been opened, so it stays: its notes belong to it.")
        messages.error(request, stays, extra_tags="editor")
        return _back(session, workshop)
    messages.success(request, _("%(session)s is out of the agenda.") % {"session": session.title})
    return _back(None, workshop)


@require_POST
@organises
@undoable
def add_prompt(request: HttpRequest, workshop: Workshop, session_id: UUID) -> HttpResponse:
    session = _session(workshop, session_id)
    form = _prompt_form(session, None, request.POST)
    if not form.is_valid():
        return _page(request, workshop, session_id=session.pk, sent=form)
    planning.add_prompt(session, text=form.cleaned_data["text"], by=actor_of(request))
    return _back(session, workshop, "questions")


@require_POST
@organises
@undoable
def change_prompt(request: HttpRequest, workshop: Workshop, prompt_id: UUID) -> HttpResponse:
    prompt = _prompt(workshop, prompt_id)
    form = _prompt_form(prompt.session, prompt, request.POST)
    if not form.is_valid():
        return _page(request, workshop, session_id=prompt.session_id, sent=form)
    instead = rewording.reword_prompt(prompt, text=form.cleaned_data["text"], by=actor_of(request))
    _say_saved(request, workshop, "questions")
    if instead != prompt:
        kept = _("The tables have answered the old words: their notes keep them.")
        messages.info(request, kept, extra_tags="questions")
    return _back(prompt.session, workshop, "questions")


@require_POST
@organises
@undoable
def move_prompt(request: HttpRequest, workshop: Workshop, prompt_id: UUID) -> HttpResponse:
    prompt, to = _prompt(workshop, prompt_id), request.POST.get("to", "")
    if to in ("up", "down"):
        ordering.move_prompt(prompt, up=to == "up", by=actor_of(request))
    elif position := _position(to):
        ordering.place_prompt(prompt, position, by=actor_of(request))
    else:
        return HttpResponseBadRequest(_("Up or down?"))
    return _back(prompt.session, workshop, "questions")


@require_POST
@organises
@undoable
def remove_prompt(request: HttpRequest, workshop: Workshop, prompt_id: UUID) -> HttpResponse:
    """Once the tables have been asked it, it is only asked no more: notes that answer it keep it."""
    prompt = _prompt(workshop, prompt_id)
    rewording.take_out_prompt(prompt, by=actor_of(request))
    if prompt.session.opened_at:
        messages.info(request, _("It is asked no more. Notes that answer it keep it."))
    return _back(prompt.session, workshop, "questions")


@require_POST
@organises
@undoable
def add_initiative(request: HttpRequest, workshop: Workshop, session_id: UUID) -> HttpResponse:
    """Something to rate, with the question about it in the session that rates."""
    session = _session(workshop, session_id)
    form = _initiative_form(workshop, None, request.POST)
    if not form.is_valid():
        return _page(request, workshop, session_id=session.pk, sent=form)
    planning.add_initiative_to_rate(session, by=actor_of(request), **form.cleaned_data)
    return _back(session, workshop, "initiatives")


@require_POST
@organises
@undoable
def change_initiative(request: HttpRequest, workshop: Workshop, initiative_id: UUID) -> HttpResponse:
    initiative = get_object_or_404(workshop.initiatives, pk=initiative_id)
    session = workshop.sessions.filter(rates=True).first()
    form = _initiative_form(workshop, initiative, request.POST)
    if not form.is_valid():
        return _page(request, workshop, session_id=session.pk if session else "", sent=form)
    changing.change(initiative, by=actor_of(request), workshop=workshop, **form.cleaned_data)
    _say_saved(request, workshop, "initiatives" if session else "")
    return _back(session, workshop, "initiatives")


@require_POST
@organises
@undoable
def remove_initiative(request: HttpRequest, workshop: Workshop, initiative_id: UUID) -> HttpResponse:
    initiative = get_object_or_404(workshop.initiatives, pk=initiative_id)
    session = workshop.sessions.filter(rates=True).first()
    try:
        removing.remove(initiative, by=actor_of(request), workshop=workshop)
    except StillNeeded:
        place = "initiatives" if session else ""
        messages.error(request, _("The tables have rated it, so it stays."), extra_tags=place)
    return _back(session, workshop, "initiatives")
