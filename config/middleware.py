"""What every request and response gets: an id for the logs, headers, and a plain no to characters no text contains."""

from __future__ import annotations

import contextvars
import logging
import secrets
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from ledger.storable import has_unstorable_characters

Handler = Callable[[HttpRequest], HttpResponse]
_request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"


class RequestIdFilter(logging.Filter):
    """Puts the id of the request being served on each log line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _request_id.get()
        return True


def request_id(get_response: Handler) -> Handler:
    """Give each request an id of our own, in the logs and in the answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        token = _request_id.set(secrets.token_hex(8))
        try:
            response = get_response(request)
            response["X-Request-Id"] = _request_id.get()
            return response
        finally:
            _request_id.reset(token)

    return middleware


def security_headers(get_response: Handler) -> Handler:
    """The headers Django and django-csp do not set; answers to known people are never stored by a cache."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if _is_personal(request, response) and "Cache-Control" not in response:
            patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware


def _is_personal(request: HttpRequest, response: HttpResponse) -> bool:
    if request.path.startswith(("/api/", "/table/", "/desk/", "/wall/")) or "/my/" in request.path:
        return True
    session = getattr(request, "session", None)
    return bool(session is not None and session.accessed and not session.is_empty()) or bool(response.cookies)


def refuse_control_characters(get_response: Handler) -> Handler:
    """NUL and lone surrogates break databases in different ways; in an address, form or cookie they
    are a bad request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if has_unstorable_characters(request.path_info) or _is_unstorable(request):
            return HttpResponseBadRequest(_("The text contains characters that cannot be stored."))
        return get_response(request)

    return middleware


def _is_unstorable(request: HttpRequest) -> bool:
    """Whether query, form or cookies hold such characters. Encoded halves are sought before Django replaces them."""
    encoded, fields = [request.META.get("QUERY_STRING", "").encode()], [request.GET]
    if request.method == "POST" and request.content_type == "application/x-www-form-urlencoded":
        encoded.append(request.body)
    if request.method == "POST" and request.content_type in FORMS:
        fields.append(request.POST)
    texts = [text for values in fields for _name, given in values.lists() for text in given]
    texts += request.COOKIES.values()
    return not all(map(_is_utf8, encoded)) or any(map(has_unstorable_characters, texts))


def _is_utf8(encoded: bytes) -> bool:
    try:
        unquote_to_bytes(encoded).decode()
    except UnicodeDecodeError:
        return False
    return True
