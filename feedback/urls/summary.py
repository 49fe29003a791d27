"""Addresses of the organisers' summary."""

from django.urls import include, path

from feedback.views import findings, summary

of_findings = [
    path("", findings.org_add_finding, name="org_add_finding"),
    path("<uuid:finding_id>/", findings.org_edit_finding, name="org_edit_finding"),
    path("<uuid:finding_id>/act/", findings.org_act_on_finding, name="org_act_on_finding"),
    path("<uuid:finding_id>/hide/", findings.org_hide_finding, name="org_hide_finding"),
    path("<uuid:finding_id>/theme/", findings.org_move_finding, name="org_move_finding"),
    path("<uuid:finding_id>/merge/", findings.org_merge_findings, name="org_merge_findings"),
    path("<uuid:finding_id>/split/", findings.org_split_finding, name="org_split_finding"),
    path("<uuid:finding_id>/quote/", findings.org_choose_quote, name="org_choose_quote"),
]

urlpatterns = [
    path("w/<uuid:workshop_id>/summary/", summary.org_summary, name="org_summary"),
    path("w/<uuid:workshop_id>/summary/compile/", summary.org_compile, name="org_compile"),
    path("w/<uuid:workshop_id>/summary/progress/", summary.org_summary_progress, name="org_summary_progress"),
    path("w/<uuid:workshop_id>/summary/headline/", summary.org_headline, name="org_headline"),
    path("w/<uuid:workshop_id>/summary/preview/", summary.org_preview, name="org_preview"),
    path("w/<uuid:workshop_id>/summary/publish/", summary.org_publish, name="org_publish"),
    path("w/<uuid:workshop_id>/summary/withdraw/", summary.org_withdraw_outcome, name="org_withdraw_outcome"),
    path("w/<uuid:workshop_id>/summary/carry/<uuid:point>/", findings.org_carry, name="org_carry"),
    path("w/<uuid:workshop_id>/summary/notes/<uuid:note_id>/said-by/", findings.org_said_by, name="org_said_by"),
    path("w/<uuid:workshop_id>/summary/notes/<uuid:note_id>/place/", summary.org_place_note, name="org_place_note"),
    path("w/<uuid:workshop_id>/summary/notes/<uuid:note_id>/hide/", summary.org_hide_words, name="org_hide_words"),
    path("w/<uuid:workshop_id>/summary/notes/<uuid:note_id>/show/", summary.org_show_words, name="org_show_words"),
    path("w/<uuid:workshop_id>/summary/late/", summary.org_late_seen, name="org_late_seen"),
    path("w/<uuid:workshop_id>/summary/acts/<int:act_id>/undo/", summary.org_undo, name="org_undo"),
    path("w/<uuid:workshop_id>/summary/findings/", include(of_findings)),
]
