"""Addresses of the organisers' plan: programmes, themes, details and agenda."""

from django.urls import path

from workshops.views import (
    organise,
    organise_agenda,
    organise_audiences,
    organise_emblem,
    organise_preview,
    organise_series,
    organise_telling,
    organise_templates,
)

PROGRAMME, WORKSHOP = "p/<uuid:programme_id>", "w/<uuid:workshop_id>"
SESSIONS, SESSION = f"{WORKSHOP}/agenda/sessions", f"{WORKSHOP}/agenda/sessions/<uuid:session_id>"
PROMPT = f"{WORKSHOP}/agenda/prompts/<uuid:prompt_id>"
TEMPLATE = f"{PROGRAMME}/templates/<uuid:template_id>"
INITIATIVE = f"{WORKSHOP}/agenda/initiatives/<uuid:initiative_id>"
AUDIENCE = f"{WORKSHOP}/details/audiences/<uuid:audience_id>"

urlpatterns = [
    path("", organise.home, name="org_home"),
    path("p/new/", organise.new_programme, name="org_new_programme"),
    path(f"{PROGRAMME}/", organise.programme, name="org_programme"),
    path(f"{PROGRAMME}/emblem/", organise_emblem.emblem, name="org_emblem"),
    path(f"{PROGRAMME}/themes/", organise.add_theme, name="org_add_theme"),
    path(f"{PROGRAMME}/themes/<uuid:theme_id>/", organise.change_theme, name="org_change_theme"),
    path(f"{PROGRAMME}/themes/<uuid:theme_id>/remove/", organise.remove_theme, name="org_remove_theme"),
    path(f"{PROGRAMME}/workshops/new/", organise.new_workshop, name="org_new_workshop"),
    path(f"{WORKSHOP}/details/", organise.details, name="org_details"),
    path(f"{WORKSHOP}/details/audiences/", organise_audiences.add_audience, name="org_add_audience"),
    path(f"{AUDIENCE}/", organise_audiences.change_audience, name="org_change_audience"),
    path(f"{AUDIENCE}/remove/", organise_audiences.remove_audience, name="org_remove_audience"),
    path(f"{WORKSHOP}/state/", organise.state, name="org_state"),
    path(f"{WORKSHOP}/cancel/", organise_telling.cancel, name="org_cancel"),
    path(f"{WORKSHOP}/copy/", organise_series.copy, name="org_copy"),
    path(f"{WORKSHOP}/agenda/", organise_agenda.agenda, name="org_agenda"),
    path(f"{WORKSHOP}/agenda/template/", organise_templates.use_template, name="org_agenda_template"),
    path(f"{WORKSHOP}/agenda/template/keep/", organise_templates.keep_template, name="org_keep_template"),
    path(f"{WORKSHOP}/agenda/undo/", organise_templates.undo, name="org_agenda_undo"),
    path(f"{WORKSHOP}/agenda/preview/", organise_preview.preview, name="org_agenda_preview"),
    path(f"{PROGRAMME}/templates/", organise_templates.list_templates, name="org_templates"),
    path(f"{TEMPLATE}/", organise_templates.rename_template, name="org_rename_template"),
    path(f"{TEMPLATE}/remove/", organise_templates.remove_template, name="org_remove_template"),
    path(f"{WORKSHOP}/agenda/end/", organise_agenda.move_end, name="org_agenda_end"),
    path(f"{SESSIONS}/", organise_agenda.add_session, name="org_add_session"),
    path(f"{SESSION}/", organise_agenda.change_session, name="org_change_session"),
    path(f"{SESSION}/move/", organise_agenda.move_session, name="org_move_session"),
    path(f"{SESSION}/remove/", organise_agenda.remove_session, name="org_remove_session"),
    path(f"{SESSION}/prompts/", organise_agenda.add_prompt, name="org_add_prompt"),
    path(f"{SESSION}/initiatives/", organise_agenda.add_initiative, name="org_add_initiative"),
    path(f"{PROMPT}/", organise_agenda.change_prompt, name="org_change_prompt"),
    path(f"{PROMPT}/move/", organise_agenda.move_prompt, name="org_move_prompt"),
    path(f"{PROMPT}/remove/", organise_agenda.remove_prompt, name="org_remove_prompt"),
    path(f"{INITIATIVE}/", organise_agenda.change_initiative, name="org_change_initiative"),
    path(f"{INITIATIVE}/remove/", organise_agenda.remove_initiative, name="org_remove_initiative"),
]
