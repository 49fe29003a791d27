"""Which heap is nearest to a note, when heaps stand already."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from feedback.compiler.meaning import Meaning, Vectors
from feedback.compiler.nearness import Nearness
from feedback.compiler.similarity import STRIP, Rows, strongest
from feedback.compiler.table import Numbers, Table

Likeness: TypeAlias = npt.NDArray[np.float32]


def nearest_heaps(
    table: Table, block: Sequence[int], heaps: Sequence[Sequence[int]], near: Nearness
) -> tuple[Numbers, Likeness, Likeness]:
    """For each note of `block` the number of the nearest heap, and its mean likeness to that heap's notes: by wording,
    and by matter on the one scale of `near`."""
    shares = _shares(heaps, table.rows.shape[0])
    rows, middles = table.rows[block], shares @ table.rows
    if table.meaning is None:
        nearest = _nearest(strongest(rows), strongest(middles), None)
        wording = _each_with_each(rows, middles, nearest)
        return nearest, wording, wording
    meant = _by_meaning(table.meaning, block, shares, near)
    nearest = _nearest(strongest(rows), strongest(middles), meant)
    wording = _each_with_each(rows, middles, nearest)
    return nearest, wording, wording / np.float32(2) + meant[np.arange(len(block)), nearest]


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


def _by_meaning(meaning: Meaning, block: Sequence[int], shares: Rows, near: Nearness) -> Likeness:
    """What meaning adds to the likeness of each note to each heap: half of it within a language, all of it across."""
    vectors, tongues = meaning.vectors, meaning.tongues
    there = [tongue for tongue in np.unique(tongues).tolist() if tongue >= 0]
    parts = {tongue: shares * (tongues == tongue).astype(np.float32)[None, :] for tongue in there}
    middles: dict[int, Vectors] = {tongue: part @ vectors for tongue, part in parts.items()}
    here = tongues[block]
    meant = np.empty((len(block), shares.shape[0]), dtype=np.float32)
    for tongue in np.unique(here).tolist():
        those = np.flatnonzero(here == tongue)
        rows = vectors[np.asarray(block)[those]]
        meant[those] = 0
        for other in there:
            meant[those] += rows @ middles[other].T * np.float32(0.5 if other == tongue else 1)
            if near.moved is not None:
                meant[those] += near.moved[tongue, other] * parts[other].sum(axis=1)
    return meant


def _each_with_each(rows: Rows, middles: Rows, nearest: Numbers) -> Likeness:
    """The product of each row with its middle; in strips, because the middle of a large heap holds most words."""
    strips = [slice(start, start + STRIP) for start in range(0, rows.shape[0], STRIP)]
    return np.concatenate([rows[strip].multiply(middles[nearest[strip]]).sum(axis=1) for strip in strips])


def _nearest(rows: Rows, middles: Rows, meant: Likeness | None) -> Numbers:
    """The number of the most similar middle for each row, looking at the weightiest features of both; with meaning
    half by that and by what is `meant`."""
    products = rows @ middles.T
    if meant is None:
        nearest: Numbers = np.asarray(products.argmax(axis=1)).ravel().astype(np.int64)
        return nearest
    strips = [slice(start, start + STRIP) for start in range(0, rows.shape[0], STRIP)]
    return np.concatenate([(products[strip].toarray() / 2 + meant[strip]).argmax(axis=1) for strip in strips])
