"""The kit: everything a tablet needs to write without a connection."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from feedback.notes import tallies
from feedback.notes.messages import messages_of
from feedback.notes.rows import epoch
from participants.queries import people_at
from workshops.models import Group, Session, timed


def kit(group: Group, *, me: dict[str, str]) -> dict[str, Any]:
    """The kit of a group as docs/sync.md shows it; `me` is `{"name", "key"}`."""
    workshop = group.workshop
    sessions = timed(workshop, workshop.sessions.prefetch_related("prompts"))
    return {
        "epoch": epoch(),
        "server_time": timezone.now().isoformat(),
        "me": me,
        "workshop": {
            "id": str(workshop.pk),
            "title": str(workshop.title),
            "state": workshop.state,
            "languages": workshop.programme.languages,
            "zone": workshop.programme.zone_name,
        },
        "group": _group(group),
        "kinds": workshop.kinds,
        "themes": [
            {"id": str(t.pk), "name": str(t.name), "short": str(t.short), "slot": t.slot, "icon": t.icon}
            for t in workshop.programme.themes.all()
        ],
        "initiatives": [
            {"id": str(i.pk), "name": str(i.name), "short": str(i.short), "question": str(i.question)}
            for i in workshop.initiatives.all()
        ],
        "sessions": [_session(session) for session in sessions if session.is_at_the_tables],
        "tallies": tallies.rows(group.pk),
        "messages": messages_of(group),
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "id": str(group.pk),
        "name": group.name,
        "seats": group.size,
        "people": people_at(group),
        "seq": group.seq,
        "moderators": [{"name": seat.name, "role": seat.role} for seat in group.moderators.all()],
    }


def _session(session: Session) -> dict[str, Any]:
    return {
        "id": str(session.pk),
        "number": session.at_tables_no,
        "title": str(session.title),
        "state": session.state,
        "starts_at": session.starts_on_the_clock.isoformat(),
        "ends_at": session.ends_on_the_clock.isoformat(),
        "minutes": session.minutes,
        "dots_per_person": session.dots_per_person,
        "rates": session.rates,
        "asked": str(session.asked_id) if session.asked_id else None,
        "prompts": [
            {"id": str(p.pk), "text": str(p.text), "initiative": str(p.initiative_id) if p.initiative_id else None}
            for p in session.prompts.all()
        ],
    }
