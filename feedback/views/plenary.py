"""Corrections that organisers take down for the room, on the page of all notes."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from feedback.models import Note
from feedback.notes.organisers import ChangedMeanwhile, correct_note
from ledger.shapes import Refused
from participants.models import User
from workshops.access import actor_of, organises
from workshops.models import Workshop


@require_POST
@organises
def org_correct_note(request: HttpRequest, workshop: Workshop, note_id: uuid.UUID) -> HttpResponse:
    """Take `text` in place of `seen`; the note keeps what it said before."""
    note = get_object_or_404(Note.objects.of_workshop(workshop).standing(), pk=note_id)
    text, seen = (request.POST.get(name, "").replace("\r\n", "\n") for name in ("text", "seen"))
    name = cast(User, request.user).first_name
    try:
        correct_note(note, text.strip(), seen=seen, by=actor_of(request), name=name)
    except ChangedMeanwhile:
        messages.error(request, _("Somebody else changed this note meanwhile. Nothing was changed."))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The note is corrected."))
    return redirect("org_notes", workshop.pk)
