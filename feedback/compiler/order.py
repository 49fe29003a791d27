"""Which point is read first: what many tables raised, unless it repeats what stands above it."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from feedback.compiler.document import Point
from feedback.compiler.similarity import DIGITS, Rows, dense_row

Weights: TypeAlias = npt.NDArray[np.float64]

REDUNDANCY = 2
CAREFULLY = 200
"""So many points are placed by looking at those above; after them nobody reads for repetition any more."""


def put_in_order(points: Sequence[Point], middles: Rows) -> list[Point]:
    """The points numbered from 1 in reading order; `middles` holds the mean vector of each.

    The next point is the one with the highest share of groups less twice its likeness to a point already
    placed; among equals that with more dots, more notes, the lower representative. Returns the same points,
    placed.
    """
    if not points:
        return []
    most = max(len(point["groups"]) for point in points) or 1
    weight = np.array([len(point["groups"]) / most for point in points])
    likeness = _likeness_to(middles)
    repeats = np.zeros(len(points))
    left = sorted(range(len(points)), key=lambda number: _rank(points[number]))
    placed: list[int] = []
    while left and len(placed) < CAREFULLY:
        worth = np.round(weight[left] - REDUNDANCY * repeats[left], DIGITS)
        chosen = left.pop(int(worth.argmax()))
        placed.append(chosen)
        repeats = np.maximum(repeats, likeness(chosen))
    placed += sorted(left, key=lambda number: -weight[number])
    for place, number in enumerate(placed, start=1):
        points[number]["order"] = place
    return [points[number] for number in placed]


def _rank(point: Point) -> tuple[int, int, str]:
    return -point["dots"], -len(point["evidence"]), point["representative"]


def _likeness_to(middles: Rows) -> Callable[[int], Weights]:
    """A function from a point to its cosines with all points."""
    lengths = np.sqrt(np.asarray(middles.power(2).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1

    def to_all(number: int) -> Weights:
        products = middles @ dense_row(middles, number)
        cosines: Weights = products / (lengths * lengths[number])
        return cosines

    return to_all
