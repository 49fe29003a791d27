"""Addresses of the day itself, on the organisers' side."""

from django.urls import path

from feedback.views import cockpit, history, notes, plenary, readiness

urlpatterns = [
    path("w/<uuid:workshop_id>/", cockpit.org_cockpit, name="org_cockpit"),
    path("w/<uuid:workshop_id>/ready/", readiness.ready, name="org_ready"),
    path("w/<uuid:workshop_id>/ready/check/", readiness.check, name="org_check_ready"),
    path("w/<uuid:workshop_id>/ready/printed/", readiness.printed, name="org_sheets_printed"),
    path("w/<uuid:workshop_id>/history/", history.workshop_history, name="org_history"),
    path("p/<uuid:programme_id>/history/", history.programme_history, name="org_programme_history"),
    path("w/<uuid:workshop_id>/live/", cockpit.org_cockpit_live, name="org_cockpit_live"),
    path("w/<uuid:workshop_id>/go-live/", cockpit.org_go_live, name="org_go_live"),
    path("w/<uuid:workshop_id>/sessions/<uuid:session_id>/open/", cockpit.org_session_open, name="org_session_open"),
    path("w/<uuid:workshop_id>/sessions/<uuid:session_id>/close/", cockpit.org_session_close, name="org_session_close"),
    path(
        "w/<uuid:workshop_id>/sessions/<uuid:session_id>/extend/", cockpit.org_session_extend, name="org_session_extend"
    ),
    path("w/<uuid:workshop_id>/sessions/<uuid:session_id>/ask/", cockpit.org_ask_prompt, name="org_ask_prompt"),
    path("w/<uuid:workshop_id>/wall/", cockpit.org_wall, name="org_wall"),
    path("w/<uuid:workshop_id>/wall/mode/", cockpit.org_wall_mode, name="org_wall_mode"),
    path("w/<uuid:workshop_id>/tell/", cockpit.org_tell_tables, name="org_tell_tables"),
    path("w/<uuid:workshop_id>/devices/<uuid:device_id>/remove/", cockpit.org_device_remove, name="org_device_remove"),
    path("w/<uuid:workshop_id>/notes/", notes.org_notes, name="org_notes"),
    path("w/<uuid:workshop_id>/notes.csv", notes.org_notes_csv, name="org_notes_csv"),
    path("w/<uuid:workshop_id>/notes/fields.csv", notes.org_notes_fields, name="org_notes_fields"),
    path("w/<uuid:workshop_id>/notes/copy/", notes.org_take_copy, name="org_take_copy"),
    path("w/<uuid:workshop_id>/notes/<uuid:note_id>/correct/", plenary.org_correct_note, name="org_correct_note"),
    path("w/<uuid:workshop_id>/notes/held/<uuid:op_id>/accept/", notes.org_held_accept, name="org_held_accept"),
    path("w/<uuid:workshop_id>/notes/held/<uuid:op_id>/refuse/", notes.org_held_refuse, name="org_held_refuse"),
]
