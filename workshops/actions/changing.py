"""What every change shares: it writes what differs, and tells whoever shows the plan."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from ledger import wakeups
from ledger.history import Actor, record
from workshops.models import Programme, Workshop


@transaction.atomic
def change(thing: Any, *, by: Actor, workshop: Workshop | None = None, **fields: Any) -> list[str]:
    """Write changed fields of a thing of the plan and return their names; nothing happens when none differ."""
    changed = [name for name, value in fields.items() if getattr(thing, name) != value]
    if not changed:
        return []
    for name in changed:
        setattr(thing, name, fields[name])
    thing.full_clean(validate_constraints=False)
    thing.save(update_fields=changed)
    scope = workshop.pk if workshop else (thing.pk if isinstance(thing, Workshop | Programme) else None)
    record(thing, f"{thing._meta.model_name}.changed", by=by, scope=scope, fields=sorted(changed))
    if workshop is not None:
        kit_changed(workshop)
    return changed


def kit_changed(workshop: Workshop) -> None:
    """Tell tablets, cockpit and wall that sessions, questions or the clock changed."""
    wakeups.changed(f"workshop:{workshop.pk}")
