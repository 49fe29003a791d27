"""Compiling: notes go to the compiler's own process, and what comes back becomes a draft.

Nothing is written before the very end, and then in one transaction with the mark that the job is done. Until a person
has touched the draft a compile replaces its findings; afterwards it only finds places for notes that came later.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from feedback.compiler.document import digest
from feedback.models import Draft, Evidence, Finding, Note, RatingTally
from feedback.states import Origin, Tier
from ledger.history import SYSTEM, record
from ledger.jobs import Claim
from workshops.actions import move_workshop
from workshops.models import Workshop
from workshops.states import WorkshopState

KEEP_EVERY = 20.0
"""Seconds between two signs of life while the compiler works; the lease lasts three times as long."""
LONGEST = 240.0
"""Seconds after which a compiler is given up."""
ANSWERS = 5
FEWEST_ANSWERS = 3
"""Notes of one question and theme from which on they make a finding though their words differ."""

Document = dict[str, Any]


class CompilerFailed(Exception):
    """The compiler's process gave no summary; the message says why."""


@dataclass(frozen=True)
class Heard:
    """The notes of a workshop at one moment, in reading order."""

    workshop: Workshop
    notes: Sequence[Note]
    at: datetime

    @property
    def tables(self) -> int:
        return len({note.group_id for note in self.notes})


@dataclass(frozen=True)
class Planned:
    """A finding to be written: what the compiler said about two or more notes, or the answers to one question."""

    key: str
    theme_id: Any
    tier: str
    words: list[str]
    asked: dict[str, str]
    quote_id: Any
    views_differ: bool
    notes: list[Note]


def compile_workshop(claim: Claim) -> None:
    """Compile the workshop of a claimed job and write its draft. Raises `LeaseLost` or `CompilerFailed`."""
    heard = gather(Workshop.objects.get(pk=claim.subject_id))
    counts = {"notes": len(heard.notes), "tables": heard.tables}
    claim.keep(step="group", **counts)
    document = document_of(heard)
    result = run_compiler(document, lambda: claim.keep(step="group", **counts))
    claim.keep(step="write", **counts)
    with claim.finishing():
        write_draft(heard, document, result)


def gather(workshop: Workshop) -> Heard:
    """Every standing note with words in it. The moment is taken first: a note stored meanwhile counts as later."""
    now = timezone.now()
    notes = Note.objects.of_workshop(workshop).standing().exclude(text="").in_reading_order()
    return Heard(workshop, list(notes.select_related("session", "prompt", "theme")), now)


def document_of(heard: Heard) -> Document:
    """What the compiler reads; one section for each session, question and theme."""
    languages = heard.workshop.programme.languages
    return {
        "language": languages[0] if languages else settings.LANGUAGE_CODE,
        "groups": sorted({str(note.group_id) for note in heard.notes}),
        "notes": [
            {
                "id": str(note.pk),
                "section": section_of(note),
                "group": str(note.group_id),
                "kind": note.kind,
                "lang": note.lang,
                "text": note.text,
                "dots": note.dots,
                **({"same_as": str(note.same_as_id)} if note.same_as_id else {}),
            }
            for note in heard.notes
        ],
        "ratings": _ratings(heard.workshop),
    }


def section_of(note: Note) -> str:
    """`session:prompt:theme`, the frame people gave the note."""
    return f"{note.session_id}:{note.prompt_id or ''}:{note.theme_id or ''}"


def _ratings(workshop: Workshop) -> list[dict[str, Any]]:
    """Five counts for each initiative and table."""
    counts: dict[tuple[str, str], list[int]] = {}
    for tally in RatingTally.objects.filter(group__workshop=workshop):
        key = (str(tally.initiative_id), str(tally.group_id))
        counts.setdefault(key, [0] * ANSWERS)[tally.answer - 1] += tally.people
    return [{"initiative": one, "group": group, "counts": five} for (one, group), five in sorted(counts.items())]


