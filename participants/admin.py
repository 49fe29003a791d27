"""Who can sign in, to look at. People and their places are the organisers' to see, not the operator's."""

from django.contrib import admin

from ledger.look_only import LookOnly
from participants.models import User


@admin.register(User)
class UserAdmin(LookOnly):
    list_display = ("email", "name", "is_staff", "is_active", "joined_at", "last_login")
    list_filter = ("is_staff", "is_active")
    exclude = ("password",)
