"""Choosing the emblem of a programme's funder."""

from __future__ import annotations

import hashlib

from django.db import transaction

from ledger.history import Actor, record
from workshops.emblems import Emblem, kind_of
from workshops.models import Programme


@transaction.atomic
def put_emblem(programme: Programme, picture: bytes, *, by: Actor) -> Programme:
    """Show this picture beside the sentence about the funding. Raises `ValidationError` for what is none."""
    name = hashlib.sha256(picture).hexdigest()
    fields = {"picture": picture, "kind": kind_of(picture), "name": name}
    Emblem.objects.update_or_create(programme=programme, defaults=fields)
    return _name(programme, name, by=by)


@transaction.atomic
def remove_emblem(programme: Programme, *, by: Actor) -> Programme:
    """Show none; its address shows nothing any more."""
    Emblem.objects.filter(programme=programme).delete()
    return _name(programme, "", by=by)


def _name(programme: Programme, name: str, *, by: Actor) -> Programme:
    """Pages know from the programme alone whether there is one."""
    programme.emblem_name = name
    programme.save(update_fields=["emblem_name"])
    record(programme, "programme.changed", by=by, scope=programme.pk, fields=["emblem"])
    return programme
