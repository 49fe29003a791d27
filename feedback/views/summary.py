"""The organisers' summary: compile, turn notes into findings, publish."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback.models import Draft, Finding, Note
from feedback.states import Answer
from feedback.summary import actions, publish
from feedback.summary.curation import NO_THEME, can_curate, compile_state, curation, steps_of_life
from feedback.summary.forms import FindingForm, HeadlineForm, NewFindingForm, PublishForm
from feedback.summary.queries import page_of
from workshops.access import actor_of, organises
from workshops.actions import MovedMeanwhile, MoveNotAllowed, NotReady
from workshops.models import Theme, Workshop

KEPT = ("theme", "finding", "q")
View = Callable[..., HttpResponse]


@require_safe
@organises
def org_summary(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    return _page(request, workshop)


def _page(request: HttpRequest, workshop: Workshop, status: int = 200, **forms: Any) -> HttpResponse:
    """The page as the address asks for it; `forms` are those that came back with something to correct."""
    asked = {"theme": _asked(request, "theme"), "search": _asked(request, "q"), "finding": _asked(request, "finding")}
    read = curation(workshop, **asked)
    steps, step = steps_of_life(workshop)
    context = {
        "section": "summary",
        "read": read,
        "compiling": compile_state(workshop),
        "can_curate": can_curate(workshop),
        "missing": actions.missing_to_compile(workshop) if read is None else [],
        "steps": steps,
        "step": step,
        "kept": _kept(request),
        "add_form": NewFindingForm(),
        **forms,
    }
    if read is not None:
        context.setdefault("headline_form", _headline_form(read.draft))
        if read.chosen is not None:
            context.setdefault("finding_form", _finding_form(read.chosen.row))
    with timezone.override(workshop.zone):
        return render(request, "org/summary.html", context, status=status)


def _asked(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "")[:100]


def _kept(request: HttpRequest, **instead: str) -> str:
    """The query that leads back to what is on show now."""
    values = {name: request.GET[name][:100] for name in KEPT if request.GET.get(name)} | instead
    return f"?{urlencode(values)}" if values else ""


def _finding_form(row: Finding) -> FindingForm:
    language = get_language() or ""
    return FindingForm(
        initial={"title": row.title.get(language, ""), "text": row.text.get(language, ""), "revision": row.revision}
    )


def _headline_form(draft: Draft, data: Any = None) -> HeadlineForm:
    language = get_language() or ""
    written = {"headline": draft.headline.get(language, ""), "lead": draft.lead.get(language, "")}
    return HeadlineForm(data, initial=written)


def _back(request: HttpRequest, workshop: Workshop, anchor: str = "", **instead: str) -> HttpResponse:
    where = reverse("org_summary", args=[workshop.pk]) + _kept(request, **instead)
    return redirect(f"{where}#{anchor}" if anchor else where)


def curates(view: View) -> View:
    """An act on the draft: the view gets it, and a refusal becomes a sentence on the page it came from."""

    @wraps(view)
    def guarded(request: HttpRequest, workshop: Workshop, *args: Any, **kwargs: Any) -> HttpResponse:
        draft = _draft(workshop)
        try:
            return view(request, workshop, draft, *args, **kwargs)
        except NotReady as refusal:
            messages.error(request, str(refusal))
        except MoveNotAllowed:
            messages.error(request, _("The findings cannot be changed now: the workshop is not being curated."))
        except actions.NotInThisDraft:
            messages.warning(request, _("It has changed meanwhile. This is how it stands now."))
        return _back(request, workshop)

    return guarded


def _draft(workshop: Workshop) -> Draft:
    draft = workshop.drafts.current().first()
    if draft is None:
        raise Http404
    return draft


def _finding(draft: Draft, finding_id: uuid.UUID) -> Finding:
    return get_object_or_404(draft.findings, pk=finding_id)


def _note(workshop: Workshop, note_id: uuid.UUID) -> Note:
    return get_object_or_404(Note.objects.of_workshop(workshop).standing().select_related("group"), pk=note_id)


def _id(value: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(value or "")
    except ValueError:
        raise BadRequest("not an id") from None


@require_POST
@organises
def org_compile(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    try:
        actions.ask_to_compile(workshop, by=actor_of(request), force=request.POST.get("force") == "yes")
    except NotReady as refusal:
        messages.error(request, str(refusal))
    except MoveNotAllowed:
        messages.error(request, _("Notes are compiled during the workshop or after it."))
    except MovedMeanwhile:
        messages.warning(request, _("Somebody else moved the workshop a moment ago. Here is how it stands."))
    return _back(request, workshop)


@require_safe
@organises
def org_summary_progress(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """The progress card alone, for the page that is open."""
    return render(request, "org/summary_progress.html", {"compiling": compile_state(workshop), "workshop": workshop})


@require_POST
@organises
@curates
def org_place_note(request: HttpRequest, workshop: Workshop, draft: Draft, note_id: uuid.UUID) -> HttpResponse:
    """Into the finding named in the form; into a new one ("new"), or out of all ("")."""
    note, wanted = _note(workshop, note_id), request.POST.get("finding")
    if wanted is None:
        raise BadRequest("no finding")
    if wanted == "new":
        home = actions.place_in_new_finding(draft, note, by=actor_of(request))
        return _back(request, workshop, f"finding-{home.pk}", finding=str(home.pk))
    actions.place_note(draft, note, _finding(draft, _id(wanted)) if wanted else None, by=actor_of(request))
    return _back(request, workshop)


@require_POST
@organises
@curates
def org_hide_words(request: HttpRequest, workshop: Workshop, draft: Draft, note_id: uuid.UUID) -> HttpResponse:
    note = _note(workshop, note_id)
    with translation.override(note.lang if note.lang in ("it", "en") else get_language()):
        instead = request.POST.get("replacement", "").strip()[:80] or _("a neighbour")
    try:
        actions.hide_words(note, request.POST.get("words", "")[:200], instead, by=actor_of(request))
    except actions.NotInThisDraft:
        raise BadRequest("these words are not in the note") from None
    messages.success(request, _("Hidden. It reads [%(words)s] now, wherever the note is shown.") % {"words": instead})
    return _back(request, workshop)


@require_POST
@organises
@curates
def org_add_finding(request: HttpRequest, workshop: Workshop, draft: Draft) -> HttpResponse:
    form = NewFindingForm(request.POST)
    if not form.is_valid():
        return _page(request, workshop, add_form=form)
    theme = request.POST.get("theme", "")
    chosen = get_object_or_404(Theme, programme=workshop.programme_id, pk=_id(theme)) if theme else None
    new = actions.add_finding(draft, chosen, title=form.cleaned_data["title"], by=actor_of(request))
    return _back(request, workshop, f"finding-{new.pk}", finding=str(new.pk))


@require_POST
@organises
@curates
def org_edit_finding(request: HttpRequest, workshop: Workshop, draft: Draft, finding_id: uuid.UUID) -> HttpResponse:
    """Write title and text; where somebody was faster both texts are shown, and nothing is lost."""
    finding, form = _finding(draft, finding_id), FindingForm(request.POST)
    if not form.is_valid():
        if "revision" in form.errors:
            raise BadRequest("no revision")
        return _page(_choosing(request, finding), workshop, finding_form=form)
    try:
        actions.retitle(finding, by=actor_of(request), **form.cleaned_data)
    except actions.ChangedMeanwhile as clash:
        theirs = clash.finding
        form = FindingForm({**request.POST.dict(), "revision": theirs.revision})
        return _page(_choosing(request, finding), workshop, status=409, finding_form=form, theirs=theirs)
    return _back(request, workshop, f"finding-{finding.pk}", finding=str(finding.pk))


def _choosing(request: HttpRequest, finding: Finding) -> HttpRequest:
    """The same request, looking at this finding."""
    query = request.GET.copy()
    query["finding"] = str(finding.pk)
    query["theme"] = str(finding.theme_id or NO_THEME)
    request.GET = query  # type: ignore[assignment]
    return request


ACTS: dict[str, Callable[..., Any]] = {
    "keep": actions.confirm,
    "hide": actions.hide,
    "show": lambda finding, *, by: actions.hide(finding, hidden=False, by=by),
    "up": lambda finding, *, by: actions.reorder(finding, up=True, by=by),
    "down": lambda finding, *, by: actions.reorder(finding, up=False, by=by),
}


@require_POST
@organises
@curates
def org_act_on_finding(request: HttpRequest, workshop: Workshop, draft: Draft, finding_id: uuid.UUID) -> HttpResponse:
    finding, act = _finding(draft, finding_id), ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise BadRequest("unknown act")
    act(finding, by=actor_of(request))
    return _back(request, workshop, f"finding-{finding.pk}")


@require_POST
@organises
@curates
def org_merge_findings(request: HttpRequest, workshop: Workshop, draft: Draft, finding_id: uuid.UUID) -> HttpResponse:
    finding = _finding(draft, finding_id)
    into = _finding(draft, _id(request.POST.get("into")))
    if into == finding:
        raise BadRequest("a finding cannot be joined with itself")
    actions.merge(finding, into, by=actor_of(request))
    return _back(request, workshop, f"finding-{into.pk}", finding=str(into.pk))


@require_POST
@organises
@curates
def org_split_finding(request: HttpRequest, workshop: Workshop, draft: Draft, finding_id: uuid.UUID) -> HttpResponse:
    finding = _finding(draft, finding_id)
    chosen = {_id(value) for value in request.POST.getlist("note")}
    notes = list(Note.objects.filter(placements__finding=finding, pk__in=chosen))
    if len(notes) != len(chosen):
        raise BadRequest("a note stands elsewhere")
    new = actions.split(finding, notes, by=actor_of(request))
    return _back(request, workshop, f"finding-{new.pk}", finding=str(new.pk))


@require_POST
@organises
@curates
def org_choose_quote(request: HttpRequest, workshop: Workshop, draft: Draft, finding_id: uuid.UUID) -> HttpResponse:
    finding, wanted = _finding(draft, finding_id), request.POST.get("note", "")
    note = get_object_or_404(Note, placements__finding=finding, pk=_id(wanted)) if wanted else None
    actions.choose_quote(finding, note, by=actor_of(request))
    return _back(request, workshop, f"finding-{finding.pk}")


@require_POST
@organises
@curates
def org_headline(request: HttpRequest, workshop: Workshop, draft: Draft) -> HttpResponse:
    form = _headline_form(draft, request.POST)
    if not form.is_valid():
        return _page(request, workshop, headline_form=form)
    actions.set_headline(draft, by=actor_of(request), **form.cleaned_data)
    messages.success(request, _("The headline is saved."))
    return _back(request, workshop)


@require_safe
@organises
def org_preview(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """The outcome as everybody would see it if the draft were published now."""
    draft = _draft(workshop)
    outcome = publish.outcome_of(draft)
    outcome.workshop = workshop
    context = {"section": "summary", "page": page_of(outcome), "preview": True, "answers": Answer.labels}
    return render(request, "org/summary_preview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@organises
def org_publish(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Say who will be told and what stops it; by POST, publish."""
    draft = _draft(workshop)
    form = PublishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            publish.publish(draft, by=actor_of(request), **form.cleaned_data)
        except NotReady as refusal:
            for reason in refusal.reasons:
                form.add_error(None, reason)
        except (MoveNotAllowed, MovedMeanwhile):
            form.add_error(None, _("The workshop cannot be published from where it is now."))
        else:
            messages.success(request, _("What was said is out. Everybody who came is being told."))
            return _back(request, workshop)
    context = {
        "section": "summary",
        "form": form,
        "draft": draft,
        "names": publish.names_left(draft),
        "names_written": publish.names_written(draft),
        "stops": publish.what_stops(draft, names_are_fine=True),
        "told": publish.who_is_told(workshop.pk).count(),
        "again": workshop.is_published,
    }
    return render(request, "org/summary_publish.html", context)
