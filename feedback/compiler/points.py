"""A heap of notes becomes a point: whose words stand for it, what it shares, and which sides it holds."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from feedback.compiler.document import Evidence, Note, Point, Role, Tier, digest
from feedback.compiler.linkage import Heap, Table
from feedback.compiler.similarity import DIGITS, Rows
from feedback.compiler.text import Reading, stem

QUOTES = 3
WORDS = 3
HANDY = range(5, 31)
"""How many words a note should have to stand for others."""


@dataclass(frozen=True)
class Material:
    """All notes of one section in order of id, with what the compiler has read in them."""

    notes: Sequence[Note]
    readings: Sequence[Reading]
    languages: Sequence[str]
    table: Table


@dataclass(frozen=True)
class Company:
    """The notes of one heap, rising, with what sets them apart; all lists run alongside `members`.

    `first` is the place of the representative, `against` marks the notes on the other side from it.
    """

    members: list[int]
    scores: list[float]
    first: int
    against: list[bool]


def make_point(material: Material, heap: Heap) -> Point:
    """The point a heap makes, not yet placed: its `order` is 0."""
    company = gather(material, heap)
    notes = [material.notes[member] for member in company.members]
    first = notes[company.first]
    groups = sorted({note["group"] for note in notes if note["group"] is not None})
    tier: Tier = "single" if len(notes) == 1 else "same" if heap.same else "related"
    return {
        "key": digest([first["section"], first["id"]])[:16],
        "tier": tier,
        "representative": first["id"],
        "words": shared_words(material, company.members),
        "quotes": [notes[place]["id"] for place in _quotes(material, company)],
        "evidence": _evidence(notes, company),
        "groups": groups,
        "kinds": dict(sorted(Counter(note["kind"] for note in notes if note["kind"]).items())),
        "dots": sum(note.get("dots") or 0 for note in notes),
        "views_differ": any(company.against),
        "heard_at_one_table": len(groups) == 1,
        "order": 0,
    }


def gather(material: Material, heap: Heap) -> Company:
    """Choose who stands for a heap, and tell its sides.

    The representative is the most central note of handy length, among equals the one with the lowest id.
    """
    members = sorted(heap.members)
    scores = likeness(material.table.rows[members])
    lengths = [len(material.readings[member].words) for member in members]
    first = min(range(len(members)), key=lambda place: (lengths[place] not in HANDY, -scores[place], place))
    return Company(members, scores, first, _against(material, members, first))


def likeness(rows: Rows) -> list[float]:
    """Each row's mean similarity to the others, 1 for a row alone."""
    size = rows.shape[0]
    if size == 1:
        return [1.0]
    to_all = rows @ rows.sum(axis=0)
    to_itself = rows.power(2).sum(axis=1)
    means = ((to_all - to_itself) / (size - 1)).tolist()
    return [min(max(round(mean, DIGITS), 0.0), 1.0) for mean in means]


def shared_words(material: Material, members: Sequence[int]) -> list[str]:
    """Up to three words that a third of the notes and two at least share, the widest shared first.

    Each is given in the form most notes use.
    """
    forms: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    holders: Counter[tuple[str, str]] = Counter()
    for member in members:
        language, reading = material.languages[member], material.readings[member]
        terms = set(reading.terms)
        keyed = {(stem(word.lower(), language), word) for word in reading.words if word.lower() in terms}
        holders.update({(language, key) for key, _ in keyed})
        for key, word in keyed:
            forms[language, key][word] += 1
    shared = [key for key, count in holders.items() if count >= 2 and count * 3 >= len(members)]
    shared.sort(key=lambda key: (-holders[key], -len(key[1]), key))
    return [min(forms[key].items(), key=lambda form: (-form[1], form[0].swapcase()))[0] for key in shared[:WORDS]]


def _against(material: Material, members: Sequence[int], first: int) -> list[bool]:
    """Which notes stand against the representative.

    By what moderators tagged where they did; else by whether one says no and the other does not, as far as
    both are in one language.
    """
    stances = material.table.stances[members].tolist()
    side = stances[first] or max((1, -1), key=stances.count)
    negated = material.table.negated[members].tolist()
    languages = [material.languages[member] for member in members]
    return [
        stances[place] != side
        if stances[place]
        else negated[place] != negated[first] and languages[place] == languages[first]
        for place in range(len(members))
    ]


def _evidence(notes: Sequence[Note], company: Company) -> list[Evidence]:
    """The representative, then the others from near to far."""
    places = sorted(range(len(notes)), key=lambda each: (each != company.first, -company.scores[each], each))
    return [
        {"note": notes[place]["id"], "role": _role(company, place), "score": company.scores[place]} for place in places
    ]


def _role(company: Company, place: int) -> Role:
    if place == company.first:
        return "representative"
    return "counter" if company.against[place] else "support"


def _quotes(material: Material, company: Company) -> list[int]:
    """The representative and up to two others: one of the other side, then groups and words not yet heard."""
    size = len(company.members)
    rows = material.table.rows[company.members]
    groups = [material.notes[member]["group"] for member in company.members]
    chosen = [company.first]
    nearness = np.zeros(size)
    while len(chosen) < min(QUOTES, size):
        nearness = np.maximum(nearness, np.round(rows @ rows[[chosen[-1]]].toarray().ravel(), DIGITS))
        heard = {groups[place] for place in chosen}
        left = [place for place in range(size) if place not in chosen]
        if len(chosen) == 1 and any(company.against):
            left = [place for place in left if company.against[place]]
        chosen.append(min(left, key=lambda each: (groups[each] in heard, nearness[each], each)))
    return chosen
