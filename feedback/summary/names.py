"""Probable names of people in what was written down: better one too many than one missed."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

ITALIAN_TITLES = """
    signora signore signorina signor sig.ra sig.na sig. dottoressa dottore dottor dott.ssa dott. professoressa
    professore professor prof.ssa prof. avvocato avv. ingegner ing. don suor nonna nonno zia zio"""
ENGLISH_TITLES = "mister mr. mr mrs. mrs ms. ms miss madam doctor dr. dr sir grandma grandpa aunt uncle"
PARTICLES = "da de del della dei di el la le lo van von"

_TITLES = sorted(f"{ITALIAN_TITLES} {ENGLISH_TITLES}".split(), key=len, reverse=True)
_WORD = r"[^\W\d_][\w’'\-]*"
_TITLED = re.compile(
    rf"(?<!\w)(?:{'|'.join(map(re.escape, _TITLES))})\s+"
    rf"(?P<name>{_WORD}(?:\s+(?:(?:{'|'.join(PARTICLES.split())})\s+)?{_WORD})?)",
    re.IGNORECASE,
)
_ANY_WORD = re.compile(r"[^\W\d_]+")
_TITLE_BEGINS = {match[0] for title in _TITLES if (match := _ANY_WORD.match(title))}


def probable_names(text: str, first_names: Collection[str] = ()) -> list[str]:
    """The words of `text` that look like somebody's name, as they stand there, each once and in order.

    Found are a title with a capitalised word after it ("Signora Pina"), and capitalised words that are one of
    `first_names` (the people and moderators of the workshop), in whatever case those are given.
    """
    known = _folded(frozenset(first_names))
    there = set(_ANY_WORD.findall(text.casefold()))  # most texts hold neither a title nor a name
    titled = _TITLED.finditer(text) if there & _TITLE_BEGINS else ()
    found = [(match.start(), words) for match in titled if (words := _capitalised(match))]
    taken = [(start, start + len(words)) for start, words in found]
    for match in _ANY_WORD.finditer(text) if there & known else ():
        inside = any(start <= match.start() < end for start, end in taken)
        if not inside and match[0][0].isupper() and match[0].casefold() in known:
            found.append((match.start(), match[0]))
    return list(dict.fromkeys(words for _start, words in sorted(found)))


@lru_cache(maxsize=8)
def _folded(names: frozenset[str]) -> frozenset[str]:
    """The same for every note of a workshop, and hundreds of names."""
    return frozenset(name.casefold() for name in names if name)


def _capitalised(match: re.Match[str]) -> str:
    """Title and name, the name as far as its words are capitalised; empty when the first one is not."""
    name = match["name"]
    words = re.findall(r"\S+", name)
    if not words[0][0].isupper():
        return ""
    whole = match[0] if words[-1][0].isupper() else match[0][: match.start("name") - match.start() + len(words[0])]
    return whole.rstrip("’'-")
