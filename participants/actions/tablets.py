"""Tablets at the tables."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from ledger import wakeups
from ledger.history import Actor, record
from ledger.models import ActorKind
from participants.models import Device
from workshops.models import Group

SEEN_AGAIN = dt.timedelta(seconds=30)


class NoSuchCode(Exception):
    """No table has this code, or its codes have ended."""


@transaction.atomic
def join_table(code: str, *, name: str) -> Device:
    """A tablet joins a table with the six digits of its sheet, under a moderator's name.

    Raises `NoSuchCode`.
    """
    now = timezone.now()
    group = Group.objects.of_code(code, now).select_related("workshop").first()
    if group is None:
        raise NoSuchCode(code)
    device = Device.objects.create(group=group, name=name, until=group.code_until, seen_at=now)
    record(device, "device.joined", by=Actor(ActorKind.DEVICE, str(device.pk)), scope=group.workshop_id)
    wakeups.changed(f"room:{group.workshop_id}")
    return device


@transaction.atomic
def remove_device(device: Device, *, by: Actor) -> None:
    """Take a tablet off its table: it sees nothing any more, and what it still sends waits for the organiser."""
    Device.objects.filter(pk=device.pk, revoked_at=None).update(revoked_at=timezone.now())
    record(device, "device.removed", by=by, scope=device.group.workshop_id)
    wakeups.changed(f"room:{device.group.workshop_id}")


def tell_status(
    device: Device, *, unsent: int, battery: int | None, charging: bool | None, ready: bool | None = None
) -> None:
    """What a tablet says about itself now, in place of what it said before."""
    told = {"unsent": unsent, "battery": battery, "charging": charging, "ready": ready}
    was_low, had_unsent, was_ready = device.is_battery_low, bool(device.unsent), device.ready
    Device.objects.filter(pk=device.pk).update(seen_at=timezone.now(), **told)
    for name, value in told.items():
        setattr(device, name, value)
    if (was_low, had_unsent, was_ready) != (device.is_battery_low, bool(unsent), ready):
        wakeups.changed(f"room:{device.group.workshop_id}")


def seen(device: Device) -> None:
    """A tablet has been heard of. Written at most each half minute, because tablets ask often."""
    now = timezone.now()
    if device.seen_at is None or device.seen_at < now - SEEN_AGAIN:
        Device.objects.filter(pk=device.pk).update(seen_at=now)
