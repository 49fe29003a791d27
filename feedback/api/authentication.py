"""Who asks the API: a tablet that joined with a table code, or a signed-in user. Both with Django's CSRF check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from participants.middleware import find_former_device
from participants.models import Device

SESSION_COOKIE = {"type": "apiKey", "in": "cookie", "name": "session"}


class SignedInAuthentication(SessionAuthentication):
    """A session of a user. Asks for a challenge, so that "nobody" is answered 401 and not 403."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class TabletUser:
    """Stands where a user would: a tablet is nobody's account."""

    is_authenticated = True
    is_active = True
    is_staff = False
    is_superuser = False
    pk = None

    def __str__(self) -> str:
        return "tablet"


class DeviceAuthentication(SignedInAuthentication):
    """A session that joined a table by code and belongs to no user; `request.auth` is the `Device`."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        underlying = request._request
        if underlying.user.is_authenticated or not underlying.device:
            return None
        self.enforce_csrf(request)
        return TabletUser(), underlying.device


@dataclass(frozen=True)
class FormerDevice:
    """A tablet that was taken off its table, or whose evening is over."""

    device: Device


class FormerDeviceAuthentication(SignedInAuthentication):
    """For sending ops alone: a tablet no longer at its table hands over what it holds; `request.auth` says so."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        underlying = request._request
        if underlying.user.is_authenticated or underlying.device:
            return None
        device = find_former_device(underlying)
        if device is None:
            return None
        self.enforce_csrf(request)
        return TabletUser(), FormerDevice(device)


class _SessionScheme(OpenApiAuthenticationExtension):
    target_class = "feedback.api.authentication.SignedInAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict:
        return SESSION_COOKIE | {"description": "A signed-in organiser or moderator."}


class _DeviceScheme(OpenApiAuthenticationExtension):
    target_class = "feedback.api.authentication.DeviceAuthentication"
    name = "tablet"

    def get_security_definition(self, auto_schema: Any) -> dict:
        return SESSION_COOKIE | {"description": "A tablet that joined with a table code."}


class _FormerDeviceScheme(_DeviceScheme):
    target_class = "feedback.api.authentication.FormerDeviceAuthentication"
    name = "former tablet"

    def get_security_definition(self, auto_schema: Any) -> dict:
        return SESSION_COOKIE | {"description": "A tablet no longer at its table: its ops are held for the organiser."}
