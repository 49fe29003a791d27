"""Deleted text leaves the bytes of the database too."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.db.utils import OperationalError

from ledger import scrub

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL overwrites freed space by itself"),
]
CANARY = b"CANARY-of-the-scrub"


@pytest.fixture
def grown() -> Iterator[None]:
    """A table that grew in random order, so that its pages were split, and whose telling rows are all gone again."""
    chance = random.Random(7)
    keys = [f"{chance.getrandbits(128):032x}" for _row in range(5000)]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE scrubbed (id char(32) PRIMARY KEY, said text UNIQUE)")
        with transaction.atomic():
            cursor.executemany(
                "INSERT INTO scrubbed VALUES (%s, %s)", [(key, f"{chance.random()} {CANARY.decode()}") for key in keys]
            )
        with transaction.atomic():
            cursor.executemany("DELETE FROM scrubbed WHERE id = %s", [(key,) for key in keys[::2]])
            cursor.executemany(
                "UPDATE scrubbed SET said = %s WHERE id = %s", [(str(chance.random()), key) for key in keys[1::2]]
            )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE scrubbed")


def copies() -> dict[str, int]:
    name = str(connection.settings_dict["NAME"])
    return {end: Path(name + end).read_bytes().count(CANARY) for end in ("", "-wal") if Path(name + end).exists()}


def test_a_rebuild_takes_away_what_deleting_and_a_checkpoint_leave(grown: None) -> None:
    assert copies()["-wal"] > 5000
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if not copies()[""]:
        pytest.skip("this release of SQLite leaves nothing behind")
    scrub.scrub()
    assert copies() == {"": 0, "-wal": 0}


def test_it_says_so_when_somebody_still_reads(grown: None, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    reader = sqlite3.connect(connection.settings_dict["NAME"])
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM scrubbed").fetchone()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 100")
    try:
        with pytest.raises((scrub.StillBusy, OperationalError)):
            scrub.scrub()
    finally:
        reader.close()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 20000")
    scrub.scrub()
    assert copies() == {"": 0, "-wal": 0}


def test_it_refuses_to_run_inside_a_transaction() -> None:
    with transaction.atomic(), pytest.raises((OperationalError, TransactionManagementError)):
        scrub.scrub()
