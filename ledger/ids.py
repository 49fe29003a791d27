"""Ids and secrets: random, opaque, and stored as digests where they open something."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid

from django.conf import settings

SPOKEN_LETTERS = "ABCDEFGHJKMNPQRTUVWXYZ"  # no I, L, O, S
SPOKEN_DIGITS = "23456789"


def new_secret() -> str:
    """A URL-safe secret of 192 bits."""
    return secrets.token_urlsafe(24)


def digest(secret: str) -> str:
    """What is stored of a secret: enough to recognise it, of no use to whoever reads the database."""
    return hashlib.sha256(secret.encode()).hexdigest()


def keyed(purpose: str, thing_id: uuid.UUID | str, generation: int = 0) -> bytes:
    """A keyed digest of (purpose, id, generation): raising the generation revokes the old one."""
    message = f"{purpose}:{thing_id}:{generation}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).digest()


def spoken_code(purpose: str, thing_id: uuid.UUID | str, generation: int = 0) -> str:
    """A code to say aloud such as `7KTR-248`, without letters that sound or look like another."""
    raw = int.from_bytes(keyed(purpose, thing_id, generation)[:8], "big")
    letters = ""
    for alphabet in (SPOKEN_DIGITS, *[SPOKEN_LETTERS] * 3):
        raw, index = divmod(raw, len(alphabet))
        letters += alphabet[index]
    digits = ""
    for _position in range(3):
        raw, index = divmod(raw, len(SPOKEN_DIGITS))
        digits += SPOKEN_DIGITS[index]
    return f"{letters}-{digits}"
