"""What the front door keeps about people: the folder mail goes to where no provider is set."""

from __future__ import annotations

import datetime as dt
import email.utils
from email import message_from_bytes
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from config.mailfolder import written_at
from ledger.keeping import MAIL_FILES, Duty, Subject, Whom, duty, store


def _files() -> list[Path]:
    return sorted(Path(settings.MAIL_FOLDER).glob("*.eml"))


def _to(file: Path) -> set[str]:
    """The addresses a kept letter went to."""
    letter = message_from_bytes(file.read_bytes())
    headers = [str(value) for name in ("To", "Cc", "Bcc") for value in letter.get_all(name, [])]
    return {address.casefold() for _name, address in email.utils.getaddresses(headers)}


def _forget_letters(subject: Subject) -> int:
    """Copies of letters to the person."""
    addresses = {address.casefold() for address in subject.addresses}
    gone = [file for file in _files() if addresses & _to(file)] if addresses else []
    for file in gone:
        file.unlink(missing_ok=True)
    return len(gone)


def _old_letters(now: dt.datetime) -> list[Path]:
    return [file for file in _files() if written_at(file) < now - MAIL_FILES.span]


def _forget_old(now: dt.datetime) -> int:
    gone = _old_letters(now)
    for file in gone:
        file.unlink(missing_ok=True)
    return len(gone)


store(
    "mail/",
    of=Whom.PARTICIPANT,
    why=_("copies of letters, where no mail provider is set"),
    until=MAIL_FILES,
    erase=_forget_letters,
)
duty(Duty("letters in the mail folder", _old_letters, _forget_old))