def run_compiler(document: Document, keep: Callable[[], None]) -> dict[str, Any]:
    """The compiler's answer from a process of its own, so that live notes never wait for its arithmetic.

    `keep` is called every `KEEP_EVERY` seconds and may raise to give up. Raises `CompilerFailed`.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "feedback.compiler"],
        cwd=settings.ROOT,
        env={"PATH": os.environ.get("PATH", ""), "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        out, err = _talk(child, json.dumps(document).encode(), keep)
    finally:
        if child.poll() is None:
            child.kill()
            child.communicate()
    if child.returncode != 0:
        raise CompilerFailed(f"the compiler ended with {child.returncode}: {err.decode(errors='replace')[-200:]}")
    try:
        return json.loads(out)
    except ValueError as problem:
        raise CompilerFailed("the compiler's answer is not a document") from problem


def _talk(child: subprocess.Popen[bytes], sent: bytes, keep: Callable[[], None]) -> tuple[bytes, bytes]:
    """Hand the document over and wait, with a sign of life now and then."""
    until = time.monotonic() + LONGEST
    given: bytes | None = sent
    while True:
        try:
            return child.communicate(given, timeout=KEEP_EVERY)
        except subprocess.TimeoutExpired:
            given = None
        if time.monotonic() > until:
            raise CompilerFailed(f"the compiler took longer than {LONGEST:.0f} seconds")
        keep()


def write_draft(heard: Heard, document: Document, result: dict[str, Any]) -> Draft:
    """Make, replace or complete the draft; the caller holds the transaction in which the job is finished."""
    draft = _locked_draft(heard.workshop)
    source = digest(document)
    if draft.curated_at is not None:
        added = _find_places(draft, heard, planned(heard, result))
    elif draft.source_digest != source:
        draft.findings.all().delete()
        for order, plan in enumerate(planned(heard, result)):
            _write_finding(draft, plan, plan.notes, order)
        added = draft.placements.count()
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
    belong together because people asked it, whatever words they use. Fewer than that wait among those without a place.
    """
    notes = {str(note.pk): note for note in heard.notes}
    plans = []
    for section in result["sections"]:
        alone = {note: notes[note] for note in section["remainder"]}
        for point in section["points"]:
            members = [notes[evidence["note"]] for evidence in point["evidence"]]
            if len(members) > 1:
                plans.append((_rank(members[0], point["order"], point["key"]), _plan(point, members, notes)))
            else:
                alone.update((str(note.pk), note) for note in members)
        answers = [note for note in heard.notes if str(note.pk) in alone]
        if len(answers) >= FEWEST_ANSWERS and answers[0].prompt:
            plans.append((_rank(answers[0], sys.maxsize, section["key"]), _answers(section["key"], answers)))
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
        tier=Tier.SAME if point["tier"] == "same" else Tier.RELATED,
        words=point["words"],
        asked={},
        quote_id=notes[point["representative"]].pk,
        views_differ=point["views_differ"],
        notes=members,
    )


def _write_finding(draft: Draft, plan: Planned, notes: Sequence[Note], order: int) -> Finding:
    finding = Finding.objects.create(
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
    _append(finding, notes)
    return finding


def _append(finding: Finding, notes: Sequence[Note]) -> None:
    """Give notes the last places of a finding."""
    after = finding.evidence.aggregate(last=Max("order"))["last"]
    first = 0 if after is None else after + 1
    Evidence.objects.bulk_create(
        Evidence(draft_id=finding.draft_id, finding=finding, note=note, origin=Origin.AUTO, order=order)
        for order, note in enumerate(notes, start=first)
    )


def _find_places(draft: Draft, heard: Heard, plans: Sequence[Planned]) -> int:
    """Put notes that came after the last compile where their like stand; whatever stands stays as it is.

    A note somebody took out is older than that moment and is left alone. Returns how many were placed.
    """
    homes = dict(draft.placements.values_list("note_id", "finding_id"))
    open_findings = {finding.pk: finding for finding in draft.findings.shown()}
    order = (draft.findings.aggregate(last=Max("order"))["last"] or 0) + 1
    placed = 0
    for plan in plans:
        later = [note for note in plan.notes if note.pk not in homes and note.created_at >= draft.compiled_at]
        if not later:
            continue
        home = _home(plan, homes, open_findings)
        if home is not None:
            _append(home, later)
        elif len(later) > 1:
            _write_finding(draft, plan, later, order)
            order += 1
        else:
            continue
        placed += len(later)
    return placed


def _home(plan: Planned, homes: dict[Any, Any], open_findings: dict[Any, Finding]) -> Finding | None:
    """The shown finding of the same theme that holds most of a point's notes, the earliest among equals."""
    held = Counter(homes[note.pk] for note in plan.notes if homes.get(note.pk) in open_findings)
    near = [finding for pk in held if (finding := open_findings[pk]).theme_id == plan.theme_id]
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
