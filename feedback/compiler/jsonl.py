"""A file of labelled notes in, a summary file to be scored out: how the quality of summaries is measured."""

import json
from pathlib import Path
from typing import Any


def notes_from_jsonl(path: str | Path, *, meaning: bool = False) -> dict[str, Any]:
    """A document from a file of one JSON note a line (id, section, group, lang, text; UTF-8), to be compiled by what
    the notes mean too if `meaning`.

    Other fields of a line are answers the compiler must not see, such as gold labels and stances.
    """
    lines = Path(path).read_text(encoding="utf-8").split("\n")
    notes = [_note(json.loads(line)) for line in lines if line.strip()]
    groups = sorted({note["group"] for note in notes if note["group"]})
    return {
        "settings": {"related": "normal"} | ({"meaning": True} if meaning else {}),
        "language": notes[0]["lang"] if notes else "",
        "groups": [{"id": group, "name": group} for group in groups],
        "notes": notes,
        "must_link": [],
        "ratings": [],
    }


def summary_for_scorer(result: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """The result in the shape a scorer reads: every note in one point of its section, or unassigned."""
    texts = {note["id"]: note["text"] for note in document["notes"]}
    return {
        "sections": [
            {
                "section": section["key"],
                "points": [_point(point, texts) for point in section["points"]],
                "unassigned": section["remainder"],
            }
            for section in result["sections"]
        ]
    }


def _note(line: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": line["id"],
        "section": line["section"],
        "group": line.get("group"),
        "kind": None,
        "lang": line.get("lang"),
        "text": line["text"],
        "dots": 0,
        "same_as": None,
        "stance": None,
    }


def _point(point: dict[str, Any], texts: dict[str, str]) -> dict[str, Any]:
    return {
        "id": point["key"],
        "representative": point["representative"],
        "text": texts[point["representative"]],
        "notes": [evidence["note"] for evidence in point["evidence"]],
        "groups": len(point["groups"]),
        "strength": point["tier"],
    }
