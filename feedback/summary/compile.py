"""Compiling: each section of the notes goes to the compiler's own process, and what comes back becomes a draft.

Nothing is written before the very end, and then in one transaction with the mark that the job is done. Until a person
has touched the draft a compile replaces its findings; afterwards it only finds places for notes that came later.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Max, prefetch_related_objects

from feedback.compiler.document import digest
from feedback.compiler.ratings import add_up
from feedback.models import Draft, Evidence, Finding, Note
from feedback.states import Origin, Tier
from feedback.summary import parts
from feedback.summary.child import CompilerFailed, Keep, get_ready, run_compiler
from feedback.summary.material import Document, Heard, documents_of, gather, ratings_of, source_digest
from ledger import jobs
from ledger.history import SYSTEM, record
from ledger.jobs import Claim
from workshops.actions.moving import move_workshop
from workshops.models import Workshop
from workshops.order import after_last
from workshops.states import WorkshopState

FEWEST_ANSWERS = 3
"""Notes of one question and theme from which on they make a finding though their words differ."""


@dataclass(frozen=True)
class Planned:
    """A finding to be written: what the compiler said about its notes, or the answers to one question."""

    key: str
    theme_id: Any
    tier: str
    words: list[str]
    asked: dict[str, str]
    quote_id: Any
    views_differ: bool
    notes: list[Note]


def compile_workshop(claim: Claim) -> None:
    """Compile the workshop of a claimed job: have each section compiled, and once all are, write the draft.

    Raises `LeaseLost`.
    """
    heard = gather(Workshop.objects.get(pk=claim.subject_id))
    counts = {"notes": len(heard.notes), "tables": heard.tables}
    claim.keep(step="group", **counts)
    documents = documents_of(heard)
    if not parts.want(claim, heard.workshop, documents, **counts):
        get_ready()
        return
    claim.keep(step="write", **counts)
    prefetch_related_objects(heard.notes, "session", "prompt", "theme")
    with claim.finishing():
        result = joined(heard.workshop)
        write_draft(heard, source_digest(documents, result["ratings"]), result)
        parts.forget(heard.workshop)


def compile_part(claim: Claim) -> None:
    """Compile the section of a claimed job, and small ones that wait beside it.

    One that breaks the compiler is given as its notes, with the reason. Raises `LeaseLost`.
    """
    taken = parts.take(claim)
    heard = gather(taken[0].part.workshop, [each.part.key for each in taken])
    documents = documents_of(heard)
    keep = partial(jobs.keep_each, [each.claim for each in taken])
    parts.done([_compiled(each, documents.get(each.part.key, {"notes": []}), keep) for each in taken])


def _compiled(taken: parts.Taken, document: Document, keep: Keep) -> parts.Made:
    try:
        result = run_compiler(document, keep)
    except CompilerFailed as problem:
        result = parts.fault(taken.part.key, document, str(problem))
    return parts.Made(taken, document, result)


def joined(workshop: Workshop) -> dict[str, Any]:
    """What the compiler said about all sections, and the ratings added up."""
    sections, problems = parts.joined(workshop)
    ratings = ratings_of(workshop)
    initiatives, faults = add_up(ratings)
    return {"sections": sections, "initiatives": initiatives, "problems": problems + faults, "ratings": ratings}


def write_draft(heard: Heard, source: str, result: dict[str, Any]) -> Draft:
    """Make, replace or complete the draft; the caller holds the transaction in which the job is finished.

    `source` is the digest of what the result was made from: a draft of the same is left alone.
    """
    draft = _locked_draft(heard.workshop)
    if draft.curated_at is not None:
        added = _find_places(draft, heard, planned(heard, result))
    elif draft.source_digest != source:
        draft.findings.all().delete()
        added = _write_findings(draft, [(plan, plan.notes) for plan in planned(heard, result)], 0)
    else:
        added = 0
    draft.source_digest, draft.compiled_at, draft.note_count = source, heard.at, len(heard.notes)
    draft.problems = result["problems"]
    draft.content_hash = content_hash(draft)
    draft.save()
    record(draft, "draft.compiled", by=SYSTEM, scope=heard.workshop.pk, notes=len(heard.notes), placed=added)
    workshop = Workshop.objects.get(pk=heard.workshop.pk)
    if workshop.state == WorkshopState.COMPILING:
        move_workshop(workshop, WorkshopState.CURATING, by=SYSTEM)
    return draft


def _locked_draft(workshop: Workshop) -> Draft:
    """The newest draft under its lock, or the first one."""
    found = Draft.objects.select_for_update().filter(workshop=workshop).current().first()
    return found or Draft.objects.create(workshop=workshop)


def planned(heard: Heard, result: dict[str, Any]) -> list[Planned]:
    """The compiler's points of two notes and more, by theme, then session, question and the compiler's own order.

    After the points of a section come the notes that no point holds: several answers to one question on one theme
    belong together because people asked it, whatever words they use. Of fewer than that, one with dots stands by
    itself, for people chose it; the others wait among those without a place.
    """
    notes = {str(note.pk): note for note in heard.notes}
    place = {note: number for number, note in enumerate(notes)}
    plans = []
    for section in result["sections"]:
        alone = {note: notes[note] for note in section["remainder"]}
        singles = []
        for point in section["points"]:
            members = [notes[evidence["note"]] for evidence in point["evidence"]]
            if len(members) > 1:
                plans.append((_rank(members[0], point["order"], point["key"]), _plan(point, members, notes)))
            else:
                alone.update((str(note.pk), note) for note in members)
                singles.append((_rank(members[0], point["order"], point["key"]), _plan(point, members, notes)))
        answers = [alone[note] for note in sorted(alone, key=place.__getitem__)]
        if len(answers) >= FEWEST_ANSWERS and answers[0].prompt:
            plans.append((_rank(answers[0], sys.maxsize, section["key"]), _answers(section["key"], answers)))
        else:
            plans += [(rank, plan) for rank, plan in singles if plan.notes[0].dots]
    return [plan for _rank_of_plan, plan in sorted(plans, key=lambda pair: pair[0])]


def _rank(first: Note, order: int, key: str) -> tuple:
    theme = first.theme.order if first.theme else sys.maxsize
    prompt = first.prompt.order if first.prompt else -1
    return (theme, str(first.theme_id), first.session.order, prompt, order, key)


def _answers(section: str, notes: list[Note]) -> Planned:
    """What was answered to one question on one theme. The note with most dots is shown, the first among equals."""
    return Planned(
        key=digest(["answers", section]),
        theme_id=notes[0].theme_id,
        tier=Tier.QUESTION,
        words=[],
        asked=dict(notes[0].prompt.text) if notes[0].prompt else {},
        quote_id=max(notes, key=lambda note: note.dots).pk,
        views_differ=False,
        notes=notes,
    )


def _plan(point: dict[str, Any], members: list[Note], notes: dict[str, Note]) -> Planned:
    return Planned(
        key=point["key"],
        theme_id=members[0].theme_id,
        tier=Tier(point["tier"]),
        words=point["words"],
        asked={},
        quote_id=notes[point["representative"]].pk,
        views_differ=point["views_differ"],
        notes=members,
    )


def _write_findings(draft: Draft, plans: Sequence[tuple[Planned, Sequence[Note]]], first: int) -> int:
    """Write findings with these notes, numbered from `first`; how many notes they hold. Two statements."""
    findings = [
        Finding(
            draft=draft,
            theme_id=plan.theme_id,
            key=plan.key,
            tier=plan.tier,
            words=plan.words,
            asked=plan.asked,
            quote_id=plan.quote_id,
            views_differ=plan.views_differ,
            order=order,
        )
        for order, (plan, _notes) in enumerate(plans, start=first)
    ]
    Finding.objects.bulk_create(findings)
    placed = [
        Evidence(draft_id=draft.pk, finding_id=finding.pk, note_id=note.pk, origin=Origin.AUTO, order=order)
        for finding, (_plan, notes) in zip(findings, plans, strict=True)
        for order, note in enumerate(notes)
    ]
    Evidence.objects.bulk_create(placed)
    return len(placed)


def _append(finding: Finding, notes: Sequence[Note]) -> None:
    """Give notes the last places of a finding."""
    Evidence.objects.bulk_create(
        Evidence(draft_id=finding.draft_id, finding=finding, note=note, origin=Origin.AUTO, order=order)
        for order, note in enumerate(notes, start=after_last(finding.evidence))
    )


def _find_places(draft: Draft, heard: Heard, plans: Sequence[Planned]) -> int:
    """Put notes that came after the last compile where their like stand; whatever stands stays as it is.

    A note somebody took out is older than that moment and is left alone. Returns how many were placed.
    """
    homes = dict(draft.placements.values_list("note_id", "finding_id"))
    open_findings = {finding.pk: finding for finding in draft.findings.shown()}
    new: list[tuple[Planned, list[Note]]] = []
    placed = 0
    for plan in plans:
        later = [note for note in plan.notes if note.pk not in homes and note.created_at >= draft.compiled_at]
        if not later:
            continue
        home = _home(plan, homes, open_findings)
        if home is not None:
            _append(home, later)
        elif len(later) > 1:
            new.append((plan, later))
        else:
            continue
        placed += len(later)
    last = draft.findings.aggregate(last=Max("order"))["last"] or 0
    _write_findings(draft, new, last + 1)
    return placed


def _home(plan: Planned, homes: dict[Any, Any], open_findings: dict[Any, Finding]) -> Finding | None:
    """The shown finding of the same theme that holds most of a point's notes, the earliest among equals.

    What is only an answer to the same question belongs to the other answers, not to what one of them was placed in.
    """
    held = Counter(homes[note.pk] for note in plan.notes if homes.get(note.pk) in open_findings)
    near = [finding for pk in held if (finding := open_findings[pk]).theme_id == plan.theme_id]
    if plan.asked:
        near = [finding for finding in near if finding.asked]
    return min(near, key=lambda finding: (-held[finding.pk], finding.order, str(finding.pk)), default=None)


def content_hash(draft: Draft) -> str:
    """What the draft says, by note ids: equal for equal findings, whatever the rows' own ids."""
    evidence: dict[Any, list[str]] = {}
    for finding_id, note_id in draft.placements.order_by("order", "pk").values_list("finding_id", "note_id"):
        evidence.setdefault(finding_id, []).append(str(note_id))
    return digest(
        [
            [
                str(finding.theme_id),
                finding.tier,
                finding.title,
                finding.text,
                finding.words,
                str(finding.quote_id),
                finding.views_differ,
                finding.hidden,
                evidence.get(finding.pk, []),
            ]
            for finding in draft.findings.order_by("order", "key", "pk")
        ]
    )
