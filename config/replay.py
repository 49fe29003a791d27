"""After a restore: whoever was erased since the backup is erased again, before anybody is served."""

from __future__ import annotations

from feedback.notes.rows import renew_epoch
from ledger import journal
from ledger.history import SYSTEM
from participants.actions.forget import forget_again


def replay() -> tuple[int, int]:
    """Erase again whom the journal names and this database has forgotten to be erased: `(noted, erased again)`.

    A database that lacks what the journal holds is an older one that was put back, so the history gets a new name and
    tablets offer again what it lacks.
    """
    unknown = journal.unknown()
    again = sum(forget_again(kind, key, by=SYSTEM) for kind, key in unknown)
    if unknown:
        renew_epoch()
    return len(unknown), again
