"""How often something may be done from one place, and the cookie that counts places taken with one browser.

Counters live in the cache; losing them forgives, it never refuses.
"""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

HOUR = 3600
NEW_PLACES_AN_HOUR = 3
TAKEN_COOKIE = "taken"


@dataclass(frozen=True)
class Allowance:
    """`most` times in `seconds` for each key."""

    name: str
    most: int
    seconds: int = HOUR

    def is_used_up(self, key: str) -> bool:
        return cache.get(f"{self.name}:{key}", 0) >= self.most

    def count(self, key: str) -> None:
        cache.add(f"{self.name}:{key}", 0, self.seconds)
        with suppress(ValueError):  # its time ended in between
            cache.incr(f"{self.name}:{key}")


# By network, where a whole hall may stand behind one address.
FORMS_SENT = Allowance("sign-ups-sent", most=600)
ADDRESSES_KNOWN = Allowance("sign-ups-of-known-addresses", most=60)
LINKS_ASKED = Allowance("links-asked", most=600)


def address_of(request: HttpRequest) -> str:
    """The address a request came from. Forwarded headers count only as far as `TAVOLO_PROXIES` says."""
    try:
        return get_adapter(request).get_client_ip(request)
    except PermissionDenied:  # no address at all, as on a Unix socket
        return ""


@dataclass(frozen=True)
class Browser:
    """What the signed cookie `taken` says: a random name for an hour, and when places were taken, since 1970 in
    seconds."""

    name: str
    taken: tuple[int, ...]

    @property
    def has_taken_enough(self) -> bool:
        return len(self.taken) >= NEW_PLACES_AN_HOUR


def browser_of(request: HttpRequest) -> Browser:
    """The browser that asks; one without the cookie, or with one we did not sign, is new."""
    try:
        told: Any = signing.loads(request.COOKIES.get(TAKEN_COOKIE, ""), salt=TAKEN_COOKIE)
        name, moments = told
    except (signing.BadSignature, TypeError, ValueError):
        name, moments = secrets.token_hex(8), []
    return Browser(name, tuple(moment for moment in moments if moment > time.time() - HOUR))


def remember(response: HttpResponse, browser: Browser) -> None:
    """One more place was taken with this browser."""
    response.set_cookie(
        TAKEN_COOKIE,
        signing.dumps([browser.name, [*browser.taken, int(time.time())]], salt=TAKEN_COOKIE),
        max_age=HOUR,
        path=reverse("home"),
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
