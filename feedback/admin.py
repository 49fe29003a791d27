"""Notes, for the operator: that they are there can be looked at; what they say only with a reason that is kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from feedback.models import Note
from feedback.states import WhyRead
from ledger.history import record
from ledger.look_only import LookOnly
from workshops.access import actor_of


class WhyForm(forms.Form):
    """Why the operator has to read what people said."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=WhyRead,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason."), "invalid_choice": _("Choose a reason.")},
    )


@admin.register(Note)
class NoteAdmin(LookOnly):
    """No list and no page shows the words of a note, nor what they were before."""

    list_display = ("id", "group", "kind", "revision", "deleted", "created_at", "read_it")
    list_select_related = ("group",)
    fields = ("group", "session", "kind", "lang", "seq", "revision", "deleted", "created_at")

    @admin.display(description=_("Words"))
    def read_it(self, note: Note) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:feedback_note_read", args=[note.pk]), _("with a reason")
        )

    def get_urls(self) -> list[URLPattern]:
        read = self.admin_site.admin_view(self.read)
        return [path("<uuid:note_id>/read/", read, name="feedback_note_read"), *super().get_urls()]

    def read(self, request: HttpRequest, note_id: UUID) -> HttpResponse:
        """The words of one note, after the reason has been written into the history of its workshop."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        note = get_object_or_404(Note.objects.select_related("group"), pk=note_id)
        form = WhyForm(request.POST if request.method == "POST" else None)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "form": form,
            "note": None,
            "opts": self.opts,
        }
        if form.is_valid():
            with transaction.atomic():
                reason = form.cleaned_data["reason"]
                record(note, "note.read", by=actor_of(request), scope=note.group.workshop_id, reason=reason)
            context["note"] = note
        return TemplateResponse(request, "admin/read_note.html", context)
