"""Even out the tables on the day, when some people did not come, with as few moves as can be."""

from collections.abc import Sequence
from dataclasses import replace

from participants.allocation.penalty import broken_rules
from participants.allocation.shapes import Move, Person, Rebalance, Rules, Seating, Table
from participants.allocation.sizes import even_sizes
from participants.allocation.split import STANDING, Split


def rebalance(people: Sequence[Person], tables: Sequence[Table], rules: Rules, seating: Seating) -> Rebalance:
    """The fewest moves that bring sizes within one of each other, as far as seats and fixed people let them.

    `people` are those who are here: others in `seating` have left their table already, and whoever is not in
    it is seated first. Which of the possible people move is chosen by the least penalty, one move at a time.
    """
    here = {person.id for person in people}
    tables = [replace(table, fixed=tuple(id for id in table.fixed if id in here)) for table in tables]
    fixed = {person for table in tables for person in table.fixed}
    table_of = {person: place for place, table in enumerate(tables) for person in seating.get(table.id, [])}
    split = Split(people, tables, rules, [table_of.get(person.id, STANDING) for person in people])
    sizes = even_sizes(len(people), tables, {table.id: split.size[place] for place, table in enumerate(tables)})
    target = [sizes[table.id] for table in tables]
    movable = [number for number, person in enumerate(people) if person.id not in fixed]
    moves: list[Move] = []
    while options := _options(split, target, movable):
        person, to = min(options, key=lambda move: round(split.change_of_move(*move), 6))
        origin = split.at[person]
        split.move(person, to)
        name = tables[origin].id if origin != STANDING else None
        moves.append({"person": people[person].id, "origin": name, "to": tables[to].id})
    now = _after(seating, here, moves, tables)
    standing = [person.id for person, table in zip(people, split.at, strict=True) if table == STANDING]
    return Rebalance(moves, now, standing, broken_rules(people, tables, rules, now))


def _options(split: Split, target: Sequence[int], movable: Sequence[int]) -> list[tuple[int, int]]:
    """Every next move, person and table, that leads to the target sizes: people without a seat first, in order."""
    short = [table for table, size in enumerate(split.size) if size < target[table]]
    standing = [person for person, table in enumerate(split.at) if table == STANDING]
    if standing:
        return [(standing[0], table) for table in short]
    from_full = [person for person in movable if split.size[split.at[person]] > target[split.at[person]]]
    return [(person, table) for person in from_full for table in short]


def _after(seating: Seating, here: set[str], moves: Sequence[Move], tables: Sequence[Table]) -> Seating:
    """The seating of those who are here after the moves; who moved sits last."""
    moved = {move["person"] for move in moves}
    after = {table.id: [person for person in seating.get(table.id, []) if person in here - moved] for table in tables}
    for move in moves:
        after[move["to"]].append(move["person"])
    return after
