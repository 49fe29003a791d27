"""Which notes stand together.

First what people linked; then nearly the same wording; then the same matter, by average linkage. A long
section is taken in blocks: the notes of a block join the heaps that stand already, the others are linked
among themselves.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from feedback.compiler.joining import nearest_heaps
from feedback.compiler.nearness import Nearness, nearness_of
from feedback.compiler.similarity import DIGITS, NEGATION_GUARD, Matrix
from feedback.compiler.table import Table

Flags: TypeAlias = npt.NDArray[np.bool_]

SAME = 0.6
BLOCK = 4000
FORBIDDEN = -1000.0
"""A similarity no average can make up for."""


@dataclass
class Heap:
    """Notes that stand together, by their row.

    A `closed` heap takes in only the same wording. A `placed` one is a point of an earlier summary, which is
    shown even if a single note is left of it.
    """

    members: list[int]
    same: bool
    closed: bool = False
    placed: bool = False


class Links:
    """Sets of things that belong together (union-find); the lowest number names its set."""

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        self._parent: dict[int, int] = {}
        for one, other in pairs:
            low, high = sorted((self.root(one), self.root(other)))
            self._parent[high] = low

    def root(self, item: int) -> int:
        """The lowest number in the set of `item`."""
        parent = self._parent.setdefault(item, item)
        while parent != self._parent[parent]:
            parent = self._parent[parent]
        self._parent[item] = parent
        return parent

    def sets(self) -> list[list[int]]:
        """Every set, each rising, in order of their first members."""
        found: dict[int, list[int]] = defaultdict(list)
        for item in sorted(self._parent):
            found[self.root(item)].append(item)
        return [found[root] for root in sorted(found)]


def arrange(table: Table, notes: Sequence[int], given: Sequence[Heap], z: float) -> list[Heap]:
    """Put `notes` (comparable ones, rising) into heaps; each note outside `given` is in exactly one.

    `z` says how far above a chance similarity two notes must lie to be about the same matter. The heaps
    `given` come back first, perhaps with more members.
    """
    heaps = list(given)
    taken = {member for heap in given for member in heap.members}
    free = [note for note in notes if note not in taken]
    if not free:
        return heaps
    sample = list(notes[:BLOCK])
    sampled = table.square(sample)
    near = nearness_of(table.matter(sample, sampled), table.tongues[sample], table.tongues[notes], z)
    for start in range(0, len(free), BLOCK):
        block = free[start : start + BLOCK]
        square = sampled if block == sample else table.square(block)
        left = _join(table, block, heaps, near)
        heaps += _link(table, square[np.ix_(left, left)], [block[place] for place in left], near)
    return heaps


def average_linkage(square: Matrix, at_least: float, together: Sequence[Sequence[int]]) -> list[list[int]]:
    """Heaps whose mean similarity is `at_least`, each of the heaps in `together` kept whole.

    Things kept together are set so near that they merge first; then the plain method (UPGMA) goes on from
    there.
    """
    if len(square) < 2:
        return [[place] for place in range(len(square))]
    far = np.subtract(1, square, dtype=np.float64)
    for heap in together:
        far[np.ix_(heap, heap)] = 0.0
    np.fill_diagonal(far, 0.0)
    pairs = squareform(far, checks=False)
    del far  # as large as all that follows
    merges = linkage(pairs, method="average")
    found: dict[int, list[int]] = defaultdict(list)
    for place, label in enumerate(fcluster(merges, t=1 - at_least + 1e-9, criterion="distance").tolist()):
        found[label].append(place)
    return sorted(found.values())


def same_wording(square: Matrix, apart: Flags) -> list[list[int]]:
    """Heaps of two or more that say nearly the same; no pair marked `apart` is in one.

    Notes without a near neighbour are left out before the linkage, which keeps it cheap.
    """
    near = np.where(apart, np.float32(FORBIDDEN), square)
    np.fill_diagonal(near, 0.0)
    kept = np.flatnonzero((near >= SAME).any(axis=1))
    heaps = average_linkage(near[np.ix_(kept, kept)], SAME, [])
    return [[int(kept[place]) for place in heap] for heap in heaps if len(heap) > 1]


def _join(table: Table, block: Sequence[int], heaps: Sequence[Heap], near: Nearness) -> list[int]:
    """Let each note of a block join the nearest heap if it is near enough; the places of those left over."""
    if not heaps:
        return list(range(len(block)))
    nearest = nearest_heaps(table, block, [heap.members for heap in heaps], near)
    left = []
    for place, note in enumerate(block):
        heap = heaps[int(nearest.heaps[place])]
        agrees = table.agrees(note, heap.members)
        guard = 1 if agrees else NEGATION_GUARD
        same = agrees and round(float(nearest.wording[place]), DIGITS) >= SAME
        likeness = float(nearest.matter[place]) * guard + float(nearest.moved[place])
        if same or (round(likeness, DIGITS) >= near.related and not heap.closed):
            heap.members.append(note)
            heap.same = heap.same and same
        else:
            left.append(place)
    return left


def _link(table: Table, wording: Matrix, notes: Sequence[int], near: Nearness) -> list[Heap]:
    """Heaps of notes that no heap took in."""
    same = same_wording(wording, table.apart(notes))
    wholes = {tuple(heap) for heap in same}
    square = near.levelled(table.matter(notes, wording), table.tongues[notes])
    heaps = average_linkage(square, near.related, same)
    return [Heap([notes[place] for place in heap], same=tuple(heap) in wholes) for heap in heaps]
