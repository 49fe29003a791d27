"""Acts of people on a draft: what each changed is kept, read as history, and undone where nothing has changed since."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils import timezone

from feedback.models import Act, Draft, Evidence, Finding
from ledger.history import Actor

Picture = dict[str, Any]
FINDING = (
    *("theme", "key", "tier", "title", "text", "words", "asked", "quote", "origin", "views_differ"),
    *("hidden", "hidden_why", "order"),
)
REFERENCES = ("theme", "quote")


class ChangedSince(Exception):
    """Somebody has worked on the same things after the act that is to be undone."""


def picture(draft: Draft) -> Picture:
    """The draft as it stands: its own words, its findings and where each note is. Three queries, plain values only."""
    head = Draft.objects.values("headline", "lead").get(pk=draft.pk)
    findings = {str(row.pop("pk")): _plain(row) for row in draft.findings.values("pk", *FINDING)}
    places = {
        str(note): [str(finding), origin, order]
        for note, finding, origin, order in draft.placements.values_list("note", "finding", "origin", "order")
    }
    return {"draft": {name: dict(head[name]) for name in ("headline", "lead")}, "findings": findings, "places": places}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    texts = {name: dict(row[name]) for name in ("title", "text", "asked")}
    ids = {name: str(row[name]) if row[name] else None for name in REFERENCES}
    return row | texts | ids


def difference(before: Picture, after: Picture) -> dict[str, Any]:
    """The rows that differ, each before and after; empty when nothing has changed."""
    change: dict[str, Any] = {}
    if before["draft"] != after["draft"]:
        change["draft"] = [before["draft"], after["draft"]]
    for kind in ("findings", "places"):
        keys = sorted(before[kind].keys() | after[kind].keys())
        rows = {key: [before[kind].get(key), after[kind].get(key)] for key in keys}
        if changed := {key: pair for key, pair in rows.items() if pair[0] != pair[1]}:
            change[kind] = changed
    return change


def keep(draft: Draft, verb: str, before: Picture, *, by: Actor) -> Act | None:
    """Keep what an act has changed since `before`; None when it changed nothing. The caller holds the draft's row."""
    change = difference(before, picture(draft))
    if not change:
        return None
    return Act.objects.create(draft=draft, verb=verb, actor_kind=by.kind, actor_id=by.id, change=change)


def put_back(act: Act, draft: Draft) -> None:
    """Write every row as it was before the act; the caller holds the draft's row. Raises `ChangedSince`."""
    now, change = picture(draft), act.change
    if "draft" in change and now["draft"] != change["draft"][1]:
        raise ChangedSince(act.pk)
    for kind in ("findings", "places"):
        if any(now[kind].get(key) != after for key, (_before, after) in change.get(kind, {}).items()):
            raise ChangedSince(act.pk)
    if "draft" in change:
        Draft.objects.filter(pk=draft.pk).update(**change["draft"][0])
    findings = {key: before for key, (before, _after) in change.get("findings", {}).items()}
    for key, before in findings.items():
        if before is not None:
            _write(draft, key, before)
    _write_places(draft, {note: before for note, (before, _after) in change.get("places", {}).items()})
    Finding.objects.filter(draft=draft, pk__in=[key for key, before in findings.items() if before is None]).delete()
    Act.objects.filter(pk=act.pk).update(undone_at=timezone.now())


def _write(draft: Draft, key: str, row: dict[str, Any]) -> None:
    """Put one finding as it was; its revision rises all the same, so that an open form notices."""
    values = {f"{name}_id" if name in REFERENCES else name: value for name, value in row.items()}
    if not Finding.objects.filter(draft=draft, pk=key).update(**values, revision=F("revision") + 1):
        Finding.objects.create(pk=key, draft=draft, **values)


def _write_places(draft: Draft, places: dict[str, list[Any] | None]) -> None:
    Evidence.objects.filter(draft=draft, note__in=list(places)).delete()
    Evidence.objects.bulk_create(
        Evidence(draft=draft, note_id=note, finding_id=row[0], origin=row[1], order=row[2])
        for note, row in places.items()
        if row is not None
    )
