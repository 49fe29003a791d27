"""The notes of one section as numbers: what is compared when they are put together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from feedback.compiler.meaning import Meaning
from feedback.compiler.similarity import DIGITS, Matrix, Rows, push_apart, similarities

Flags: TypeAlias = npt.NDArray[np.bool_]
Numbers: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Table:
    """All notes of one section: their vectors, and which of them say no or speak for (1) or against (-1)."""

    rows: Rows
    negated: Flags
    stances: Numbers
    meaning: Meaning | None = None

    def square(self, notes: Sequence[int]) -> Matrix:
        """Similarities of wording among these notes; opposite stances are pushed apart like a negation."""
        square = similarities(self.rows[notes], self.negated[notes])
        stances = self.stances[notes]
        push_apart(square, np.flatnonzero(stances > 0), np.flatnonzero(stances < 0))
        return np.round(square, DIGITS, out=square)

    def matter(self, notes: Sequence[int], wording: Matrix) -> Matrix:
        """How likely these notes are about the same matter: half by their wording and half by their meaning, across
        languages by their meaning alone. Without meanings it is the likeness of their `wording` itself."""
        if self.meaning is None:
            return wording
        matter = self.meaning.square(notes)
        negated, stances, tongues = self.negated[notes], self.stances[notes], self.tongues[notes]
        push_apart(matter, np.flatnonzero(negated), np.flatnonzero(~negated))
        push_apart(matter, np.flatnonzero(stances > 0), np.flatnonzero(stances < 0))
        for tongue in np.unique(tongues).tolist():
            those = np.ix_(*[np.flatnonzero(tongues == tongue)] * 2)
            matter[those] = (matter[those] + wording[those]) / 2
        np.fill_diagonal(matter, 1.0)
        return np.round(matter, DIGITS, out=matter)

    @property
    def tongues(self) -> Numbers:
        """The language of each note by number; all the same where only words are compared."""
        return np.zeros(len(self.negated), dtype=np.int64) if self.meaning is None else self.meaning.tongues

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
