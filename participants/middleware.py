"""Which tablet is asking: a device joined by table code lives in the session, looked up again at each request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from participants.models import Device
from participants.models.tables import DeviceQuerySet

DEVICE_IN_SESSION = "device"


def known_device(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Put `request.device` on the request: the working `Device`, or something false."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.device = SimpleLazyObject(lambda: find_device(request))  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def device_of(request: HttpRequest) -> Device | None:
    """The tablet that asks; something false where a person does."""
    return getattr(request, "device", None)


def find_device(request: HttpRequest) -> Device | None:
    """The device this session joined as, unless it was removed or the evening's codes ended."""
    return _named_in_session(request, Device.objects.working_at(timezone.now()))


def find_former_device(request: HttpRequest) -> Device | None:
    """The device this session once joined as. It may hand over what it still holds, and do and see nothing else."""
    return _named_in_session(request, Device.objects.former_at(timezone.now()))


def _named_in_session(request: HttpRequest, devices: DeviceQuerySet) -> Device | None:
    device_id = request.session.get(DEVICE_IN_SESSION)
    return devices.select_related("group").filter(pk=device_id).first() if device_id else None
