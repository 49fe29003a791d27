"""Addresses of the organisers' summary."""

from django.urls import include, path

from feedback.views import summary

of_findings = [
    path("", summary.org_add_finding, name="org_add_finding"),
    path("<uuid:finding_id>/", summary.org_edit_finding, name="org_edit_finding"),
    path("<uuid:finding_id>/act/", summary.org_act_on_finding, name="org_act_on_finding"),
    path("<uuid:finding_id>/merge/", summary.org_merge_findings, name="org_merge_findings"),
    path("<uuid:finding_id>/split/", summary.org_split_finding, name="org_split_finding"),
    path("<uuid:finding_id>/quote/", summary.org_choose_quote, name="org_choose_quote"),
]

urlpatterns = [
    path("w/<uuid:workshop_id>/summary/", summary.org_summary, name="org_summary"),
    path("w/<uuid:workshop_id>/summary/compile/", summary.org_compile, name="org_compile"),
    path("w/<uuid:workshop_id>/summary/progress/", summary.org_summary_progress, name="org_summary_progress"),
    path("w/<uuid:workshop_id>/summary/headline/", summary.org_headline, name="org_headline"),
    path("w/<uuid:workshop_id>/summary/preview/", summary.org_preview, name="org_preview"),
    path("w/<uuid:workshop_id>/summary/publish/", summary.org_publish, name="org_publish"),
    path("w/<uuid:workshop_id>/summary/notes/<uuid:note_id>/place/", summary.org_place_note, name="org_place_note"),
    path("w/<uuid:workshop_id>/summary/notes/<uuid:note_id>/hide/", summary.org_hide_words, name="org_hide_words"),
    path("w/<uuid:workshop_id>/summary/findings/", include(of_findings)),
]
