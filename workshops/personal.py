"""What this floor keeps about people: who is in a team and who moderates. The plan itself is about nobody."""

from django.utils.translation import gettext_lazy as _

from ledger.keeping import ACCOUNT, CONTACT, Whom, personal, plain

plain(
    "workshops.programme",
    "id slug title area summary audiences partners contacts organisation help_line languages zone_name funder "
    "emblem_name funder_sentence funder_grant funder_disclaimer contact created_at",
)
personal(
    "workshops.teamseat", "user role", of=Whom.USER, why=_("to say what somebody may do in a programme"), until=ACCOUNT
)
plain("workshops.teamseat", "id programme")
plain("workshops.theme", "id programme name short description slot icon order")
plain(
    "workshops.workshop",
    "id programme number slug title summary objectives for_whom state cancelled_because access starts_at minutes "
    "doors_minutes venue address directions accessibility children places reserved promotion offer_hours opens_at "
    "closes_at next_queue_no "
    "calendar_sequence kinds mixed_by wall_secret wall_mode link_secret sensitive created_at",
)
plain("workshops.emblem", "programme picture kind name")
plain("workshops.audience", "id workshop name places order")
plain("workshops.initiative", "id workshop theme name short question order")
plain(
    "workshops.session",
    "id workshop order kind title minutes dots_per_person rates scale kinds themes regroups roles materials state "
    "opened_at ends_at closed_at asked",
)
plain("workshops.prompt", "id session initiative text order retired_at")
plain("workshops.agendastep", "id workshop at before")
plain("workshops.agendatemplate", "id programme name blocks created_at")
plain("workshops.group", "id workshop name room size order seq code code_until offers")
personal(
    "workshops.moderatorseat",
    "name user email",
    of=Whom.MODERATOR,
    why=_("to say who moderates a table, also to those who sit there, and to see when two tables share a moderator"),
    until=CONTACT,
)
plain("workshops.moderatorseat", "id group role")
plain("workshops.moderatorround", "id seat session group")
