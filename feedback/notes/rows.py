"""Notes as they travel."""

from __future__ import annotations

from typing import Any

from feedback.models import Epoch, Note


def row(note: Note) -> dict[str, Any]:
    """A note on the wire, as docs/sync.md shows it."""
    return {
        "id": str(note.pk),
        "seq": note.seq,
        "revision": note.revision,
        "deleted": note.deleted,
        "session": str(note.session_id),
        "prompt": _id(note.prompt_id),
        "kind": note.kind,
        "theme": _id(note.theme_id),
        "lang": note.lang,
        "text": note.text,
        "initiative": _id(note.initiative_id),
        "rating": note.rating,
        "dots": note.dots,
        "by": note.by,
        "written_at": note.written_at.isoformat() if note.written_at else None,
        "variants": note.variants,
    }


def _id(value: Any) -> str | None:
    return str(value) if value else None


def epoch() -> str:
    """The name of this server's history; it changes when a backup is restored."""
    found, _new = Epoch.objects.get_or_create(pk=1)
    return found.name.hex


def changes(group_id: Any, since: int, most: int = 500) -> list[dict[str, Any]]:
    """Rows of a group with a higher seq than `since`, lowest first, at most `most`."""
    return [row(note) for note in Note.objects.filter(group=group_id).after(since)[:most]]
