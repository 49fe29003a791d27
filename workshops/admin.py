"""The plan, to look at."""

from django.contrib import admin

from ledger.look_only import LookOnly
from workshops.models import Group, Programme, TeamSeat, Workshop


@admin.register(Programme)
class ProgrammeAdmin(LookOnly):
    list_display = ("slug", "organisation", "zone_name", "created_at")


@admin.register(TeamSeat)
class TeamSeatAdmin(LookOnly):
    list_display = ("programme", "user", "role")


@admin.register(Workshop)
class WorkshopAdmin(LookOnly):
    list_display = ("slug", "programme", "number", "state", "starts_at", "places")
    list_filter = ("state",)
    exclude = ("wall_secret", "link_secret")


@admin.register(Group)
class GroupAdmin(LookOnly):
    list_display = ("name", "workshop", "size", "seq")
    exclude = ("code",)
