"""One file with database and media, checked before anything is touched, and clean before anybody is served.

The file is a zip: `manifest.json` with a SHA-256 of every other member, the database, and `media/…`. SQLite is copied
by its own online backup; PostgreSQL table by table with COPY in one snapshot, so that no further program of its version
is needed. Left out: the journal of erasures, which must outlive every backup, and files that are made again from rows.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.apps import apps
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import OperationalError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from config.replay import replay
from feedback.notes.rows import epoch, renew_epoch
from ledger import journal, scrub

FORMAT = 1
MANIFEST, SQLITE, TABLES, MEDIA = "manifest.json", "database.sqlite3", "tables/", "media/"
MADE_AGAIN = "outcomes"
"""The folder of PDFs that are set again from rows."""
CHUNK = 1 << 20
LOCK_SECONDS = 20


class BadBackup(Exception):
    """Why a file cannot be restored, as a sentence. Nothing was touched."""


@dataclass(frozen=True)
class Restored:
    """What a restore found and did."""

    made_at: str
    media: int
    erased_again: int
    epoch: str


def write(path: Path) -> dict[str, int]:
    """Back up into a new file that is there as a whole or not at all: `{"members", "bytes"}`.

    Raises `FileExistsError`.
    """
    if path.exists():
        raise FileExistsError(path)
    half = path.with_name(f"{path.name}.part")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            members = _write_members(out, path.parent)
            out.flush()
            os.fsync(out.fileno())
        os.replace(half, path)
    finally:
        half.unlink(missing_ok=True)
    return {"members": members, "bytes": path.stat().st_size}


def _write_members(out: BinaryIO, folder: Path) -> int:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        sums: dict[str, str] = {}
        columns = _write_sqlite(archive, sums, folder) if _is_sqlite() else _write_tables(archive, sums)
        for name in _media_names():
            with default_storage.open(name) as stored:
                _add(archive, sums, MEDIA + name, stored)
        manifest = {
            "format": FORMAT,
            "made_at": timezone.now().isoformat(),
            "database": connection.vendor,
            "migrations": sorted(map(list, _applied())),
            "columns": columns,
            "sums": sums,
        }
        archive.writestr(MANIFEST, json.dumps(manifest))
    return len(sums)


def _is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def _applied() -> list[tuple[str, str]]:
    return list(MigrationLoader(connection).applied_migrations)


def _add(archive: zipfile.ZipFile, sums: dict[str, str], name: str, content: Any) -> None:
    digest = hashlib.sha256()
    with archive.open(name, "w", force_zip64=True) as member:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
            member.write(chunk)
    sums[name] = digest.hexdigest()


def _write_sqlite(archive: zipfile.ZipFile, sums: dict[str, str], folder: Path) -> dict[str, list[str]]:
    with tempfile.TemporaryDirectory(dir=folder, prefix=".backup-") as room:
        copy = Path(room) / SQLITE
        connection.ensure_connection()
        with sqlite3.connect(copy) as target:
            connection.connection.backup(target)
        target.close()
        with copy.open("rb") as content:
            _add(archive, sums, SQLITE, content)
    return {}


def _write_tables(archive: zipfile.ZipFile, sums: dict[str, str]) -> dict[str, list[str]]:
    """Every table as COPY writes it, all at the same moment; the columns of each."""
    columns: dict[str, list[str]] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for table in _tables(cursor):
            columns[table] = [each.name for each in connection.introspection.get_table_description(cursor, table)]
            with tempfile.TemporaryFile() as copied:
                cursor.cursor.copy_expert(f"COPY {_listed(table, columns[table])} TO STDOUT", copied)
                copied.seek(0)
                _add(archive, sums, TABLES + table, copied)
    return columns


def _tables(cursor: Any) -> list[str]:
    return sorted(connection.introspection.table_names(cursor))


def _listed(table: str, columns: list[str]) -> str:
    quote = connection.ops.quote_name
    return f"{quote(table)} ({', '.join(map(quote, columns))})"


def _media_names(folder: str = "") -> Iterator[str]:
    """All stored files but the journal of erasures and what is made again from rows."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield f"{folder}{name}"
    for name in sorted(folders):
        if folder or name not in (journal.FOLDER, MADE_AGAIN):
            yield from _media_names(f"{folder}{name}/")


