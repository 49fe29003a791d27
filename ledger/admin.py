"""History, outbox and jobs, to look at."""

from django.contrib import admin

from ledger.look_only import LookOnly
from ledger.models import Event, Job, Mail


@admin.register(Event)
class EventAdmin(LookOnly):
    list_display = ("at", "verb", "actor_kind", "actor_id", "thing_kind", "thing_id")
    list_filter = ("verb", "actor_kind")
    search_fields = ("thing_id", "actor_id")


@admin.register(Mail)
class MailAdmin(LookOnly):
    list_display = ("created_at", "kind", "sent_at", "given_up_at", "attempts", "error")
    list_filter = ("kind",)


@admin.register(Job)
class JobAdmin(LookOnly):
    list_display = ("asked_at", "kind", "wanted", "built", "lease_until", "attempts", "error")
    list_filter = ("kind",)
