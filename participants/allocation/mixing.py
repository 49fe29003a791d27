"""Suggest a mix by hill climbing: start from a random split and swap people while that makes it better."""

from collections.abc import Sequence
from random import Random

from participants.allocation.penalty import broken_rules, penalty, repeated_pairs
from participants.allocation.shapes import Allocation, Person, Rules, Seating, Table
from participants.allocation.sizes import even_sizes
from participants.allocation.split import STANDING, Split

TRIES = 160_000
"""Swaps tried in all: about a second, whatever the number of people."""
TRIES_EACH = 500
"""Swaps tried for each person before a climb ends and another starts from a new split."""
CLIMBS = 8
A_HAIR = 1e-9


def suggest(people: Sequence[Person], tables: Sequence[Table], rules: Rules, seed: int) -> Allocation:
    """A seating with even sizes, mixed fields, needs met and few repeats; the same seed gives the same one.

    People a table names as `fixed` stay there. If there are too few seats, the people listed last go without.
    Raises `ValueError` if a table holds somebody who is not among the people, or somebody is held by two.
    """
    _check(people, tables)
    seated, unseated = _first_come(people, tables)
    chance = Random(seed)  # noqa: S311 (a mix must repeat, not surprise)
    climbs = max(1, min(CLIMBS, TRIES // (TRIES_EACH * max(len(seated), 1))))
    tries = min(TRIES // climbs, TRIES_EACH * len(seated))
    seatings = [climb(seated, tables, rules, chance, tries) for _ in range(climbs)]
    best = min(seatings, key=lambda seating: round(penalty(people, tables, rules, seating), 6))
    seat_of = {person: table for table, those in best.items() for person in those}
    return Allocation(
        seating=best,
        unseated=unseated,
        broken=broken_rules(people, tables, rules, best),
        repeats=repeated_pairs(rules, seat_of),
        penalty=penalty(people, tables, rules, best),
    )


def climb(people: Sequence[Person], tables: Sequence[Table], rules: Rules, chance: Random, tries: int) -> Seating:
    """Split the people at random, try swaps, keep those that do no harm, and give the seating reached."""
    free, at = _random_split(people, tables, chance)
    split = Split(people, tables, rules, at)
    choose = chance.randrange
    for _ in range(tries if len(free) > 1 else 0):
        one, other = free[choose(len(free))], free[choose(len(free))]
        here, there = split.at[one], split.at[other]
        if here == there:
            continue
        if split.change_of_swap(one, other) <= A_HAIR:
            split.swap(one, other)
        elif _has_a_chair(split, tables, here, there) and split.change_of_move(one, there) <= A_HAIR:
            split.move(one, there)
    return _seating(people, tables, split, free)


def _has_a_chair(split: Split, tables: Sequence[Table], here: int, there: int) -> bool:
    """Whether somebody may go from here to there alone and leave the sizes as even as they are."""
    return split.size[here] > split.size[there] < tables[there].seats


def _random_split(people: Sequence[Person], tables: Sequence[Table], chance: Random) -> tuple[list[int], list[int]]:
    """Who may move, and everybody's table: even sizes, fixed people in their places, the others anywhere."""
    number = {person.id: place for place, person in enumerate(people)}
    sizes = even_sizes(len(people), tables, {})
    at = [STANDING] * len(people)
    for place, table in enumerate(tables):
        for name in table.fixed:
            at[number[name]] = place
    free = [person for person, table in enumerate(at) if table == STANDING]
    chairs = [place for place, table in enumerate(tables) for _ in range(sizes[table.id] - len(table.fixed))]
    chance.shuffle(chairs)
    for person, place in zip(free, chairs, strict=True):
        at[person] = place
    return free, at


def _seating(people: Sequence[Person], tables: Sequence[Table], split: Split, free: Sequence[int]) -> Seating:
    seating: Seating = {table.id: list(table.fixed) for table in tables}
    for person in sorted(free):
        seating[tables[split.at[person]].id].append(people[person].id)
    return seating


def _check(people: Sequence[Person], tables: Sequence[Table]) -> None:
    held = [person for table in tables for person in table.fixed]
    strangers = sorted(set(held) - {person.id for person in people})
    if strangers:
        raise ValueError(f"fixed at a table but not among the people: {', '.join(strangers)}")
    twice = sorted({person for person in held if held.count(person) > 1})
    if twice:
        raise ValueError(f"fixed at two tables: {', '.join(twice)}")


def _first_come(people: Sequence[Person], tables: Sequence[Table]) -> tuple[list[Person], list[str]]:
    """Those who get a seat, and the ids of those who do not."""
    fixed = {person for table in tables for person in table.fixed}
    free = sum(max(table.seats - len(table.fixed), 0) for table in tables)
    waiting = [person.id for person in people if person.id not in fixed]
    unseated = set(waiting[free:])
    return [person for person in people if person.id not in unseated], waiting[free:]
