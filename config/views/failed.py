"""The answer when something broke: "try again" when the database did not answer, an apology otherwise."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.defaults import server_error

SECONDS_TO_REST = 2


def failed(request: HttpRequest) -> HttpResponse:
    """Django's handler for whatever nobody caught: a locked or restarting database is a 503 with `Retry-After`."""
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return server_error(request)
    sentence = _("The server is busy for a moment. Nothing is lost; it is worth trying again.")
    if request.path.startswith("/api/"):
        answer: HttpResponse = JsonResponse({"code": "busy", "sentence": sentence}, status=503)
    else:
        answer = HttpResponse(sentence, status=503, content_type="text/plain; charset=utf-8")
    answer["Retry-After"] = str(SECONDS_TO_REST)
    return answer
