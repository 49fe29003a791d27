"""Public pages that are the same for every visitor, kept while nothing happened since they were made.

Every action writes an event in the transaction of its change (see `ledger.history`). So the latest events name the
state of everything public: whoever reads after a commit reads another name and gets a page made anew. A number of
places on a kept page is therefore never an old one. Times that change a page by themselves (sign-up opens, a workshop
ends) are whole minutes, so the minute is part of the name too.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.signing import BadSignature, Signer
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.translation import get_language

from ledger.models import Event

FORM_TOKEN = "the-token-of-each-visitor"  # noqa: S105 - stands in a kept page where each visitor's own token goes
FORM_STAMP = "the-stamp-of-each-visitor"  # stands where the moment goes at which each visitor got the form
KEPT_SECONDS = 60
EVENTS_NAMED = 500

View = Callable[..., HttpResponse]


def kept(view: View) -> View:
    """Answer visitors from the kept page; whoever has a session, asks with a query or sends a form gets their own.

    A form on such a page is rendered with `csrf_token=FORM_TOKEN`, and with `FORM_STAMP` where it carries the moment at
    which it was given out (`stamp`).
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _is_for_everybody(request):
            return _with_token(view(request, *args, **kwargs), request)
        key = _name_of(request)
        content = cache.get(key)
        if content is not None:
            return _with_token(HttpResponse(content), request)
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            cache.set(key, response.content, KEPT_SECONDS)
        return _with_token(response, request)

    return answer


def _is_for_everybody(request: HttpRequest) -> bool:
    asks = request.method in ("GET", "HEAD") and not request.GET
    return settings.KEEP_PAGES and asks and settings.SESSION_COOKIE_NAME not in request.COOKIES


def latest_events() -> tuple[int, int]:
    """Highest number and sum of the latest events. The sum tells of one that was committed after a higher one."""
    latest = Event.objects.order_by("-pk").values("pk")[:EVENTS_NAMED]
    found = Event.objects.filter(pk__in=latest).aggregate(highest=Max("pk"), total=Sum("pk"))
    return found["highest"] or 0, found["total"] or 0


def _name_of(request: HttpRequest) -> str:
    """All that the page depends on."""
    minute = timezone.now().replace(second=0, microsecond=0)
    parts = (*latest_events(), minute, settings.ORIGIN, request.path, get_language(), request.COOKIES.get("theme"))
    return "page:" + hashlib.sha256(repr(parts).encode()).hexdigest()


def _with_token(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    if FORM_TOKEN.encode() in response.content:
        response.content = response.content.replace(FORM_TOKEN.encode(), get_token(request).encode())
    if FORM_STAMP.encode() in response.content:
        response.content = response.content.replace(FORM_STAMP.encode(), stamp().encode())
    return response


def stamp() -> str:
    """The present second, signed: whoever sends it back has had the form since then."""
    return Signer(salt="form").sign(str(int(time.time())))


def age_of(sent: str) -> float | None:
    """Seconds since a stamp was given out; None when it is not one of ours."""
    try:
        return time.time() - int(Signer(salt="form").unsign(sent))
    except BadSignature:
        return None
