"""`bench tables`: what mixing and evening out tables costs, and how much better it is than chance.

Time of one processor, without a database. The machine is told by a fixed piece of plain Python that does nothing but
count, run before and after: `ratio_to_floor` is a mix divided by it, and holds on a slower machine too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from statistics import median
from typing import Any

from benchmarks.process import machine
from participants.allocation import Allocation, Person, Rules, Seating, Table, penalty, rebalance, suggest

ROUNDS = 3
RANDOM_SPLITS = 1000
FLOOR_STEPS = 2_000_000
MUST_BE = {"mix_cpu_s": 5.0}
FIELDS = {
    "theme": ("mobility", "energy", "food", "community"),
    "age": ("18-24", "25-34", "35-49", "50-64", "65+"),
    "experience": ("new", "returning"),
    "area": ("Porta Romana", "Chiaravalle", "Corvetto", "Rogoredo"),
}
OFFERS = ("step-free", "near-screen", "quiet")


@dataclass(frozen=True)
class Hall:
    """People, their tables, and rules that a seating exists for."""

    people: list[Person]
    tables: list[Table]
    rules: Rules


def hall(people: int, groups: int, seed: int = 1) -> Hall:
    """A hall in which every rule and need can be met, because they are read off a seating that is then forgotten."""
    chance = Random(seed)
    ids = [f"p{number:04}" for number in range(people)]
    seats = -(-people // groups)
    at = dict(zip(chance.sample(ids, people), [n % groups for n in range(people)], strict=True))
    has = [frozenset(offer for offer in OFFERS if chance.random() < 0.4) for _ in range(groups)]
    met = dict.fromkeys(_pairs(ids, chance, 6 * people), 1)
    together = [pair for pair in _pairs(ids, chance, 40 * people) if at[pair[0]] == at[pair[1]]][: people // 12]
    apart = [pair for pair in _pairs(ids, chance, 10 * people) if at[pair[0]] != at[pair[1]]][: people // 12]
    everybody = [
        Person(
            id,
            {name: chance.choice(values) for name, values in FIELDS.items()},
            frozenset(offer for offer in sorted(has[at[id]]) if chance.random() < 0.1),
        )
        for id in ids
    ]
    tables = [Table(f"t{number:02}", seats, offers) for number, offers in enumerate(has)]
    return Hall(everybody, tables, Rules(tuple(together), tuple(apart), met))


def _pairs(ids: list[str], chance: Random, many: int) -> list[tuple[str, str]]:
    drawn = (chance.sample(ids, 2) for _ in range(many))
    return list(dict.fromkeys((min(pair), max(pair)) for pair in drawn))


def measure(*, people: int = 500, groups: int = 60, rounds: int = ROUNDS) -> dict[str, Any]:
    """Mix and even out a hall. Seconds are those of one processor, medians over `rounds`."""
    before, floor = machine(), [_floor()]
    room = hall(people, groups)
    mixes, mix_s = _timed(rounds, lambda: suggest(room.people, room.tables, room.rules, seed=1))
    mix = mixes[0]
    evened, even_s = _timed(rounds, lambda: _after_no_shows(room, mix))
    floor.append(_floor())
    chance = [_by_chance(room, seed) for seed in range(RANDOM_SPLITS)]
    sizes = [len(those) for those in mix.seating.values()]
    report = {
        "machine": {**before, "load_average_after": machine()["load_average"]},
        "people": people,
        "groups": groups,
        "floor_cpu_s": round(median(floor), 3),
        "mix_cpu_s": round(mix_s, 3),
        "ratio_to_floor": round(mix_s / median(floor), 2),
        "rebalance_cpu_s": round(even_s, 3),
        "rebalance_moves": len(evened[0].moves),
        "penalty": round(mix.penalty, 1),
        "best_of_random_splits": round(min(chance), 1),
        "random_splits": RANDOM_SPLITS,
        "broken": len(mix.broken),
        "rules": len(room.rules.together) + len(room.rules.apart) + sum(len(each.needs) for each in room.people),
        "pairs_again": len(mix.repeats),
        "sizes": [min(sizes), max(sizes)],
        "same_seed_same_mix": all(other == mix for other in mixes),
    }
    return {**report, "goals": goals(report)}


def _timed(rounds: int, play: Callable[[], Any]) -> tuple[list[Any], float]:
    results, seconds = [], []
    for _round in range(rounds):
        started = time.process_time()
        results.append(play())
        seconds.append(time.process_time() - started)
    return results, median(seconds)


def _floor() -> float:
    """What two million steps of the plainest loop take here, s."""
    started, count = time.process_time(), 0
    for step in range(FLOOR_STEPS):
        count += step & 1
    return time.process_time() - started


def _after_no_shows(room: Hall, mix: Allocation) -> Any:
    """One in six of the first third of the tables' people does not come."""
    gone = {person for table in room.tables[: len(room.tables) // 3] for person in mix.seating[table.id][:2]}
    here = [person for person in room.people if person.id not in gone]
    return rebalance(here, room.tables, room.rules, mix.seating)


def _by_chance(room: Hall, seed: int) -> float:
    """The penalty of a split with even sizes and no thought."""
    order = Random(seed).sample([person.id for person in room.people], len(room.people))
    split: Seating = {table.id: order[place :: len(room.tables)] for place, table in enumerate(room.tables)}
    return penalty(room.people, room.tables, room.rules, split)


def goals(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What issue and design promise, and what was found."""
    found = {
        "500 people in 60 groups, CPU s": (MUST_BE["mix_cpu_s"], report["mix_cpu_s"]),
        "largest difference of sizes": (1, report["sizes"][1] - report["sizes"][0]),
        "penalty, beside the best of 1,000 random splits": (report["best_of_random_splits"], report["penalty"]),
    }
    return {what: {"must": must, "found": is_, "met": is_ <= must} for what, (must, is_) in found.items()}


def table(report: dict[str, Any]) -> str:
    """The report for people."""
    names = [name for name in report if name not in ("machine", "goals")]
    lines = [f"{name:<24}{report[name]}" for name in names] + [""]
    for what, goal in report["goals"].items():
        lines.append(f"{'met' if goal['met'] else 'MISSED':<8}{goal['found']} (must {goal['must']})  {what}")
    loads = ", ".join(map(str, report["machine"]["load_average"]))
    return "\n".join([*lines, f"\n{report['machine']['cpus']} processors, load average before: {loads}"])
