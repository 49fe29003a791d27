"""The letters of the demo, read as they lie in its folder."""

from __future__ import annotations

import email
import email.policy
import re
import time
from email.message import EmailMessage
from typing import Any

import pytest

SECONDS = 60  # the worker may be busy with the letters of the sample


def link_mailed_to(site: Any, address: str, path: str) -> str:
    """The path of the newest link to the address that looks like `path` (a pattern), once it is there."""
    link = re.compile(rf"http://localhost(?::\d+)?({path})(?!\S)")
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        found = [match[1] for letter in letters_to(site, address) if (match := link.search(text_of(letter)))]
        if found:
            return found[-1]
        time.sleep(0.2)
    pytest.fail(f"no letter to {address} with {path} within {SECONDS} s")


def letters_to(site: Any, address: str) -> list[EmailMessage]:
    """Those that are whole, oldest first."""
    files = sorted((site.data / "mail").glob(f"*-{address}.eml"))  # each name begins with its moment
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]


def text_of(letter: EmailMessage) -> str:
    return letter.get_body(("plain",)).get_content()
