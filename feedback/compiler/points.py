"""A heap of notes becomes a point: whose words stand for it, what it shares, and which sides it holds."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from feedback.compiler.document import Evidence, Note, Point, Role, Tier, digest
from feedback.compiler.linkage import Heap
from feedback.compiler.sides import against
from feedback.compiler.similarity import DIGITS, Rows, dense_row
from feedback.compiler.table import Table
from feedback.compiler.text import Reading, stem

QUOTES = 3
WORDS = 3
HANDY = range(5, 31)
"""How many words a note should have to stand for others."""


@dataclass(frozen=True)
class Material:
    """All notes of one section in order of id, with what the compiler has read in them; `groups` have a note in it."""

    notes: Sequence[Note]
    readings: Sequence[Reading]
    languages: Sequence[str]
    table: Table
    groups: int


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
    groups = sorted(groups_of(notes))
    tier: Tier = "single" if len(notes) == 1 else "same" if heap.same else "related"
    return {
        "key": digest([first["section"], first["id"]])[:16],
        "tier": tier,
        "representative": first["id"],
        "words": shared_words(material, company.members),
        "quotes": [notes[place]["id"] for place in _quotes(material, company)],
        "evidence": _evidence(notes, company),
        "groups": groups,
        "of": material.groups,
        "converges": len(groups) > 1 and len(groups) * 2 >= material.groups,
        "kinds": dict(sorted(Counter(note["kind"] for note in notes if note["kind"]).items())),
        "dots": sum(note.get("dots") or 0 for note in notes),
        "backers": sum(note.get("backers") or 0 for note in notes),
        "disagreed": sum(note.get("disagreed") or 0 for note in notes),
        "confirmed": sum(bool(note.get("confirmed")) for note in notes),
        "views_differ": any(company.against) or any(note.get("disagreed") for note in notes),
        "heard_at_one_table": len(groups) == 1,
        "order": 0,
    }


def groups_of(notes: Sequence[Note]) -> set[str]:
    """The different groups that said these."""
    return {note["group"] for note in notes if note["group"] is not None}


def gather(material: Material, heap: Heap) -> Company:
    """Choose who stands for a heap, and tell its sides.

    The representative is the most central note of handy length, among equals the one with the lowest id. Words that
    their table has heard and confirmed come before others.
    """
    members = sorted(heap.members)
    scores = likeness(material.table.rows[members])
    lengths = [len(material.readings[member].words) for member in members]
    unheard = [not material.notes[member].get("confirmed") for member in members]
    first = min(
        range(len(members)), key=lambda place: (unheard[place], lengths[place] not in HANDY, -scores[place], place)
    )
    stances, negated = material.table.stances[members].tolist(), material.table.negated[members].tolist()
    sides = against(stances, negated, [material.languages[member] for member in members], first)
    return Company(members, scores, first, sides)


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
    if len(members) < 2:
        return []
    stems: dict[tuple[str, str], str] = {}
    holders: Counter[tuple[str, str]] = Counter()
    for member in members:
        language = material.languages[member]
        held = {(language, term): stem(term, language) for term in material.readings[member].terms}
        stems |= held
        holders.update({(language, key) for key in held.values()})
    shared = [key for key, count in holders.items() if count >= 2 and count * 3 >= len(members)]
    shared.sort(key=lambda key: (-holders[key], -len(key[1]), key))
    shown = shared[:WORDS]
    forms = _forms(material, members, {term: key for term, key in stems.items() if (term[0], key) in shown})
    return [min(forms[key].items(), key=lambda form: (-form[1], form[0].swapcase()))[0] for key in shown]


def _forms(
    material: Material, members: Sequence[int], stems: Mapping[tuple[str, str], str]
) -> dict[tuple[str, str], Counter[str]]:
    """By language and stem, in how many notes each form of the words of `stems` is written."""
    forms: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    if not stems:
        return forms
    for member in members:
        language, reading = material.languages[member], material.readings[member]
        written = {
            (stems[language, low], word)
            for low, word in zip(reading.lowered, reading.words, strict=True)
            if (language, low) in stems
        }
        for key, word in written:
            forms[language, key][word] += 1
    return forms


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
        nearness = np.maximum(nearness, np.round(rows @ dense_row(rows, chosen[-1]), DIGITS))
        heard = {groups[place] for place in chosen}
        left = [place for place in range(size) if place not in chosen]
        if len(chosen) == 1 and any(company.against):
            left = [place for place in left if company.against[place]]
        chosen.append(min(left, key=lambda each: (groups[each] in heard, nearness[each], each)))
    return chosen
