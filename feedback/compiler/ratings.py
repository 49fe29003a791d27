"""The marks given to initiatives, added up; small numbers stay numbers."""

from collections import defaultdict
from typing import Any

from feedback.compiler.document import Initiative, Problem

MARKS = 5
FEW = 4
"""Below this many marks nothing is said about a split."""
ENOUGH_FOR_A_MEAN = 30


def add_up(ratings: list[dict[str, Any]]) -> tuple[list[Initiative], list[Problem]]:
    """One line per initiative, in order of id, and the tallies that are not five counts."""
    tables: dict[str, dict[str, list[int]]] = defaultdict(dict)
    problems: list[Problem] = []
    for rating in ratings:
        initiative, group = str(rating.get("initiative")), str(rating.get("group"))
        counts: Any = rating.get("counts")
        if not _is_tally(counts):
            reason = f"ratings of {initiative} by {group} are not {MARKS} counts"
            problems.append({"section": None, "note": None, "reason": reason})
            continue
        tables[initiative][group] = _sum([tables[initiative].get(group, [0] * MARKS), counts])
    problems.sort(key=lambda problem: problem["reason"])
    return [_initiative(name, tables[name]) for name in sorted(tables)], problems


def is_split(counts: list[int], per_group: dict[str, list[int]]) -> bool:
    """Whether opinions part: a quarter of the marks at each end, or two tables with medians two apart."""
    total = sum(counts)
    if total < FEW:
        return False
    both_ends = min(sum(counts[:2]), sum(counts[3:])) * 4 >= total
    middles = [_median(table) for table in per_group.values() if sum(table) >= FEW]
    return both_ends or (bool(middles) and max(middles) - min(middles) >= 2)


def mean_of(counts: list[int]) -> float | None:
    """The mean mark with two digits, of enough marks; else None, for a mean of few says more than it knows."""
    total = sum(counts)
    if total < ENOUGH_FOR_A_MEAN:
        return None
    return round(sum(mark * count for mark, count in enumerate(counts, start=1)) / total, 2)


def _initiative(name: str, per_group: dict[str, list[int]]) -> Initiative:
    counts = _sum(list(per_group.values()))
    return {
        "initiative": name,
        "counts": counts,
        "n": sum(counts),
        "mean": mean_of(counts),
        "per_group": dict(sorted(per_group.items())),
        "split": is_split(counts, per_group),
    }


def _is_tally(counts: Any) -> bool:
    return isinstance(counts, list) and len(counts) == MARKS and all(isinstance(n, int) and n >= 0 for n in counts)


def _sum(tables: list[list[int]]) -> list[int]:
    return [sum(column) for column in zip(*tables, strict=True)]


def _median(counts: list[int]) -> float:
    marks = [mark for mark, count in enumerate(counts, start=1) for _ in range(count)]
    middle = len(marks) // 2
    return float(marks[middle]) if len(marks) % 2 else (marks[middle - 1] + marks[middle]) / 2
