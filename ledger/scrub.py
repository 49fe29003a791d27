"""After rows were deleted for good: their bytes leave the database's files too."""

from __future__ import annotations

from django.apps import apps
from django.db import connection

from ledger import keeping


class StillBusy(Exception):
    """Somebody else reads the database; the write-ahead file could not be emptied yet."""


def scrub() -> None:
    """Give freed pages back. SQLite: rebuild the file and empty the write-ahead file; PostgreSQL: vacuum the tables
    that hold personal data. Raises `StillBusy`; must not run inside a transaction.
    """
    if connection.vendor == "sqlite":
        _rebuild_sqlite()
    else:
        _vacuum_tables()


def _rebuild_sqlite() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy, _pages, _moved = cursor.fetchone()
    if busy:
        raise StillBusy


def _vacuum_tables() -> None:
    models = {line.store for line in keeping.kept() if line.is_personal and not line.is_file}
    tables = sorted(connection.ops.quote_name(apps.get_model(label)._meta.db_table) for label in models)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM " + ", ".join(tables))
