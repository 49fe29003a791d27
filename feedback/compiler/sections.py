"""One section from its notes to its points."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from feedback.compiler.document import Earlier, Note, Section
from feedback.compiler.joining import centroids
from feedback.compiler.linkage import Heap, arrange
from feedback.compiler.meaning import KNOWN, Encoder, meaning_of
from feedback.compiler.order import put_in_order
from feedback.compiler.points import Material, groups_of, make_point
from feedback.compiler.similarity import Rows, vectors
from feedback.compiler.standing import keep_keys, standing_heaps
from feedback.compiler.table import Table
from feedback.compiler.text import Reading, language_of, read


@dataclass(frozen=True)
class Brief:
    """How to compile a section: what people linked, what an earlier summary had, and by which settings.

    `z` is the nearness of related notes, `language` that of notes without one. If `frozen`, earlier points
    stay as they are and other notes only join them or stand beside them. With an `encoder` notes meet by meaning too.
    """

    language: str
    z: float
    frozen: bool = False
    encoder: Encoder | None = None
    links: Sequence[tuple[str, str]] = ()
    earlier: Sequence[Earlier] = ()


def compile_section(key: str, notes: Sequence[Note], brief: Brief) -> Section:
    """The points of a section, in reading order, and its remainder; `notes` come in order of id.

    A note alone is a point only if people put dots on it or placed it; otherwise it is in the remainder.
    """
    material = examine(notes, brief.language, brief.encoder)
    heaps = _heaps(material, brief)
    shown = [heap for heap in heaps if len(heap.members) > 1 or heap.placed or _dots(notes[heap.members[0]])]
    middles = centroids(material.table.rows, [heap.members for heap in shown])
    points = put_in_order([make_point(material, heap) for heap in shown], middles)
    keep_keys(points, brief.earlier)
    placed = {evidence["note"] for point in points for evidence in point["evidence"]}
    remainder = [note["id"] for note in notes if note["id"] not in placed]
    return {"key": key, "notes": len(notes), "points": points, "remainder": remainder}


def examine(notes: Sequence[Note], language: str, encoder: Encoder | None = None) -> Material:
    """Read every note in its own language, or in that of the document; with an encoder, what it means too."""
    languages = [language_of(note.get("lang") or language) for note in notes]
    readings = [read(note["text"], code) for note, code in zip(notes, languages, strict=True)]
    negated = np.array([reading.negated for reading in readings], dtype=np.bool_)
    stances = np.array([note.get("stance") or 0 for note in notes], dtype=np.int64)
    meaning = None if encoder is None else meaning_of([note["text"] for note in notes], languages, encoder)
    table = Table(_rows(readings, languages), negated, stances, meaning)
    return Material(notes, readings, languages, table, len(groups_of(notes)))


def _rows(readings: Sequence[Reading], languages: Sequence[str]) -> Rows:
    """Vectors of all notes; languages have no feature in common, so notes never meet across them by words."""
    by_language = _by_language(languages)
    blocks = [vectors([readings[note] for note in those], code) for code, those in by_language.items()]
    if len(blocks) == 1:
        return blocks[0]
    places = np.argsort([note for those in by_language.values() for note in those])
    return sparse.csr_array(sparse.block_diag(blocks, format="csr", dtype=np.float32))[places]


def _heaps(material: Material, brief: Brief) -> list[Heap]:
    """What stands already, with the comparable notes that join it, and the heaps of the others."""
    number = {note["id"]: place for place, note in enumerate(material.notes)}
    standing = standing_heaps(number, brief.links, brief.earlier if brief.frozen else ())
    new: list[Heap] = []
    for table, notes in _comparable(material):
        here = set(notes)
        touched = [heap for heap in standing if here.intersection(heap.members)]
        parts = [replace(heap, members=sorted(here.intersection(heap.members))) for heap in touched]
        arranged = arrange(table, notes, parts, brief.z)
        for heap, part in zip(touched, arranged, strict=False):
            heap.members = sorted({*heap.members, *part.members})
            heap.same = heap.same and part.same
        new += arranged[len(touched) :]
    return standing + new


def _comparable(material: Material) -> list[tuple[Table, list[int]]]:
    """Notes that may meet, rising: those of one language by their words, those of all that an encoder knows by what
    they mean too."""
    by_language = _by_language(material.languages)
    known = {code for code in by_language if code in KNOWN and material.table.meaning is not None}
    by_words = replace(material.table, meaning=None)
    found = [(by_words, notes) for code, notes in by_language.items() if code not in known]
    if known:
        found.insert(0, (material.table, sorted(note for code in known for note in by_language[code])))
    return found


def _dots(note: Note) -> int:
    return note.get("dots") or 0


def _by_language(languages: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for place, code in enumerate(languages):
        found[code].append(place)
    return {code: found[code] for code in sorted(found)}
