"""Mail without a provider: each message is a file, so that a person (and a test) can open what was sent."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage


class EmailBackend(BaseEmailBackend):
    """Writes `<moment>-<recipient>.eml` into `settings.MAIL_FOLDER`."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAIL_FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            recipient = re.sub(r"[^\w.@-]", "_", message.to[0] if message.to else "nobody")
            (folder / f"{time.time_ns()}-{recipient}.eml").write_bytes(message.message().as_bytes())
        return len(email_messages)


def written_at(file: Path) -> dt.datetime:
    """When a letter was written: its name begins with that moment, in nanoseconds since 1970."""
    return dt.datetime.fromtimestamp(int(file.name.partition("-")[0]) / 1e9, dt.UTC)
