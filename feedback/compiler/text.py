"""From the words somebody wrote to the words that can be compared."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from feedback.compiler.vocabulary import ELIDING, NEGATIONS, STEMMERS, STOP_WORDS

_CURLED = "\u2019"
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_MARK = "\u2060"


@dataclass(frozen=True)
class Reading:
    """One text as the compiler sees it; `words` are all, in order, as written; `lowered` in small letters."""

    words: tuple[str, ...]
    lowered: tuple[str, ...]
    terms: tuple[str, ...]
    negated: bool


def normalise(text: str) -> str:
    """The text in composed form (NFC), every run of white space made one blank."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def language_of(code: str) -> str:
    """The bare language of a tag: `de-AT` is `de`."""
    return code.replace("_", "-").split("-")[0].lower()


def read(text: str, language: str) -> Reading:
    """Split a text into words, the terms among them worth comparing, and whether it says no.

    `terms` are lower-case words without stop words and bare numbers; `stem` makes them comparable.
    """
    words = tuple(_words(normalise(text), language))
    lowered = tuple(map(str.lower, words))
    stop = STOP_WORDS.get(language, frozenset())
    nays = NEGATIONS.get(language, frozenset())
    terms = tuple(word for word in lowered if word not in stop and word not in nays and not word.isdigit())
    return Reading(words, lowered, terms, _says_no(lowered, nays))


def stem(word: str, language: str) -> str:
    """The Snowball stem of a lower-case word, or the word itself where the language has no stemmer."""
    name = STEMMERS.get(language)
    return _stem(word, name) if name else word


def grams(word: str) -> Iterator[str]:
    """All character 3-, 4- and 5-grams of a word with a mark at both its ends."""
    marked = f"{_MARK}{word}{_MARK}"
    for size in (3, 4, 5):
        yield from (marked[start : start + size] for start in range(len(marked) - size + 1))


def _words(text: str, language: str) -> Iterator[str]:
    unspaced, eliding = _UNSPACED.search(text) is not None, language in ELIDING
    for word in _WORD.findall(text.replace(_CURLED, "'")):
        if unspaced and _UNSPACED.search(word):
            yield from _pairs_of_letters(word)
        elif eliding:
            yield from word.split("'")
        else:
            yield word.removesuffix("'s").removesuffix("'S")


def _pairs_of_letters(run: str) -> Iterator[str]:
    """Scripts without blanks between words are compared by pairs of neighbouring letters."""
    if len(run) < 3:
        yield run
    else:
        yield from (run[start : start + 2] for start in range(len(run) - 1))


def _says_no(words: tuple[str, ...], nays: frozenset[str]) -> bool:
    return not nays.isdisjoint(words) or any(word.endswith("n't") for word in words)


@lru_cache(maxsize=200_000)
def _stem(word: str, stemmer_name: str) -> str:
    return _stemmer(stemmer_name)(word)


@cache
def _stemmer(name: str) -> Callable[[str], str]:
    import snowballstemmer

    stem_word: Callable[[str], str] = snowballstemmer.stemmer(name).stemWord
    return stem_word
