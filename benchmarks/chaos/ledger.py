"""What the two people did, kept apart from both tablets and the server: every text must come to a known end."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

Row = dict[str, Any]


class Ledger:
    """Each text is written once, so that it can be told where it went."""

    def __init__(self) -> None:
        self.durable: set[str] = set()
        self.confirmed: set[str] = set()
        self._replaced: defaultdict[str, set[str]] = defaultdict(set)
        self._deleted: Counter[str] = Counter()
        self._seen_deleting: set[str] = set()
        self._second_notes: set[str] = set()
        self._chosen: set[str] = set()
        self._dots: Counter[str] = Counter()
        self._dots_perhaps: Counter[str] = Counter()

    def write_down(self, act: str, trying: Row, text: str | None, *, durable: bool) -> None:
        """`trying` is what the tablet said it was about to do; `durable` whether it then said that it was done."""
        if text and durable and (act in {"add", "edit"} or (act == "mend" and "text" in trying)):
            self.durable.add(text)
        if act == "confirm" and durable:
            self.confirmed.add(trying["confirmation"])
        for other in trying.get("saw", []):
            if "text" in trying and other != trying["text"]:
                self._replaced[other].add(trying["text"])
        if act == "decide":
            self._second_notes |= {trying["second"]} if "second" in trying else set()
            self._chosen |= {trying["text"]} if "text" in trying else set()
        if act == "remove":
            self._deleted[trying["note"]] += 1
            self._seen_deleting.update(trying["saw"])
        if act == "dot":
            (self._dots if durable else self._dots_perhaps)[trying["note"]] += 1

    def lost(self, rows: list[Row]) -> list[str]:
        """Texts that were on a tablet, that are nowhere now, and that nobody took away with them before their eyes."""
        found = {text for row in rows if not row["deleted"] or self._deleted[row["id"]] for text in _texts_of(row)}
        found |= self._seen_deleting
        return sorted(text for text in self.durable if not self._is_accounted_for(text, found, set()))

    def _is_accounted_for(self, text: str, found: set[str], asked: set[str]) -> bool:
        if text in found:
            return True
        later = self._replaced[text] - asked
        return any(self._is_accounted_for(each, found, asked | {text, *later}) for each in later)

    def hidden(self, rows: list[Row]) -> list[str]:
        """Texts that can only be brought back from a deleted note whose deleter had not seen them."""
        standing = {text for row in rows if not row["deleted"] for text in _texts_of(row)}
        tombs = {text for row in rows if row["deleted"] for text in _texts_of(row)}
        return sorted(tombs & self.durable - standing - self._seen_deleting)

    def doubled(self, rows: list[Row]) -> list[str]:
        """The same text in two notes, and dots that nobody gave.

        Not counted: a text that one person kept as a second note while the other, apart, chose it for the first one.
        """
        twice_by_people = self._second_notes & self._chosen
        texts = Counter(row["text"] for row in rows if not row["deleted"] and row["text"])
        twice = [text for text, times in texts.items() if times > 1 and text not in twice_by_people]
        most = self._dots + self._dots_perhaps
        return twice + [f"dots of {row['id']}" for row in rows if row["dots"] > most[row["id"]]]

    def missing_dots(self, rows: list[Row]) -> list[str]:
        """Notes with fewer dots than were given."""
        return [f"dots of {row['id']}" for row in rows if row["dots"] < self._dots[row["id"]]]


def _texts_of(row: Row) -> list[str]:
    return [row["text"], *(variant["text"] for variant in row["variants"])]
