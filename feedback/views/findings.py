"""What organisers do to the findings of a draft: add, write, order, join, split, leave out, quote."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from feedback.models import Draft, Finding, Note
from feedback.summary import actions, quotes, series
from feedback.summary.curation import NO_THEME
from feedback.summary.forms import CarryForm, FindingForm, HideForm, NewFindingForm
from feedback.views.summary import back, curates, finding_of, id_of, note_of, page_with
from workshops.access import actor_of, organises
from workshops.actions.moving import NotReady
from workshops.models import Theme, Workshop


@require_POST
@organises
@curates
def org_add_finding(request: HttpRequest, workshop: Workshop, draft: Draft) -> HttpResponse:
    form = NewFindingForm(request.POST)
    if not form.is_valid():
        return page_with(request, workshop, add_form=form)
    theme = request.POST.get("theme", "")
    chosen = get_object_or_404(Theme, programme=workshop.programme_id, pk=id_of(theme)) if theme else None
    new = actions.add_finding(draft, chosen, title=form.cleaned_data["title"], by=actor_of(request))
    return back(request, workshop, f"finding-{new.pk}", finding=str(new.pk))


@require_POST
@organises
@curates
def org_edit_finding(request: HttpRequest, workshop: Workshop, draft: Draft, finding_id: uuid.UUID) -> HttpResponse:
    """Write title and text; where somebody was faster both texts are shown, and nothing is lost."""
    finding, form = finding_of(draft, finding_id), FindingForm(request.POST)
    if not form.is_valid():
        if "revision" in form.errors:
            raise BadRequest("no revision")
        return page_with(_choosing(request, finding), workshop, finding_form=form)
    try:
        actions.retitle(finding, by=actor_of(request), **form.cleaned_data)
    except actions.ChangedMeanwhile as clash:
        theirs = clash.finding
        form = FindingForm({**request.POST.dict(), "revision": theirs.revision})
        return page_with(_choosing(request, finding), workshop, status=409, finding_form=form, theirs=theirs)
    return back(request, workshop, f"finding-{finding.pk}", finding=str(finding.pk))


def _choosing(request: HttpRequest, finding: Finding) -> HttpRequest:
    """The same request, looking at this finding."""
    query = request.GET.copy()
    query["finding"] = str(finding.pk)
    query["theme"] = str(finding.theme_id or NO_THEME)
    request.GET = query  # type: ignore[assignment]
    return request


ACTS: dict[str, Callable[..., Any]] = {
    "keep": actions.confirm,
    "show": actions.show,
    "up": lambda finding, *, by: actions.reorder(finding, up=True, by=by),
    "down": lambda finding, *, by: actions.reorder(finding, up=False, by=by),
}


@require_POST
@organises
@curates
def org_act_on_finding(request: HttpRequest, workshop: Workshop, draft: Draft, finding_id: uuid.UUID) -> HttpResponse:
    finding, act = finding_of(draft, finding_id), ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise BadRequest("unknown act")
    act(finding, by=actor_of(request))
    return back(request, workshop, f"finding-{finding.pk}")


@require_POST
@organises
@curates
def org_hide_finding(request: HttpRequest, workshop: Workshop, draft: Draft, finding_id: uuid.UUID) -> HttpResponse:
    """Leave it out, for a reason."""
    finding = finding_of(draft, finding_id)
    form = HideForm(request.POST)
    if form.is_valid():
        actions.hide(finding, why=form.cleaned_data["why"], by=actor_of(request))
    for sentence in form.errors.get("why", ()):
        messages.error(request, str(sentence))
    return back(request, workshop, f"finding-{finding.pk}")


@require_POST
@organises
@curates
def org_move_finding(request: HttpRequest, workshop: Workshop, draft: Draft, finding_id: uuid.UUID) -> HttpResponse:
    """To another theme, or to those without one."""
    finding, wanted = finding_of(draft, finding_id), request.POST.get("theme", "")
    theme = get_object_or_404(Theme, programme=workshop.programme_id, pk=id_of(wanted)) if wanted else None
    actions.move_finding(finding, theme, by=actor_of(request))
    return back(request, workshop, f"finding-{finding.pk}", theme=wanted or NO_THEME, finding=str(finding.pk))


@require_POST
@organises
@curates
def org_merge_findings(request: HttpRequest, workshop: Workshop, draft: Draft, finding_id: uuid.UUID) -> HttpResponse:
    finding = finding_of(draft, finding_id)
    into = finding_of(draft, id_of(request.POST.get("into")))
    if into == finding:
        raise BadRequest("a finding cannot be joined with itself")
    actions.merge(finding, into, by=actor_of(request))
    return back(request, workshop, f"finding-{into.pk}", finding=str(into.pk))


@require_POST
@organises
@curates
def org_split_finding(request: HttpRequest, workshop: Workshop, draft: Draft, finding_id: uuid.UUID) -> HttpResponse:
    finding = finding_of(draft, finding_id)
    chosen = {id_of(value) for value in request.POST.getlist("note")}
    notes = list(Note.objects.filter(placements__finding=finding, pk__in=chosen))
    if len(notes) != len(chosen):
        raise BadRequest("a note stands elsewhere")
    new = actions.split(finding, notes, by=actor_of(request))
    return back(request, workshop, f"finding-{new.pk}", finding=str(new.pk))


@require_POST
@organises
@curates
def org_choose_quote(request: HttpRequest, workshop: Workshop, draft: Draft, finding_id: uuid.UUID) -> HttpResponse:
    finding, wanted = finding_of(draft, finding_id), request.POST.get("note", "")
    note = get_object_or_404(Note, placements__finding=finding, pk=id_of(wanted)) if wanted else None
    actions.choose_quote(finding, note, by=actor_of(request))
    return back(request, workshop, f"finding-{finding.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@organises
def org_carry(request: HttpRequest, workshop: Workshop, point: uuid.UUID) -> HttpResponse:
    """Hand a published finding on to a later workshop."""
    try:
        title = series.point_of(workshop, point)
    except series.NoSuchPoint:
        raise Http404 from None
    form = CarryForm(request.POST or None, sessions=series.sessions_ahead(workshop))
    if request.method == "POST" and form.is_valid():
        session, as_what = form.session, form.cleaned_data["as_what"]
        try:
            series.carry(workshop, point, session, as_what=as_what, by=actor_of(request))
        except NotReady as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is on the agenda of workshop %d.") % session.workshop.number)
            return redirect("said", workshop.slug)
    return render(request, "org/carry.html", {"section": "summary", "form": form, "title": title})


@require_POST
@organises
@curates
def org_said_by(request: HttpRequest, workshop: Workshop, draft: Draft, note_id: uuid.UUID) -> HttpResponse:
    """Whose words a quote is, so that it is published only while that person allows it."""
    note, wanted = note_of(workshop, note_id), request.POST.get("registration", "")
    person = get_object_or_404(workshop.registrations, pk=id_of(wanted)) if wanted else None
    try:
        quotes.say_who(note, person, by=actor_of(request))
    except quotes.NotOfThisTable:
        raise BadRequest("no quote of this person's table") from None
    messages.success(request, _("Kept. The quote is shown only while this person allows it."))
    return back(request, workshop, "evidence")
