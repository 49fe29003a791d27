"""What every endpoint of `/api/v1/` shares: deny by default, strict JSON, answers in words."""

from __future__ import annotations

import json
import logging
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, status
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.response import Response

from ledger.storable import fault_of

logger = logging.getLogger(__name__)

LARGEST_BODY = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
SECONDS_TO_REST = 2
LATER = (status.HTTP_429_TOO_MANY_REQUESTS, status.HTTP_503_SERVICE_UNAVAILABLE)
FAULTS = {
    "characters": gettext_lazy("The text contains characters that cannot be stored."),
    "number": gettext_lazy("A number is too large."),
    "depth": gettext_lazy("The body is nested too deeply."),
}


class TooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = gettext_lazy("The body is too large.")
    default_code = "too_large"


class Busy(exceptions.APIException):
    """The database is locked, restarting or away: nothing was done, and the same request may come again."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = gettext_lazy("The server is busy for a moment. Nothing is lost; it is worth trying again.")
    default_code = "busy"


class DenyAll(BasePermission):
    """The default: an endpoint that names no permission answers nobody."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return False


class Pages(CursorPagination):
    """Pages by cursor, so that a row inserted meanwhile is neither skipped nor repeated."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "pk"

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        """A cursor that somebody made up is no page."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValidationError, ValueError, OverflowError) as made_up:
            raise exceptions.NotFound(self.invalid_cursor_message) from made_up


class StrictJSONParser(BaseParser):
    """JSON that every database can store.

    A view that answers each item of a list by itself names that list in `judged_one_by_one`: one bad item must not
    stand in the way of the others, so the parser leaves that list to the view.
    """

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: dict | None = None) -> Any:
        raw = stream.read(LARGEST_BODY + 1)
        if len(raw) > LARGEST_BODY:
            raise TooLarge
        try:
            value = json.loads(raw.decode("utf-8"), parse_constant=self._refuse)
        except (ValueError, RecursionError) as problem:
            raise exceptions.ParseError(_("The body is not JSON.")) from problem
        left_out = getattr((parser_context or {}).get("view"), "judged_one_by_one", None)
        checked = {name: item for name, item in value.items() if name != left_out} if isinstance(value, dict) else value
        if fault := fault_of(checked):
            raise exceptions.ParseError(FAULTS[fault])
        return value

    @staticmethod
    def _refuse(constant: str) -> None:
        raise ValueError(constant)


def answer_in_words(problem: Exception, context: dict) -> Response | None:
    """Every refusal is `{"code", "sentence"}`; a foreign object is answered like a missing one."""
    from rest_framework.views import exception_handler  # it reads the settings that name this module

    if isinstance(problem, Http404 | PermissionDenied):
        problem = exceptions.NotFound() if isinstance(problem, Http404) else exceptions.PermissionDenied()
    if isinstance(problem, OperationalError | InterfaceError):
        logger.warning("The database did not answer: %s", type(problem).__name__)
        problem = Busy()
    response = exception_handler(problem, context)
    if response is None:
        return None
    if isinstance(problem, exceptions.ValidationError):
        response.data = {"code": "invalid", "sentence": _("Some fields need another look."), "fields": response.data}
    else:
        detail = getattr(problem, "detail", "")
        response.data = {"code": getattr(detail, "code", "error"), "sentence": str(detail)}
    if response.status_code in LATER and "Retry-After" not in response:
        response["Retry-After"] = str(SECONDS_TO_REST)
    return response
