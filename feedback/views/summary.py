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
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback.models import Draft, Finding, Note, Review
from feedback.review.turnout import turnout
from feedback.summary import actions, named, publish
from feedback.summary.acts import acts_of
from feedback.summary.curation import NO_THEME, curation
from feedback.summary.forms import FindingForm, HeadlineForm, NewFindingForm, PublishForm, WithdrawForm
from feedback.summary.history import ChangedSince
from feedback.summary.progress import can_curate, compile_state, steps_of_life
from feedback.summary.queries import page_of
from feedback.summary.quotes import tell_speakers
from feedback.summary.rated import by_scale, rated_now
from feedback.summary.small import small_counts
from feedback.summary.tally import caps_for
from feedback.summary.versions import withdraw
from workshops.access import actor_of, organises
from workshops.actions.moving import MovedMeanwhile, MoveNotAllowed, NotReady
from workshops.models import Workshop

KEPT = ("theme", "finding", "q", "page", "behind", "note")
View = Callable[..., HttpResponse]


@require_safe
@organises
def org_summary(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    return page_with(request, workshop)


def page_with(request: HttpRequest, workshop: Workshop, status: int = 200, **forms: Any) -> HttpResponse:
    """The page as the address asks for it; `forms` are those that came back with something to correct."""
    names = {"theme": "theme", "search": "q", "finding": "finding", "page": "page", "behind": "behind", "note": "note"}
    asked = {name: _asked(request, sent) for name, sent in names.items()}
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
        "kept": kept_of(request),
        "add_form": NewFindingForm(),
        **forms,
    }
    if read is not None:
        context["targets"] = render_to_string("org/summary_targets.html", {"read": read})
        context["acts"] = acts_of(read.draft)
        context["rated"] = by_scale(rated_now(workshop))
        context.setdefault("headline_form", _headline_form(read.draft))
        if read.chosen is not None:
            tell_speakers(read.shown_evidence, read.chosen.quote)
            context.setdefault("finding_form", _finding_form(read.chosen.row))
    with timezone.override(workshop.zone):
        return render(request, "org/summary.html", context, status=status)


def _asked(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "")[:100]


def kept_of(request: HttpRequest, **instead: str) -> str:
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


def back(request: HttpRequest, workshop: Workshop, anchor: str = "", **instead: str) -> HttpResponse:
    where = reverse("org_summary", args=[workshop.pk]) + kept_of(request, **instead)
    return redirect(f"{where}#{anchor}" if anchor else where)


def curates(view: View) -> View:
    """An act on the draft: the view gets it, and a refusal becomes a sentence on the page it came from."""

    @wraps(view)
    def guarded(request: HttpRequest, workshop: Workshop, *args: Any, **kwargs: Any) -> HttpResponse:
        draft = draft_of(workshop)
        try:
            return view(request, workshop, draft, *args, **kwargs)
        except NotReady as refusal:
            messages.error(request, str(refusal))
        except MoveNotAllowed:
            messages.error(request, _("The findings cannot be changed now: the workshop is not being curated."))
        except (actions.NotInThisDraft, ChangedSince):
            messages.warning(request, _("It has changed meanwhile. This is how it stands now."))
        return back(request, workshop)

    return guarded


def draft_of(workshop: Workshop) -> Draft:
    draft = workshop.drafts.current().first()
    if draft is None:
        raise Http404
    return draft


def finding_of(draft: Draft, finding_id: uuid.UUID) -> Finding:
    return get_object_or_404(draft.findings, pk=finding_id)


def note_of(workshop: Workshop, note_id: uuid.UUID) -> Note:
    return get_object_or_404(Note.objects.of_workshop(workshop).standing().select_related("group"), pk=note_id)


def id_of(value: str | None) -> uuid.UUID:
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
    return back(request, workshop)


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
    note, wanted = note_of(workshop, note_id), request.POST.get("finding")
    if wanted is None:
        raise BadRequest("no finding")
    if wanted == "new":
        home = actions.place_in_new_finding(draft, note, by=actor_of(request))
        return back(request, workshop, f"finding-{home.pk}", finding=str(home.pk))
    into = finding_of(draft, id_of(wanted)) if wanted else None
    actions.place_note(draft, note, into, by=actor_of(request), seen=_seen(request))
    return back(request, workshop)


def _seen(request: HttpRequest) -> Any:
    """The finding where the person saw the note, as the address says it."""
    seen = request.GET.get("from")
    if seen is None:
        return actions.ANYWHERE
    return None if seen == NO_THEME else id_of(seen)


