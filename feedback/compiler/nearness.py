"""From which likeness on two notes are about the same matter.

Likeness of wording and nearness of meaning lie on different scales, and meaning on another one for each pair of
languages. Each scale gets its own level, so many deviations above what two notes taken at random show; then all are
moved until their levels meet, and one number serves for every pair.
"""

from dataclasses import dataclass

import numpy as np

from feedback.compiler.meaning import Tongues
from feedback.compiler.similarity import Matrix, Spread, spread, spread_of

STRICTER = 2.5
"""Across languages so many times the deviations are asked for: no shared word tells that two notes met by chance."""
HIGHEST = 0.9
"""No pair of languages is asked for more."""


@dataclass(frozen=True)
class Nearness:
    """Notes are `related` from this likeness on; where languages meet, `moved` is added to it by those of the two."""

    related: float
    moved: Matrix | None = None

    def levelled(self, square: Matrix, tongues: Tongues) -> Matrix:
        """The likenesses with all languages on one scale, at most 1."""
        if self.moved is None:
            return square
        levelled: Matrix = np.minimum(square + self.moved[np.ix_(tongues, tongues)], np.float32(1))
        return levelled


def nearness_of(square: Matrix, tongues: Tongues, spoken: Tongues, z: float) -> Nearness:
    """What the likenesses of a sample of notes tell of chance.

    `tongues` numbers their languages; `spoken` those of all notes, some of which the sample may lack: of these no
    more is known than what short notes show elsewhere.
    """
    there = np.unique(spoken).tolist()
    if len(there) < 2:
        return Nearness(related_from(spread(square), z))
    levels = np.zeros((max(there) + 1, max(there) + 1))
    for one in there:
        for other in there:
            block = square[np.ix_(tongues == one, tongues == other)]
            if one == other:
                levels[one, one] = related_from(spread(block), z)
            else:
                chance = spread_of(block.size, float(block.sum(dtype=np.float64)), _squares(block))
                levels[one, other] = min(related_from(chance, z * STRICTER), HIGHEST)
    levels = np.maximum(levels, levels.T)
    related = float(levels.max())
    return Nearness(related, (related - levels).astype(np.float32))


def related_from(chance: Spread, z: float) -> float:
    """The similarity that makes two notes one matter: `z` deviations above chance, within bounds.

    Where nearly all notes differ, chance is so low that one common word would do; where all speak of two or
    three matters, it is so high that nothing would. The bounds grow with `z`; for 2 they are .1 and .3.
    """
    return min(max(chance.at(z), 0.05 * z), 0.15 * z)


def _squares(block: Matrix) -> float:
    return float(np.einsum("ij,ij->", block, block, dtype=np.float64))
