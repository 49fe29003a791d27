"""The outcome as Markdown, from the data of `printed`. What people wrote is escaped: it is never a mark or a link."""

from __future__ import annotations

import re
from typing import Any

_MARKS = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~:@/&=$^])")


def document(data: dict[str, Any]) -> str:
    """The whole outcome as text, one block after the other."""
    blocks = [
        f"# {plain(data['title'])}",
        plain(data["eyebrow"]),
        plain(data["lead"]),
        plain(", ".join(data["figures"])),
        f"**{plain(data['labels']['checked'])}.** {plain(' '.join(data['checked']))}",
        plain(" ".join(filter(None, (data["waited"], data["held_back"])))),
    ]
    if data["corrections"]:
        blocks += [f"## {plain(data['labels']['corrections'])}", *(f"- {plain(each)}" for each in data["corrections"])]
    for rated in data["ratings"]:
        head = [data["labels"]["initiative"], *rated["answers"]]
        table = _table(head, [[name, *five] for name, five in rated["rows"]])
        blocks += [f"## {plain(rated['heading'])}", table, *map(plain, rated["facts"])]
    for part in data["parts"]:
        blocks += _part(part, data["labels"])
    if data["heat"]["rows"] and data["heat"]["tables"]:
        head = [data["labels"]["theme"], *data["heat"]["tables"], data["labels"]["all"]]
        rows = [[name, *counts, total] for name, counts, total in data["heat"]["rows"]]
        blocks += [f"## {plain(data['labels']['heat'])}", _table(head, rows)]
    blocks += [f"## {plain(data['labels']['funder'])}", *map(plain, data["funder"])] if data["funder"] else []
    blocks += [plain(data["organisation"]), f"<{data['link']}>"]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _part(part: dict[str, Any], labels: dict[str, str]) -> list[str]:
    blocks = [f"## {plain(part['name'])}", plain(part["silence"])]
    for finding in part["findings"]:
        blocks += [f"### {plain(finding['title'])}", plain(finding["text"]), plain(finding["facts"])]
        blocks += [f"→ {plain(step)}" for step in finding["way"]]
        if finding["quote"]:
            blocks.append(f"> {plain(finding['quote']['text'])}")
        blocks += [f"{plain(labels['notes'])} ({len(finding['notes'])})", _notes(finding["notes"])]
    if part["others"]:
        blocks += [f"### {plain(labels['others'])}", _notes(part["others"])]
    return blocks


def _notes(notes: list[dict[str, Any]]) -> str:
    by = ("kind", "table", "dots")
    return "\n".join(
        f"- {plain(note['text'])} ({plain(', '.join(note[name] for name in by if note[name]))})" for note in notes
    )


def _table(head: list[Any], rows: list[list[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell if cell == "---" else plain(str(cell)) for cell in line) + " |" for line in lines
    )


def plain(text: str) -> str:
    """The text on one line, with a backslash before whatever Markdown could take for a mark."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