@require_POST
@organises
@curates
def org_hide_words(request: HttpRequest, workshop: Workshop, draft: Draft, note_id: uuid.UUID) -> HttpResponse:
    """The words `words` of a note, shown as `replacement`, or as "a neighbour" in the note's language."""
    note = note_of(workshop, note_id)
    with translation.override(note.lang if note.lang in ("it", "en") else get_language()):
        instead = request.POST.get("replacement", "").strip() or _("a neighbour")
    try:
        actions.hide_words(note, request.POST.get("words", ""), instead, by=actor_of(request))
    except actions.TooLongToHide:
        messages.error(request, _("Nothing is hidden: 200 letters at once at most, and at most 80 in their place."))
        return back(request, workshop)
    except actions.NotInThisDraft:
        raise BadRequest("these words are not in the note") from None
    messages.success(request, _("Hidden. It reads [%(words)s] now, wherever the note is shown.") % {"words": instead})
    return back(request, workshop)


@require_POST
@organises
@curates
def org_undo(request: HttpRequest, workshop: Workshop, draft: Draft, act_id: int) -> HttpResponse:
    """Put back what an act changed."""
    actions.undo(get_object_or_404(draft.acts, pk=act_id), by=actor_of(request))
    messages.success(request, _("Undone. It stands as before."))
    return back(request, workshop)


@require_POST
@organises
@curates
def org_late_seen(request: HttpRequest, workshop: Workshop, draft: Draft) -> HttpResponse:
    actions.look_at_late_notes(draft, by=actor_of(request))
    return back(request, workshop)


@require_POST
@organises
@curates
def org_show_words(request: HttpRequest, workshop: Workshop, draft: Draft, note_id: uuid.UUID) -> HttpResponse:
    """Hidden words are shown again."""
    try:
        actions.show_words(note_of(workshop, note_id), request.POST.get("words", ""), by=actor_of(request))
    except actions.TooLongToHide:
        messages.error(request, _("Nothing is shown again: no more than 200 letters are ever hidden at once."))
        return back(request, workshop)
    messages.success(request, _("The words are shown again."))
    return back(request, workshop)


@require_POST
@organises
@curates
def org_headline(request: HttpRequest, workshop: Workshop, draft: Draft) -> HttpResponse:
    form = _headline_form(draft, request.POST)
    if not form.is_valid():
        return page_with(request, workshop, headline_form=form)
    actions.set_headline(draft, by=actor_of(request), **form.cleaned_data)
    messages.success(request, _("The headline is saved."))
    return back(request, workshop)


@require_safe
@organises
def org_preview(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """The outcome as everybody would see it if the draft were published now."""
    draft = draft_of(workshop)
    outcome = publish.outcome_of(draft)
    outcome.workshop = workshop
    context = {"section": "summary", "page": page_of(outcome, caps_for(outcome)), "preview": True}
    return render(request, "org/summary_preview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@organises
def org_publish(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Say who will be told and what stops it; by POST, publish."""
    draft = draft_of(workshop)
    again = workshop.outcomes.exists()
    form = PublishForm(request.POST or None, again=again)
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
            return back(request, workshop)
    context = {
        "section": "summary",
        "form": form,
        "draft": draft,
        "names": named.names_left(draft),
        "names_written": named.names_written(draft),
        "small": small_counts(draft),
        "stops": publish.what_stops(draft, names_are_fine=True, few_are_fine=True),
        "told": publish.who_is_told(workshop.pk).count(),
        "again": again,
        "withdraw_form": WithdrawForm() if workshop.is_published else None,
        "turnout": turnout(workshop.pk),
        "replies_open": Review.objects.filter(workshop=workshop, until__gt=timezone.now()).first(),
    }
    return render(request, "org/summary_publish.html", context)


@require_POST
@organises
def org_withdraw_outcome(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Take back what is published; the reason takes its place."""
    form = WithdrawForm(request.POST)
    try:
        if not form.is_valid():
            raise NotReady([str(message) for errors in form.errors.values() for message in errors])
        withdraw(workshop, why=form.cleaned_data["why"], by=actor_of(request))
    except NotReady as refusal:
        messages.error(request, str(refusal))
        return redirect("org_publish", workshop.pk)
    except (MoveNotAllowed, MovedMeanwhile):
        messages.warning(request, _("Somebody else moved the workshop a moment ago. Here is how it stands."))
    else:
        messages.success(request, _("Nobody can read it any more. You can correct the draft and publish again."))
    return back(request, workshop)
