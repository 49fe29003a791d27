"""On which side of a matter a note stands: a guess from words, unless moderators tagged it."""

from collections.abc import Sequence

from feedback.compiler.text import language_of, read


def against(stances: Sequence[int], negated: Sequence[bool], languages: Sequence[str], first: int) -> list[bool]:
    """Which notes stand against the one at the place `first`, who stands for them all.

    By what moderators tagged (1 or -1; 0 is untagged) where they did; else by whether one says no and the other does
    not, as far as both are in one language.
    """
    side = stances[first] or max((1, -1), key=list(stances).count)
    return [
        stances[place] != side
        if stances[place]
        else negated[place] != negated[first] and languages[place] == languages[first]
        for place in range(len(stances))
    ]


def texts_differ(texts: Sequence[tuple[str, str]], first: int) -> bool:
    """Whether any of these texts, each with its language, stands against the one at the place `first`."""
    languages = [language_of(language) for _text, language in texts]
    negated = [read(text, code).negated for (text, _language), code in zip(texts, languages, strict=True)]
    return bool(texts) and any(against([0] * len(texts), negated, languages, first))
