"""Agendas to start from, and the way back from a change of the agenda."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from workshops import agenda_templates as templates
from workshops import undo as steps
from workshops.access import actor_of, organises, organises_programme
from workshops.actions.removing import StillNeeded
from workshops.forms_agenda import TemplateNameForm
from workshops.models import AgendaTemplate, Programme, Workshop


@require_POST
@organises
def use_template(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Give the workshop the agenda `template` (a key or an id), in place of the one it has."""
    known = {template.key: template for template in templates.templates_of(workshop.programme)}
    chosen = known.get(request.POST.get("template", ""))
    if chosen is None:
        return HttpResponseBadRequest(_("Choose from the list."))
    try:
        with steps.remembered(workshop):
            templates.use_template(workshop, chosen.blocks, by=actor_of(request))
    except StillNeeded:
        messages.error(request, _("The day has begun: sessions that were opened stay."))
    return redirect("org_agenda", workshop.pk)


@require_POST
@organises
def undo(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Put the agenda back as it was before the last change."""
    try:
        is_back = steps.undo(workshop, by=actor_of(request))
    except StillNeeded:
        messages.error(request, _("What came with the last change is in use by now, so it stays."))
        return redirect("org_agenda", workshop.pk)
    if is_back:
        messages.success(request, _("The agenda is as it was before the last change."))
    else:
        messages.warning(request, _("There is no change to undo."))
    return redirect("org_agenda", workshop.pk)


@require_POST
@organises
def keep_template(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Keep the agenda under a name, for all workshops of the programme."""
    form = TemplateNameForm(request.POST)
    if form.is_valid():
        try:
            kept = templates.keep_as_template(workshop, name=form.cleaned_data["name"], by=actor_of(request))
        except templates.NameTaken:
            form.refuse_name()
        except templates.TooMany:
            form.add_error("name", _too_many())
        else:
            messages.success(request, _("Kept as the template “%(name)s”.") % {"name": kept.name})
            return redirect("org_templates", workshop.programme_id)
    return _page(request, workshop.programme, keep=(workshop, form))


def _too_many() -> str:
    most = templates.MOST_OWN
    return ngettext(
        "A programme keeps %(count)d template at most. Remove one first.",
        "A programme keeps %(count)d templates at most. Remove one first.",
        most,
    ) % {"count": most}


@require_http_methods(["GET"])
@organises_programme
def list_templates(request: HttpRequest, programme: Programme) -> HttpResponse:
    """The templates of a programme: what is in them, other names, away with them."""
    return _page(request, programme)


def _page(
    request: HttpRequest,
    programme: Programme,
    *,
    sent: dict[UUID, TemplateNameForm] | None = None,
    keep: tuple[Workshop, TemplateNameForm] | None = None,
) -> HttpResponse:
    """`sent` is a form with errors by its template; `keep` that of an agenda to be kept, with its workshop."""
    kept: list[dict[str, Any]] = []
    for own in programme.agenda_templates.all():
        form = (sent or {}).get(own.pk) or TemplateNameForm(initial={"name": own.name}, auto_id=f"template-{own.pk}-%s")
        shown = templates.Template(str(own.pk), own.name, own.blocks)
        kept.append({"row": own, "template": shown, "form": form})
    context = {"programme": programme, "kept": kept, "keep": keep, "built_in": list(templates.BUILT_IN.values())}
    return render(request, "org/agenda_templates.html", context)


@require_POST
@organises_programme
def rename_template(request: HttpRequest, programme: Programme, template_id: UUID) -> HttpResponse:
    template = _template(programme, template_id)
    form = TemplateNameForm(request.POST, auto_id=f"template-{template.pk}-%s")
    if form.is_valid():
        try:
            templates.rename_template(template, name=form.cleaned_data["name"], by=actor_of(request))
        except templates.NameTaken:
            form.refuse_name()
        else:
            messages.success(request, _("Saved."))
            return redirect("org_templates", programme.pk)
    return _page(request, programme, sent={template.pk: form})


@require_POST
@organises_programme
def remove_template(request: HttpRequest, programme: Programme, template_id: UUID) -> HttpResponse:
    template = _template(programme, template_id)
    templates.remove_template(template, by=actor_of(request))
    messages.success(request, _("“%(name)s” is gone. Agendas that began with it stay.") % {"name": template.name})
    return redirect("org_templates", programme.pk)


def _template(programme: Programme, template_id: UUID) -> AgendaTemplate:
    return get_object_or_404(programme.agenda_templates, pk=template_id)
