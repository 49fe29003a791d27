"""A programme from its first day: its themes, and the workshops it plans."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from ledger.history import Actor, record
from workshops.models import Programme, TeamSeat, Theme, Workshop
from workshops.order import after_last
from workshops.states import TeamRole


def _free_slug(wanted: str) -> str:
    """A slug nobody has, in either language the same."""
    base = slugify(wanted)[:70] or "workshop"
    slug, number = base, 2
    while Workshop.objects.filter(slug=slug).exists() or Programme.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug


@transaction.atomic
def start_programme(user: Any, *, by: Actor, **fields: Any) -> Programme:
    """A new programme with `user` as its owner; `fields` are those of `Programme`."""
    fields.setdefault("slug", _free_slug(next(iter(fields["title"].values()))))
    programme = Programme.objects.create(**fields)
    TeamSeat.objects.create(programme=programme, user=user, role=TeamRole.OWNER)
    record(programme, "programme.started", by=by, scope=programme.pk)
    return programme


@transaction.atomic
def add_theme(programme: Programme, *, by: Actor, **fields: Any) -> Theme:
    """A theme at the end of the list, in the next free colour."""
    order = after_last(programme.themes)
    theme = Theme.objects.create(programme=programme, order=order, **{"slot": order % 8 + 1, **fields})
    record(theme, "theme.added", by=by, scope=programme.pk)
    return theme


@transaction.atomic
def plan_workshop(programme: Programme, *, by: Actor, **fields: Any) -> Workshop:
    """A new workshop at the end of the series, as a draft without an agenda."""
    programme = Programme.objects.select_for_update().get(pk=programme.pk)  # numbers are given under this lock
    last = programme.workshops.aggregate(last=Max("number"))["last"] or 0
    fields.setdefault("slug", _free_slug(f"{programme.slug}-{last + 1}"))
    workshop = Workshop.objects.create(programme=programme, number=last + 1, **fields)
    record(workshop, "workshop.planned", by=by, scope=workshop.pk)
    return workshop


@transaction.atomic
def remove_theme(theme: Theme, *, by: Actor) -> None:
    """Take a theme out of a programme; notes and people that named it keep everything else."""
    record(theme, "theme.removed", by=by, scope=theme.programme_id)
    theme.delete()
