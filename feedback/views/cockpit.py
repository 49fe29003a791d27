"""The cockpit: everything that happens at the tables, and the buttons that drive the day."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from feedback.cockpit import Cockpit, gather
from feedback.models.messages import LONGEST_MESSAGE
from feedback.next_steps import next_steps
from feedback.notes.messages import tell_tables
from feedback.readiness import readiness
from participants.actions.tablets import remove_device
from participants.models import Device
from workshops.access import View, actor_of, observes, organises
from workshops.actions import evening, moving
from workshops.actions.evening import AnotherIsOpen
from workshops.actions.moving import MovedMeanwhile, MoveNotAllowed, NotReady
from workshops.forms import offer
from workshops.models import Group, Prompt, Workshop
from workshops.permissions import can_organise
from workshops.states import SessionState, WallMode, WorkshopState

MOST_MINUTES_AT_ONCE = 60
STEP_OF_STATE: dict[str, int] = {
    WorkshopState.DRAFT: 1,
    WorkshopState.ANNOUNCED: 2,
    WorkshopState.LIVE: 4,
    WorkshopState.COMPILING: 5,
    WorkshopState.CURATING: 6,
    WorkshopState.ASKING: 7,
    WorkshopState.PUBLISHED: 8,
    WorkshopState.CANCELLED: 0,
}


@require_GET
@observes
@never_cache
def org_cockpit(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """The page; its live part is refreshed from `org_cockpit_live`."""
    return _shown(request, workshop, "org/cockpit.html")


@require_GET
@observes
@never_cache
def org_cockpit_live(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Everything below the head of the page."""
    return _shown(request, workshop, "org/cockpit_live.html")


def _shown(request: HttpRequest, workshop: Workshop, template: str) -> HttpResponse:
    acts = can_organise(request.user, workshop)
    with timezone.override(workshop.zone):
        cockpit = gather(workshop, timezone.now(), names=acts)
        checks = readiness(cockpit) if acts and cockpit.is_before_the_day else []
        steps = next_steps(cockpit, checks) if acts else []
        tells = acts and cockpit.is_live
        context = {
            "cockpit": cockpit,
            "steps": steps,
            "checks": checks,
            "fine": sum(check.is_fine for check in checks),
            "primary_step": next((step for step in steps if step.url), None),
            "acts": acts,
            "section": "cockpit",
            "life": _life(),
            "life_now": _step_now(workshop, cockpit.people.here),
            "wall_modes": WallMode.choices,
            "message_form": MessageForm(workshop, initial=_suggested(request, cockpit)) if tells else None,
        }
        return render(request, template, context)


def _suggested(request: HttpRequest, cockpit: Cockpit) -> dict[str, str]:
    """What a step of "Do next" proposes to say: `?about=<theme>` and, for one table, `&table=<group>`."""
    theme = next((theme for theme in cockpit.themes if str(theme.pk) == request.GET.get("about")), None)
    if theme is None:
        return {}
    text = _("Nobody has spoken of %(theme)s yet. Is there something to say?") % {"theme": theme}
    return {"table": request.GET.get("table", ""), "text": text}


def _life() -> list[str]:
    """The steps in the life of a workshop."""
    return [_("Plan"), _("Invite"), _("Check in"), _("Run"), _("Compile"), _("Curate"), _("Ask people"), _("Publish")]


def _step_now(workshop: Workshop, here: int) -> int:
    """Which step is now. On the day, people check in until the first session opens; once published, all are done."""
    if workshop.is_published:
        return len(_life()) + 1
    step = STEP_OF_STATE[workshop.state]
    if workshop.state == WorkshopState.ANNOUNCED and (here or workshop.doors_at <= timezone.now()):
        return 3
    return step


