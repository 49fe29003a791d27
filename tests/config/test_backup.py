"""Backup and restore: whole, refused when damaged, and nobody who was erased comes back (G9, G24, G31)."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from config import backup, server
from feedback.notes.rows import epoch
from ledger import journal
from ledger.history import SYSTEM
from ledger.models import Erasure
from participants.actions import forget
from participants.models import Person, Registration, User
from participants.users import let_in
from tests.config.test_forgetting import Evening, evening, finish, mail_goes_to_the_folder  # noqa: F401
from tests.factories import make_registration, make_workshop
from workshops.models import Workshop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_files_of_others() -> None:
    for folder in (journal.FOLDER, "photos"):
        if default_storage.exists(folder):
            for name in default_storage.listdir(folder)[1]:
                default_storage.delete(f"{folder}/{name}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tavolo.backup"


def run(command: str, file: Path) -> str:
    out = io.StringIO()
    call_command(command, file, stdout=out)
    return out.getvalue()


def names() -> list[str]:
    return sorted(Person.objects.values_list("name", flat=True))


def test_what_was_backed_up_comes_back_and_what_came_later_goes(file: Path) -> None:
    workshop = make_workshop()
    make_registration(workshop, "Ada Zeta")
    default_storage.save("photos/a.txt", ContentFile(b"a table"))
    run("backup", file)
    make_registration(workshop, "Bea Beta")
    default_storage.save("photos/b.txt", ContentFile(b"another"))
    default_storage.delete("photos/a.txt")
    default_storage.save("photos/a.txt", ContentFile(b"changed"))
    run("restore", file)
    assert names() == ["Ada Zeta"]
    assert default_storage.listdir("photos")[1] == ["a.txt"]
    assert default_storage.open("photos/a.txt").read() == b"a table"
    make_registration(Workshop.objects.get(), "Cleo Gamma")  # numbers go on where they were
    assert names() == ["Ada Zeta", "Cleo Gamma"]


def test_a_restore_gives_the_history_a_new_name(file: Path) -> None:
    before = epoch()
    run("backup", file)
    told = run("restore", file)
    assert epoch() != before
    assert epoch() in told


def test_whoever_was_erased_stays_erased(file: Path, evening: Evening) -> None:  # noqa: F811
    run("backup", file)
    receipt = forget.erase_person(evening.person, by=SYSTEM)
    finish()
    assert evening.stores() == {}
    told = run("restore", file)
    assert "Erased again: 1." in told
    assert evening.stores() == {}
    assert "Otello Restante" in names()
    assert Erasure.objects.filter(pk=receipt.pk).exists()
    assert Registration.objects.get(pk=evening.next.pk).is_confirmed


def test_an_erased_account_stays_erased(file: Path) -> None:
    user, _new = let_in("zombie@posta.example")
    run("backup", file)
    forget.erase_account(user, by=SYSTEM)
    finish()
    run("restore", file)
    assert not User.objects.filter(email="zombie@posta.example").exists()


def test_a_database_put_back_by_other_tools_is_cleaned_before_the_server_answers(monkeypatch, evening: Evening) -> None:  # noqa: F811
    """The journal is older than the rows only after a restore."""
    journal.write(Erasure(key=evening.person.pk, kind=Erasure.Kind.PERSON))
    before, seen = epoch(), []
    monkeypatch.setattr(server.uvicorn, "run", lambda *args, **options: seen.append(names()))
    monkeypatch.setattr(server.embedded, "start", lambda: None)
    server.run("127.0.0.1", 0)
    assert seen == [["Otello Restante"]]
    assert epoch() != before
    after = epoch()
    server.run("127.0.0.1", 0)
    assert epoch() == after  # the journal is known now


def spoil(file: Path, how: str) -> None:
    content = bytearray(file.read_bytes())
    if how == "cut off":
        file.write_bytes(content[: len(content) // 2])
    elif how == "flipped":
        with zipfile.ZipFile(file) as archive:
            place = archive.infolist()[0].header_offset + 200
        content[place] ^= 0xFF
        file.write_bytes(content)
    elif how == "empty":
        file.write_bytes(b"")
    elif how == "another file":
        file.write_bytes(b"PNG and so on" * 1000)
    elif how == "another zip":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("readme.txt", "hello")
    else:
        rewrite(file, how)


def rewrite(file: Path, how: str) -> None:
    """The same zip with another manifest or member, its own checksums of zip intact."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members[backup.MANIFEST])
    if how == "member changed":
        name = next(iter(manifest["sums"]))
        members[name] += b"x"
    elif how == "member added":
        members["media/../../evil"] = b"x"
    elif how == "newer format":
        manifest["format"] = 2
    elif how == "newer migrations":
        manifest["migrations"].append(["participants", "9999_future"])
    elif how == "other database":
        manifest["database"] = "oracle"
    members[backup.MANIFEST] = json.dumps(manifest).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


BAD = {
    "cut off": "damaged or cut off",
    "flipped": "damaged",
    "empty": "damaged or cut off",
    "another file": "no backup of Tavolo",
    "another zip": "no backup of Tavolo",
    "member changed": "in the file is damaged",
    "member added": "does not hold what its list says",
    "newer format": "newer release",
    "newer migrations": "participants 9999_future is not known here",
    "other database": "The backup is of oracle",
}


@pytest.mark.parametrize("how", BAD)
def test_a_bad_file_is_refused_in_a_sentence_before_anything_is_touched(file: Path, how: str) -> None:
    make_registration(make_workshop(), "Ada Zeta")
    run("backup", file)
    make_registration(make_workshop(), "Bea Beta")
    before = epoch()
    spoil(file, how)
    with pytest.raises(CommandError, match=r"Nothing was changed\.") as refused:
        run("restore", file)
    assert BAD[how] in str(refused.value)
    assert (names(), epoch()) == (["Ada Zeta", "Bea Beta"], before)


def test_a_missing_file_and_one_that_is_there_already_are_told(file: Path) -> None:
    with pytest.raises(CommandError, match="There is no"):
        run("restore", file)
    run("backup", file)
    content = file.read_bytes()
    with pytest.raises(CommandError, match="is there already"):
        run("backup", file)
    assert file.read_bytes() == content
    assert os.stat(file).st_mode & 0o777 == 0o600
    assert sorted(path.name for path in file.parent.iterdir()) == ["tavolo.backup"]


def test_a_restore_that_fails_half_way_changes_nothing(file: Path, monkeypatch) -> None:
    make_registration(make_workshop(), "Ada Zeta")
    run("backup", file)
    make_registration(make_workshop(), "Bea Beta")
    monkeypatch.setattr(backup, "replay", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run("restore", file)
    assert names() == ["Ada Zeta", "Bea Beta"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL takes its own release's tables only")
def test_a_backup_of_an_older_release_is_brought_up_to_date(file: Path) -> None:
    make_registration(make_workshop(), "Ada Zeta")
    call_command("migrate", "ledger", "0001", verbosity=0)
    try:
        run("backup", file)
    finally:
        call_command("migrate", verbosity=0)
    run("restore", file)
    assert (names(), Erasure.objects.count()) == (["Ada Zeta"], 0)
