"""Who may open what: one row for each route. A route without a row breaks the build (test_permission_matrix.py).

A rule names the identities that are let in, for reading and for writing; everybody else meets the door for their kind:
visitors are sent to the entrance (401 from the API), known people find nothing (404).
"""

from __future__ import annotations

from dataclasses import dataclass

VISITOR, ORGANISER, OWNER, HELPER, OBSERVER = "visitor", "organiser", "owner", "helper", "observer"
STRANGER, MODERATOR, NEIGHBOUR = "organiser of another programme", "moderator", "moderator of another table"
TABLET, OTHER_TABLET, REMOVED_TABLET = "tablet", "tablet of another table", "removed tablet"
OPERATOR = "operator without a team"

IDENTITIES = (
    VISITOR,
    ORGANISER,
    OWNER,
    HELPER,
    OBSERVER,
    STRANGER,
    MODERATOR,
    NEIGHBOUR,
    TABLET,
    OTHER_TABLET,
    REMOVED_TABLET,
    OPERATOR,
)
TABLETS = (TABLET, OTHER_TABLET, REMOVED_TABLET)
EVERYBODY = frozenset(IDENTITIES)
USERS = EVERYBODY - {VISITOR, *TABLETS}
ORGANISERS = frozenset({ORGANISER, OWNER})


@dataclass(frozen=True)
class Rule:
    """`let_in` for own objects; `door` says how the others are turned away."""

    let_in: frozenset[str]
    door: str = "page"  # page: 302 to the entrance or 404 · api: 401 or 404 · table: 302 to /table/ · none: nobody is


PUBLIC = Rule(EVERYBODY, "none")
SIGNED_IN = Rule(USERS)
ORGANISE = Rule(ORGANISERS)
CHECK_IN = Rule(ORGANISERS | {HELPER})
OBSERVE = Rule(ORGANISERS | {OBSERVER})
TEAM_API = Rule(frozenset({ORGANISER, OWNER, HELPER, OBSERVER}), "api")
USERS_API = Rule(USERS, "api")
ORGANISE_API = Rule(ORGANISERS, "api")
TABLE_API = Rule(ORGANISERS | {MODERATOR, TABLET}, "api")
TABLE = Rule(ORGANISERS | {MODERATOR, TABLET}, "table")

MATRIX: dict[str, Rule] = {
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "api_schema": PUBLIC,
    "api_workshops": USERS_API,
    "api_workshop": TEAM_API,
    "api_group": TABLE_API,
    # A tablet taken off its table hands over what it holds; all of it waits for the organiser (test_notes_api.py).
    "api_ops": Rule(TABLE_API.let_in | {REMOVED_TABLET}, "api"),
    "api_changes": TABLE_API,
    "api_presence": TABLE_API,
    "api_status": TABLE_API,
    "api_notes": ORGANISE_API,
    "table_join": PUBLIC,
    "table_shell": PUBLIC,
    "table_leave": PUBLIC,
    "table_pad": TABLE,
    "service_worker": PUBLIC,
    "wall": PUBLIC,
    "wall_picture": PUBLIC,
    "home": PUBLIC,
    "programme": PUBLIC,
    "workshop": PUBLIC,
    "place_form": PUBLIC,
    "link_sent_again": PUBLIC,
    "workshop_calendar": PUBLIC,
    "find_place": PUBLIC,
    "link_sent": PUBLIC,
    "my_place": PUBLIC,
    "my_calendar": PUBLIC,
    "my_give_up": PUBLIC,
    "my_take_back": PUBLIC,
    "my_more": PUBLIC,
    "said_list": PUBLIC,
    "said": PUBLIC,
    "said_notes_csv": PUBLIC,
    "said_pdf": PUBLIC,
    "how": PUBLIC,
    "accessibility": PUBLIC,
    "your_data": PUBLIC,
    "org_home": SIGNED_IN,
    "org_programme": ORGANISE,
    "org_add_theme": ORGANISE,
    "org_change_theme": ORGANISE,
    "org_remove_theme": ORGANISE,
    "org_new_workshop": ORGANISE,
    "org_details": ORGANISE,
    "org_state": ORGANISE,
    "org_agenda": ORGANISE,
    "org_agenda_template": ORGANISE,
    "org_agenda_end": ORGANISE,
    "org_add_session": ORGANISE,
    "org_change_session": ORGANISE,
    "org_move_session": ORGANISE,
    "org_remove_session": ORGANISE,
    "org_add_prompt": ORGANISE,
    "org_add_initiative": ORGANISE,
    "org_change_prompt": ORGANISE,
    "org_move_prompt": ORGANISE,
    "org_remove_prompt": ORGANISE,
    "org_change_initiative": ORGANISE,
    "org_remove_initiative": ORGANISE,
    "org_cockpit": OBSERVE,
    "org_cockpit_live": OBSERVE,
    "org_go_live": ORGANISE,
    "org_session_open": ORGANISE,
    "org_session_close": ORGANISE,
    "org_session_extend": ORGANISE,
    "org_ask_prompt": ORGANISE,
    "org_wall": ORGANISE,
    "org_wall_mode": ORGANISE,
    "org_device_remove": ORGANISE,
    "org_tell_tables": ORGANISE,
    "org_notes": OBSERVE,
    "org_notes_csv": ORGANISE,
    "org_take_copy": ORGANISE,
    "org_held_accept": ORGANISE,
    "org_held_refuse": ORGANISE,
    "org_people": ORGANISE,
    "org_add_person": ORGANISE,
    "org_person": ORGANISE,
    "org_send_link": ORGANISE,
    "org_give_up": ORGANISE,
    "org_tables": ORGANISE,
    "org_seat": ORGANISE,
    "org_keep_seat": ORGANISE,
    "org_mix": ORGANISE,
    "org_mix_undo": ORGANISE,
    "org_start_tables": ORGANISE,
    "org_add_table": ORGANISE,
    "org_table_codes": ORGANISE,
    "org_add_rule": ORGANISE,
    "org_remove_rule": ORGANISE,
    "org_change_table": ORGANISE,
    "org_remove_table": ORGANISE,
    "org_table_sheets": ORGANISE,
    "org_summary": ORGANISE,
    "org_compile": ORGANISE,
    "org_summary_progress": ORGANISE,
    "org_headline": ORGANISE,
    "org_preview": ORGANISE,
    "org_publish": ORGANISE,
    "org_place_note": ORGANISE,
    "org_hide_words": ORGANISE,
    "org_add_finding": ORGANISE,
    "org_edit_finding": ORGANISE,
    "org_act_on_finding": ORGANISE,
    "org_merge_findings": ORGANISE,
    "org_split_finding": ORGANISE,
    "org_choose_quote": ORGANISE,
    "org_desk": CHECK_IN,
    "org_desk_here": CHECK_IN,
    "org_desk_find": CHECK_IN,
    "org_desk_walk_in": CHECK_IN,
}

# Whoever organises somewhere may start another programme; the rule of a single route.
MATRIX["org_new_programme"] = Rule(ORGANISERS | {STRANGER, OPERATOR})

# allauth's own pages for entering, leaving and passkeys: its tests, its rate limits; ours say they are reachable.
ALLAUTH = (
    "account_request_login_code",
    "account_confirm_login_code",
    "account_login",
    "account_signup",
    "account_logout",
    "account_reauthenticate",
    "mfa_",
)

# The streams of config.asgi, which no URL resolver knows: kind of route and who may listen.
STREAMS: dict[str, frozenset[str]] = {
    "group": ORGANISERS | {MODERATOR, TABLET},
    "room": ORGANISERS | {OBSERVER},
    "wall": EVERYBODY,
}
