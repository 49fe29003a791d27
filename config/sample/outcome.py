"""What came of the first workshop: a draft curated by people, and the outcome published from it."""

from __future__ import annotations

from typing import Any

from config.sample.clock import PUBLISHED_AFTER
from config.sample.plan import Stage
from feedback.models import Draft, Evidence, Finding, Outcome
from feedback.states import Origin, Tier
from feedback.summary import publish as summary
from ledger import jobs
from ledger.models import Job
from workshops.actions.moving import move_workshop
from workshops.states import WorkshopState


def publish(stage: Stage, told: dict[str, Any], key: str) -> None:
    """Curate and publish a workshop that is over, and write to the people who came."""
    workshop = stage.workshops[key]
    move_workshop(workshop, WorkshopState.COMPILING, by=stage.organiser)
    draft = _curate(stage, told, key)
    move_workshop(workshop, WorkshopState.CURATING, by=stage.organiser)
    outcome = summary.publish(draft, by=stage.organiser, few_are_fine=True)
    Outcome.objects.filter(pk=outcome.pk).update(published_at=workshop.ends_at + PUBLISHED_AFTER)
    jobs.run(Job.objects.get(kind="tell_published", subject_id=str(workshop.pk)).pk)


def _curate(stage: Stage, told: dict[str, Any], key: str) -> Draft:
    """The findings people wrote, each with its notes; a note of none stays beside them."""
    workshop, written = stage.workshops[key], told["summary"][key]
    draft = Draft.objects.create(
        workshop=workshop,
        headline=written["headline"],
        lead=written["lead"],
        compiled_at=workshop.ends_at,
        curated_at=workshop.ends_at + PUBLISHED_AFTER,
        note_count=len(told["notes"][key]),
    )
    for order, point in enumerate(written["findings"]):
        finding = Finding.objects.create(
            draft=draft,
            theme=stage.themes[point["theme"]],
            tier=Tier.CONFIRMED,
            title=point["title"],
            text=point["text"],
            quote=stage.notes[key, point["quote"]],
            origin=Origin.HUMAN,
            order=order,
        )
        Evidence.objects.bulk_create(
            Evidence(draft=draft, finding=finding, note=stage.notes[key, place], origin=Origin.HUMAN, order=position)
            for position, place in enumerate(point["notes"])
        )
    return draft