def check(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest, once every byte of the file is what was written and this installation can take it.

    Raises `BadBackup`.
    """
    try:
        manifest = json.loads(archive.read(MANIFEST))
        sums = manifest["sums"]
        if set(archive.namelist()) != {MANIFEST, *sums}:
            raise BadBackup("The file does not hold what its list says. It is damaged, or was changed.")
        for name, expected in sums.items():
            if _sum(archive, name) != expected:
                raise BadBackup(f"{name} in the file is damaged.")
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, EOFError, OSError, zlib.error) as problem:
        raise BadBackup("The file is damaged, or no backup of Tavolo.") from problem
    _check_fit(manifest)
    return manifest


def _sum(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as member:
        while chunk := member.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _check_fit(manifest: dict[str, Any]) -> None:
    """Raises `BadBackup` when another kind of database or a newer release made it."""
    if manifest.get("format") != FORMAT:
        raise BadBackup("A newer release of Tavolo made this backup. Restore it with that release.")
    if manifest["database"] != connection.vendor:
        raise BadBackup(f"The backup is of {manifest['database']}, and DATABASE_URL names {connection.vendor}.")
    theirs = {tuple(each) for each in manifest["migrations"]}
    if newer := sorted(theirs - set(MigrationLoader(None).disk_migrations)):
        raise BadBackup(f"A newer release of Tavolo made this backup ({newer[0][0]} {newer[0][1]} is not known here).")


def restore(path: Path) -> Restored:
    """Put a backup in place of what is there. Erasures since then are done again, and the history gets a new name,
    before the restored rows can be seen. Raises `BadBackup` before anything is touched, and `FileNotFoundError`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = check(archive)
            erased = _restore_sqlite(archive) if _is_sqlite() else _restore_tables(archive, manifest)
            media = _restore_media(archive, manifest)
    except zipfile.BadZipFile as problem:
        raise BadBackup("The file is damaged or cut off, or no backup of Tavolo.") from problem
    return Restored(manifest["made_at"], media, erased, epoch())


def _settle() -> int:
    """Make restored rows fit to be seen; how many people were erased again."""
    _noted, again = replay()
    renew_epoch()
    return again


def _restore_sqlite(archive: zipfile.ZipFile) -> int:
    """Settle a copy first; then one step of SQLite's own backup puts it in place of the rows there, all or nothing."""
    live = Path(connection.settings_dict["NAME"])
    with tempfile.TemporaryDirectory(dir=live.parent, prefix=".restore-") as room:
        copy = Path(archive.extract(SQLITE, room))
        _check_sqlite(copy)
        with _database_at(copy):
            call_command("migrate", verbosity=0, interactive=False)
            again = _settle()
            scrub.scrub()
        connection.close()
        source, target = sqlite3.connect(copy), sqlite3.connect(live, timeout=LOCK_SECONDS)
        try:
            source.backup(target)
            target.execute("PRAGMA journal_mode=WAL")
            target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            source.close()
            target.close()
    return again


def _check_sqlite(copy: Path) -> None:
    with sqlite3.connect(copy) as opened:
        try:
            found = opened.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError:
            found = "unreadable"
    opened.close()
    if found != "ok":
        raise BadBackup("The database in the file is damaged.")


@contextmanager
def _database_at(file: Path) -> Iterator[None]:
    """Django works on another file meanwhile."""
    connection.close()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = str(file)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _restore_tables(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> int:
    """Empty and fill every table, and settle, in one transaction."""
    call_command("migrate", verbosity=0, interactive=False)
    theirs, ours = {tuple(each) for each in manifest["migrations"]}, set(_applied())
    if theirs != ours:
        behind = sorted(ours - theirs)[0]
        raise BadBackup(
            f"An older release of Tavolo made this backup ({behind[0]} {behind[1]} is missing in it). "
            "Put that release in place, restore into an empty database, then upgrade."
        )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            _fill_tables(cursor, archive, manifest["columns"])
            return _settle()
    except OperationalError as problem:
        raise BadBackup("The database is in use. Stop the web nodes and workers first.") from problem


def _fill_tables(cursor: Any, archive: zipfile.ZipFile, columns: dict[str, list[str]]) -> None:
    names = ", ".join(connection.ops.quote_name(table) for table in _tables(cursor))
    cursor.execute(f"TRUNCATE {names} CASCADE")
    for table, listed in columns.items():
        with archive.open(TABLES + table) as content:
            cursor.cursor.copy_expert(f"COPY {_listed(table, listed)} FROM STDIN", content)
    for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
        cursor.execute(statement)
    apps.get_model("contenttypes.contenttype").objects.clear_cache()


def _restore_media(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> int:
    """Files as they were; those that came later go, and so does whatever is made again from rows."""
    wanted = [name.removeprefix(MEDIA) for name in manifest["sums"] if name.startswith(MEDIA)]
    for name in set(_media_names()) - set(wanted):
        default_storage.delete(name)
    for name in wanted:
        with archive.open(MEDIA + name) as content:
            default_storage.delete(name)
            if default_storage.save(name, content) != name:  # type: ignore[arg-type]
                raise SuspiciousOperation(name)
    for name in list(_media_names(f"{MADE_AGAIN}/")):
        default_storage.delete(name)
    return len(wanted)
