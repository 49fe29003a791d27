"""How alike two notes are: half by the stems they share, half by the pieces of words they share.

Both halves are cosines of TF-IDF vectors made inside one section and one language, so that the section's
own subject words weigh little. The stem half rewards shared words of weight, the character half reads every
word and forgives spelling and endings.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from feedback.compiler.text import Reading, grams, stem

Matrix: TypeAlias = npt.NDArray[np.float32]
Rows: TypeAlias = Any  # scipy.sparse.csr_array: one unit row per note
Places: TypeAlias = npt.NDArray[np.intp]

DIGITS = 4
NEGATION_GUARD = 0.7
STRIP = 256
"""So many rows are multiplied at once."""
NUMBERS = 1_000_000
"""So many numbers are weighed at once."""
PRIOR_MEAN, PRIOR_SPREAD, PRIOR_PAIRS = 0.03, 0.05, 400
"""What to expect of two short notes about one prompt, worth 400 pairs seen: it steadies small sections."""


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation of the similarity of two notes taken at random."""

    mean: float
    deviation: float

    def at(self, z: float) -> float:
        """The similarity that lies `z` deviations above the mean."""
        return self.mean + z * self.deviation


def vectors(readings: Sequence[Reading], language: str) -> Rows:
    """One row per reading; the product of two rows is their similarity, 0 to 1."""
    terms, by_term = _count([reading.terms for reading in readings])
    words, by_word = _count([reading.lowered for reading in readings])
    stems = _expand(terms, lambda word: [stem(word, language)])
    pieces = _expand(words, grams)
    both = sparse.block_diag([stems, pieces], format="csr")
    return _unit_halves(_weigh(sparse.hstack([by_term, by_word], format="csr") @ both), stems.shape[1])


def similarities(rows: Rows, negated: npt.NDArray[np.bool_]) -> Matrix:
    """All similarities, 1 on the diagonal; a note that says no is pushed from those that do not."""
    square = _products(_shared_columns(rows))
    push_apart(square, np.flatnonzero(negated), np.flatnonzero(~negated))
    np.fill_diagonal(square, 1.0)
    return np.round(square, DIGITS, out=square)


def push_apart(square: Matrix, some: Places, others: Places) -> None:
    """Weaken the similarity of each of `some` to each of `others`, both ways."""
    if len(some) and len(others):
        square[np.ix_(some, others)] *= np.float32(NEGATION_GUARD)
        square[np.ix_(others, some)] *= np.float32(NEGATION_GUARD)


def dense_row(rows: Rows, number: int) -> npt.NDArray[np.float32]:
    """One row with all its zeros; what `rows[[number]].toarray()` gives, many times as fast."""
    row = np.zeros(rows.shape[1], dtype=np.float32)
    held = slice(rows.indptr[number], rows.indptr[number + 1])
    row[rows.indices[held]] = rows.data[held]
    return row


def spread(square: Matrix) -> Spread:
    """Mean and deviation over all pairs, steadied by what short notes show elsewhere."""
    size = len(square)
    pairs = size * (size - 1) / 2
    total = (float(square.sum(dtype=np.float64)) - size) / 2
    squares = (float(np.einsum("ij,ij->", square, square, dtype=np.float64)) - size) / 2
    return spread_of(pairs, total, squares)


def spread_of(pairs: float, total: float, squares: float) -> Spread:
    """The same from the number of pairs, the sum of their similarities and the sum of the squares of these."""
    weight = pairs + PRIOR_PAIRS
    mean = (total + PRIOR_PAIRS * PRIOR_MEAN) / weight
    second = (squares + PRIOR_PAIRS * (PRIOR_SPREAD**2 + PRIOR_MEAN**2)) / weight
    return Spread(mean, float(np.sqrt(max(second - mean**2, 0.0))))


def strongest(rows: Rows, keep: int = 32) -> Rows:
    """The rows with no more than their `keep` weightiest features, for a quick search."""
    rows.sort_indices()
    lengths = np.diff(rows.indptr)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    by_weight = np.lexsort((rows.indices, -rows.data, owner))
    rank = np.arange(len(by_weight)) - np.repeat(rows.indptr[:-1], lengths)
    kept = np.sort(by_weight[rank < keep])
    ends = np.concatenate(([0], np.cumsum(np.minimum(lengths, keep))))
    return sparse.csr_array((rows.data[kept], rows.indices[kept], ends), shape=rows.shape)


