"""The kit: everything a tablet needs to write without a connection."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone

from feedback.notes import confirmations, tallies
from feedback.notes.messages import messages_of
from ledger.epochs import epoch
from participants.models import Seat
from participants.queries.tables import people_at
from workshops.models import Group, ModeratorSeat, Session, Theme, Workshop
from workshops.models.agenda import timed
from workshops.queries import is_reporting_back


def kit(group: Group, *, me: dict[str, str]) -> dict[str, Any]:
    """The kit of a group as docs/sync.md shows it; `me` is `{"name", "key"}`."""
    workshop = group.workshop
    sessions = timed(workshop, workshop.sessions.prefetch_related("prompts"))
    themes = list(workshop.programme.themes.all())
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
            "report_back": is_reporting_back(workshop, sessions),
        },
        "group": _group(group, next((session.pk for session in sessions if session.is_open), None)),
        "kinds": workshop.kinds,
        "themes": [
            {"id": str(t.pk), "name": str(t.name), "short": str(t.short), "slot": t.slot, "icon": t.icon}
            for t in themes
        ],
        "initiatives": [
            {"id": str(i.pk), "name": str(i.name), "short": str(i.short), "question": str(i.question)}
            for i in workshop.initiatives.all()
        ],
        "sessions": _sessions(group, [session for session in sessions if session.is_at_the_tables], themes),
        "tallies": tallies.rows(group.pk),
        "confirmations": confirmations.rows(group.pk),
        "messages": messages_of(group),
    }


def _group(group: Group, session_id: UUID | None) -> dict[str, Any]:
    """The table, with who leads it in the open session."""
    leading = ModeratorSeat.objects.leading(group, session_id)
    return {
        "id": str(group.pk),
        "name": group.name,
        "seats": group.size,
        "people": people_at(group),
        "seq": group.seq,
        "moderators": [{"name": seat.name, "role": seat.role} for seat in leading],
    }


def _sessions(group: Group, sessions: list[Session], themes: list[Theme]) -> list[dict[str, Any]]:
    """Sessions for which people change tables say how many sit here; in the others it is the people of the table."""
    regrouped = set(Seat.objects.filter(session__workshop=group.workshop_id).values_list("session", flat=True))
    return [
        _session(session, group.workshop, themes)
        | {"people": people_at(group, session.pk) if session.pk in regrouped else None}
        for session in sessions
    ]


def _session(session: Session, workshop: Workshop, themes: list[Theme]) -> dict[str, Any]:
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
        "scale": session.scale,
        "asked": str(session.asked_id) if session.asked_id else None,
        "kinds": session.kinds or workshop.kinds,
        "themes": [str(theme.pk) for theme in session.themes_offered(themes)],
        "prompts": [
            {"id": str(p.pk), "text": str(p.text), "initiative": str(p.initiative_id) if p.initiative_id else None}
            for p in session.prompts.all()
        ],
    }
