"""Initiatives with the answers people gave about each, as an outcome shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from feedback.summary.wording import gave_high, said_of_ratings
from workshops.models import Initiative, Workshop
from workshops.scales import WORDS, said_high, steps
from workshops.states import Scale


@dataclass(frozen=True)
class RatedInitiative:
    """Five counts, from the lowest step of the scale it was rated with; `mean` (1 to 5) is there from thirty answers
    on, `split` says that answers part."""

    initiative: Initiative
    counts: list[int]
    scale: str = Scale.FREQUENCY
    mean: float | None = None
    split: bool = False

    @property
    def people(self) -> int:
        return sum(self.counts)

    @property
    def high(self) -> int:
        """People who gave one of the two highest answers."""
        return gave_high(self.counts)

    @property
    def sentence(self) -> str:
        return said_high(self.scale, self.high, self.people)

    @property
    def facts(self) -> list[str]:
        """What the counts amount to beyond themselves: a mean of enough answers, and that answers part."""
        return said_of_ratings(self.scale, self.counts, self.mean, self.split)


@dataclass(frozen=True)
class RatedWith:
    """The initiatives that were rated with one scale."""

    scale: str
    initiatives: list[RatedInitiative]

    @property
    def heading(self) -> str:
        return str(WORDS[self.scale].heading)

    @property
    def steps(self) -> list[str]:
        return steps(self.scale)

    @property
    def answered(self) -> int:
        """How many people answered about the initiative with the most answers."""
        return max(each.people for each in self.initiatives)


def by_scale(rated: Iterable[RatedInitiative]) -> list[RatedWith]:
    """One part for each scale, in the order of scales."""
    everything = list(rated)
    parts = [RatedWith(scale, [each for each in everything if each.scale == scale]) for scale in Scale.values]
    return [part for part in parts if part.initiatives]


def rated_of(lines: Iterable[dict[str, Any]], workshop: Workshop) -> list[RatedInitiative]:
    """The initiatives of an outcome's lines, those that most people gave a high answer first."""
    known = {str(initiative.pk): initiative for initiative in workshop.initiatives.all()}
    rated = [
        RatedInitiative(
            known[line["id"]],
            line["counts"],
            line.get("scale", Scale.FREQUENCY),
            line.get("mean"),
            line.get("split", False),
        )
        for line in lines
        if line["id"] in known and any(line["counts"])
    ]
    return sorted(rated, key=lambda each: (-each.high, each.initiative.order))
