"""The whole document: sections one by one, ratings, and the audit that nothing was lost."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from feedback.compiler.document import VERSION, Exclusion, Note, Problem, Section, bare, digest, in_order
from feedback.compiler.meaning import installed
from feedback.compiler.ratings import add_up
from feedback.compiler.reception import Reception
from feedback.compiler.sections import Brief, compile_section, examine

NEARNESS = {"looser": 1.5, "normal": 2.0, "tighter": 3.0}
"""How many standard deviations above chance two notes must be alike to be about the same matter."""


def compile_document(document: dict[str, Any]) -> dict[str, Any]:
    """The result for a document, section by section in order of key."""
    settings = document.get("settings") or {}
    encoder = installed() if settings.get("meaning") else None
    brief = Brief(document.get("language") or "", _nearness(settings), bool(settings.get("frozen")), encoder)
    reception = Reception(document)
    problems, excluded, sections = list(reception.problems), list(reception.excluded), []
    for key, notes in sorted(reception.sections.items()):
        section, faults = _compile_or_name(
            key, notes, replace(brief, links=reception.links[key], earlier=reception.earlier[key])
        )
        sections.append(section)
        problems += faults
        excluded += [_exclusion(fault) for fault in faults if fault["note"] is not None]
    initiatives, faults = add_up(in_order(document.get("ratings") or []))
    return {
        "version": VERSION,
        "settings_hash": digest([VERSION, settings]),
        "input_hash": digest(_sorted_input(document)),
        "sections": sections,
        "initiatives": initiatives,
        "audit": {
            "in": len(document.get("notes") or []),
            "shown": sum(section["notes"] for section in sections),
            "excluded": excluded,
        },
        "problems": problems + faults,
    }


def _compile_or_name(key: str, notes: Sequence[Note], brief: Brief) -> tuple[Section, list[Problem]]:
    """The section; if it breaks, without the notes that break it; if it still does, its bare notes."""
    try:
        return compile_section(key, notes, brief), []
    except Exception as error:
        faults = [fault for note in notes if (fault := _fault(note, brief))]
        bad = {fault["note"] for fault in faults}
        good = [note for note in notes if note["id"] not in bad]
        if faults and good:
            kept = [link for link in brief.links if not bad.intersection(link)]
            section, more = _compile_or_name(key, good, replace(brief, links=kept))
            return section, faults + more
        if not faults:
            faults = [{"section": key, "note": None, "reason": f"could not be compiled: {error!r}"}]
        return bare(key, [note["id"] for note in good]), faults


def _fault(note: Note, brief: Brief) -> Problem | None:
    try:
        examine([note], brief.language, brief.encoder)
    except Exception as error:
        return {"section": note["section"], "note": note["id"], "reason": f"could not be read: {error!r}"}
    return None


def _exclusion(fault: Problem) -> Exclusion:
    return {"note": fault["note"] or "", "reason": fault["reason"]}


def _nearness(settings: dict[str, Any]) -> float:
    related = settings.get("related", "normal")
    if related not in NEARNESS:
        raise ValueError(f"related must be one of {', '.join(sorted(NEARNESS))}, not {related!r}")
    return NEARNESS[related]


def _sorted_input(document: dict[str, Any]) -> dict[str, Any]:
    lists = ("earlier", "groups", "must_link", "notes", "ratings")
    return {**document, **{name: in_order(document.get(name) or []) for name in lists}}