def _count(lines: Sequence[Sequence[str]]) -> tuple[list[str], Rows]:
    vocabulary = sorted({string for line in lines for string in line})
    return vocabulary, _indicators(lines, vocabulary)


def _expand(words: Sequence[str], parts: Callable[[str], Iterable[str]]) -> Rows:
    split = [list(parts(word)) for word in words]
    return _indicators(split, sorted({part for pieces in split for part in pieces}))


def _indicators(lines: Iterable[Iterable[str]], columns: Sequence[str]) -> Rows:
    """How often each line holds each column's string."""
    place = {string: number for number, string in enumerate(columns)}
    found: list[int] = []
    ends = [0]
    for line in lines:
        found.extend(map(place.__getitem__, line))
        ends.append(len(found))
    matrix = sparse.csr_array(
        (
            np.ones(len(found), dtype=np.float32),
            np.array(found, dtype=np.int32),
            np.array(ends, dtype=np.int32),
        ),
        shape=(len(ends) - 1, len(columns)),
    )
    matrix.sum_duplicates()
    return matrix


def _weigh(counts: Rows) -> Rows:
    """TF-IDF with dampened counts, 1 + ln(tf), and smoothed inverse document frequency."""
    counts.sort_indices()
    size, width = counts.shape
    held_by = np.zeros(width, dtype=np.int64)
    for strip in _strips(counts.nnz):
        held_by += np.bincount(counts.indices[strip], minlength=width)
    rarity = np.log((1 + size) / (1 + held_by)) + 1
    for strip in _strips(counts.nnz):
        counts.data[strip] = (1 + np.log(counts.data[strip])) * rarity[counts.indices[strip]]
    return counts


def _unit_halves(rows: Rows, width: int) -> Rows:
    """Each row with the part in its first `width` columns, and that in the others, made as long as half a unit row."""
    starts = rows.indptr[:-1]
    middles = starts + _sums(rows.indices < width, starts, rows.indptr[1:]).astype(starts.dtype)
    half = np.float32(np.sqrt(0.5))
    borders = np.stack([starts, middles], axis=1).ravel()
    ends = np.append(borders[1:], rows.indptr[-1:])
    lengths = np.sqrt(_sums(np.square(rows.data), borders, ends))
    scales = (1 / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    for first in range(0, len(scales), STRIP):
        last = min(first + STRIP, len(scales))
        held = slice(borders[first], ends[last - 1])
        rows.data[held] *= np.repeat(scales[first:last], ends[first:last] - borders[first:last])
    rows.data *= half
    return rows


def _sums(values: npt.NDArray[Any], starts: Places, ends: Places) -> npt.NDArray[Any]:
    """The sum of the values from each start to its end, 0 where there are none."""
    filled = ends > starts
    sums = np.zeros(len(starts), dtype=np.int64 if values.dtype == np.bool_ else values.dtype)
    if filled.any():
        sums[filled] = np.add.reduceat(values, starts[filled], dtype=sums.dtype)
    return sums


def _strips(length: int) -> Iterator[slice]:
    """So many numbers at once: in a section of 100,000 notes each temporary of all of them takes 150 MB."""
    return (slice(start, start + NUMBERS) for start in range(0, length, NUMBERS))


def _products(rows: Rows) -> Matrix:
    """Every row times every row. What lies below the diagonal is copied from above, where it is the same to the bit."""
    size = rows.shape[0]
    square = np.empty((size, size), dtype=np.float32)
    for start in range(0, size, STRIP):
        end = min(start + STRIP, size)
        square[start:end, start:] = (rows[start:end] @ rows[start:].T).toarray()
        square[end:, start:end] = square[start:end, end:].T
    return square


def _shared_columns(rows: Rows) -> Rows:
    """Only what two notes hold can make them alike; the rest need not be multiplied."""
    held_by = np.bincount(rows.indices, minlength=rows.shape[1])
    return rows[:, np.flatnonzero(held_by > 1)]
