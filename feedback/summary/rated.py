"""Initiatives with the answers people gave about each, as an outcome shows them and as they stand now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from feedback.compiler.ratings import add_up
from feedback.summary.material import ratings_of
from feedback.summary.wording import FEW, few_answered, gave_high, said_of_ratings
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
    def by_step(self) -> list[tuple[str, int]]:
        """Each step of its scale in words, with how many people gave that answer."""
        return list(zip(steps(self.scale), self.counts, strict=True))

    @property
    def sentence(self) -> str:
        return said_high(self.scale, self.high, self.people)

    @property
    def facts(self) -> list[str]:
        """What the counts amount to beyond themselves: a mean of enough answers, and that answers part."""
        return said_of_ratings(self.scale, self.counts, self.mean, self.split)

    @property
    def few(self) -> str:
        """That few people answered, for organisers to decide about; empty where there are enough of them."""
        return few_answered(self.people, str(self.initiative.name)) if self.people < FEW else ""


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
    """The initiatives of these lines (`rating_lines`), those that most people gave a high answer first."""
    return _rated(lines, list(workshop.initiatives.all()))


def rated_now(workshop: Workshop) -> list[RatedInitiative]:
    """What publishing now would show, in two queries."""
    initiatives = list(workshop.initiatives.order_by("order", "pk"))
    return _rated(_lines(workshop, initiatives), initiatives)


def rating_lines(workshop: Workshop) -> list[dict[str, Any]]:
    """The answers about each initiative over all tables, from the lowest step; a mean of thirty and more, and whether
    answers part. By scale: answers on two scales are never added up."""
    return _lines(workshop, list(workshop.initiatives.order_by("order", "pk")))


def _lines(workshop: Workshop, initiatives: Sequence[Initiative]) -> list[dict[str, Any]]:
    heard = ratings_of(workshop)
    order = [str(initiative.pk) for initiative in initiatives]
    lines = [
        {"id": each["initiative"], "scale": scale, **{name: each[name] for name in ("counts", "mean", "split")}}
        for scale in sorted({rating["scale"] for rating in heard})
        for each in add_up([rating for rating in heard if rating["scale"] == scale])[0]
    ]
    return sorted(lines, key=lambda line: order.index(line["id"]))


def _rated(lines: Iterable[dict[str, Any]], initiatives: Sequence[Initiative]) -> list[RatedInitiative]:
    known = {str(initiative.pk): initiative for initiative in initiatives}
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
