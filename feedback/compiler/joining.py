"""Which heap is nearest to a note, when heaps stand already."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from feedback.compiler.meaning import UNKNOWN, Meaning, Vectors
from feedback.compiler.nearness import Nearness
from feedback.compiler.similarity import STRIP, Rows, strongest
from feedback.compiler.table import Numbers, Table

Likeness: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Nearest:
    """For each note the number of its nearest heap, its mean likeness to the notes there by `wording` and by `matter`,
    and by how much the scales of their languages are `moved` (`Nearness`)."""

    heaps: Numbers
    wording: Likeness
    matter: Likeness
    moved: Likeness


def nearest_heaps(table: Table, block: Sequence[int], heaps: Sequence[Sequence[int]], near: Nearness) -> Nearest:
    """The nearest heap for each note of `block`, by the weightiest features of its words and by all that it means."""
    shares = _shares(heaps, table.rows.shape[0])
    rows, middles = table.rows[block], shares @ table.rows
    brief, brief_middles = strongest(rows), strongest(middles)
    if table.meaning is None:
        nearest = np.asarray((brief @ brief_middles.T).argmax(axis=1)).ravel().astype(np.int64)
        wording = _each_with_each(rows, middles, nearest)
        return Nearest(nearest, wording, wording, np.zeros_like(wording))
    means = Means(table.meaning, shares, near)
    found, meant, moved = [], [], []
    for strip in _strips(len(block)):
        meaning, scales = means.to_each(block[strip])
        best = ((brief[strip] @ brief_middles.T).toarray() / 2 + meaning + scales).argmax(axis=1)
        here = np.arange(len(best)), best
        found.append(best)
        meant.append(meaning[here])
        moved.append(scales[here])
    nearest = np.concatenate(found).astype(np.int64)
    wording = _each_with_each(rows, middles, nearest)
    return Nearest(nearest, wording, wording / np.float32(2) + np.concatenate(meant), np.concatenate(moved))


class Means:
    """What heaps mean, by language."""

    def __init__(self, meaning: Meaning, shares: Rows, near: Nearness) -> None:
        self._meaning, self._moved = meaning, near.moved
        there = [tongue for tongue in np.unique(meaning.tongues).tolist() if tongue != UNKNOWN]
        parts = {tongue: shares * (meaning.tongues == tongue).astype(np.float32)[None, :] for tongue in there}
        self._middles: dict[int, Vectors] = {tongue: part @ meaning.vectors for tongue, part in parts.items()}
        self._shares: dict[int, Likeness] = {tongue: part.sum(axis=1) for tongue, part in parts.items()}
        self._heaps = shares.shape[0]

    def to_each(self, notes: Sequence[int]) -> tuple[Likeness, Likeness]:
        """What meaning adds to the likeness of each note to each heap, half of it within a language and all of it
        across, and by how much the scales are moved."""
        tongues = self._meaning.tongues[notes]
        meant = np.zeros((len(notes), self._heaps), dtype=np.float32)
        moved = np.zeros_like(meant)
        for tongue in np.unique(tongues).tolist():
            those = np.flatnonzero(tongues == tongue)
            vectors = self._meaning.vectors[np.asarray(notes)[those]]
            for other, middles in self._middles.items():
                meant[those] += vectors @ middles.T * np.float32(0.5 if other == tongue else 1)
                if self._moved is not None:
                    moved[those] += self._moved[tongue, other] * self._shares[other]
        return meant, moved


def centroids(rows: Rows, heaps: Sequence[Sequence[int]]) -> Rows:
    """One row per heap: the mean of its notes; its product with a note is their mean similarity."""
    return _shares(heaps, rows.shape[0]) @ rows


def _shares(heaps: Sequence[Sequence[int]], notes: int) -> Rows:
    """One row per heap, with the share that each of its notes has in it."""
    sizes = np.array([len(heap) for heap in heaps], dtype=np.int64)
    members = np.array([member for heap in heaps for member in heap], dtype=np.int32)
    shares = np.repeat(1 / sizes, sizes).astype(np.float32)
    ends = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
    return sparse.csr_array((shares, members, ends), shape=(len(heaps), notes))


def _each_with_each(rows: Rows, middles: Rows, nearest: Numbers) -> Likeness:
    """The product of each row with its middle; in strips, because the middle of a large heap holds most words."""
    return np.concatenate(
        [rows[strip].multiply(middles[nearest[strip]]).sum(axis=1) for strip in _strips(rows.shape[0])]
    )


def _strips(length: int) -> list[slice]:
    return [slice(start, start + STRIP) for start in range(0, length, STRIP)]
