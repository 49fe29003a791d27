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
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from feedback.compiler.similarity import (
    DIGITS,
    NEGATION_GUARD,
    STRIP,
    Matrix,
    Rows,
    Spread,
    push_apart,
    similarities,
    spread,
    strongest,
)

Flags: TypeAlias = npt.NDArray[np.bool_]
Numbers: TypeAlias = npt.NDArray[np.int64]

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


@dataclass(frozen=True)
class Table:
    """All notes of one section: their vectors, and which of them say no or speak for (1) or against (-1)."""

    rows: Rows
    negated: Flags
    stances: Numbers

    def square(self, notes: Sequence[int]) -> Matrix:
        """Similarities among these notes; opposite stances are pushed apart like a negation."""
        square = similarities(self.rows[notes], self.negated[notes])
        stances = self.stances[notes]
        push_apart(square, np.flatnonzero(stances > 0), np.flatnonzero(stances < 0))
        return np.round(square, DIGITS, out=square)

    def apart(self, notes: Sequence[int]) -> Flags:
        """Pairs that cannot be the same statement, however alike their words."""
        negated, stances = self.negated[notes], self.stances[notes]
        apart: Flags = negated[:, None] != negated[None, :]
        if stances.any():
            apart |= stances[:, None] * stances[None, :] < 0
        return apart

    def agrees(self, note: int, members: Sequence[int]) -> bool:
        """Whether a note could say the same as all of these."""
        no_side_against = bool((self.stances[members] * self.stances[note] >= 0).all())
        return no_side_against and bool((self.negated[members] == self.negated[note]).all())


def arrange(table: Table, notes: Sequence[int], given: Sequence[Heap], z: float) -> list[Heap]:
    """Put `notes` (one language, rising) into heaps; each note outside `given` is in exactly one.

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
    related = related_from(spread(sampled), z)
    for start in range(0, len(free), BLOCK):
        block = free[start : start + BLOCK]
        square = sampled if block == sample else table.square(block)
        left = _join(table, block, heaps, related)
        heaps += _link(table, square[np.ix_(left, left)], [block[place] for place in left], related)
    return heaps


def related_from(chance: Spread, z: float) -> float:
    """The similarity that makes two notes one matter: `z` deviations above chance, within bounds.

    Where nearly all notes differ, chance is so low that one common word would do; where all speak of two or
    three matters, it is so high that nothing would. The bounds grow with `z`; for 2 they are .1 and .3.
    """
    return min(max(chance.at(z), 0.05 * z), 0.15 * z)


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


def centroids(rows: Rows, heaps: Sequence[Sequence[int]]) -> Rows:
    """One row per heap: the mean of its notes; its product with a note is their mean similarity."""
    sizes = np.array([len(heap) for heap in heaps], dtype=np.int64)
    members = np.array([member for heap in heaps for member in heap], dtype=np.int32)
    shares = np.repeat(1 / sizes, sizes).astype(np.float32)
    ends = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
    return sparse.csr_array((shares, members, ends), shape=(len(heaps), rows.shape[0])) @ rows


def _join(table: Table, block: Sequence[int], heaps: Sequence[Heap], related: float) -> list[int]:
    """Let each note of a block join the nearest heap if it is near enough; the places of those left over."""
    if not heaps:
        return list(range(len(block)))
    middles = centroids(table.rows, [heap.members for heap in heaps])
    nearest = _nearest(table.rows[block], middles)
    likeness = _each_with_each(table.rows[block], middles, nearest)
    left = []
    for place, note in enumerate(block):
        heap = heaps[int(nearest[place])]
        agrees = table.agrees(note, heap.members)
        near = round(float(likeness[place]) * (1 if agrees else NEGATION_GUARD), DIGITS)
        same = agrees and near >= SAME
        if same or (near >= related and not heap.closed):
            heap.members.append(note)
            heap.same = heap.same and same
        else:
            left.append(place)
    return left


def _each_with_each(rows: Rows, middles: Rows, nearest: Numbers) -> npt.NDArray[np.float32]:
    """The product of each row with its middle; in strips, because the middle of a large heap holds most words."""
    strips = [slice(start, start + STRIP) for start in range(0, rows.shape[0], STRIP)]
    return np.concatenate([rows[strip].multiply(middles[nearest[strip]]).sum(axis=1) for strip in strips])


def _nearest(rows: Rows, middles: Rows) -> Numbers:
    """The number of the most similar middle for each row, looking at the weightiest features of both."""
    products = strongest(rows) @ strongest(middles).T
    nearest: Numbers = np.asarray(products.argmax(axis=1)).ravel().astype(np.int64)
    return nearest


def _link(table: Table, square: Matrix, notes: Sequence[int], related: float) -> list[Heap]:
    same = same_wording(square, table.apart(notes))
    wholes = {tuple(heap) for heap in same}
    heaps = average_linkage(square, related, same)
    return [Heap([notes[place] for place in heap], same=tuple(heap) in wholes) for heap in heaps]
