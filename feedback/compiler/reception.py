"""What comes in at the door: every note is either taken into its section or turned away with a reason."""

from collections import defaultdict
from typing import Any, cast

from feedback.compiler.document import Earlier, Exclusion, Note, Problem, in_order
from feedback.compiler.text import normalise


class Reception:
    """Sorts the notes of a document into sections; `excluded` and `problems` say what could not be taken."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.sections: dict[str, list[Note]] = defaultdict(list)
        self.excluded: list[Exclusion] = []
        self.problems: list[Problem] = []
        self._places: dict[str, str] = {}
        for note in in_order(document.get("notes") or []):
            self._take(note)
        for notes in self.sections.values():
            notes.sort(key=lambda note: note["id"])
        self.links = self._links(document.get("must_link") or [])
        self.earlier: dict[str, list[Earlier]] = defaultdict(list)
        for point in in_order(document.get("earlier") or []):
            self.earlier[point["section"]].append(point)

    def _take(self, note: Any) -> None:
        fault = fault_of(note)
        name = _printable(note.get("id", "")) if isinstance(note, dict) else ""
        if fault:
            section = note.get("section") if isinstance(note, dict) else None
            self.problems.append({"section": section if _is_text(section) else None, "note": name, "reason": fault})
            self.excluded.append({"note": name, "reason": fault})
        elif name in self._places:
            self.excluded.append({"note": name, "reason": "duplicate id"})
        elif not normalise(note["text"]):
            self._places[name] = ""
            self.excluded.append({"note": name, "reason": "empty text"})
        else:
            self._places[name] = note["section"]
            self.sections[note["section"]].append(cast(Note, note))

    def _links(self, pairs: list[list[str]]) -> dict[str, list[tuple[str, str]]]:
        """People's links by section; a link that leaves its section or names no note here is a problem."""
        wanted = [(one, other) for one, other in in_order(pairs)]
        for notes in self.sections.values():
            wanted += [(note["id"], other) for note in notes if (other := note.get("same_as"))]
        links: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for one, other in sorted(wanted):
            here = self._places.get(one)
            if here and here == self._places.get(other):
                links[here].append((one, other))
            else:
                reason = f"linked to {other}, which is not in the same section"
                self.problems.append({"section": here or None, "note": one, "reason": reason})
        return links


def fault_of(note: Any) -> str | None:
    """What makes a note unreadable, or None."""
    if not isinstance(note, dict):
        return "not a note"
    for field in ("id", "section", "text"):
        if not _is_text(note.get(field)):
            return f"{field} is not text"
    for field in ("group", "kind", "lang", "same_as"):
        if note.get(field) is not None and not _is_text(note[field]):
            return f"{field} is not text"
    for field, what in (("dots", "votes"), ("backers", "people"), ("disagreed", "people")):
        count = note.get(field) or 0
        if not isinstance(count, int) or count < 0:
            return f"{field} is not a number of {what}"
    if note.get("stance") not in (None, 1, -1):
        return "stance is neither 1 nor -1"
    return None


def _is_text(value: Any) -> bool:
    """Whether this is a string that can be written: half of a surrogate pair cannot."""
    return isinstance(value, str) and _printable(value) == value


def _printable(value: Any) -> str:
    return str(value).encode("utf-8", "replace").decode("utf-8")