def _acts(view: Callable[..., HttpResponse | str | None]) -> View:
    """Do one thing by POST, say what stood in its way, and go back to where the button was."""

    @require_POST
    @organises
    @wraps(view)
    def acted(request: HttpRequest, workshop: Workshop, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            refusal = view(request, workshop, *args, **kwargs)
        except NotReady as wanting:
            refusal = " ".join(wanting.reasons)
        except (MoveNotAllowed, MovedMeanwhile):
            refusal = _("It has changed meanwhile. This is how it stands now.")
        if isinstance(refusal, HttpResponse):
            return refusal
        if refusal:
            messages.warning(request, refusal)
        return redirect("org_wall" if request.POST.get("from") == "wall" else "org_cockpit", workshop.pk)

    return acted


@_acts
def org_go_live(request: HttpRequest, workshop: Workshop) -> None:
    """The day starts: tables get their codes."""
    moving.move_workshop(workshop, WorkshopState.LIVE, by=actor_of(request))


@_acts
def org_session_open(request: HttpRequest, workshop: Workshop, session_id: uuid.UUID) -> str | None:
    """Open a session of the running workshop, one at a time, and turn the wall to it."""
    session = get_object_or_404(workshop.sessions.select_related("workshop__programme"), pk=session_id)
    if workshop.state != WorkshopState.LIVE:
        return _("Start the day first.")
    try:
        evening.move_session(session, SessionState.OPEN, by=actor_of(request))
    except AnotherIsOpen as running:
        return _("End %(session)s first.") % {"session": running.session}
    return None


@_acts
def org_session_close(request: HttpRequest, workshop: Workshop, session_id: uuid.UUID) -> None:
    """End a session; what tablets send for it afterwards waits for the organiser."""
    session = get_object_or_404(workshop.sessions, pk=session_id)
    evening.move_session(session, SessionState.CLOSED, by=actor_of(request))


@_acts
def org_session_extend(request: HttpRequest, workshop: Workshop, session_id: uuid.UUID) -> HttpResponse | None:
    """Some minutes more, or fewer when negative, for an open session."""
    session = get_object_or_404(workshop.sessions, pk=session_id)
    try:
        minutes = int(request.POST.get("minutes", "5"))
    except ValueError:
        return HttpResponseBadRequest("minutes")
    if not 1 <= abs(minutes) <= MOST_MINUTES_AT_ONCE:
        return HttpResponseBadRequest("minutes")
    evening.extend_session(session, minutes=minutes, by=actor_of(request))
    return None


@_acts
def org_ask_prompt(request: HttpRequest, workshop: Workshop, session_id: uuid.UUID) -> None:
    """Put one question of a session on the wall and on top of the tablets."""
    session = get_object_or_404(workshop.sessions, pk=session_id)
    evening.ask_prompt(session, _chosen_prompt(session.prompts, request.POST.get("prompt", "")), by=actor_of(request))


def _chosen_prompt(prompts: Any, wanted: str) -> Prompt:
    try:
        return get_object_or_404(prompts, pk=uuid.UUID(wanted))
    except ValueError as malformed:
        raise Http404("no such question") from malformed


@_acts
def org_wall_mode(request: HttpRequest, workshop: Workshop) -> HttpResponse | None:
    """Turn the wall to another picture."""
    mode = request.POST.get("mode", "")
    if mode not in WallMode:
        return HttpResponseBadRequest("mode")
    evening.show_on_wall(workshop, mode, by=actor_of(request))
    return None


@_acts
def org_device_remove(request: HttpRequest, workshop: Workshop, device_id: uuid.UUID) -> str:
    """Take a tablet off its table."""
    device = get_object_or_404(Device.objects.select_related("group"), pk=device_id, group__workshop=workshop)
    remove_device(device, by=actor_of(request))
    return _("The tablet is off Table %(table)s. What it still sends waits for you among the notes.") % {
        "table": device.group.name
    }


class MessageForm(forms.Form):
    """A short sentence, to one table or to all."""

    table = forms.ModelChoiceField(
        Group.objects.none(), required=False, label=gettext_lazy("To"), empty_label=gettext_lazy("All tables")
    )
    text = forms.CharField(
        max_length=LONGEST_MESSAGE,
        strip=True,
        label=gettext_lazy("Message"),
        error_messages={
            "required": gettext_lazy("Write the message first."),
            "max_length": gettext_lazy("A message has at most %(limit_value)d characters."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": str(LONGEST_MESSAGE)}),
    )

    def __init__(self, workshop: Workshop, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "table", workshop.groups.all())


@_acts
def org_tell_tables(request: HttpRequest, workshop: Workshop) -> str | None:
    """Say one sentence to a table or to all: the tablets show it at once."""
    if workshop.state != WorkshopState.LIVE:
        return _("Start the day first.")
    form = MessageForm(workshop, request.POST)
    if not form.is_valid():
        return " ".join(str(sentence) for errors in form.errors.values() for sentence in errors)
    group = form.cleaned_data["table"]
    tell_tables(workshop, form.cleaned_data["text"], group=group, by=actor_of(request))
    told = _("Told to Table %(table)s.") % {"table": group.name} if group else _("Told to all tables.")
    messages.success(request, " ".join([told, _("A tablet without a connection shows it once it is back.")]))
    return None


@require_GET
@organises
def org_wall(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """The wall's address and what it shows."""
    return render(request, "org/cockpit_wall.html", {"section": "wall", "wall_modes": WallMode.choices})
