"""Suggest a mix by annealing: start from a random split, swap people, and be less and less ready to make it worse."""

from collections.abc import Sequence
from math import exp
from random import Random

from participants.allocation.penalty import RULE, broken_rules, penalty, repeated_pairs
from participants.allocation.shapes import Allocation, Person, Rules, Seating, Table
from participants.allocation.sizes import even_sizes
from participants.allocation.split import STANDING, Split

TRIES = 200_000
"""Swaps tried in all, as long as one run needs no more: about half a second."""
TRIES_EACH = 800
"""Swaps tried for each person before a run ends and another starts from a new split."""
MOST_TRIES = 400_000
"""Swaps tried in one run, however many people there are: about two seconds for 500."""
RUNS = 8
HOT, COLD = RULE / 10, 0.1
"""How much worse a swap may be, about, at the start of a run and at its end. At the start one rule may give way so that
two people can change tables who depend on others; at the end nothing but what is better counts."""
A_HAIR = 1e-9


def suggest(people: Sequence[Person], tables: Sequence[Table], rules: Rules, seed: int) -> Allocation:
    """A seating with even sizes, mixed fields, needs met and few repeats; the same seed gives the same one.

    People a table names as `fixed` stay there. If there are too few seats, the people listed last go without.
    Raises `ValueError` if a table holds somebody who is not among the people, or somebody is held by two.
    """
    _check(people, tables)
    seated, unseated = _first_come(people, tables)
    chance = Random(seed)  # noqa: S311 (a mix must repeat, not surprise)
    tries = min(MOST_TRIES, TRIES_EACH * len(seated))
    runs = max(1, min(RUNS, TRIES // max(tries, 1)))
    seatings = [anneal(seated, tables, rules, chance, tries) for _ in range(runs)]
    best = min(seatings, key=lambda seating: round(penalty(people, tables, rules, seating), 6))
    seat_of = {person: table for table, those in best.items() for person in those}
    return Allocation(
        seating=best,
        unseated=unseated,
        broken=broken_rules(people, tables, rules, best),
        repeats=repeated_pairs(rules, seat_of),
        penalty=penalty(people, tables, rules, best),
    )


def anneal(people: Sequence[Person], tables: Sequence[Table], rules: Rules, chance: Random, tries: int) -> Seating:
    """Split the people at random, try swaps, keep those that do little harm (in the end none), and give the seating."""
    free, at = _random_split(people, tables, chance)
    split = Split(people, tables, rules, at)
    choose, heat, cooling = chance.randrange, HOT, (COLD / HOT) ** (1 / max(tries, 1))
    for _ in range(tries if len(free) > 1 else 0):
        heat *= cooling
        one, other = free[choose(len(free))], free[choose(len(free))]
        here, there = split.at[one], split.at[other]
        if here == there:
            continue
        if _is_taken(split.change_of_swap(one, other), heat, chance):
            split.swap(one, other)
        elif _has_a_chair(split, tables, here, there) and _is_taken(split.change_of_move(one, there), heat, chance):
            split.move(one, there)
    return _seating(people, tables, split, free)


def _is_taken(change: float, heat: float, chance: Random) -> bool:
    """Always when it does no harm, and now and then when it does: the less the cooler it is."""
    return change <= A_HAIR or chance.random() < exp(-change / heat)


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
